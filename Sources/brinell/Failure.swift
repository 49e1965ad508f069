import ArgumentParser
import Foundation

/// Ends a command that could not do what was asked: one line on standard error, exit status 2.
struct Failure: Error {
  var message: String

  init(_ message: String) { self.message = message }
}
