import Baselines
import Reports

/// Findings by fingerprint, which holds no version, line or time, so that an upgrade is not one fixed and one new
/// finding.
///
/// A finding that one side does not list is fixed or new only where the check has an answer there: if the check as a whole
/// is undecided or blocked, so is the finding.
public enum VerdictsTopic: DiffTopic {
  public static let section = DiffReport.SectionName.verdicts
  public static let name = "findings"
  public static let title = "findings"

  public static func compare(_ old: DiffGuest, _ new: DiffGuest) throws(Incomparable) -> TopicChanges {
    let (before, after) = (Answers(old.report), Answers(new.report))
    var changes: [DiffChange] = []
    for fingerprint in Set(before.findings.keys).union(after.findings.keys) {
      let (left, right) = (before.findings[fingerprint], after.findings[fingerprint])
      guard let finding = right ?? left, before.verdicts[finding.check] != nil,
        after.verdicts[finding.check] != nil
      else { continue }
      let was = left.map(value) ?? before.value(finding.check)
      let now = right.map(value) ?? after.value(finding.check)
      if isSame(was, now) { continue }
      changes.append(
        DiffChange(
          DiffChange.Kind(from: was?.verdict, to: now?.verdict), finding.subject, old: was, new: now,
          severity: now?.severity ?? was?.severity, check: finding.check, fingerprint: fingerprint))
    }
    let only = Set(before.verdicts.keys).symmetricDifference(after.verdicts.keys).count
    return TopicChanges(
      changes.sorted(by: isBefore),
      notCompared: only == 0
        ? nil
        : only == 1 ? "1 check was asked of one side only" : "\(only) checks were asked of one side only"
    )
  }

  /// What one side says.
  private struct Answers {
    /// By fingerprint.
    let findings: [String: GuestReport.Finding]
    /// By check.
    let verdicts: [String: GuestReport.Verdict]

    init(_ report: GuestReport) {
      findings = Dictionary(report.findings.map { ($0.fingerprint, $0) }) { first, _ in first }
      verdicts = Dictionary(report.verdicts.map { ($0.check, $0) }) { first, _ in first }
    }

    /// What is known of a subject that has no finding; nil if all is well with it.
    func value(_ check: String) -> DiffChange.Value? {
      guard let answer = verdicts[check], [.undecided, .error, .blocked].contains(answer.verdict) else {
        return nil
      }
      var value = DiffChange.Value(
        [answer.verdict.rawValue, answer.reason].compactMap { $0 }.joined(separator: ": "))
      value.verdict = answer.verdict
      return value
    }
  }

  /// Whether an engineer would call it the same: an error is another form of undecided.
  private static func isSame(_ left: DiffChange.Value?, _ right: DiffChange.Value?) -> Bool {
    func kind(_ value: DiffChange.Value?) -> CheckResult.Verdict? {
      value?.verdict == .error ? .undecided : value?.verdict
    }
    guard kind(left) == kind(right) else { return false }
    guard let old = left?.severity, let new = right?.severity else { return true }
    return old == new
  }

  private static func value(_ finding: GuestReport.Finding) -> DiffChange.Value {
    let place = finding.evidence.first
    let words = finding.verdict == .fail ? finding.actual : "\(finding.verdict.rawValue): \(finding.actual)"
    var value = DiffChange.Value(words, path: place?.path, line: place?.line, origin: place?.origin)
    value.verdict = finding.verdict
    value.severity = finding.severity
    return value
  }

  private static func isBefore(_ left: DiffChange, _ right: DiffChange) -> Bool {
    func rank(_ change: DiffChange) -> (Int, Int, String, String, String) {
      let order: [DiffChange.Kind] = [.new, .changed, .undecided, .waived, .fixed]
      let severity = change.severity ?? .info
      let above = Severity.allCases.filter { $0 > severity }.count
      return (
        order.firstIndex(of: change.kind) ?? order.count, above, change.check ?? "", change.subject,
        change.fingerprint ?? ""
      )
    }
    return rank(left) < rank(right)
  }
}
