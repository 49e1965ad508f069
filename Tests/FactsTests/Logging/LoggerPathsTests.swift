import DiskImages
import Facts
import TestSupport
import Testing

@Suite struct LoggerPathsTests {
  static let units: [String: String] = [
    "/usr/lib/systemd/systemd": "", "/etc/machine-id": "x",
    "/usr/lib/systemd/system/default.target": "[Unit]\nWants=multi-user.target\n",
    "/usr/lib/systemd/system/multi-user.target": "[Unit]\n",
    "/usr/lib/systemd/system/timers.target": "[Unit]\n",
    "/usr/lib/systemd/system/sysinit.target": "[Unit]\n",
    "/usr/lib/systemd/system/basic.target": "[Unit]\nWants=timers.target\n",
    "/usr/lib/systemd/system/systemd-journald.service": "[Service]\nExecStart=/x\n",
    "/usr/lib/systemd/system/rsyslog.service":
      "[Service]\nExecStart=/x\n[Install]\nWantedBy=multi-user.target\n",
    "/usr/lib/systemd/system/syslog-ng.service": "[Service]\nExecStart=/x\n",
    "/usr/lib/systemd/system/logrotate.timer": "[Timer]\nOnCalendar=daily\n",
    "/usr/lib/systemd/system/cron.service": "[Service]\nExecStart=/x\n",
  ]

  static func guest(_ enabled: [String], _ files: [String: String] = [:]) -> GuestFixture {
    let guest = GuestFixture(units.merging(files) { _, new in new })
    for unit in enabled {
      let target = unit.hasSuffix(".timer") ? "timers.target" : "multi-user.target"
      guest.filesystem.addLink(
        "/etc/systemd/system/\(target).wants/\(unit)", to: "/usr/lib/systemd/system/\(unit)")
    }
    return guest
  }

  @Test func daemonsThatStart() throws {
    let both = try Self.guest(["rsyslog.service", "syslog-ng.service"]).model(LoggerPaths.self)
    #expect(both.daemons.map(\.unit) == ["rsyslog.service", "syslog-ng.service"] && both.journalKeeps)
    #expect(try Self.guest([]).model(LoggerPaths.self).daemons.isEmpty)
  }

  @Test func aMaskedDaemonDoesNotStart() throws {
    let guest = Self.guest(["rsyslog.service"])
    guest.filesystem.addLink("/etc/systemd/system/rsyslog.service", to: "/dev/null")
    #expect(try guest.model(LoggerPaths.self).daemons.isEmpty)
  }

  @Test(arguments: [
    ("", "auto", true), ("[Journal]\nStorage=none\n", "none", false),
    ("[Journal]\nStorage=nonsense\n", "auto", true),
    ("[Journal]\nStorage=none\nStorage=\n", "auto", true), ("[Other]\nStorage=none\n", "auto", true),
  ]) func storage(_ text: String, _ expected: String, _ keeps: Bool) throws {
    let model = try Self.guest([], ["/etc/systemd/journald.conf": text]).model(LoggerPaths.self)
    #expect(model.storage.value == expected && model.journalKeeps == keeps)
  }

  @Test func withoutSystemdThereIsNoJournal() throws {
    #expect(try !GuestFixture(["/etc/x": ""]).model(LoggerPaths.self).journalKeeps)
  }
}

@Suite struct LogrotateTests {
  private func model(_ enabled: [String], _ files: [String: String] = [:], script: String? = nil) throws
    -> Logrotate
  {
    let guest = LoggerPathsTests.guest(enabled, files)
    guest.filesystem.addFile("/usr/sbin/logrotate", "", mode: 0o755)
    if let script { guest.filesystem.addFile("/etc/cron.daily/logrotate", script, mode: 0o755) }
    return try guest.model()
  }

  @Test func aTimerOrCronStartsIt() throws {
    #expect(try model([]).schedule == nil)
    #expect(
      try model(["logrotate.timer"]).schedule?.path
        == "/etc/systemd/system/timers.target.wants/logrotate.timer")
    #expect(
      try model(["cron.service"], script: "#!/bin/sh\nlogrotate\n").schedule?.path
        == "/etc/cron.daily/logrotate")
    #expect(try model([], script: "#!/bin/sh\nlogrotate\n").schedule == nil)
    // Debian's script leaves the work to the timer wherever systemd runs.
    #expect(
      try model(["cron.service"], script: "if [ -d /run/systemd/system ]; then\n exit 0\nfi\nlogrotate\n")
        .schedule == nil)
    #expect(
      try model(["cron.service"], ["/etc/cron.d/rotate": "#x\n0 0 * * * root /usr/sbin/logrotate /etc/l\n"])
        .schedule?.line
        == 2)
  }

  @Test(arguments: [
    ("weekly\n", "weekly"), ("weekly\ndaily\n", "daily"), ("/x {\n daily\n}\n", "weekly"),
    ("# daily\n", "weekly"),
    ("daily\n/x {\n monthly\n}\n", "daily"), ("}}}\ndaily\n", "daily"),
  ]) func theIntervalOutsideOfSections(_ text: String, _ expected: String) throws {
    #expect(try model([], ["/etc/logrotate.conf": text]).interval?.value == expected)
  }
}
