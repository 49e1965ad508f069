import Baselines
import Reports

/// What has become of a system's findings: the one rule by which a comparison and `scan --since` tell what is new.
///
/// Findings are the same if their fingerprints are, which hold no version, line or time, so that an upgrade is not one
/// fixed and one new finding. A finding that one side does not list is what its check is there: undecided or blocked if
/// the check as a whole is, else gone. What fails now is new, but where the check was blocked: its requirement was known
/// to be unmet before, so that who repairs what blocked it is not punished for what comes to light.
struct FindingComparison {
  /// Findings of checks that both sides were asked, the gravest first.
  private(set) var changes: [DiffChange] = []
  /// Fingerprints of findings that the other side may hold among those that it had no room to list.
  private(set) var unlisted: Set<String> = []
  /// Checks that one side alone was asked.
  let unasked: Set<String>
  /// Why it cannot be told what is new, one phrase for each check with more unlisted findings than before.
  let problems: [String]

  private let before: Answers
  private let after: Answers

  init(_ old: GuestReport, _ new: GuestReport) {
    (before, after) = (Answers(old), Answers(new))
    unasked = Set(before.verdicts.keys).symmetricDifference(after.verdicts.keys)
    problems = Self.problems(before, after)
    var rooms = (old: before.verdicts.mapValues(\.unlisted), new: after.verdicts.mapValues(\.unlisted))
    for fingerprint in Set(before.findings.keys).union(after.findings.keys).sorted() {
      let (left, right) = (before.findings[fingerprint], after.findings[fingerprint])
      guard let check = (right ?? left)?.check, !unasked.contains(check) else { continue }
      let isListed =
        left == nil ? takeRoom(&rooms.old, check) : right == nil ? takeRoom(&rooms.new, check) : false
      if isListed {
        unlisted.insert(fingerprint)
      } else if let change = change(left, right, check, fingerprint) {
        changes.append(change)
      }
    }
    changes.sort(by: Self.isBefore)
  }

  private func change(
    _ left: GuestReport.Finding?, _ right: GuestReport.Finding?, _ check: String, _ fingerprint: String
  ) -> DiffChange? {
    let was = left.map(Self.value) ?? before.value(check)
    let now = right.map(Self.value) ?? after.value(check)
    guard !Self.isSame(was, now) else { return nil }
    return DiffChange(
      DiffChange.Kind(from: was?.verdict, to: now?.verdict), (right ?? left)?.subject ?? "", old: was,
      new: now,
      severity: now?.severity ?? was?.severity, check: check, fingerprint: fingerprint)
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

  // MARK: What reports have no room for

  private static func problems(_ before: Answers, _ after: Answers) -> [String] {
    after.verdicts.values.filter { $0.unlisted > before.verdicts[$0.check]?.unlisted ?? 0 }
      .map { "\($0.check) has too many findings to tell which are new" }.sorted()
  }
}

private func takeRoom(_ rooms: inout [String: Int], _ check: String) -> Bool {
  guard let room = rooms[check], room > 0 else { return false }
  rooms[check] = room - 1
  return true
}

extension GuestReport.Verdict {
  /// How many findings of the check the report does not list.
  fileprivate var unlisted: Int { max(0, omitted ?? 0) }
}

extension DiffChange {
  /// Whether a gate takes the change for a new finding: one that is new, and one that has become as severe as the limit.
  func isNew(for limit: Severity?) -> Bool {
    if kind == .new { return true }
    guard let limit, new?.verdict == .fail, let before = old?.severity, let after = new?.severity else {
      return false
    }
    return kind == .changed && before < limit && after >= limit
  }
}

extension DiffChange.Kind {
  /// What has become of a finding, by its verdicts; nil where the side has no such finding.
  init(from old: CheckResult.Verdict?, to new: CheckResult.Verdict?) {
    switch new {
    case old: self = .changed
    case nil: self = .fixed
    case .fail: self = old == .blocked ? .changed : .new
    case .waived: self = .waived
    case .undecided, .error: self = .undecided
    case .pass, .blocked, .notApplicable: self = .changed
    }
  }
}
