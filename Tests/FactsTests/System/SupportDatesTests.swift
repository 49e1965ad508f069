import Evidence
import TestSupport
import Testing

@testable import Facts

@Suite struct SupportDatesTests {
  private func guest(_ id: String, _ version: String?, _ files: [String: String] = [:]) -> GuestFixture {
    let release = "ID=\(id)\n" + (version.map { "VERSION_ID=\"\($0)\"\n" } ?? "")
    return GuestFixture(files.merging(["/etc/os-release": release]) { $1 })
  }

  private func current(_ id: String, _ version: String?, _ files: [String: String] = [:]) throws -> [String] {
    try guest(id, version, files).model(SupportDates.self).current.map { "\($0.level) \($0.lastDay)" }
  }

  @Test func asOf20261124() throws {
    #expect(try current("debian", "12") == ["lts 2028-06-30"])
    #expect(try current("debian", "13") == ["regular 2028-08-09", "lts 2030-06-30"])
    #expect(try current("debian", "10") == [])
    #expect(try current("ubuntu", "24.04") == ["regular 2029-05-31"])
    #expect(try current("ubuntu", "20.04") == [])
    #expect(try current("alpine", "3.10.9") == [])
    #expect(try current("alpine", "3.22.1") == ["regular 2027-05-01"])
    #expect(try current("rhel", "9.4") == ["regular 2032-05-31"])
    #expect(try current("fedora", "40") == [])
  }

  @Test func subscriptionsCountWhereTheGuestHasThem() throws {
    #expect(
      try current("ubuntu", "20.04", ["/var/lib/ubuntu-advantage/private/machine-token.json": "{}"])
        == ["subscription 2030-04-23"])
    #expect(
      try current(
        "debian", "10",
        ["/etc/apt/sources.list": "deb https://deb.freexian.com/extended-lts buster-lts main\n"])
        == ["paid 2029-06-30"])
  }

  @Test func rollingReleasesDoNotEnd() throws {
    let model = try guest("arch", nil).model(SupportDates.self)
    #expect(model.isRolling && model.periods.isEmpty)
  }

  @Test(
    arguments: [("debian", nil), ("debian", "99"), ("toyos", "1"), ("linuxmint", "22")] as [(String, String?)]
  )
  func whatIsNotInTheTableIsUnknown(_ id: String, _ version: String?) {
    #expect(throws: EvidenceGap.self) { try guest(id, version).model(SupportDates.self) }
  }

  @Test(
    arguments: [
      ("1970-01-01", 86_400), ("2026-11-24", 1_795_564_800), ("2000-02-29", 951_868_800),
      ("2024-12-31", 1_735_689_600),
    ] as [(String, Int64)])
  func endsOfDays(_ day: String, _ seconds: Int64) { #expect(SupportDates.endOfDay(day) == seconds) }

  @Test func theTableIsWellFormed() {
    for line in SupportDatesData.table.split(separator: "\n") {
      for pair in line.split(separator: " ").dropFirst(2).map({ $0.split(separator: "=") }) {
        #expect(
          SupportLevel(rawValue: String(pair[0])) != nil && SupportDates.endOfDay(String(pair[1])) != nil,
          "\(line)")
      }
    }
  }
}
