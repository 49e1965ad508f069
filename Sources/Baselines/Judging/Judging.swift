import Evidence
import Facts

/// Judges one guest; belongs to one task.
final class Judging {
  private let checks: [Check]
  private let facts: GuestFacts
  private let position: [String: Int]
  private var known: [CheckResult?]
  private var isUnderWay: [Bool]

  init(checks: [Check], facts: GuestFacts) {
    self.checks = checks
    self.facts = facts
    position = Dictionary(checks.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    known = Array(repeating: nil, count: checks.count)
    isUnderWay = Array(repeating: false, count: checks.count)
  }

  func results() -> [CheckResult] {
    var results = checks.indices.map { result(at: $0) }
    var blocked: [String: [String]] = [:]
    for result in results {
      if let root = result.blockedBy { blocked[root, default: []].append(result.check.id) }
    }
    for index in results.indices {
      results[index].findings = findings(of: results[index])
      if !results[index].findings.isEmpty {
        results[index].findings[0].blocks = blocked[results[index].check.id, default: []]
      }
    }
    return results
  }

  private func result(at index: Int) -> CheckResult {
    if let result = known[index] { return result }
    isUnderWay[index] = true
    let result = judge(checks[index])
    known[index] = result
    return result
  }

  private func judge(_ check: Check) -> CheckResult {
    do {
      if let objection = try objection(to: check) {
        return CheckResult(check: check, verdict: .notApplicable, reason: objection)
      }
      if let result = obstacle(to: check) { return result }
      return answer(check, try check.kind.evaluate(facts))
    } catch {
      // The finding's subject has to be as stable as the gap: the path that could not be read.
      let outcome = Outcome(
        .undecided(reason: error.reason), subject: error.path, expected: "can be read", actual: error.reason)
      return CheckResult(
        check: check, verdict: .undecided, reason: error.description, outcomes: [outcome])
    }
  }

  private func objection(to check: Check) throws(EvidenceGap) -> String? {
    var first: String?
    for guests in check.appliesTo {
      guard let objection = try guests.objection(facts) else {
        first = nil
        break
      }
      first = first ?? objection
    }
    if let first { return first }
    return try check.when?.objection(facts)
  }

  /// The result if a check that this one requires does not pass.
  private func obstacle(to check: Check) -> CheckResult? {
    for id in check.requires {
      // A circle of requirements is refused when a baseline is loaded.
      guard let index = position[id], known[index] != nil || !isUnderWay[index] else { continue }
      let required = result(at: index)
      switch required.verdict {
      case .pass: continue
      case .fail, .waived, .blocked:
        let root = required.blockedBy ?? id
        return CheckResult(
          check: check, verdict: .blocked, reason: "\(root) fails", blockedBy: root)
      case .notApplicable:
        return CheckResult(check: check, verdict: .notApplicable, reason: required.reason)
      case .undecided, .error:
        return CheckResult(
          check: check, verdict: .undecided, reason: "\(id) is undecided: \(required.reason ?? "")",
          outcomes: required.outcomes)
      }
    }
    return nil
  }

  private func answer(_ check: Check, _ outcomes: [Outcome]) -> CheckResult {
    let unmet = outcomes.filter { $0.verdict != .pass }
    if unmet.isEmpty {
      return CheckResult(
        check: check, verdict: .pass, outcomes: Array(outcomes.prefix(CheckResult.passesKept)))
    }
    let kept = Array(unmet.prefix(CheckResult.outcomesKept))
    let omitted = unmet.count - kept.count
    if unmet.contains(where: { $0.verdict == .fail }) {
      return CheckResult(check: check, verdict: .fail, outcomes: kept, omitted: omitted)
    }
    return CheckResult(
      check: check, verdict: .undecided, reason: reason(of: unmet), outcomes: kept, omitted: omitted)
  }

  private func reason(of undecided: [Outcome]) -> String? {
    guard case .undecided(let reason) = undecided.first?.verdict else { return nil }
    return undecided.count == 1 ? reason : "\(reason), and \(undecided.count - 1) more"
  }

  private func findings(of result: CheckResult) -> [Finding] {
    guard result.verdict == .fail || result.verdict == .undecided else { return [] }
    var repetitions: [String: Int] = [:]
    return result.outcomes.compactMap { outcome in
      var verdict = CheckResult.Verdict.fail
      var reason: String?
      switch outcome.verdict {
      case .pass: return nil
      case .fail: break
      case .undecided(let why):
        verdict = .undecided
        reason = why
      }
      let repetition = repetitions[outcome.subject, default: 0]
      repetitions[outcome.subject] = repetition + 1
      return Finding(
        fingerprint: Finding.fingerprint(
          check: result.check.id, subject: outcome.subject, repetition: repetition),
        check: result.check.id, verdict: verdict, underlying: verdict, severity: result.check.severity,
        subject: outcome.subject, expected: outcome.expected, actual: outcome.actual, reason: reason,
        evidence: outcome.evidence, blocks: [])
    }
  }
}
