import TestSupport
import Testing

@testable import Reports

@Suite struct TextExplanationTests {
  @Test func everyFailedCheckIsExplainedBelowItsFindings() {
    let plain = TextFormat.render(ReportSamples.many, TextStyle())
    let text = TextFormat.render(ReportSamples.many, TextStyle(explains: true))
    let checks = Set(ReportSamples.many.targets[0].guests[0].findings.map(\.check)).count
    for row in ["  why       Because.", "  to mend   Change it.", "  see       cis-debian-12 1.2.3"] {
      #expect(!plain.contains(row))
      #expect(text.components(separatedBy: row + "\n").count == checks + 1)
    }
    #expect(plain.contains("--explain"))
    #expect(!text.contains("--explain"))
  }

  @Test(arguments: [72, 80, 140]) func explanationsAreWrapped(_ width: Int) {
    let check = Report.CheckDescription(
      id: "a.b", title: "T", severity: .high, references: ["x": (0..<40).map { "1.2.\($0)" }],
      rationale: String(repeating: "because of this ", count: 30),
      remediation: "Run " + String(repeating: "x", count: 200))
    let guest = ReportSamples.guest([ReportSamples.finding("a.b", .high)])
    let report = ReportSamples.report([ReportSamples.target([guest])], checks: [check])
    let text = TextFormat.render(report, TextStyle(width: width, explains: true))
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= width })
    #expect(text.contains("1.2.39"))
  }

  @Test func textOfGuestsStaysInert() {
    let text = TextFormat.render(HostileText.report, TextStyle(explains: true))
    #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || !HostileText.isDangerous($0) })
  }

  @Test(
    arguments: [
      ("kernel.sysrq = 438 (the kernel's default)", "kernel.sysrq = 0", "kernel.sysrq = 438", "0"),
      ("PASS_MAX_DAYS 99999", "PASS_MAX_DAYS at most 365", "PASS_MAX_DAYS 99999", "at most 365"),
      ("mode 0644", "mode 0600 or stricter", "mode 0644", "0600 or stricter"),
      ("not installed", "auditd is installed", "not installed", "auditd is installed"),
      ("a (b (c))", "d", "a (b (c))", "d"), ("x", "", "x", nil), ("absent", "absent", "absent", "absent"),
      ("a = 1 (b has 1, c 1; one suffices)", "a = 0", "a = 1", "0"), ("(remark)", "", "(remark)", nil),
      ("A no; B yes", "A yes; B no", "A no; B yes", "A yes; B no"),
    ] as [(String, String, String, String?)])
  func aShortFindingSaysNothingTwice(
    _ actual: String, _ expected: String, _ text: String, _ rest: String?
  ) {
    let short = ShortFinding(ReportSamples.finding("a.b", expected: expected, actual: actual))
    #expect(short.text == text)
    #expect(short.expected == rest)
  }
}
