import DiskImages
import Evidence
import Facts
import Foundation
import TestSupport
import Testing

@testable import Facts

@Suite struct SupportDatesTests {
  private func guest(
    _ id: String, _ version: String?, _ files: [String: String] = [:], codename: String? = nil,
    name: String? = nil
  ) -> GuestFixture {
    let release =
      "ID=\(id)\n" + (version.map { "VERSION_ID=\"\($0)\"\n" } ?? "")
      + (codename.map { "VERSION_CODENAME=\($0)\n" } ?? "") + (name.map { "PRETTY_NAME=\"\($0)\"\n" } ?? "")
    return GuestFixture(files.merging(["/etc/os-release": release]) { $1 })
  }

  private func current(_ id: String, _ version: String?, _ files: [String: String] = [:]) throws -> [String] {
    try guest(id, version, files).model(SupportDates.self).current.map { "\($0.level) \($0.lastDay)" }
  }

  private func security(_ suite: String) -> [String: String] {
    ["/etc/apt/sources.list": "deb http://security.debian.org/debian-security \(suite) main\n"]
  }

  @Test func asOf20261124() throws {
    #expect(try current("debian", "12", security("bookworm-security")) == ["lts 2028-06-30"])
    #expect(try current("debian", "13") == ["regular 2028-08-09"])
    #expect(
      try current("debian", "13", security("trixie-security")) == ["regular 2028-08-09", "lts 2030-06-30"])
    #expect(try current("debian", "10", security("buster/updates")) == [])
    #expect(try current("ubuntu", "24.04") == ["regular 2029-05-31"])
    #expect(try current("ubuntu", "20.04") == [])
    #expect(try current("alpine", "3.10.9") == [])
    #expect(try current("alpine", "3.22.1") == ["regular 2027-05-01"])
    #expect(try current("rhel", "9.4") == ["regular 2032-05-31"])
    #expect(try current("fedora", "42") == [])
    #expect(try current("sles", "15.7") == ["regular 2031-07-31"])
  }

  @Test(
    arguments: [
      ("bookworm-security", true), ("oldstable-security", true), ("bookworm/updates", true),
      ("trixie-security", false), ("bookworm", false), ("bookworm-updates", false),
    ])
  func longTermSupportNeedsTheSecuritySuite(_ suite: String, _ isThere: Bool) throws {
    let model = try guest("debian", "12", security(suite), codename: "bookworm").model(SupportDates.self)
    #expect(model.current.map(\.level) == (isThere ? [.lts] : []))
    #expect(model.periods.first { $0.level == .lts }?.shownBy == (isThere ? "/etc/apt/sources.list:1" : nil))
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
    #expect(
      try current(
        "debian", "10",
        ["/etc/apt/sources.list": "deb-src https://deb.freexian.com/extended-lts buster-lts main\n"]) == [])
    #expect(try current("sles", "15.5", ["/etc/products.d/SLES-LTSS.prod": ""]) == ["paid 2027-12-31"])
    let repository = "[rhel-7-server-els-rpms]\nname=x\nbaseurl=https://cdn.redhat.com/x\nenabled=1\n"
    #expect(
      try current("rhel", "7.9", ["/etc/yum.repos.d/redhat.repo": repository]) == ["paid 2028-06-30"])
  }

  @Test func anUnregisteredRedHatIsSupportedOnceItIs() throws {
    let bare = try guest("rhel", "9.4").model(SupportDates.self).current.first
    #expect(bare?.shownBy == "not registered yet: updates come once the machine is")
    let registered = try guest("rhel", "9.4", ["/etc/pki/consumer/cert.pem": ""]).model(SupportDates.self)
    #expect(registered.current.first?.shownBy == "/etc/pki/consumer/cert.pem")
  }

  @Test func centosLinuxAndStreamDiffer() throws {
    let linux = try guest("centos", "8", name: "CentOS Linux 8").model(SupportDates.self)
    let stream = try guest("centos", "8", name: "CentOS Stream 8").model(SupportDates.self)
    #expect(linux.periods.map(\.lastDay) == ["2021-12-31"] && stream.periods.map(\.lastDay) == ["2024-05-31"])
  }

  @Test func rollingReleasesDoNotEnd() throws {
    let model = try guest("arch", nil).model(SupportDates.self)
    #expect(model.isRolling && model.periods.isEmpty)
  }

  @Test(
    arguments: [
      ("debian", nil), ("debian", "99"), ("debian", "14"), ("toyos", "1"), ("linuxmint", "22"),
      ("fedora", "44"),
    ] as [(String, String?)]
  )
  func whatIsNotInTheTableIsUnknown(_ id: String, _ version: String?) {
    #expect(throws: EvidenceGap.self) { try guest(id, version).model(SupportDates.self) }
  }

  @Test func testingIsFoundByItsCodename() {
    #expect {
      try guest("debian", nil, codename: "forky", name: "Debian forky").model(SupportDates.self)
    } throws: { error in
      (error as? EvidenceGap)?.reason
        == "no dates of support are known for Debian forky: it is not released yet and has no day on which its "
        + "support ends"
    }
  }

  @Test(
    arguments: [
      ("1970-01-01", 86_400), ("2026-11-24", 1_795_564_800), ("2000-02-29", 951_868_800),
      ("2024-12-31", 1_735_689_600), ("2024-13-01", nil), ("2024-1-", nil),
      ("99999999999999999999-01-01", nil),
      ("", nil), ("2024-01-01-01", nil), ("-2024-01-01", nil),
    ] as [(String, Int64?)])
  func endsOfDays(_ day: String, _ seconds: Int64?) { #expect(SupportDates.endOfDay(day) == seconds) }
}

