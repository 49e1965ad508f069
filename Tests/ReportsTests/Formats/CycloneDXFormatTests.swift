import Baselines
import Foundation
import Testing

@testable import Reports

@Suite struct CycloneDXFormatTests {
  private struct Bill: Decodable {
    struct Property: Decodable {
      var name: String
      var value: String
    }

    struct Component: Decodable {
      var reference: String
      var name: String
      var purl: String?
      var properties: [Property]?

      enum CodingKeys: String, CodingKey {
        case reference = "bom-ref"
        case name, purl, properties
      }
    }

    struct Rating: Decodable, Equatable {
      var score: Double?
      var severity: String
      var method: String
      var vector: String?
      var justification: String?
    }

    struct Affected: Decodable {
      struct Version: Decodable {
        var version: String
        var status: String
      }
      var ref: String
      var versions: [Version]
    }

    struct Analysis: Decodable, Equatable {
      var state: String
      var justification: String?
      var detail: String
    }

    struct Advisory: Decodable { var url: String }
    struct Source: Decodable { var name: String }

    struct Vulnerability: Decodable {
      var id: String
      var source: Source?
      var ratings: [Rating]
      var recommendation: String
      var advisories: [Advisory]?
      var analysis: Analysis?
      var affects: [Affected]
      var properties: [Property]
    }

    var serialNumber: String
    var components: [Component]
    /// Absent where nothing was looked up.
    var listed: [Vulnerability]?
    var vulnerabilities: [Vulnerability] { listed ?? [] }

    enum CodingKeys: String, CodingKey {
      case serialNumber, components
      case listed = "vulnerabilities"
    }
  }

  private func bill(_ report: Report) throws -> Bill {
    let text = try CycloneDXFormat.render(report, TextStyle())
    return try JSONDecoder().decode(Bill.self, from: Data(text.utf8))
  }

