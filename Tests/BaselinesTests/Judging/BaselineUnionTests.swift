import TestSupport
import Testing

@testable import Baselines

struct BaselineUnionTests {
  private static let files = [
    "a.yaml": baseline("a"), "b.yaml": baseline("b", "set: {tries: 3}"),
    "c.yaml": baseline("c", "severities: {s.same: critical}"),
    "checks/x.yaml": library(
      "values: {tries: {type: integer, default: 4}}\nchecks:\n"
        + check("s.same", more: "baselines: [a, b, c]")
        + "  - {id: s.tries, title: t, severity: low, baselines: [a, b], echo: {verdict: fail, at_most: \"${tries}\"}}\n"
        + check("s.needs", more: "baselines: [a, b], requires: s.tries")
        + check("s.only", more: "baselines: [b], requires: s.tries")),
  ]

  private func union(_ names: String...) throws -> BaselineUnion {
    let fixture = try BaselineFixture(Self.files)
    defer { withExtendedLifetime(fixture) {} }
    return BaselineUnion(try fixture.loader.load(names))
  }

  @Test func theSameQuestionIsAskedOnce() throws {
    #expect(try union("a", "a").checks.map(\.id) == ["s.same", "s.tries", "s.needs"])
    #expect(try union("a", "a").baselines.count == 1)
  }

  @Test func anotherParameterMakesAnotherCheck() throws {
    let union = try union("a", "b")
    #expect(union.checks.map(\.id) == ["s.same", "s.tries", "s.needs", "s.tries@b", "s.only"])
    #expect(union.checks.last?.requires == ["s.tries@b"])
    let judgement = union.judge(try GuestFixture().facts())
    #expect(judgement.findings.map(\.blocks) == [["s.needs"], ["s.only"]])
    #expect(Set(judgement.findings.map(\.fingerprint)).count == 2)
  }

  @Test func anotherSeverityMakesAnotherCheck() throws {
    #expect(try union("a", "c").checks.map(\.id) == ["s.same", "s.tries", "s.needs", "s.same@c"])
  }

  @Test func aWaiverStandsForTheVariants() throws {
    let expires = try #require(CalendarDate("2030-01-01"))
    let waiver = Waiver(check: "s.tries", reason: "r", owner: "o", expires: expires)
    let judgement = try union("a", "b").judge(try GuestFixture().facts(), waivers: [waiver])
    #expect(judgement.findings.map(\.verdict) == [.waived, .waived])
    let one = Waiver(check: "s.tries@b", reason: "r", owner: "o", expires: expires)
    let other = try union("a", "b").judge(try GuestFixture().facts(), waivers: [one])
    #expect(other.findings.map(\.verdict) == [.fail, .waived])
  }
}
