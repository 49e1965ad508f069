import Baselines
import Reports

extension DiffReport {
  /// What the comparison says in one word, and with which status the command exits: 0 nothing new at or above the gate,
  /// 1 something, 2 not comparable.
  public var conclusion: Conclusion {
    var reasons = problems + unansweredGates
    var word = reasons.isEmpty && !pairs.isEmpty ? Conclusion.Word.pass : .incomplete
    if pairs.isEmpty && problems.isEmpty { reasons.append("nothing was compared") }
    let tripped = tripping
    if !tripped.isEmpty {
      word = max(word, .fail)
      reasons = tripped + reasons
    }
    if word == .pass { reasons = [passPhrase] }
    return Conclusion(word: word, reasons: reasons)
  }

  private var tripping: [String] {
    var reasons: [String] = []
    if let limit = gate.failOn {
      let count = pairs.flatMap(\.changes).filter {
        $0.section == .verdicts && $0.change.isNew(for: limit) && ($0.change.severity ?? .info) >= limit
      }.count
      if count > 0 {
        reasons.append("\(counted(count, "new finding")) of severity \(limit.orAbove)")
      }
    }
    for name in gate.failOnChange {
      let count = pairs.flatMap(\.changes).filter { $0.section.rawValue == name || $0.topic.name == name }
        .count
      if count > 0 { reasons.append("\(counted(count, "change")) in \(name)") }
    }
    return reasons
  }

  /// What was to be free of changes and was not compared.
  private var unansweredGates: [String] {
    gate.failOnChange.flatMap { name in
      pairs.flatMap(\.gaps).compactMap { gap in
        gap.isAbout(name) ? "\(name), on which to fail, was not fully compared: \(gap.reason)" : nil
      }
    }
  }

  private var passPhrase: String {
    guard let limit = gate.failOn else { return "compared; no severity was set to fail on" }
    return "no new finding of severity \(limit.orAbove)"
  }
}