  @Test func vulnerabilitiesNameTheComponentsThatHaveThem() throws {
    let bill = try bill(ReportSamples.vulnerable)
    let components = Dictionary(uniqueKeysWithValues: bill.components.map { ($0.reference, $0) })
    let affected = bill.vulnerabilities.map { entry in
      "\(entry.id): " + entry.affects.compactMap { components[$0.ref]?.purl }.joined(separator: " ")
    }
    let curl = ["curl", "libcurl4"].map { "pkg:deb/debian/\($0)@7.88.1-10?arch=amd64&distro=debian-12" }
    #expect(
      affected == [
        "CVE-2026-1: \(curl[0]) \(curl[1])", "TEMP-0001: \(curl[0]) \(curl[1])",
        "GHSA-xvch-5gv4-984h: pkg:npm/minimist@1.2.5 pkg:npm/minimist@1.2.5",
      ])
    // The two copies of the library, which the list of packages does not have, are components of their own.
    #expect(Set(bill.vulnerabilities[2].affects.map(\.ref)).count == 2)
    #expect(bill.components.count == 1 + 3 + 2)
    #expect(bill.vulnerabilities[0].affects[0].versions.map(\.version) == ["7.88.1-10"])
    #expect(bill.vulnerabilities.map(\.source?.name) == ["NVD", nil, "GITHUB"])
  }

  @Test func ratingsAreThoseOfTheScoreAndOfWhatRaisesIt() throws {
    let ratings = try bill(ReportSamples.vulnerable).vulnerabilities.map(\.ratings)
    #expect(
      ratings[0] == [
        .init(
          score: 5.5, severity: "medium", method: "CVSSv31",
          vector: "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:N/I:N/A:H"),
        .init(severity: "high", method: "other", justification: "CVSS 5.5, exploited"),
      ])
    #expect(ratings[1] == [.init(severity: "unknown", method: "other", justification: "not rated")])
    #expect(ratings[2].map(\.severity) == ["critical"])
  }

  @Test func waiversAreTheAnalysis() throws {
    let analyses = try bill(ReportSamples.vulnerable).vulnerabilities.map(\.analysis)
    let notes =
      "Only curl's command line is used (waiver of ops@example.org, OPS-7, until the end of 2027-03-31)"
    #expect(
      analyses == [
        .init(
          state: "not_affected", justification: "code_not_reachable",
          detail: "vulnerable code not in execute path: " + notes),
        .init(state: "exploitable", detail: notes), nil,
      ])
  }

  @Test(arguments: [
    (Exposure.Status?.none, "exploitable"), (.affected, "exploitable"), (.underInvestigation, "in_triage"),
    (.notAffected, "not_affected"),
  ])
  func states(_ status: Exposure.Status?, _ state: String) throws {
    let finding = ReportSamples.accepted("pkg.a", subject: "x", status)
    #expect(try bill(report(findings: [finding])).vulnerabilities.first?.analysis?.state == state)
  }

  @Test func ofSeveralWaiversTheLeastReassuringCounts() throws {
    let findings = [
      ReportSamples.accepted("pkg.a", subject: "x", .notAffected),
      ReportSamples.accepted("pkg.b", subject: "x", .underInvestigation),
    ]
    #expect(try bill(report(findings: findings)).vulnerabilities.first?.analysis?.state == "in_triage")
  }

  @Test func anExpiredWaiverSaysNothing() throws {
    var finding = ReportSamples.finding("pkg.a", subject: "x")
    finding.expiredWaiver = ReportSamples.waiver
    let entry = try #require(try bill(report(findings: [finding])).vulnerabilities.first)
    #expect(entry.analysis == nil)
  }

  private func report(findings: [GuestReport.Finding]) -> Report {
    var guest = ReportSamples.guest(findings)
    guest.vulnerabilities = .init(
      judged: 1, unknown: [],
      packages: [
        .init(
          name: "x", role: .software, installed: [ReportSamples.installed("x")],
          vulnerabilities: [ReportSamples.vulnerability("CVE-2026-1", findings: findings.map(\.fingerprint))])
      ])
    return ReportSamples.report([ReportSamples.target([guest])])
  }

  @Test func whatFollowsFromTheReport() throws {
    let bill = try bill(ReportSamples.vulnerable)
    let properties = bill.vulnerabilities[0].properties.map { "\($0.name)=\($0.value)" }
    #expect(
      properties.prefix(9) == [
        "brinell:package=curl", "brinell:fixed-version=7.88.1-11", "brinell:known-since=2026-07-11",
        "brinell:epss=0.25", "brinell:exploited-since=2026-08-01", "brinell:exploited-due=2026-08-22",
        "brinell:exploited-by-ransomware=true", "brinell:advisory=CVE-2026-1", "brinell:advisory=DSA-7000-1",
      ])
    #expect(properties.count == 10)
    #expect(
      bill.vulnerabilities.map(\.recommendation) == [
        "Update curl to 7.88.1-11.", "No fix is known. minor issue", "Update npm minimist to 1.2.6.",
      ])
    #expect(bill.vulnerabilities[1].advisories?.map(\.url) == ["https://bugs.example.org/1?a=b&c=%20"])
  }

  @Test func aBillTellsWhatWasNotLookedUp() throws {
    let system = try #require(try bill(ReportSamples.vulnerable).components.first)
    #expect(
      system.properties?.map(\.name) == [
        "brinell:root", "brinell:looked-up-packages", "brinell:not-looked-up",
      ])
    let clean = try bill(ReportSamples.clean)
    #expect(clean.components.first?.properties?.map(\.name) == ["brinell:root"])
    #expect(clean.listed?.isEmpty == nil)
    var none = ReportSamples.vulnerable
    none.targets[0].guests[0].vulnerabilities?.packages = []
    #expect(try self.bill(none).listed?.isEmpty == true)
    none.targets[0].guests[0].vulnerabilities?.judged = 0
    #expect(try self.bill(none).listed?.isEmpty == nil)
  }

  @Test func theNumberFollowsFromEverything() throws {
    var other = ReportSamples.vulnerable
    other.targets[0].guests[0].findings[0].waiver?.reason = "another"
    let numbers = try [ReportSamples.vulnerable, ReportSamples.vulnerable, other].map {
      try bill($0).serialNumber
    }
    #expect(numbers[0] == numbers[1] && numbers[0] != numbers[2])
  }

  @Test(arguments: [
    ("https://example.org", true), ("http://a.b:8080/c?d=e#f", true), ("https://a/%zz", false),
    ("javascript:alert(1)", false), ("https://", false), ("https://a b", false),
    ("https://a/\u{202e}", false),
    ("https://a/\"", false), ("ftp://a", false), ("https://a/<b>", false), (" https://a", false),
    ("https://a/#b#c", false), ("https://a/%a", false), ("https://a:/", false), ("https://a:123456", false),
    ("http://[::1]/", false), ("https://u@a/", false), ("https://a#b", true), ("https://a?b=%2F", true),
  ])
  func addresses(_ text: String, _ isValid: Bool) {
    #expect((WebAddress.valid(text) != nil) == isValid)
  }

  @Test(arguments: [
    ("CVE-2026-1", "NVD"), ("GHSA-xvch-5gv4-984h", "GITHUB"), ("CVE-2026-", nil), ("CVE-2026-1-2", nil),
    ("CVE-2026-1/..", nil), ("DSA-7000-1", nil), ("CVE-2026-1\u{301}", nil), ("GHSA-1", nil), ("", nil),
  ])
  func publishers(_ name: String, _ publisher: String?) {
    #expect(WebAddress.publisher(of: name)?.name == publisher)
  }

  /// A guest that invents packages must not make a bill of their number times that of the vulnerabilities.
  @Test func manyPackagesOfOneSourceAreNotAllNamed() throws {
    var guest = ReportSamples.guest([])
    let installed = (0..<5000).map { ReportSamples.installed("p\($0)") }
    guest.packages = installed.map { ReportSamples.package($0, source: "p") }
    guest.vulnerabilities = .init(
      judged: 5000, unknown: [],
      packages: [
        .init(
          name: "p", role: .software, installed: installed,
          vulnerabilities: (0..<3000).map { ReportSamples.vulnerability("CVE-2026-\($0)") })
      ])
    let system = BillOfMaterials.System(guest)
    #expect(system.vulnerabilities.count == 3000 && system.components.count == 5000)
    #expect(system.vulnerabilities[0].affected.count == 200 && system.vulnerabilities[0].further == 4800)
    #expect(system.vulnerabilities[2999].affected.count == 1 && system.vulnerabilities[2999].further == 4999)
    guest.vulnerabilities?.packages[0].vulnerabilities.removeLast(2999)
    let bill = try bill(ReportSamples.report([ReportSamples.target([guest])]))
    #expect(
      bill.vulnerabilities[0].properties.contains {
        $0.name == "brinell:further-packages" && $0.value == "4800"
      })
  }
}
