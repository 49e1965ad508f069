import Facts
import TestSupport
import Testing

@Suite struct AideJobsTests {
  private static let timer = "/usr/lib/systemd/system/dailyaidecheck.timer"

  private func guest(_ files: [String: String], cron: Bool = true, timer: Bool = false) -> GuestFixture {
    var files = files
    files["/usr/lib/systemd/systemd"] = ""
    files["/etc/machine-id"] = "1\n"
    for name in ["multi-user", "timers", "basic"] {
      files["/usr/lib/systemd/system/\(name).target"] =
        name == "multi-user" ? "[Unit]\nWants=timers.target\n" : "[Unit]\n"
    }
    let guest = GuestFixture(files)
    guest.filesystem.addLink("/usr/lib/systemd/system/default.target", to: "multi-user.target")
    if cron {
      guest.filesystem.addFile(
        "/usr/lib/systemd/system/cron.service", "[Service]\nExecStart=/usr/sbin/cron -f\n")
      guest.filesystem.addLink(
        "/etc/systemd/system/multi-user.target.wants/cron.service", to: "/usr/lib/systemd/system/cron.service"
      )
    }
    if timer {
      guest.filesystem.addLink("/etc/systemd/system/timers.target.wants/dailyaidecheck.timer", to: Self.timer)
    }
    return guest
  }

  private func debian(_ calendar: String = "*-*-* 01:50:00") -> [String: String] {
    [
      Self.timer: "[Timer]\nOnCalendar=\(calendar)\n[Install]\nWantedBy=timers.target\n",
      "/usr/lib/systemd/system/dailyaidecheck.service":
        "[Service]\nUser=_aide\nExecStart=/usr/share/aide/bin/dailyaidecheck --systemdservice\n",
    ]
  }

  @Test(arguments: [
    ("*-*-* 01:50:00", true), ("daily", true), ("weekly", true), ("Sun 03:00", true), ("monthly", false),
    ("*-*-01 04:00:00", false), ("*-1-* 00:00", false), ("Mon *-*-1..7 00:00", false), ("yearly", false),
  ])
  func timers(_ row: (calendar: String, runs: Bool)) throws {
    let jobs = try guest(debian(row.calendar), timer: true).model(AideJobs.self).jobs
    #expect(jobs.map(\.way) == [.timer])
    #expect((jobs.first?.obstacle == nil) == row.runs)
  }

  @Test func aTimerThatNothingStarts() throws {
    let jobs = try guest(debian()).model(AideJobs.self).jobs
    #expect(jobs.first?.obstacle == "nothing starts dailyaidecheck.timer at boot")
  }

  @Test func debianCanSwitchTheRunOff() throws {
    var files = debian()
    files["/etc/default/aide"] = "# CRON_DAILY_RUN=yes\nCRON_DAILY_RUN=no\n"
    #expect(try guest(files, timer: true).model(AideJobs.self).jobs.first?.obstacle != nil)
  }

  @Test(arguments: [
    ("/etc/crontab", "05 4 * * * root /usr/sbin/aide --check\n", 1, true),
    ("/etc/crontab", "@daily root /usr/bin/aide.wrapper --config /etc/aide/aide.conf --check\n", 1, true),
    ("/etc/crontab", "05 4 1 * * root /usr/sbin/aide --check\n", 1, false),
    ("/etc/crontab", "@monthly root /usr/sbin/aide --check\n", 1, false),
    ("/etc/crontab", "# 05 4 * * * root /usr/sbin/aide --check\n", 0, false),
    ("/etc/crontab", "05 4 * * * root cat /etc/aide/aide.conf\n", 0, false),
    ("/etc/crontab", "05 4 * * root\n", 0, false),
    ("/var/spool/cron/crontabs/root", "0 5 * * 0 /usr/bin/aide --check\n", 1, true),
    ("/etc/cron.d/aide", "MAILTO=\"\"\n0 5 * * 0 root nice aide --check\n", 1, true),
  ])
  func cronTables(_ row: (path: String, text: String, count: Int, runs: Bool)) throws {
    let jobs = try guest([row.path: row.text]).model(AideJobs.self).jobs
    #expect(jobs.count == row.count && jobs.contains { $0.obstacle == nil } == row.runs)
    let without = try guest([row.path: row.text], cron: false).model(AideJobs.self).jobs
    #expect(!without.contains { $0.obstacle == nil })
  }

  @Test func scripts() throws {
    let guest = guest([:])
    guest.filesystem.addFile("/etc/cron.weekly/check", "#!/bin/sh\n/usr/bin/aide --check\n", mode: 0o755)
    guest.filesystem.addFile("/etc/cron.daily/plain", "/usr/bin/aide --check\n", mode: 0o644)
    guest.filesystem.addFile("/etc/cron.daily/old.bak", "/usr/bin/aide --check\n", mode: 0o755)
    // Debian's script leaves the work to the timer where systemd runs.
    guest.filesystem.addFile(
      "/etc/cron.daily/aide",
      "#!/bin/sh\nif [ -d /run/systemd/system ]; then exit 0; fi\n/usr/share/aide/bin/dailyaidecheck --crondaily\n",
      mode: 0o755)
    let jobs = try guest.model(AideJobs.self).jobs
    #expect(jobs.filter { $0.obstacle == nil }.map(\.origin.path) == ["/etc/cron.weekly/check"])
    #expect(jobs.count == 4)
  }

  @Test(
    arguments: [
      (
        "0 5 * * * root /usr/bin/aide --check | /usr/bin/mail -s \"AIDE\" admin@example.org\n", [],
        "admin@example.org"
      ),
      ("0 5 * * * root /usr/bin/aide --check > /var/log/aide.log\n", ["/usr/sbin/sendmail"], nil),
      ("0 5 * * * root /usr/bin/aide --check\n", ["/usr/sbin/sendmail"], "root"),
      ("MAILTO=ops\n0 5 * * * root /usr/bin/aide --check\n", ["/usr/sbin/sendmail"], "ops"),
      ("MAILTO=\"\"\n0 5 * * * root /usr/bin/aide --check\n", ["/usr/sbin/sendmail"], nil),
      ("0 5 * * * root /usr/bin/aide --check\n", [], nil),
    ] as [(String, [String], String?)])
  func cronMails(_ row: (table: String, programs: [String], recipient: String?)) throws {
    var files = ["/etc/crontab": row.table]
    for program in row.programs { files[program] = "" }
    #expect(try guest(files).model(AideJobs.self).jobs.first?.recipient == row.recipient)
  }

  @Test(
    arguments: [
      ("", [], nil), ("", ["/usr/bin/s-nail"], "root"),
      ("MAILTO=ops@example.org\n", ["/usr/bin/s-nail"], "ops@example.org"),
      // mail(1) would need root, but the service runs as _aide.
      ("", ["/usr/bin/mail"], nil), ("MAILCMD=/opt/send\n", [], "root"),
      ("SILENTREPORTS=yes\n", ["/usr/bin/s-nail"], nil),
    ] as [(String, [String], String?)])
  func debianMails(_ row: (defaults: String, programs: [String], recipient: String?)) throws {
    var files = debian()
    files["/etc/default/aide"] = row.defaults
    for program in row.programs { files[program] = "" }
    #expect(try guest(files, timer: true).model(AideJobs.self).jobs.first?.recipient == row.recipient)
  }
}
