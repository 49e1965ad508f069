import ArgumentParser
import Evidence
import Foundation

/// What a collection does only if it is asked; shared by every command that collects for judging.
struct CollectionOptions: ParsableArguments {
  @Flag(
    help:
      "Try a small list of known default passwords against the guest's password hashes (check acct.no-known-default-password)."
  )
  var tryDefaultPasswords = false

  @Option(
    help: ArgumentHelp(
      "Try these passwords too: ACCOUNT:PASSWORD or *:PASSWORD on each line. Implies --try-default-passwords.",
      valueName: "file"))
  var defaultPasswords: String?

  /// Adds to a plan what was asked.
  ///
  /// - Throws: a `ValidationError` for a list that is wrong, a `Failure` for one that cannot be read.
  func probe() throws -> DefaultPasswordsProbe? {
    guard let path = defaultPasswords else { return tryDefaultPasswords ? DefaultPasswordsProbe() : nil }
    guard let data = FileManager.default.contents(atPath: path), data.count <= 1 << 20 else {
      throw Failure("\(path): the list of passwords cannot be read")
    }
    do {
      return DefaultPasswordsProbe(try DefaultPasswords(list: String(decoding: data, as: UTF8.self)))
    } catch {
      throw ValidationError("\(path):\(error.line): \(error.words)")
    }
  }
}
