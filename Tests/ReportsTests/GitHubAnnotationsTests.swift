import Baselines
import Testing

@testable import Reports

@Suite struct GitHubAnnotationsTests {
  private func lines(_ findings: [GuestReport.Finding], gate: Gate = Gate(minCoverage: 0)) -> [String] {
    GitHubAnnotations.lines(
      for: ReportSamples.report([ReportSamples.target([ReportSamples.guest(findings)])], gate: gate))
  }

  @Test func namesFileLineAndCheck() {
    let finding = ReportSamples.finding(
      "ssh.root-login", .high, subject: "PermitRootLogin", expected: "no", actual: "yes",
      evidence: [EvidenceLine(path: "/etc/ssh/sshd_config", line: 33, text: "", origin: "")])
    #expect(
      lines([finding]) == [
        "::error file=etc/ssh/sshd_config,line=33,title=ssh.root-login (high)::PermitRootLogin: yes; expected: no"
      ])
  }

  @Test(arguments: [
    (Severity.critical, Severity.high as Severity?, "error"), (.high, .high, "error"),
    (.medium, .high, "warning"),
    (.low, .high, "notice"), (.low, .low, "error"), (.critical, nil, "warning"),
  ]) func theGateMakesErrors(_ severity: Severity, _ limit: Severity?, _ kind: String) {
    let found = lines([ReportSamples.finding("a.b", severity)], gate: Gate(failOn: limit, minCoverage: 0))
    #expect(found.map { $0.prefix { $0 != " " } } == ["::\(kind)"])
  }

  @Test func showsTenOfAKindAndCountsTheRest() {
    let many = lines((0..<25).map { ReportSamples.finding("a.b", .high, subject: "\($0)") })
    #expect(many.count == 10)
    #expect(many.last == "::error title=Brinell::16 more findings are in the report")
    #expect(lines((0..<10).map { ReportSamples.finding("a.b", .high, subject: "\($0)") }).count == 10)
  }

  @Test func theNewOnesAloneAreAnnotated() {
    let findings = ["old", "new"].map { ReportSamples.finding("a.b", .high, subject: $0) }
    var guest = ReportSamples.guest(findings)
    guest.since = GuestReport.Since()
    guest.since?.new = [findings[1].fingerprint]
    let report = ReportSamples.report([ReportSamples.target([guest])])
    #expect(GitHubAnnotations.lines(for: report).count == 1)
    #expect(GitHubAnnotations.lines(for: report).first?.contains("::new: 0") == true)
  }

  @Test func guestsCannotGiveCommands() {
    let text = "x\n::stop-commands::t\r\n100%,a:b ##[add-mask]y"
    let finding = ReportSamples.finding(
      "a.b", .high, subject: text, actual: text,
      evidence: [EvidenceLine(path: "/srv/" + text, text: "", origin: "")])
    let found = lines([finding])
    #expect(found.count == 1)
    for line in found {
      #expect(!line.contains("\n") && !line.contains("\r") && !line.contains("##["))
      #expect(!line.contains("::stop-commands") && line.contains("100%25%2Ca%3Ab"))
    }
  }

  @Test(arguments: [
    ("::error::x", ":\\x3aerror::x"), ("  ::ADD-MASK::x", "  :\\x3aADD-MASK::x"),
    ("##[group]", "##\\x5bgroup]"),
    ("listens on ::1 and [::]", "listens on ::1 and [::]"), ("File::Spec::Unix", "File::Spec::Unix"),
    ("# #[a]", "# #[a]"),
  ]) func printableTextGivesNoCommands(_ text: String, _ expected: String) {
    #expect(printable(text) == expected)
  }

  @Test func theSameHoldsForJSONWithoutAnotherValue() throws {
    #expect(JSONValue.string("##[a] [b] #[c]").text == "\"##\\u005ba] [b] #[c]\"\n")
  }
}
