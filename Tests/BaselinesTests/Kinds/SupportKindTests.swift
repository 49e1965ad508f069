import Baselines
import Evidence
import TestSupport
import Testing

@Suite struct SupportKindTests {
  private func outcome(
    _ id: String, _ version: String, _ level: String, days: Int = 0, sources: String = "", asOf: Int64? = nil
  ) throws -> Outcome {
    var guest = GuestFixture([
      "/etc/os-release": "ID=\(id)\nVERSION_ID=\(version)\nPRETTY_NAME=\"It \(version)\"\n",
      "/etc/apt/sources.list": sources,
    ])
    guest.asOf = asOf ?? guest.asOf
    return try #require(
      answers(SupportKind.self, ["level": .text(level), "warn_within_days": .integer(days)], guest).first)
  }

  private let security = "deb http://security.debian.org/debian-security bookworm-security main\n"

  @Test(arguments: [
    ("debian", "12", "any", 0, true), ("debian", "12", "regular", 0, false), ("debian", "12", "lts", 0, true),
    ("debian", "13", "regular", 0, true), ("debian", "11", "any", 0, false),
    ("ubuntu", "20.04", "any", 0, false),
    ("alpine", "3.22.0", "any", 90, true), ("alpine", "3.22.0", "any", 157, true),
    ("alpine", "3.22.0", "any", 158, true),
    ("alpine", "3.22.0", "any", 159, false), ("alpine", "3.21.0", "any", 0, false),
  ])
  func levels(_ id: String, _ version: String, _ level: String, _ days: Int, holds: Bool) throws {
    #expect(
      try outcome(id, version, level, days: days, sources: security).verdict == (holds ? .pass : .fail))
  }

  @Test func longTermSupportWithoutItsSuiteIsNone() throws {
    #expect(try outcome("debian", "12", "any").verdict == .fail)
  }

  /// 2026-06-01: regular support ends in 40 days, LTS follows.
  @Test(arguments: [(30, Outcome.Verdict.pass), (40, .pass), (41, .fail), (90, .fail)])
  func theLevelThatHoldsEndsSoon(_ days: Int, _ verdict: Outcome.Verdict) throws {
    let outcome = try outcome("debian", "12", "any", days: days, sources: security, asOf: 1_780_272_000)
    #expect(outcome.verdict == verdict)
    #expect(
      outcome.actual.hasPrefix("It 12: regular support until 2026-07-11, 40 days; lts support until 2028"))
  }

  @Test func saysWhatIsLeft() throws {
    #expect(
      try outcome("debian", "12", "any", sources: security).actual
        == "It 12: lts support until 2028-06-30 (needs the suite of the security archive: /etc/apt/sources.list:1), "
        + "584 days; regular support ended on 2026-07-11; paid support until 2033-06-30 (needs the extended LTS "
        + "archive of Freexian, which the guest is not set up for)")
    #expect(
      try outcome("ubuntu", "20.04", "any").actual
        == "It 20.04: regular support ended on 2025-05-29; subscription support until 2030-04-23 (needs Ubuntu Pro, "
        + "which the guest is not set up for); paid support until 2032-04-27 (needs the legacy add-on of Ubuntu Pro, "
        + "which the guest is not set up for)")
    #expect(
      try outcome("debian", "12", "any").evidence.map(\.origin) == [
        "vendor", "support dates as of 2026-11-24",
      ])
  }

  @Test func anUnknownReleaseIsUndecided() {
    #expect(throws: EvidenceGap.self) { try outcome("toyos", "1", "any") }
  }
}
