import Baselines
import TestSupport
import Testing

@Suite struct StartedUnitsKindTests {
  private func subjects(_ allow: [String], types: [String] = []) throws -> [String] {
    let guest = bootable()
    guest.addStarted("ssh.service", "[Service]\n")
    guest.addStarted("odd.service", "[Service]\n")
    guest.addStarted("odd.timer", "[Timer]\n", by: "timers.target")
    guest.addStarted("skipped.service", "[Unit]\nConditionPathExists=/etc/nothing\n")
    var parameters: [String: ParameterValue] = ["allow": .list(allow)]
    if !types.isEmpty { parameters["types"] = .list(types) }
    let outcomes = try answers(StartedUnitsKind.self, parameters, guest)
    #expect(outcomes.allSatisfy { $0.verdict == .fail && !$0.evidence.isEmpty })
    return outcomes.map(\.subject)
  }

  @Test func whatTheListDoesNotName() throws {
    #expect(try subjects(["ssh.service"]) == ["odd.service", "odd.timer"])
    #expect(try subjects(["ssh.service", "odd.*"]) == [])
    #expect(try subjects(["odd.service"], types: ["service"]) == ["ssh.service"])
  }

  @Test func refusesATypeThatIsNone() {
    #expect(throws: ParameterError.self) {
      try StartedUnitsKind(Parameters(["allow": .list([]), "types": .list(["daemon"])]))
    }
  }
}
