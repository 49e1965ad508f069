import Baselines

/// GitLab's code quality report: an array of issues with the members that GitLab reads (its documentation, "Code quality
/// report format"): description, check_name, fingerprint, severity, location.path and location.lines.begin.
///
/// Waived findings are left out; what could not be decided is an issue of severity info, a target that could not be
/// judged a blocker.
public enum GitLabQualityFormat: ReportFormat {
  public static let name = "gitlab"
  public static let summary = "for GitLab's code quality widget"

  public static func render(_ report: Report, _ style: TextStyle) -> String {
    let isOne = report.targets.flatMap(\.guests).count <= 1
    var issues: [JSONValue] = []
    for target in report.targets {
      if target.status == .failed { issues.append(failure(of: target)) }
      for guest in target.guests {
        let scope = isOne ? "" : "\(target.target) \(guest.root)"
        issues += guest.findings.filter { $0.verdict != .waived }.map { issue($0, target, scope) }
      }
    }
    return JSONValue.array(issues).text
  }

  private static func issue(
    _ finding: GuestReport.Finding, _ target: TargetReport, _ scope: String
  ) -> JSONValue {
    let place = finding.places.first
    let path = place.map { relativePath($0.path) } ?? ""
    return issue(
      check: finding.check, words: scope.isEmpty ? finding.sentence : "\(scope): \(finding.sentence)",
      severity: word(finding), fingerprint: scopedFingerprint(finding, scope),
      path: path.isEmpty ? fileName(of: target.target) : path, line: place?.line ?? 1)
  }

  private static func failure(of target: TargetReport) -> JSONValue {
    let check = "brinell.target-judged"
    return issue(
      check: check, words: "\(target.target) could not be judged: \(target.error ?? "")", severity: "blocker",
      fingerprint: Finding.fingerprint(check: check, subject: target.target),
      path: fileName(of: target.target), line: 1)
  }

  private static func issue(
    check: String, words: String, severity: String, fingerprint: String, path: String, line: Int
  ) -> JSONValue {
    .object([
      .init("description", .string(printable("\(check): \(words)", limit: 2000))),
      .init("check_name", .string(printable(check))), .init("fingerprint", .string(printable(fingerprint))),
      .init("severity", .string(severity)),
      .init(
        "location",
        .object([
          .init("path", .string(printable(path))),
          .init("lines", .object([.init("begin", .integer(Int64(max(1, line))))])),
        ])),
    ])
  }

  private static func word(_ finding: GuestReport.Finding) -> String {
    guard finding.verdict == .fail else { return "info" }
    switch finding.severity {
    case .critical: return "blocker"
    case .high: return "critical"
    case .medium: return "major"
    case .low: return "minor"
    case .info: return "info"
    }
  }
}

/// The fingerprint of a finding that several systems may have; theirs must differ, since GitLab folds equal ones.
func scopedFingerprint(_ finding: GuestReport.Finding, _ scope: String) -> String {
  scope.isEmpty ? finding.fingerprint : Finding.fingerprint(check: finding.fingerprint, subject: scope)
}
