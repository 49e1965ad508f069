import Baselines
import DiskImages
import TestSupport
import Testing

@Suite struct LoggingKindTests {
  private func guest(_ enabled: [String], _ journald: String = "") -> GuestFixture {
    let guest = GuestFixture([
      "/usr/lib/systemd/systemd": "", "/etc/machine-id": "x", "/etc/systemd/journald.conf": journald,
      "/usr/lib/systemd/system/default.target": "[Unit]\n",
      "/usr/lib/systemd/system/systemd-journald.service": "[Service]\n",
      "/usr/lib/systemd/system/rsyslog.service": "[Service]\n",
      "/usr/lib/systemd/system/syslog-ng.service": "[Service]\n",
    ])
    for unit in enabled {
      guest.filesystem.addLink(
        "/etc/systemd/system/default.target.wants/\(unit)", to: "/usr/lib/systemd/system/\(unit)")
    }
    return guest
  }

  @Test(arguments: [
    ([], "", true, "systemd-journald"), (["rsyslog.service"], "", true, "rsyslog"),
    (["rsyslog.service", "syslog-ng.service"], "", false, "rsyslog and syslog-ng"),
    ([], "[Journal]\nStorage=none\n", false, "none"),
    (["rsyslog.service"], "[Journal]\nStorage=none\n", true, "rsyslog"),
  ]) func exactlyOnePath(_ enabled: [String], _ journald: String, _ passes: Bool, _ actual: String) throws {
    let outcomes = try answers(LoggingKind.self, ["question": .text("one_path")], guest(enabled, journald))
    #expect(outcomes.map(\.verdict) == [passes ? .pass : .fail] && outcomes.map(\.actual) == [actual])
  }

  @Test func withoutAnyLogger() throws {
    #expect(
      try answers(LoggingKind.self, ["question": .text("one_path")], GuestFixture()).map(\.verdict) == [.fail]
    )
  }

  @Test(arguments: [
    ([], "", false, false), ([], "", true, true), ([], "[Journal]\nStorage=persistent\n", false, true),
    ([], "[Journal]\nStorage=volatile\n", true, false),
    (["rsyslog.service"], "[Journal]\nStorage=volatile\n", false, true),
    (["rsyslog.service"], "[Journal]\nStorage=none\n", false, true),
  ]) func messagesAreKept(_ enabled: [String], _ journald: String, _ hasDirectory: Bool, _ passes: Bool)
    throws
  {
    let guest = guest(enabled, journald)
    if hasDirectory { guest.filesystem.addDirectory("/var/log/journal") }
    #expect(
      try answers(LoggingKind.self, ["question": .text("kept")], guest).map(\.verdict) == [
        passes ? .pass : .fail
      ])
  }

  @Test func aDirectoryThatTheBootMakes() throws {
    let guest = guest([])
    guest.filesystem.addFile("/usr/bin/systemd-tmpfiles", "", mode: 0o755)
    guest.filesystem.addFile("/etc/tmpfiles.d/j.conf", "d /var/log/journal 2755\n")
    #expect(try answers(LoggingKind.self, ["question": .text("kept")], guest).map(\.verdict) == [.pass])
  }
}
