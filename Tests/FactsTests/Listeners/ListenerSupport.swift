import Evidence
import TestSupport
import Testing

@testable import Facts

/// In words, where a service listens that is started with a command.
func listens(_ unit: String, _ files: [String: String], exec: String = "/x") throws -> [String] {
  try sockets(unit, files, exec: exec).map(\.words)
}

/// Where a service listens that is started with a command.
///
/// - Throws: the gap where its configuration tells nothing.
func sockets(
  _ unit: String, _ files: [String: String], exec: String = "/x"
) throws -> [Listener] {
  let guest = bootable(files.merging(["/etc/os-release": "ID=debian\n"]) { old, _ in old })
  guest.addStarted(unit, "[Service]\nExecStart=\(exec)\n")
  let model = try guest.model(Listeners.self)
  if let gap = model.gaps.values.first { throw gap }
  return model.listeners
}
