import Baselines
import Foundation
import TestSupport
import Testing

@testable import Reports

@Suite struct XCCDFFormatTests {
  private func render(_ report: Report) -> String { XCCDFFormat.render(report, TextStyle()) }

  /// Lines that a script prints of a document whose root is `root`.
  private func read(_ report: Report, _ script: String) throws -> [String] {
    let head = """
      import sys, xml.etree.ElementTree as tree
      root = tree.parse(sys.argv[1]).getroot()
      for element in root.iter(): element.tag = element.tag.split('}')[1]

      """
    let result = try Python.run(head + script, on: render(report))
    #expect(result.status == 0, "\(result.output)")
    return result.output.split(separator: "\n").map(String.init)
  }

  private let results = """
    for result in root.iter('rule-result'):
        print(result.get('idref')[19:], result.get('severity'), result.findtext('result'), result.findtext('message'))
    """

  @Test func everyVerdictHasItsWord() throws {
    let verdicts = CheckResult.Verdict.allCases
    var guest = ReportSamples.guest([])
    guest.verdicts = verdicts.map {
      .init(
        check: "a.\($0.rawValue.replacing("_", with: "-"))", verdict: $0, reason: $0 == .pass ? nil : "why")
    }
    let lines = try read(ReportSamples.report([ReportSamples.target([guest])]), results)
    #expect(
      lines == [
        "a.pass medium pass None", "a.fail medium fail why", "a.waived medium informational why",
        "a.blocked medium fail why", "a.not-applicable medium notapplicable why",
        "a.undecided medium unknown why", "a.error medium error why",
      ])
  }

  @Test func waiversOverride() throws {
    let lines = try read(
      ReportSamples.vulnerable,
      """
      for override in root.iter('override'):
          print(override.get('time'), override.get('authority'), *[child.text for child in override])
      """)
    let line =
      "2026-11-24T18:44:21Z ops@example.org fail informational Only curl's command line is used"
      + " (ops@example.org, OPS-7, until the end of 2027-03-31)"
    #expect(lines == [line, line])
  }

  @Test func rulesLieInGroupsAndBearWhatIsKnown() throws {
    let rule = Report.CheckDescription(
      id: "ssh.root-login@strict", title: "T", severity: .critical,
      references: ["cis-debian-12": ["5.1.20", "5.1.21"]], rationale: "R", remediation: "M",
      fix: Fix(shell: "a <b\nc", ansible: "x:\n  y: z"))
    let guest = ReportSamples.guest([], passed: ["ssh.root-login@strict", "kernel.x"])
    let lines = try read(
      ReportSamples.report([ReportSamples.target([guest])], checks: [rule]),
      """
      for group in root.iter('Group'): print(group.get('id'), [rule.get('id') for rule in group.iter('Rule')])
      rule = next(root.iter('Rule'))
      print(rule.get('severity'), [child.tag for child in rule])
      print([(ident.get('system'), ident.text) for ident in rule.iter('ident')], repr(rule.find('fix').text))
      """)
    #expect(
      lines == [
        "xccdf_brinell_group_ssh ['xccdf_brinell_rule_ssh.root-login_40strict']",
        "xccdf_brinell_group_kernel ['xccdf_brinell_rule_kernel.x']",
        "high ['title', 'reference', 'rationale', 'ident', 'ident', 'fixtext', 'fix', 'fix', 'check']",
        "[('urn:brinell:reference:cis-debian-12', '5.1.20'), ('urn:brinell:reference:cis-debian-12', '5.1.21')]"
          + " 'a <b\\nc'",
      ])
  }

  @Test func aTargetThatFailedIsAnError() throws {
    let lines = try read(
      ReportSamples.report([ReportSamples.failed("x.qcow2", "the file is empty"), ReportSamples.target([])]),
      results)
    #expect(
      lines == [
        "brinell.target-readable high error the file is empty",
        "brinell.target-readable high unknown no operating system was judged",
      ])
  }

  @Test func timesAndScores() throws {
    var guest = ReportSamples.guest([], passed: ["a.b"])
    guest.summary.scores = [
      .init(model: "urn:xccdf:scoring:default", value: 66.7, maximum: 100),
      .init(model: "urn:xccdf:scoring:flat", value: 12, maximum: 18),
    ]
    let lines = try read(
      ReportSamples.report([ReportSamples.target([guest])]),
      """
      result = next(root.iter('TestResult'))
      print(result.get('start-time'), result.get('end-time'), result.get('test-system'))
      for score in root.iter('score'): print(score.get('system'), score.get('maximum'), score.text)
      """)
    #expect(
      lines == [
        "2026-11-24T18:44:21Z 2026-11-24T18:44:43Z cpe:/a:brinell:brinell:0.1.0",
        "urn:xccdf:scoring:default 100.00 66.70", "urn:xccdf:scoring:flat 18.00 12.00",
      ])
  }

  @Test func markupOfTheGuestStaysText() throws {
    let text = render(HostileText.report)
    #expect(!text.contains("<script") && !text.contains("]]>"))
    let tags = try read(HostileText.report, "print('script' in {element.tag for element in root.iter()})")
    #expect(tags == ["False"])
  }

  /// Against the schema that OpenSCAP brings along, where it is installed.
  @Test(arguments: ReportJSONTests.samples.indices) func fulfilsTheSchema(_ index: Int) throws {
    let script = """
      import os, subprocess, sys
      schema = '/usr/share/openscap/schemas/xccdf/1.2/xccdf_1.2.xsd'
      if not os.path.exists(schema): print('skipped: openscap-common is not installed'); sys.exit()
      run = subprocess.run(['xmllint', '--nonet', '--noout', '--schema', schema, sys.argv[1]],
                           capture_output=True, text=True)
      print(run.stderr[:2000]); sys.exit(run.returncode)
      """
    let sample = ReportJSONTests.samples[index]
    let result = try Python.run(script, on: render(sample.report))
    #expect(result.status == 0, "\(sample.name): \(result.output)")
  }
}
