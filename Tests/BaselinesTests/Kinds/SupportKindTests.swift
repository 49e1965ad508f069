import Baselines
import Evidence
import TestSupport
import Testing

@Suite struct SupportKindTests {
  private func outcome(_ id: String, _ version: String, _ level: String, days: Int = 0) throws -> Outcome {
    let guest = GuestFixture([
      "/etc/os-release": "ID=\(id)\nVERSION_ID=\(version)\nPRETTY_NAME=\"It \(version)\"\n"
    ])
    return try #require(
      answers(SupportKind.self, ["level": .text(level), "warn_within_days": .integer(days)], guest).first)
  }

  @Test(arguments: [
    ("debian", "12", "any", 0, true), ("debian", "12", "regular", 0, false), ("debian", "12", "lts", 0, true),
    ("debian", "13", "regular", 0, true), ("debian", "11", "any", 0, false),
    ("ubuntu", "20.04", "any", 0, false),
    ("alpine", "3.22.0", "any", 90, true), ("alpine", "3.22.0", "any", 157, true),
    ("alpine", "3.22.0", "any", 158, true),
    ("alpine", "3.22.0", "any", 159, false), ("alpine", "3.21.0", "any", 0, false),
  ])
  func levels(_ id: String, _ version: String, _ level: String, _ days: Int, holds: Bool) throws {
    #expect(try outcome(id, version, level, days: days).verdict == (holds ? .pass : .fail))
  }

  @Test func saysWhatIsLeft() throws {
    #expect(
      try outcome("debian", "12", "any").actual
        == "It 12: lts support until 2028-06-30 (the suite of the security archive stays enabled), 584 days; "
        + "regular support ended on 2026-07-11")
    #expect(
      try outcome("ubuntu", "20.04", "any").actual
        == "It 20.04: regular support ended on 2025-05-29; subscription support until 2030-04-23 (Ubuntu Pro), "
        + "which the guest is not set up for; paid support until 2032-04-27 (the legacy add-on of Ubuntu Pro), "
        + "which the guest is not set up for")
  }

  @Test func anUnknownReleaseIsUndecided() {
    #expect(throws: EvidenceGap.self) { try outcome("toyos", "1", "any") }
  }
}
