import TestSupport
import Testing

/// The formats that carry packages and advisories, from a scan and from its saved report.
@Suite struct ExportCommandTests {
  private static let formats = ["cyclonedx", "openvex", "spdx", "xccdf"]

  @Test func aSavedReportGivesWhatTheScanGave() throws {
    let workplace = try Workplace()
    try workplace.write("baselines/test.yaml", AdvisoriesCommandTests.baseline)
    try workplace.write("data/DSA-9-1.json", AdvisoriesCommandTests.record)
    try workplace.write(
      "waivers.yaml",
      """
      waivers:
        - check: pkg.advisories
          reason: Never started
          owner: ops
          expires: 2027-01-31
          status: not_affected
          justification: vulnerable_code_not_in_execute_path

      """)
    #expect(try workplace.run("advisories", "import", "data", "--database", "a.sqlite").status == 0)
    let scan = try workplace.scan(
      "web", "--advisories", "a.sqlite", "--waivers", "waivers.yaml", "--report", "json=web.json", "--report",
      "cyclonedx=web.cyclonedx", "--report", "openvex=web.openvex", "--report", "spdx=web.spdx", "--report",
      "xccdf=web.xccdf")
    #expect(scan.status == 0, "\(scan.error)")
    for format in Self.formats {
      let again = try workplace.run("report", "web.json", "--format", format)
      #expect(again.output == (try workplace.read("web.\(format)")), "\(format)")
    }
    #expect(try workplace.read("web.cyclonedx").contains(#""state": "not_affected""#))
    #expect(try workplace.read("web.openvex").contains(#""name": "CVE-2026-0009""#))
    #expect(try workplace.read("web.spdx").contains("https://nvd.nist.gov/vuln/detail/CVE-2026-0009"))
    #expect(try workplace.read("web.xccdf").contains("<new-result>informational</new-result>"))
  }

  @Test func withoutAdvisoriesABillListsNoVulnerabilities() throws {
    let workplace = try Workplace()
    try workplace.write("baselines/test.yaml", AdvisoriesCommandTests.baseline)
    let scan = try workplace.scan("web", "--format", "cyclonedx")
    #expect(scan.output.contains("brinell:not-looked-up") && !scan.output.contains(#""vulnerabilities""#))
    #expect(try !workplace.run("sbom", "web").output.contains(#""vulnerabilities""#))
  }

  /// No waiver says anything: no document, also not that of the image before.
  @Test func whatHasNothingToStateLeavesNoDocument() throws {
    let workplace = try Workplace()
    try workplace.write("baselines/test.yaml", AdvisoriesCommandTests.baseline)
    try workplace.write("web.openvex", "of another image")
    let scan = try workplace.scan("web", "--report", "openvex=web.openvex", "--report", "json=web.json")
    let without = try workplace.scan("web")
    #expect(scan.status == without.status)
    #expect(scan.error.contains("openvex: nothing to state: no waiver accepts a known vulnerability"))
    #expect(throws: (any Error).self) { try workplace.read("web.openvex") }
    let again = try workplace.run("report", "web.json", "--format", "openvex")
    #expect(again.status == 2 && again.output.isEmpty)
    #expect(again.error.hasPrefix("brinell: openvex: nothing to state"))
  }
}
