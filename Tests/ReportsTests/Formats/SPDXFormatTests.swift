import Foundation
import Testing

@testable import Reports

@Suite struct SPDXFormatTests {
  private struct Document: Decodable {
    struct Reference: Decodable {
      var referenceCategory: String
      var referenceLocator: String
      var comment: String?
    }

    struct Package: Decodable {
      var name: String
      var externalRefs: [Reference]?
    }

    var documentNamespace: String
    var packages: [Package]
  }

  private func document(_ report: Report) throws -> Document {
    let text = try SPDXFormat.render(report, TextStyle())
    return try JSONDecoder().decode(Document.self, from: Data(text.utf8))
  }

  @Test func vulnerabilitiesAreReferencesOfThePackagesThatHaveThem() throws {
    let packages = try document(ReportSamples.vulnerable).packages
    let references = packages.map { package in
      (package.externalRefs ?? []).filter { $0.referenceCategory == "SECURITY" }
    }
    #expect(packages.map(\.name) == ["debian", "base-files", "curl", "libcurl4", "minimist", "minimist"])
    #expect(references.map(\.count) == [0, 0, 2, 2, 1, 1])
    #expect(
      references[2].map(\.referenceLocator) == [
        "https://nvd.nist.gov/vuln/detail/CVE-2026-1", "https://bugs.example.org/1?a=b&c=%20",
      ])
    #expect(
      references[2][0].comment?.hasPrefix(
        "CVE-2026-1: high (CVSS 5.5, exploited); Update curl to 7.88.1-11.; not affected: Only curl") == true)
  }

  @Test func aVulnerabilityThatIsPublishedNowhereIsLeftOut() throws {
    var report = ReportSamples.vulnerable
    report.targets[0].guests[0].vulnerabilities?.packages[0].vulnerabilities[1].references = ["javascript:x"]
    #expect(try document(report).packages[2].externalRefs?.count == 2)
  }

  @Test func withoutVulnerabilitiesThereAreOnlyPackageURLs() throws {
    let all = try document(ReportSamples.clean).packages.flatMap { $0.externalRefs ?? [] }
    #expect(all.map(\.referenceCategory) == ["PACKAGE-MANAGER"])
  }
}
