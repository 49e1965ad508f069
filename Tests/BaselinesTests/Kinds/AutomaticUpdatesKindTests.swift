import Baselines
import TestSupport
import Testing

@Suite struct AutomaticUpdatesKindTests {
  @Test func nothingSetUp() throws {
    let outcome = try #require(answers(AutomaticUpdatesKind.self, [:], bootable()).first)
    #expect(outcome.verdict == .fail && outcome.actual == "no program for it is set up")
  }

  @Test func aTimerThatInstalls() throws {
    let guest = bootable()
    guest.addStarted("dnf-automatic-install.timer", "[Timer]\n", by: "timers.target")
    #expect(try answers(AutomaticUpdatesKind.self, [:], guest).map(\.verdict) == [.pass])
  }
}
