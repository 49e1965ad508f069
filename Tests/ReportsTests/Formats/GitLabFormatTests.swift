import Baselines
import Foundation
import TestSupport
import Testing

@testable import Reports

/// GitLab's two reports, against the text of its documentation and of its schema 15.2.1, which no package holds.
@Suite struct GitLabFormatTests {
  private static let samples = ReportJSONTests.samples

  private struct Issue: Decodable {
    struct Location: Decodable {
      struct Lines: Decodable { var begin: Int }
      var path: String
      var lines: Lines
    }
    var description: String
    var checkName: String
    var fingerprint: String
    var severity: String
    var location: Location
    enum CodingKeys: String, CodingKey {
      case description
      case checkName = "check_name"
      case fingerprint, severity, location
    }
  }

  @Test(arguments: samples.indices) func everyFindingIsAnIssueOfItsOwn(_ index: Int) throws {
    let report = Self.samples[index].report
    let text = GitLabQualityFormat.render(report, TextStyle())
    let issues = try JSONDecoder().decode([Issue].self, from: Data(text.utf8))
    let findings = report.targets.flatMap(\.guests).flatMap(\.findings).filter { $0.verdict != .waived }
    #expect(issues.count == findings.count + report.targets.count { $0.status == .failed })
    #expect(issues.allSatisfy { ["info", "minor", "major", "critical", "blocker"].contains($0.severity) })
    #expect(issues.allSatisfy { $0.location.lines.begin >= 1 && !$0.location.path.isEmpty })
    #expect(issues.allSatisfy { !$0.location.path.hasPrefix("/") && !$0.description.isEmpty })
    // The hostile report holds one guest twice.
    if Self.samples[index].name != "hostile" { #expect(Set(issues.map(\.fingerprint)).count == issues.count) }
  }

  /// What the schema demands, checked by Python as its authors wrote it: required members, patterns and lengths.
  @Test(arguments: samples.indices) func theSecurityReportIsAsTheSchemaDemands(_ index: Int) throws {
    let report = Self.samples[index].report
    let script = """
      import json, re, sys
      report = json.load(open(sys.argv[1], encoding='utf-8'))
      time = re.compile(r'^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}$')
      scan = report['scan']
      assert re.match(r'^[0-9]+\\.[0-9]+\\.[0-9]+$', report['version'])
      assert scan['type'] == 'sast' and scan['status'] in ['success', 'failure']
      assert time.match(scan['start_time']) and time.match(scan['end_time'])
      for tool in [scan['analyzer'], scan['scanner']]:
        assert all(len(tool[key]) > 0 for key in ['id', 'name', 'version']) and tool['vendor']['name']
      for message in scan['messages']:
        assert message['level'] in ['info', 'warn', 'fatal'] and message['value']
      for found in report['vulnerabilities']:
        assert re.match(r'^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$', found['id'])
        assert 0 < len(found['name']) <= 255 and len(found['description']) <= 1048576
        assert len(found.get('solution', '')) <= 7000
        assert found['severity'] in ['Info', 'Unknown', 'Low', 'Medium', 'High', 'Critical']
        assert 1 <= len(found['identifiers']) <= 20
        assert all(entry[key] for entry in found['identifiers'] for key in ['type', 'name', 'value'])
        assert found['location']['file'] and found['location'].get('start_line', 1) >= 1
      print(len(report['vulnerabilities']), scan['status'])
      """
    let result = try Python.run(script, on: GitLabSecurityFormat.render(report, TextStyle()))
    let failed = report.targets.flatMap(\.guests).flatMap(\.findings).count { $0.verdict == .fail }
    let status = report.targets.contains { $0.status == .failed } ? "failure" : "success"
    #expect(result.output == "\(failed) \(status)\n")
  }

  @Test func whatIsUndecidedIsAMessageOfTheScan() {
    let text = GitLabSecurityFormat.render(ReportSamples.undecided, TextStyle())
    #expect(text.contains("web.qcow2: audit.rule-3 is not decided: could not be mounted"))
  }

  @Test func vulnerabilitiesOfPackagesAreNamedAsCVEs() {
    let finding = ReportSamples.finding(
      "pkg.known-vulnerabilities", .high, subject: "openssl",
      actual: "2 known: CVE-2024-1234, CVE-2024-99999",
      evidence: [EvidenceLine(path: "/var/lib/dpkg/status", text: "CVE-2024-1234 high", origin: "")])
    let text = GitLabSecurityFormat.render(
      ReportSamples.report([ReportSamples.target([ReportSamples.guest([finding])])]), TextStyle())
    #expect(text.components(separatedBy: "\"type\": \"cve\"").count == 3)
  }
}
