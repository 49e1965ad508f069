import Baselines
import TestSupport
import Testing

@Suite struct CronKindTests {
  @Test(
    arguments: [
      ([:], "cron", [], false), ([:], "at", [], true), (["/etc/cron.allow": ""], "cron", [], true),
      (["/etc/cron.allow": "root\n"], "cron", [], true), (["/etc/cron.allow": "joe\n"], "cron", [], false),
      (["/etc/cron.allow": "joe\n"], "cron", ["joe", "ann"], true),
      (["/etc/cron.deny": "joe\n"], "cron", ["ann"], false),
      (["/etc/at.deny": ""], "at", [], false),
      (["/etc/at.deny": "", "/etc/at.allow": "root\n"], "at", [], true),
    ] as [([String: String], String, [String], Bool)])
  func access(_ files: [String: String], _ tool: String, _ users: [String], holds: Bool) throws {
    let guest = GuestFixture(files.merging(["/etc/os-release": "ID=debian\n"]) { $1 })
    let outcomes = try answers(CronKind.self, ["tool": .text(tool), "allowed_users": .list(users)], guest)
    #expect(outcomes.map(\.verdict) == [holds ? .pass : .fail])
  }

  @Test(arguments: [("\\baide\\b", true), ("nothing", false), ("dotted", false)])
  func jobs(_ pattern: String, holds: Bool) throws {
    let guest = bootable([
      "/etc/os-release": "ID=debian\n", "/etc/cron.d/a": "0 5 * * * root /usr/bin/aide --check\n",
      "/etc/cron.d/b.x": "0 5 * * * root dotted\n",
    ])
    guest.addStarted("cron.service", "[Service]\n")
    #expect(
      try answers(CronKind.self, ["job": .text(pattern)], guest).map(\.verdict) == [holds ? .pass : .fail])
  }

  @Test(
    arguments: [
      [:], ["job": .text("[")], ["job": .text("a"), "allowed_users": .list([])],
      ["job": .text("a"), "tool": .text("at")],
    ] as [[String: ParameterValue]])
  func refuses(_ parameters: [String: ParameterValue]) {
    #expect(throws: ParameterError.self) { try CronKind(Parameters(parameters)) }
  }

  @Test func fixWritesTheAllowFile() throws {
    let fix = try CronKind(Parameters(["allowed_users": .list(["joe"])])).fix
    #expect(fix?.shell.hasPrefix("printf '%s\\n' root joe > /etc/cron.allow\n") == true)
  }
}
