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

  @Test func whatHasNoAnswerAndWhatIsAcceptedIsExplainedToo() throws {
    var accepted = ReportSamples.finding("test.accepted", verdict: .waived, subject: "thing")
    accepted.waiver = ReportSamples.waiver
    let open = [
      ReportSamples.finding("test.open", verdict: .undecided, subject: "/var", reason: "not mounted"),
      ReportSamples.finding("test.open", verdict: .undecided, subject: "/srv", reason: "no such device"),
      ReportSamples.finding("test.broken", verdict: .error, reason: "ran into a limit"),
    ]
    let report = ReportSamples.report([ReportSamples.target([ReportSamples.guest(open + [accepted])])])
    let plain = TextFormat.render(report, TextStyle())
    #expect(!plain.contains("Because.") && !plain.contains("To have them decided"))
    let text = TextFormat.render(report, TextStyle(width: 160, explains: true))
    #expect(text.components(separatedBy: "  why       Because.\n").count == 4, "each check once")
    #expect(text.components(separatedBy: "  to meet   Change it.\n").count == 4)
    #expect(text.contains("To have them decided, mend what the reason names and scan again."))
    #expect(!text.contains("A tree shows no disks"))
    let section = try #require(text.components(separatedBy: "WAIVED").last)
    #expect(section.contains("test.accepted  thing, until 2027-03-31 by ops@example.org"))
    #expect(section.contains("  found     thing: 0\n"))
    var tree = report
    tree.targets[0].disks = []
    let words = TextFormat.render(tree, TextStyle(width: 160, explains: true))
    #expect(words.contains("A tree shows no disks"))
  }

  /// As much as has room, and never half of what was expected.
  @Test func aLineThatIsTooLongSaysLess() {
    func line(_ found: String, _ expected: String) -> String? {
      let one = ReportSamples.finding("a.long", subject: "", expected: expected, actual: found)
      let rest = (0..<30).map { ReportSamples.finding("b.check-\($0)") }
      let guest = ReportSamples.guest([one] + rest)
      let checks = [ReportSamples.check("a.long", title: "The title")]
      let report = ReportSamples.report([ReportSamples.target([guest])], checks: checks)
      return TextFormat.render(report, TextStyle()).split(separator: "\n").first { $0.hasPrefix("a.long") }
        .map { $0.dropFirst(6).trimmingPrefix { $0 == " " } }.map(String.init)
    }
    let long = String(repeating: "x", count: 60)
    #expect(line("found", "wanted") == "found; expected wanted")
    #expect(line(long, "wanted too") == long)
    #expect(line(long + long, "wanted") == "unmet: The title")
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

  @Test(
    arguments: [
      ("/etc/crontab", "mode 0644", "/etc/crontab: mode 0644"), ("a", "a is not so", "a is not so"),
      ("nameserver 10.0.0.1", "10.0.0.1", "nameserver 10.0.0.1"), ("", "x", "x"), ("Port", "", "Port"),
    ])
  func subjectAndFindingAreToldOnce(_ subject: String, _ actual: String, _ found: String) {
    #expect(ReportSamples.finding("a.b", subject: subject, actual: actual).found == found)
  }
}
