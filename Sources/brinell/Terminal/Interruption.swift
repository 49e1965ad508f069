import DiskImages
import Dispatch
import Foundation

/// Ends the appliance in order on Ctrl-C and SIGTERM: the request that waits for it fails, temporary files are
/// removed on the way out, and the process exits with the signal's usual status.
enum Interruption {
  /// Kept for the life of the process: a source that is released no longer fires. Set once, before any other thread starts.
  nonisolated(unsafe) private static var sources: [any DispatchSourceSignal] = []

  static func install() {
    signal(SIGPIPE, SIG_IGN)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        let isSecond = HelperProcesses.interruption != 0
        HelperProcesses.interrupt(number)
        if isSecond { _exit(128 + number) }
      }
      source.resume()
      sources.append(source)
    }
  }

  /// The exit status that a signal asks for, if one came.
  static var exitStatus: Int32? {
    HelperProcesses.interruption == 0 ? nil : 128 + HelperProcesses.interruption
  }
}
