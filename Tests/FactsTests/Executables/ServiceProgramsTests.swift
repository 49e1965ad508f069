import DiskImages
import Facts
import TestSupport
import Testing

struct ServiceProgramsTests {
  private func programs(_ command: String) throws -> [String] {
    let guest = bootable()
    for path in ["/usr/sbin/a", "/usr/bin/b", "/opt/c d"] { guest.filesystem.addFile(path, "", mode: 0o755) }
    guest.filesystem.addLink("/etc/link", to: "/usr/sbin/a")
    guest.addStarted("x.service", "[Service]\nExecStart=\(command)\n")
    let facts = try guest.facts()
    let programs = try facts.model(ServicePrograms.self)
    return programs.units.keys.compactMap { facts.evidence.index.entry(id: $0)?.path }
  }

  @Test(
    arguments: [
      ("/usr/sbin/a -x", ["/usr/sbin/a"]), ("-+/usr/sbin/a", ["/usr/sbin/a"]), ("b --flag", ["/usr/bin/b"]),
      ("\"/usr/sbin/a\" x", ["/usr/sbin/a"]), ("/etc/link", ["/usr/sbin/a"]), ("/missing", []),
      ("@/usr/bin/b b", ["/usr/bin/b"]),
    ] as [(String, [String])])
  func commandLines(_ command: String, _ expected: [String]) throws {
    #expect(try programs(command) == expected)
  }

  @Test func unitsOfOneProgram() throws {
    let guest = bootable()
    guest.filesystem.addFile("/usr/sbin/a", "", mode: 0o755)
    guest.addStarted("x.service", "[Service]\nExecStart=/usr/sbin/a\n")
    guest.addStarted("y.service", "[Service]\nExecStart=/usr/sbin/a -y\n")
    guest.filesystem.addFile("/usr/lib/systemd/system/idle.service", "[Service]\nExecStart=/usr/sbin/a\n")
    let programs = try guest.model(ServicePrograms.self)
    #expect(Array(programs.units.values) == [["x.service", "y.service"]])
  }
}
