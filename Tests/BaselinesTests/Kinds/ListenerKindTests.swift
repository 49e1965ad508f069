import Baselines
import TestSupport
import Testing

@Suite struct ListenerKindTests {
  private func guest(_ files: [String: String] = [:]) -> GuestFixture {
    let guest = bootable(
      files.merging([
        "/etc/postfix/main.cf": "inet_interfaces = loopback-only\n",
        "/etc/postfix/master.cf": "smtp inet n - y - - smtpd\n",
      ]) { old, _ in old })
    guest.addStarted("ssh.service", "[Service]\nExecStart=/usr/sbin/sshd -D\n")
    guest.addStarted("postfix.service", "[Service]\n")
    guest.addStarted("cron.service", "[Service]\n")
    return guest
  }

  private func verdicts(_ parameters: [String: ParameterValue], _ guest: GuestFixture) throws -> [Outcome
    .Verdict]
  {
    try answers(ListenerKind.self, parameters, guest).map(\.verdict)
  }

  @Test(arguments: [("loopback-only", true), ("all", false), ("127.0.0.1, 10.0.0.1", false)])
  func onlyLoopback(_ interfaces: String, holds: Bool) throws {
    let guest = guest(["/etc/postfix/main.cf": "inet_interfaces = \(interfaces)\n"])
    let result = try verdicts(["only_loopback": .list(["postfix", "exim4"])], guest)
    #expect(!result.isEmpty && result.allSatisfy { $0 == .pass } == holds)
  }

  @Test func whatDoesNotRunListensNowhere() throws {
    #expect(try verdicts(["only_loopback": .list(["exim4"])], guest()) == [])
  }

  @Test(arguments: [
    (["tcp/22"], true), (["ssh.service"], true), (["sshd"], true), (["tcp/*"], true), (["tcp/25"], false),
    ([], false),
  ])
  func noneExcept(_ allowed: [String], holds: Bool) throws {
    #expect(try verdicts(["none_except": .list(allowed)], guest()) == [holds ? .pass : .fail])
  }

  @Test func aServiceThatIsNotKnownIsUndecided() throws {
    let guest = guest()
    guest.addStarted("mystery.service", "[Service]\n")
    let outcomes = try answers(ListenerKind.self, ["none_except": .list(["tcp/22"])], guest)
    #expect(outcomes.map(\.subject) == ["sshd tcp/22", "mystery.service"])
    #expect(outcomes[1].verdict == .undecided(reason: "whether mystery.service listens is not known"))
    #expect(
      try verdicts(["none_except": .list(["tcp/22"]), "ignore": .list(["myst*"])], guest) == [.pass])
  }

  @Test func noneOn() throws {
    #expect(try verdicts(["none_on": .list(["tcp/23", "udp/69"])], guest()) == [])
    #expect(try verdicts(["none_on": .list(["tcp/22"])], guest()) == [.fail])
  }

  @Test func aConfigurationThatCannotBeReadIsUndecided() throws {
    let guest = guest()
    guest.filesystem.addFile("/etc/postfix/main.cf", .tooLarge(size: 1 << 40))
    for parameters in [["only_loopback": ParameterValue.list(["postfix"])], ["none_on": .list(["tcp/23"])]] {
      let result = try verdicts(parameters, guest)
      #expect(result.count == 1)
      if case .undecided = result[0] {} else { Issue.record("\(result)") }
    }
  }

  @Test(
    arguments: [[:], ["none_on": .list(["ssh"])], ["only_loopback": .list(["a"]), "ignore": .list(["b"])]]
      as [[String: ParameterValue]])
  func refuses(_ parameters: [String: ParameterValue]) {
    #expect(throws: ParameterError.self) { try ListenerKind(Parameters(parameters)) }
  }
}