@Suite struct SupportTableTests {
  @Test func theShippedTableIsWhole() throws {
    let table = try SupportTable.shipped.get()
    #expect(table.asOf == "2026-11-24" && table.distributions.count == 17)
    for (id, distribution) in table.distributions {
      #expect(
        !distribution.source.isEmpty && distribution.isRolling == distribution.releases.isEmpty, "\(id)")
      for (version, release) in distribution.releases {
        let levels = SupportLevel.allCases.compactMap { release.ends[$0] }
        #expect(levels == levels.sorted(), "\(id) \(version): levels follow each other")
      }
    }
  }

  @Test func rowsOfAnotherTableReplaceThose() throws {
    let own = try SupportTable.parse(
      """
      as_of: 2027-01-01
      distributions:
        debian: {source: ours, releases: {"12": {regular: 2030-01-01}}}
        toyos: {source: theirs, releases: {"1": {lts: 2031-01-01, codename: toy}}}
      """, path: "own.yaml")
    let table = try SupportTable.shipped.get().overridden(by: own)
    #expect(table.release("debian", version: "12", codename: nil)?.ends == [.regular: "2030-01-01"])
    #expect(table.release("debian", version: "12", codename: nil)?.asOf == "2027-01-01")
    #expect(table.release("debian", version: "11", codename: nil)?.ends[.lts] == "2026-08-31")
    #expect(table.release("toyos", version: nil, codename: "toy")?.source == "theirs")
    let guest = GuestFixture(["/etc/os-release": "ID=toyos\nVERSION_ID=1.2.3.4.5\n"])
    let facts = GuestFacts(try guest.evidence(), asOf: guest.asOf)
    facts.supply(table)
    #expect(try facts.model(SupportDates.self).current.map(\.lastDay) == ["2031-01-01"])
  }

  @Test(
    arguments: [
      ("", "x: empty"), ("[]", "x:1: a mapping is expected"), ("a: b", "x:1: 'a' is not a key here"),
      ("as_of: 2026-11-24", "x:1: 'as_of' and 'distributions' are expected"),
      ("as_of: soon\ndistributions: {}", "x:1: 'soon' is not a day; write YYYY-MM-DD"),
      ("as_of: 2026-11-24\ndistributions: {d: {rolling: true}}", "x:2: 'source' is missing"),
      (
        "as_of: 2026-11-24\ndistributions:\n  d: {source: s, releases: {\"1\": {forever: 2026-11-24}}}",
        "x:3: 'forever' is not a level of support; use one of regular, lts, subscription, paid"
      ),
      (
        "as_of: 2026-11-24\ndistributions:\n  d: {source: s, releases: {\"1\": {}}}",
        "x:3: either days or 'unknown' with the reason are expected"
      ),
    ])
  func mistakesAreNamed(_ text: String, _ message: String) {
    #expect {
      try SupportTable.parse(text, path: "x")
    } throws: {
      ($0 as? SupportTableError)?.description == message
    }
  }

  /// The rows of the package distro-info-data of this machine, where it is installed.
  @Test func debiansRowsAreThoseOfDistroInfo() throws {
    let path = "/usr/share/distro-info/debian.csv"
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      print("skipped: \(path) is absent")
      return
    }
    let table = try SupportTable.shipped.get()
    var compared = 0
    for line in text.split(separator: "\n").dropFirst() {
      let columns = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      guard !columns[0].isEmpty, columns.count > 5 else { continue }
      let row = try #require(table.release("debian", version: columns[0], codename: nil))
      #expect(row.ends[.regular] == columns[5])
      #expect(columns.count < 7 || row.ends[.lts] == columns[6])
      #expect(columns.count < 8 || row.ends[.paid] == columns[7])
      compared += 1
    }
    #expect(compared > 15)
  }
}
