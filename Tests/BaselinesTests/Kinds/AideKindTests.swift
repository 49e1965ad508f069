import Baselines
import DiskImages
import Evidence
import TestSupport
import Testing

@Suite struct AideKindTests {
  private let tools: [String: ParameterValue] = [
    "attributes": .list(["p", "sha512", "acl"]), "paths": .list(["/sbin/auditctl", "/sbin/audispd"]),
    "only_existing": .boolean(true),
  ]

  private func guest(_ configuration: String?) -> GuestFixture {
    let guest = GuestFixture(["/usr/sbin/auditctl": ""])
    guest.filesystem.addLink("/sbin", to: "usr/sbin")
    if let configuration { guest.filesystem.addFile("/etc/aide/aide.conf", configuration) }
    return guest
  }

  @Test(arguments: [
    ("/usr/sbin p+sha512+acl\n", Outcome.Verdict.pass, "compared"), ("/ R+sha512\n", .pass, "compared"),
    ("/usr/sbin/auditctl p+i+sha512\n", .fail, "without acl"),
    ("/sbin p+sha512+acl\n", .fail, "no rule selects it"),
    ("/ R+sha512\n!/usr/sbin\n", .fail, "left out"),
  ])
  func auditTools(_ row: (text: String, verdict: Outcome.Verdict, actual: String)) throws {
    let outcomes = try answers(AideKind.self, tools, guest(row.text))
    #expect(outcomes.map(\.subject) == ["/sbin/auditctl"])
    #expect(outcomes.map(\.verdict) == [row.verdict] && outcomes[0].actual == row.actual)
  }

  @Test func anExecutedIncludeThatMayDecide() throws {
    let guest = guest("/ R+sha512\n@@x_include /etc/aide/aide.conf.d ^[a-z]+$\n")
    guest.filesystem.addFile("/etc/aide/aide.conf.d/log", "#!/bin/sh\necho \"/var/log Full\"\n", mode: 0o755)
    #expect(try answers(AideKind.self, tools, guest).map(\.verdict) == [.pass])
    guest.filesystem.addFile("/etc/aide/aide.conf.d/sbin", "#!/bin/sh\necho \"/usr/sbin p\"\n", mode: 0o755)
    guard case .undecided? = try answers(AideKind.self, tools, guest).first?.verdict else {
      Issue.record("the script's output is not known")
      return
    }
  }

  @Test func everyRule() throws {
    let acl: [String: ParameterValue] = ["attributes": .list(["acl"])]
    let outcome = try answers(AideKind.self, acl, guest("/etc p+acl\n/usr p\n!/var\n"))
    #expect(outcome.map(\.verdict) == [.fail] && outcome[0].actual == "1 of 2 rules lack it: /usr")
    #expect(outcome[0].evidence.map(\.line) == [2])
    #expect(try answers(AideKind.self, acl, guest("/etc p+acl\n!/var\n")).map(\.verdict) == [.pass])
    #expect(try answers(AideKind.self, acl, guest("")).map(\.verdict) == [.fail])
    #expect(try answers(AideKind.self, acl, guest(nil)).map(\.verdict) == [.fail])
  }

  @Test func database() throws {
    let question: [String: ParameterValue] = ["database": .boolean(true)]
    let guest = guest("database_in=file:/var/lib/aide/aide.db\n")
    #expect(try answers(AideKind.self, question, guest).map(\.verdict) == [.fail])
    guest.filesystem.addFile("/var/lib/aide/aide.db.new", "x")
    #expect(try answers(AideKind.self, question, guest).map(\.verdict) == [.fail])
    guest.filesystem.addFile("/var/lib/aide/aide.db", "")
    #expect(try answers(AideKind.self, question, guest).map(\.actual) == ["/var/lib/aide/aide.db is empty"])
    guest.filesystem.addFile("/var/lib/aide/aide.db", "x")
    #expect(try answers(AideKind.self, question, guest).map(\.verdict) == [.pass])
    #expect(try answers(AideKind.self, question, self.guest(nil)).map(\.verdict) == [.fail])
    guard
      case .undecided? = try answers(AideKind.self, question, self.guest("database_in=fd:4\n")).first?.verdict
    else {
      Issue.record("a database elsewhere is not known")
      return
    }
  }

  @Test func scheduleAndNotification() throws {
    let question: [String: ParameterValue] = ["scheduled": .text("any"), "notifies": .boolean(true)]
    let guest = guest("")
    #expect(try answers(AideKind.self, question, guest).map(\.actual) == ["no such job", "no job runs it"])
    guest.filesystem.addFile("/usr/sbin/cron", "")
    guest.filesystem.addFile("/etc/crontab", "0 5 * * * root /usr/bin/aide --check | mail -s x root\n")
    #expect(try answers(AideKind.self, question, guest).map(\.verdict) == [.pass, .pass])
    #expect(try answers(AideKind.self, ["scheduled": .text("timer")], guest).map(\.verdict) == [.fail])
  }

  @Test(
    arguments: [
      [:], ["database": .boolean(false)], ["paths": .list(["/x"])],
      ["attributes": .list(["p"]), "paths": .list(["x"])],
    ] as [[String: ParameterValue]])
  func senselessParameters(_ parameters: [String: ParameterValue]) {
    #expect(throws: ParameterError.self) { try AideKind(Parameters(parameters)) }
  }
}
