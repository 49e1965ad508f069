import Baselines
import DiskImages
import Evidence
import Facts
import TestSupport
import Testing

@Suite struct DefaultPasswordKindTests {
  private func facts(_ record: DefaultPasswordsProbe.Record?) throws -> GuestFacts {
    let guest = GuestFixture(["/etc/shadow": ""])
    var evidence = try guest.evidence()
    if let record {
      let file = try #require(try evidence.entry(at: "/etc/shadow"))
      evidence.answers.set(ProbeAnswer(records: [file.id: record]), of: DefaultPasswordsProbe.self)
    }
    return GuestFacts(evidence, asOf: 0)
  }

  @Test func accounts() throws {
    let facts = try facts(["pi": .known, "a": .other, "b": .untried("it costs too much")])
    let outcomes = try DefaultPasswordKind(Parameters([:])).evaluate(facts)
    #expect(outcomes.map(\.subject) == ["b", "pi"])
    #expect(outcomes.map(\.verdict) == [.undecided(reason: "b: it costs too much"), .fail])
    #expect(outcomes.last?.actual == "one of the known default passwords")
    let without = try DefaultPasswordKind(Parameters(["exclude": .list(["pi", "b"])])).evaluate(facts)
    #expect(without.map(\.verdict) == [.pass])
  }

  @Test func withoutTryingNothingIsKnown() throws {
    let facts = try facts(nil)
    #expect(throws: EvidenceGap.self) { try DefaultPasswordKind(Parameters([:])).evaluate(facts) }
    #expect(try DefaultPasswordKind(Parameters([:])).plan.needs.isEmpty)
  }
}
