import Baselines
import TestSupport

@testable import Reports

extension HostileText {
  /// A guest whose every text is an attack.
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
