import Baselines

/// What a report says in one word, and with which status the command exits.
public struct Conclusion: Sendable, Hashable {
  /// In the order of their weight.
  public enum Word: String, Sendable, Hashable, Comparable, CaseIterable {
    /// Judged; no finding at or above the limit.
    case pass = "PASS"
    /// Judged; there is one.
    case fail = "FAIL"
    /// Not judged as asked.
    case incomplete = "INCOMPLETE"

    /// The exit status: 0, 1, 2.
    public var exitStatus: Int32 {
      switch self {
      case .pass: 0
      case .fail: 1
      case .incomplete: 2
      }
    }

    public static func < (left: Word, right: Word) -> Bool { left.exitStatus < right.exitStatus }
  }

  public var word: Word
  /// Why, one phrase each, the weightiest first; for a pass what was looked at.
  public var reasons: [String]

  /// Pairs the word with its reasons.
  public init(word: Word, reasons: [String]) {
    self.word = word
    self.reasons = reasons
  }
}

extension Report {
  /// The worst of the targets' conclusions.
  public var conclusion: Conclusion {
    let all = targets.map { conclusion(of: $0) }
    guard let worst = all.map(\.word).max() else {
      return Conclusion(word: .incomplete, reasons: ["nothing was judged"])
    }
    if targets.count == 1 { return all[0] }
    let counts = Conclusion.Word.allCases.reversed().compactMap { word -> String? in
      let count = all.filter { $0.word == word }.count
      return count == 0 ? nil : "\(count) of \(targets.count) targets \(word.phrase)"
    }
    return Conclusion(word: worst, reasons: counts)
  }

  /// The conclusion for one target by the report's gate.
  public func conclusion(of target: TargetReport) -> Conclusion {
    if target.status == .failed {
      return Conclusion(word: .incomplete, reasons: [target.error ?? "the target could not be read"])
    }
    var reasons = target.guests.flatMap { incompleteness(of: $0) } + incomparability(of: target)
    let tripped = tripping(target)
    var word = reasons.isEmpty ? Conclusion.Word.pass : .incomplete
    if target.guests.isEmpty {
      word = .incomplete
      reasons.append("no operating system was judged")
    }
    if !tripped.isEmpty {
      word = max(word, .fail)
      reasons += tripped
    }
    if word == .pass { reasons = [passPhrase] }
    return Conclusion(word: word, reasons: reasons)
  }

  private func incompleteness(of guest: GuestReport) -> [String] {
    var reasons: [String] = []
    let unread = guest.findings.filter { $0.check == UnreadPlaces.mounts.id }
    if let first = unread.first {
      let more = unread.count > 1 ? " and \(unread.count - 1) more" : ""
      reasons.append("\(first.subject)\(more), which the guest mounts, could not be read")
    }
    let errors = guest.summary.verdicts.error
    if errors > 0 { reasons.append("\(counted(errors, "check")) ended in an error") }
    if guest.coverage.asked == 0 {
      reasons.append("no check was applicable")
    } else if guest.coverage.isBelow(gate.minCoverage) {
      reasons.append(
        "coverage \(percentText(guest.coverage.percent)) is below \(percentText(gate.minCoverage))")
    }
    return reasons
  }

  /// Why the target could not be compared with the earlier report.
  private func incomparability(of target: TargetReport) -> [String] {
    guard let since else { return [] }
    let problems = since.problems.filter { $0.target == target.target }.map(\.reason)
    if problems.isEmpty && target.guests.contains(where: { $0.since == nil }) {
      return ["a system was not compared with \(since.report)"]
    }
    return problems
  }

  /// What the gate refuses, one phrase each.
  private func tripping(_ target: TargetReport) -> [String] {
    var reasons: [String] = []
    if let limit = gate.failOn {
      let count = target.guests.map { grave($0, limit) }.reduce(0, +)
      let noun = since == nil ? "finding" : "new finding"
      if count > 0 { reasons.append("\(counted(count, noun)) of severity \(limit.orAbove)") }
    }
    guard let allowed = gate.maxScoreDrop else { return reasons }
    for guest in target.guests {
      guard let before = guest.since?.score, let score = guest.summary.score, before - score > allowed else {
        continue
      }
      reasons.append(
        "score \(scoreText(score)), was \(scoreText(before)): it may fall by \(scoreText(allowed)) at most")
    }
    return reasons
  }

  /// Findings at or above the limit; with an earlier report, the new ones alone.
  private func grave(_ guest: GuestReport, _ limit: Severity) -> Int {
    if since != nil, let new = guest.newFindings { return new.count { $0.severity >= limit } }
    return Severity.allCases.filter { $0 >= limit }.map { guest.summary.findings[$0] }.reduce(0, +)
  }

  private var passPhrase: String {
    let noun = since == nil ? "finding" : "new finding"
    guard let limit = gate.failOn else { return "judged; no severity was set to fail on" }
    return "no \(noun) of severity \(limit.orAbove)"
  }
}

extension Conclusion.Word {
  /// For a sentence about targets.
  fileprivate var phrase: String {
    switch self {
    case .pass: "passed"
    case .fail: "failed"
    case .incomplete: "not judged as asked"
    }
  }
}

extension GuestReport.Coverage {
  /// Whether less than `percent` of what was asked is answered, without the rounding of `percent`.
  func isBelow(_ percent: Double) -> Bool { Double(answered) * 100 < percent * Double(asked) }
}

/// `1 check`, `3 checks`.
package func counted(_ count: Int, _ noun: String, plural: String? = nil) -> String {
  count == 1 ? "1 \(noun)" : "\(count) \(plural ?? noun + "s")"
}

/// `98%`, `97.5%`.
package func percentText(_ percent: Double) -> String {
  let tenths = percent.isFinite ? Int((min(max(0, percent), 1e12) * 10).rounded()) : 0
  return tenths % 10 == 0 ? "\(tenths / 10)%" : "\(tenths / 10).\(tenths % 10)%"
}
