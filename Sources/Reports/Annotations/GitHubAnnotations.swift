import Baselines

/// Findings as workflow commands of GitHub Actions, which shows them on the summary of a run: `::error
/// file=etc/ssh/sshd_config,line=33,title=ssh.root-login::PermitRootLogin is yes`.
///
/// What fails by the gate is an error, what else failed a warning or, if it is slight, a notice. With an earlier report
/// the new findings alone are annotated.
public enum GitHubAnnotations {
  /// GitHub shows no more of a kind for one step (actions/toolkit, docs/problem-matchers.md).
  static let limit = 10

  private enum Kind: String, CaseIterable { case error, warning, notice }

  /// One line each.
  public static func lines(for report: Report) -> [String] {
    var texts: [Kind: [String]] = [:]
    for target in report.targets {
      let conclusion = report.conclusion(of: target)
      if conclusion.word == .incomplete {
        let words = "\(target.target): not judged as asked: \(conclusion.reasons.joined(separator: "; "))"
        texts[.error, default: []].append(command(.error, [("title", "Brinell")], words))
      }
      for guest in target.guests {
        for finding in ordered(guest) {
          let kind = kind(finding, report.gate)
          texts[kind, default: []].append(command(kind, properties(finding), words(finding, target, report)))
        }
      }
    }
    return Kind.allCases.flatMap { limited(texts[$0] ?? [], $0) }
  }

  /// The findings to tell of, the gravest first.
  private static func ordered(_ guest: GuestReport) -> [GuestReport.Finding] {
    let findings = guest.newFindings ?? guest.findings.filter { $0.verdict == .fail }
    return Severity.allCases.reversed().flatMap { severity in findings.filter { $0.severity == severity } }
  }

  private static func kind(_ finding: GuestReport.Finding, _ gate: Gate) -> Kind {
    if let limit = gate.failOn, finding.severity >= limit { return .error }
    return finding.severity >= .medium ? .warning : .notice
  }

  private static func properties(_ finding: GuestReport.Finding) -> [(String, String)] {
    var properties: [(String, String)] = []
    if let place = finding.places.first {
      let path = relativePath(place.path)
      if !path.isEmpty {
        properties = [("file", path), ("line", String(max(1, place.line ?? 1)))]
      }
    }
    return properties + [("title", "\(finding.check) (\(finding.severity.rawValue))")]
  }

  private static func words(
    _ finding: GuestReport.Finding, _ target: TargetReport, _ report: Report
  ) -> String {
    let sentence = printable(finding.sentence, limit: 500)
    return report.targets.count > 1 ? "\(target.target): \(sentence)" : sentence
  }

  /// As many as GitHub shows; the last one counts those that it does not.
  private static func limited(_ lines: [String], _ kind: Kind) -> [String] {
    guard lines.count > limit else { return lines }
    let rest = lines.count - (limit - 1)
    let words = "\(rest) more \(kind == .notice ? "slight findings" : "findings") are in the report"
    return lines.prefix(limit - 1) + [command(kind, [("title", "Brinell")], words)]
  }

  private static func command(_ kind: Kind, _ properties: [(String, String)], _ text: String) -> String {
    let values = properties.map { "\($0.0)=\(property($0.1))" }.joined(separator: ",")
    return "::\(kind.rawValue) \(values)::\(data(text))"
  }

  /// As GitHub's runner reads it back; line feeds are gone by `printable`.
  private static func data(_ text: String) -> String {
    printable(text).replacingScalars { $0 == "%" ? "%25" : nil }
  }

  private static func property(_ text: String) -> String {
    data(text).replacingScalars { $0 == ":" ? "%3A" : $0 == "," ? "%2C" : nil }
  }
}
