import Baselines
import Reports

/// Tells a scan which of its findings an earlier report does not hold, so that only these fail (`--since`).
///
/// What is new is what a comparison calls so (`FindingComparison`), and what fails of a check that was not asked before: a
/// gate that overlooked it would let a smaller baseline hide it.
public struct Ratchet {
  let name: String
  let old: Report

  /// - Parameter name: of the earlier report's file, for messages.
  public init(_ old: Report, name: String) {
    self.old = old
    self.name = name
  }

  /// The report with what the gate compared.
  public func applied(to report: Report) -> Report {
    var result = report
    var since = Report.Since(report: name, startedAt: old.startedAt, baselines: old.baselines)
    for (position, target) in report.targets.enumerated() where target.status == .judged {
      let problems = compare(target, report, &result.targets[position].guests)
      since.problems += problems.map { .init(target: target.target, reason: $0) }
    }
    result.since = since
    return result
  }

  /// Compares the systems of one target.
  ///
  /// - Returns: what could not be compared, one phrase each.
  private func compare(_ target: TargetReport, _ report: Report, _ guests: inout [GuestReport]) -> [String] {
    guard let counterpart = counterpart(of: target, report) else {
      return ["\(name) holds \(old.targets.count) targets, none of them '\(printable(target.target))'"]
    }
    if let error = counterpart.error { return ["\(name) holds no judgement of it: \(error)"] }
    let pairing = GuestPairing.pair(
      Self.guests("old", counterpart, old.checks), Self.guests("new", target, report.checks))
    var problems = pairing.problems.map { "\($0) (--since \(name))" }
    var pairs = pairing.pairs
    for position in guests.indices {
      guard let match = pairs.firstIndex(where: { $0.new.report == guests[position] }) else { continue }
      let before = pairs.remove(at: match).old.report
      let (since, further) = Self.compare(before, guests[position], report.gate)
      guests[position].since = since
      problems += further.map { "\($0) (--since \(name))" }
      if report.gate.maxScoreDrop != nil, since.score == nil || guests[position].summary.score == nil {
        problems.append("the scores cannot be compared: one side has none (--since \(name))")
      }
    }
    return problems
  }

  /// One image is compared with one, whatever the files are called; several by their names.
  private func counterpart(of target: TargetReport, _ report: Report) -> TargetReport? {
    if old.targets.count == 1, report.targets.count == 1 { return old.targets.first }
    return old.targets.first { $0.target == target.target }
  }

  private static func guests(
    _ side: String, _ target: TargetReport, _ checks: [Report.CheckDescription]
  ) -> [DiffGuest] {
    target.guests.map {
      DiffGuest(side: side, report: $0, checks: checks, storage: target.storage, facts: nil)
    }
  }

  // MARK: Findings

  /// - Returns: also checks with so many findings that it cannot be told which are new.
  static func compare(
    _ old: GuestReport, _ new: GuestReport, _ gate: Gate
  ) -> (since: GuestReport.Since, problems: [String]) {
    let comparison = FindingComparison(old, new)
    var since = GuestReport.Since(score: old.summary.score)
    let risen = Set(comparison.changes.filter { $0.isNew(for: gate.failOn) }.compactMap(\.fingerprint))
    for finding in new.findings where finding.verdict == .fail {
      let isUnasked = comparison.unasked.contains(finding.check)
      if isUnasked { since.unasked += 1 }
      if isUnasked || risen.contains(finding.fingerprint) {
        since.new.append(finding.fingerprint)
      } else {
        since.remaining += 1
      }
    }
    since.unanswered =
      old.findings.filter { $0.verdict == .fail && comparison.unasked.contains($0.check) }.count
    for change in comparison.changes where change.old?.verdict == .fail && change.new?.verdict != .fail {
      switch change.kind {
      case .fixed: since.fixed += 1
      case .waived: since.waived += 1
      default: since.unanswered += 1
      }
    }
    return (since, comparison.problems)
  }
}
