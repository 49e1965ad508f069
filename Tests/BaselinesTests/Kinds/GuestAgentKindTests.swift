import Baselines
import TestSupport
import Testing

@Suite struct GuestAgentKindTests {
  private func guest(_ configuration: String) -> GuestFixture {
    let guest = bootable(["/etc/qemu/qemu-ga.conf": configuration])
    guest.addStarted("qemu-guest-agent.service", "[Service]\nExecStart=-/usr/sbin/qemu-ga\n")
    return guest
  }

  @Test func onePowerOneAnswer() throws {
    let outcomes = try answers(
      GuestAgentKind.self, ["deny": .list(["execute", "set_passwords", "clipboard"])],
      guest("[general]\nblock-rpcs=guest-exec\n"))
    #expect(
      outcomes.map(\.subject) == ["qemu-guest-agent: execute", "qemu-guest-agent: set_passwords"])
    #expect(outcomes.map(\.verdict) == [.pass, .fail])
    #expect(outcomes[0].evidence.first?.path == "/etc/qemu/qemu-ga.conf")
    #expect(outcomes[1].actual == "allowed (compiled default)")
  }

  @Test func whichAgents() throws {
    let parameters: [String: ParameterValue] = ["deny": .list(["execute"]), "agents": .list(["waagent"])]
    #expect(try answers(GuestAgentKind.self, parameters, guest("")).map(\.verdict) == [.pass])
    #expect(
      try answers(GuestAgentKind.self, ["started": .boolean(false)], guest("")).map(\.verdict) == [.fail])
    #expect(
      try answers(GuestAgentKind.self, ["started": .boolean(false)], bootable()).map(\.verdict) == [.pass])
  }

  @Test(arguments: [
    [:], ["deny": ParameterValue.list(["everything"])], ["started": .boolean(true)],
  ]) func senseless(_ parameters: [String: ParameterValue]) {
    #expect(throws: ParameterError.self) { try GuestAgentKind(Parameters(parameters)) }
  }
}
