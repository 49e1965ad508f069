import Baselines
import Reports

/// Tells a scan which of its findings an earlier report does not hold, so that only these fail (`--since`).
///
/// A finding counts as new if its fingerprint was no finding of verdict fail before, also one that was waived then or of
/// a check that was not asked: a gate that overlooked these would let a smaller baseline hide them. One of a check that
/// was blocked is not new: the requirement was unmet before.
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
    var since = GuestReport.Since(score: old.summary.score)
    let before = Side(old)
    let after = Side(new)
    // What the earlier report had no room to list may be what is listed now.
    var unlisted = before.verdicts.compactMapValues(\.omitted)
    for finding in new.findings where finding.verdict == .fail {
      if let earlier = before.failed[finding.fingerprint], !hasRisen(earlier, finding, gate) {
        since.remaining += 1
      } else if before.verdicts[finding.check]?.verdict == .blocked {
        since.remaining += 1
      } else if let room = unlisted[finding.check], room > 0 {
        unlisted[finding.check] = room - 1
        since.remaining += 1
      } else {
        since.new.append(finding.fingerprint)
        if before.verdicts[finding.check] == nil { since.unasked += 1 }
      }
    }
    for finding in old.findings where finding.verdict == .fail && after.failed[finding.fingerprint] == nil {
      switch after.findings[finding.fingerprint]?.verdict ?? after.verdicts[finding.check]?.verdict {
      case .pass, .fail, .notApplicable: since.fixed += 1
      case .waived: since.waived += 1
      case .undecided, .error, .blocked, nil: since.unanswered += 1
      }
    }
    return (since, overflow(before, after))
  }

  /// Whether a finding that was there trips the gate by its severity now and did not then.
  private static func hasRisen(
    _ old: GuestReport.Finding, _ new: GuestReport.Finding, _ gate: Gate
  ) -> Bool {
    guard let limit = gate.failOn else { return false }
    return old.severity < limit && new.severity >= limit
  }

  /// Of a check with very many findings a report lists the first ones alone: if there are more than before, the new ones
  /// may be among the others.
  private static func overflow(_ before: Side, _ after: Side) -> [String] {
    after.verdicts.values.compactMap { verdict in
      guard let omitted = verdict.omitted, omitted > before.verdicts[verdict.check]?.omitted ?? 0 else {
        return nil
      }
      return "\(verdict.check) has too many findings to tell which are new"
    }.sorted()
  }

  private struct Side {
    let verdicts: [String: GuestReport.Verdict]
    let findings: [String: GuestReport.Finding]
    let failed: [String: GuestReport.Finding]

    init(_ guest: GuestReport) {
      verdicts = Dictionary(guest.verdicts.map { ($0.check, $0) }) { first, _ in first }
      findings = Dictionary(guest.findings.map { ($0.fingerprint, $0) }) { first, _ in first }
      failed = findings.filter { $0.value.verdict == .fail }
    }
  }
}
