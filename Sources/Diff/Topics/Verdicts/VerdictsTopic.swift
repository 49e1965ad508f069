import Baselines
import Reports

/// Findings by fingerprint, which holds no version, line or time, so that an upgrade is not one fixed and one new
/// finding.
public enum VerdictsTopic: DiffTopic {
  public static let section = DiffReport.SectionName.verdicts
  public static let name = "findings"
  public static let title = "findings"

  public static func compare(_ old: DiffGuest, _ new: DiffGuest) throws(Incomparable) -> TopicChanges {
    let before = Dictionary(old.report.findings.map { ($0.fingerprint, $0) }) { first, _ in first }
    let after = Dictionary(new.report.findings.map { ($0.fingerprint, $0) }) { first, _ in first }
    let asked = (Set(old.report.verdicts.map(\.check)), Set(new.report.verdicts.map(\.check)))
    var changes: [DiffChange] = []
    for fingerprint in Set(before.keys).union(after.keys) {
      switch (before[fingerprint], after[fingerprint]) {
      case (let finding?, nil) where asked.1.contains(finding.check): changes += gone(finding, new)
      case (nil, let finding?) where asked.0.contains(finding.check): changes += appeared(finding, old)
      case (let left?, let right?): changes += changed(left, right)
      default: continue
      }
    }
    let only = asked.0.symmetricDifference(asked.1).count
    return TopicChanges(
      changes.sorted(by: isBefore),
      notCompared: only == 0 ? nil : "\(only) checks were asked of one side only")
  }

  /// A finding that is not there any more is fixed only where the check has an answer now.
  private static func gone(_ finding: GuestReport.Finding, _ new: DiffGuest) -> [DiffChange] {
    let verdict = new.report.verdicts.first { $0.check == finding.check }?.verdict
    guard finding.verdict == .fail || finding.verdict == .waived else { return [] }
    switch verdict {
    case .pass, .fail, .waived, .notApplicable: return [change(.fixed, finding, old: finding)]
    default: return []
    }
  }

  private static func appeared(_ finding: GuestReport.Finding, _ old: DiffGuest) -> [DiffChange] {
    switch finding.verdict {
    case .fail: [change(.new, finding, new: finding)]
    case .waived: [change(.waived, finding, new: finding)]
    case .undecided, .error: [change(.undecided, finding, new: finding)]
    default: []
    }
  }

  private static func changed(
    _ left: GuestReport.Finding, _ right: GuestReport.Finding
  ) -> [DiffChange] {
    if left.verdict == right.verdict {
      guard left.severity != right.severity else { return [] }
      return [change(.changed, right, old: left, new: right)]
    }
    switch (left.verdict, right.verdict) {
    case (_, .fail): return [change(.new, right, old: left, new: right)]
    case (.fail, .waived): return [change(.waived, right, old: left, new: right)]
    case (_, .undecided), (_, .error): return [change(.undecided, right, old: left, new: right)]
    default: return [change(.changed, right, old: left, new: right)]
    }
  }

  private static func change(
    _ kind: DiffChange.Kind, _ finding: GuestReport.Finding, old: GuestReport.Finding? = nil,
    new: GuestReport.Finding? = nil
  ) -> DiffChange {
    DiffChange(
      kind, finding.subject, old: old.map(value), new: new.map(value), severity: finding.severity,
      check: finding.check, fingerprint: finding.fingerprint)
  }

  private static func value(_ finding: GuestReport.Finding) -> DiffChange.Value {
    let place = finding.evidence.first
    let words = finding.verdict == .fail ? finding.actual : "\(finding.verdict.rawValue): \(finding.actual)"
    return DiffChange.Value(words, path: place?.path, line: place?.line, origin: place?.origin)
  }

  private static func isBefore(_ left: DiffChange, _ right: DiffChange) -> Bool {
    func rank(_ change: DiffChange) -> (Int, Int, String, String) {
      let order: [DiffChange.Kind] = [.new, .changed, .undecided, .waived, .fixed]
      let severity = change.severity ?? .info
      let above = Severity.allCases.filter { $0 > severity }.count
      return (order.firstIndex(of: change.kind) ?? order.count, above, change.check ?? "", change.subject)
    }
    return rank(left) < rank(right)
  }
}
