import Baselines
import Foundation
import TestSupport
import Testing

@testable import Reports

/// What the specification of OpenVEX 0.2.0 demands of documents and statements.
@Suite struct OpenVEXFormatTests {
  private struct Document: Decodable {
    struct Vulnerability: Decodable {
      var name: String
    }

    struct Product: Decodable {
      var id: String

      enum CodingKeys: String, CodingKey { case id = "@id" }
    }

    struct Statement: Decodable {
      var vulnerability: Vulnerability
      var products: [Product]
      var status: String
      var justification: String?
      var impact: String?
      var action: String?
      var notes: String?

      enum CodingKeys: String, CodingKey {
        case vulnerability, products, status, justification
        case impact = "impact_statement"
        case action = "action_statement"
        case notes = "status_notes"
      }
    }

    var context: String
    var id: String
    var author: String
    var timestamp: String
    var version: Int
    var statements: [Statement]

    enum CodingKeys: String, CodingKey {
      case context = "@context"
      case id = "@id"
      case author, timestamp, version, statements
    }
  }

  private func document(_ report: Report) throws -> Document {
    try JSONDecoder().decode(Document.self, from: Data(OpenVEXFormat.render(report, TextStyle()).utf8))
  }

  @Test func aWaiverIsAStatementForEachVulnerability() throws {
    let document = try document(ReportSamples.vulnerable)
    #expect(document.context == "https://openvex.dev/ns/v0.2.0" && document.version == 1)
    #expect(document.author == "ops@example.org" && document.timestamp == "2026-11-24T18:44:21Z")
    let products = ["curl", "libcurl4"].map { "pkg:deb/debian/\($0)@7.88.1-10?arch=amd64&distro=debian-12" }
    #expect(document.statements.map(\.vulnerability.name) == ["CVE-2026-1", "TEMP-0001"])
    #expect(document.statements.allSatisfy { $0.products.map(\.id) == products })
    let notes =
      "in web.qcow2: Only curl's command line is used"
      + " (waiver of ops@example.org, OPS-7, until the end of 2027-03-31)"
    let first = document.statements[0]
    #expect(first.status == "not_affected" && first.justification == "vulnerable_code_not_in_execute_path")
    #expect(first.notes == notes && first.impact == nil && first.action == nil)
    let second = document.statements[1]
    #expect(second.status == "affected" && second.action == "No fix is known. minor issue")
    #expect(second.notes == notes && second.justification == nil)
  }

  /// A justification or an impact statement beside not_affected, an action beside affected.
  @Test func everyStatementHasWhatItsStatusDemands() throws {
    for report in [ReportSamples.vulnerable, HostileText.report] {
      for statement in try document(report).statements {
        let isHarmless = statement.status == "not_affected"
        #expect([statement.justification, statement.impact].compactMap(\.self).count == (isHarmless ? 1 : 0))
        #expect((statement.action != nil) == (statement.status == "affected"))
        #expect(!statement.products.isEmpty)
      }
    }
    let statuses = Set(try document(HostileText.report).statements.map(\.status))
    #expect(statuses == ["affected", "not_affected", "under_investigation"])
  }

  /// The author of a statement is a person or an organisation, and a document has one statement at least.
  @Test func withoutSuchWaiversThereIsNoDocument() throws {
    var unjudged = ReportSamples.vulnerable
    for position in unjudged.targets[0].guests[0].findings.indices {
      unjudged.targets[0].guests[0].findings[position].waiver = nil
    }
    for report in [ReportSamples.clean, ReportSamples.many, ReportSamples.undecided, unjudged] {
      #expect(throws: NothingToExport.self) { try OpenVEXFormat.render(report, TextStyle()) }
    }
  }

  @Test func theSameStatementIsMadeOnce() throws {
    var report = ReportSamples.vulnerable
    report.targets[0].guests.append(report.targets[0].guests[0])
    #expect(try document(report).statements.count == 2)
    #expect(try document(report).id == document(report).id)
    #expect(try document(report).id.hasPrefix("urn:uuid:"))
  }
}
