import Baselines

/// For GitHub's code scanning and other readers of SARIF 2.1.0.
///
/// A finding is a result of kind `fail`, with a suppression if it is waived; what could not be decided is of kind `open`
/// and level `none`, with its reason. What ended in an error and targets that could not be judged are notifications.
public enum SARIFFormat: ReportFormat {
  public static let name = "sarif"
  public static let summary = "for GitHub's code scanning and other readers of SARIF 2.1.0"

  public static func render(_ report: Report, _ style: TextStyle) -> String {
    var results: [SARIFResult] = []
    for target in report.targets {
      for guest in target.guests {
        let isNew = guest.isNew
        results += guest.findings.compactMap { result($0, guest, target, report, isNew?($0)) }
      }
    }
    return SARIFLog(
      tool: report.tool, startedAt: report.startedAt, durationSeconds: report.durationSeconds,
      conclusion: report.conclusion, checks: report.checks, results: results,
      notifications: notifications(report)
    ).json.text
  }

  private static func result(
    _ finding: GuestReport.Finding, _ guest: GuestReport, _ target: TargetReport, _ report: Report,
    _ isNew: Bool?
  ) -> SARIFResult? {
    guard finding.verdict != .error else { return nil }
    let system = "\(target.target) \(guest.root)"
    return SARIFResult(
      check: finding.check, kind: finding.verdict == .undecided ? .open : .fail, severity: finding.severity,
      message: finding.sentence, target: target.target, system: system,
      scope: report.targets.flatMap(\.guests).count > 1 ? system : "", places: finding.places,
      fingerprint: finding.fingerprint, acceptance: finding.waiver?.words,
      isNew: finding.verdict == .fail ? isNew : nil)
  }

  private static func notifications(_ report: Report) -> [SARIFLog.Notification] {
    report.targets.flatMap { target -> [SARIFLog.Notification] in
      if target.status == .failed {
        return [.init("error", "\(target.target) could not be judged: \(target.error ?? "")")]
      }
      return target.guests.flatMap { guest in
        guest.findings.filter { $0.verdict == .error }.map {
          .init("error", "\(target.target): \($0.check) ended in an error: \($0.reason ?? $0.actual)")
        }
      }
    }
  }
}

extension GuestReport.Finding {
  /// What was found, in one sentence: `PermitRootLogin: yes; expected: no`.
  package var sentence: String {
    if verdict == .undecided || verdict == .error {
      return "not decided: " + found(reason ?? actual)
    }
    var text = found
    if !expected.isEmpty { text += "; expected: \(expected)" }
    if !blocks.isEmpty { text += "; blocks \(counted(blocks.count, "check"))" }
    return text
  }

  /// Files where it is to be seen; a subject that is a path where the evidence names none.
  package var places: [SARIFResult.Place] {
    let places = evidence.compactMap { line in
      line.path.map { SARIFResult.Place(path: $0, line: line.line, text: line.text) }
    }
    if places.isEmpty, subject.hasPrefix("/") { return [.init(path: subject, line: nil, text: "")] }
    return places
  }
}

extension GuestReport.Waiver {
  /// `until 2027-03-31, ops: A gateway filters it`
  var words: String { "until \(expires), \(owner): \(reason)" + (ticket.map { " (\($0))" } ?? "") }
}
