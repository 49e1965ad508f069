import TestSupport
import Testing

@testable import Facts

@Suite struct CronJobsTests {
  private func guest(_ files: [String: String], debian: Bool = true, daemon: Bool = true) -> GuestFixture {
    let guest = bootable(files)
    guest.filesystem.addFile("/etc/os-release", debian ? "ID=debian\n" : "ID=rhel\nID_LIKE=fedora\n")
    if daemon { guest.addStarted(debian ? "cron.service" : "crond.service", "[Service]\n") }
    return guest
  }

  private func jobs(_ guest: GuestFixture) throws -> [String] {
    try guest.model(CronJobs.self).jobs.map {
      "\($0.schedule)|\($0.user ?? "-")|\($0.command)|\($0.obstacle ?? "runs")"
    }
  }

  @Test func tablesOfTheSystem() throws {
    let guest = guest([
      "/etc/crontab":
        "SHELL=/bin/sh\nPATH = /bin\n# c\n17 *\t* * *\troot    cd / && x=1 run\n@daily root y\n* * * *\n"
    ])
    #expect(try jobs(guest) == ["17 * * * *|root|cd / && x=1 run|runs", "@daily|root|y|runs"])
  }

  @Test func tablesOfUsersHaveNoUserColumn() throws {
    #expect(
      try jobs(guest(["/var/spool/cron/crontabs/joe": "*/5 * * * * /bin/x a b\n"])) == [
        "*/5 * * * *|joe|/bin/x a b|runs"
      ])
  }

  @Test func namesAndOwners() throws {
    let guest = guest([
      "/etc/cron.d/good": "1 1 1 1 1 root a\n", "/etc/cron.d/has.dot": "1 1 1 1 1 root b\n",
      "/etc/cron.d/old~": "1 1 1 1 1 root c\n",
    ])
    guest.filesystem.addFile("/etc/cron.d/foreign", "1 1 1 1 1 root d\n", uid: 1000)
    guest.filesystem.addFile("/etc/cron.d/open", "1 1 1 1 1 root e\n", mode: 0o666)
    let running = try guest.model(CronJobs.self).jobs.filter { $0.obstacle == nil }
    #expect(running.map(\.command) == ["a"])
  }

  @Test func cronieReadsNamesWithADot() throws {
    let guest = guest(
      ["/etc/cron.d/has.dot": "1 1 1 1 1 root b\n", "/etc/cron.d/x.rpmsave": "1 1 1 1 1 root c\n"],
      debian: false)
    #expect(try guest.model(CronJobs.self).jobs.filter { $0.obstacle == nil }.map(\.command) == ["b"])
  }

  @Test func withoutADaemonNothingRuns() throws {
    let guest = guest(["/etc/crontab": "1 1 1 1 1 root a\n"], daemon: false)
    #expect(try jobs(guest) == ["1 1 1 1 1|root|a|no cron daemon is started"])
  }

  @Test func foldersRunByALineOrByATimer() throws {
    func guestWithScript(_ files: [String: String]) -> GuestFixture {
      let guest = guest(files)
      guest.filesystem.addFile("/etc/cron.daily/aide", "#!/bin/sh", mode: 0o755)
      guest.filesystem.addFile("/etc/cron.daily/plain", "#!/bin/sh", mode: 0o644)
      guest.filesystem.addFile("/etc/cron.daily/x.sh", "#!/bin/sh", mode: 0o755)
      return guest
    }
    let line = ["/etc/crontab": "25 6 * * * root cd / && run-parts --report /etc/cron.daily\n"]
    let running = try guestWithScript(line).model(CronJobs.self).jobs.filter { $0.obstacle == nil }.map(
      \.command)
    #expect(running.dropFirst() == ["/etc/cron.daily/aide"])
    #expect(try guestWithScript([:]).model(CronJobs.self).jobs.allSatisfy { $0.obstacle != nil })
    let byTimer = guestWithScript([:])
    byTimer.addStarted("cron-daily.timer", "[Timer]\n", by: "timers.target")
    #expect(try byTimer.model(CronJobs.self).jobs.filter { $0.obstacle == nil }.count == 1)
  }

  @Test func anacron() throws {
    #expect(
      try jobs(
        guest([
          "/etc/anacrontab": "SHELL=/bin/sh\n7 10 cron.weekly run-parts /etc/cron.weekly x\n@monthly 5 m y\n"
        ]))
        == ["7|-|run-parts /etc/cron.weekly x|runs", "@monthly|-|y|runs"])
  }

  @Test func aMillionLinesAreBounded() throws {
    let guest = guest(["/etc/crontab": String(repeating: "* * * * * root x\n", count: 150_000)])
    #expect(try guest.model(CronJobs.self).jobs.count == 100_000)
  }
}
