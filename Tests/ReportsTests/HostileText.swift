import Baselines

@testable import Reports

/// A guest whose every text is an attack on a terminal, a table or a page.
enum HostileText {
  static let texts = [
    "\u{1b}[2J\u{1b}]0;owned\u{07}", "\u{9b}31m", "a\nb\r\nc", "\u{202e}gnp.exe", "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0", "]]>", "|\u{2028}`code`", "\u{0}\u{7f}", "-1+2\t3", "\u{e0041}\u{200b}",
    "\u{fffd}\u{2066}x", "::error::gone", "##[add-mask]x", "[a](http://x) {0} @all",
    "@SUM(1)", "+1", "\u{ffff}\u{d7ff}", "--><!--", "' OR 1 --",
    // Marks that combine with what a format looks for.
    "=\u{301}1", "a\"\u{301},b\u{301}", "|\u{301}`\u{301}", "<\u{301}b>\u{301}",
    "[\u{301}x]\u{301}(y){\u{301}z}",
  ]

  /// What must not appear raw in a text for a terminal.
  static func isDangerous(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7f..<0xa0, 0x2028, 0x2029, 0x202a...0x202e, 0x2066...0x2069: true
    default: false
    }
  }

  static let report: Report = {
    let all = texts.joined(separator: " ")
    var findings: [GuestReport.Finding] = []
    for (number, text) in texts.enumerated() {
      findings.append(
        ReportSamples.finding(
          "test.check-\(number)", .high, subject: text, expected: text, actual: "is " + text,
          evidence: [EvidenceLine(path: "/etc/" + text, line: 1, text: text, origin: text)]))
      findings.append(
        ReportSamples.finding(
          "test.open-\(number)", verdict: .undecided, subject: text, actual: text, reason: "why " + text))
    }
    var guest = ReportSamples.guest(findings, notApplicable: [all: 3])
    guest.name = all
    guest.hostname = all
    guest.version = all
    guest.root = "/dev/" + all
    addVulnerabilities(to: &guest)
    var target = ReportSamples.target([guest, guest], name: "image " + all)
    target.storage.append(
      .init(
        device: all, type: "partition", parents: ["/dev/sda"], filesystem: all, mountpoint: all,
        encrypted: true, detail: all))
    return ReportSamples.report([target, ReportSamples.failed(all, all)])
  }()

  private static func addVulnerabilities(to guest: inout GuestReport) {
    var packages: [GuestReport.VulnerablePackage] = []
    for (number, text) in texts.enumerated() {
      var finding = ReportSamples.accepted("pkg.advisories-\(number)", subject: text)
      finding.waiver = .init(
        reason: text, owner: text, ticket: text, expires: "2027-03-31",
        status: Exposure.Status.allCases[number % 3])
      guest.findings.append(finding)
      var installed = ReportSamples.installed("p\(number)")
      (installed.name, installed.version, installed.foundAt) = (text, text, text)
      var vulnerability = ReportSamples.vulnerability("CVE-2026-\(number)", findings: [finding.fingerprint])
      (vulnerability.rating, vulnerability.summary, vulnerability.note) = (text, text, text)
      vulnerability.advisories = [text]
      vulnerability.references = [text, "https://example.org/" + text]
      vulnerability.since = text
      var nameless = vulnerability
      (nameless.name, nameless.fixed, nameless.vector, nameless.score) = (text, text, text, 9.8)
      packages.append(
        .init(
          name: text, role: .bootingKernel, installed: [installed], fixed: text,
          vulnerabilities: [vulnerability, nameless]))
      guest.packages.append(ReportSamples.package(installed, source: text))
      guest.packages[guest.packages.count - 1].licences = [text]
    }
    guest.vulnerabilities = .init(judged: texts.count, unknown: texts, packages: packages)
  }
}
