import Evidence
import Facts

/// Several questions joined into one: `all`, `any`, `none`, `count`.
///
/// The language builds it from the questions themselves, so that it stands in no registry and takes no
/// parameters.
public struct CombinedKind: CheckKind {
  public static let name = "all"
  public static let summary = "joins several questions into one"
  public static let parameters: [ParameterSpecification] = []

  public let combination: Question.Combination
  public let parts: [any CheckKind]

  /// Joins questions.
  public init(_ combination: Question.Combination, _ parts: [any CheckKind]) {
    self.combination = combination
    self.parts = parts
  }

  public init(_ parameters: Parameters) throws(ParameterError) {
    throw ParameterError(nil, "a combination is made of questions, not of parameters")
  }

  public var plan: CollectionPlan { parts.reduce(into: CollectionPlan()) { $0.formUnion($1.plan) } }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    var answers: [Answer] = []
    for part in parts {
      answers.append(Answer(part, facts))
      // What follows a success of `any` need not be read.
      if combination == .any, answers.last?.verdict == .pass { break }
    }
    switch combination {
    case .all: return answers.flatMap(\.outcomes)
    case .any: return count(answers, atLeast: 1, atMost: nil, joiner: " or ")
    case .none: return answers.map(\.negated)
    case .count(let low, let high): return count(answers, atLeast: low, atMost: high, joiner: "; ")
    }
  }

  /// For `all`, that of every part, if every part has one; the other combinations leave a choice.
  public var fix: Fix? {
    let fixes = parts.compactMap(\.fix)
    guard combination == .all, fixes.count == parts.count, let first = fixes.first else { return nil }
    if fixes.count == 1 { return first }
    let tasks = fixes.map { fix in
      fix.ansible.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
        .map { ($0.offset == 0 ? "  - " : "    ") + $0.element }.joined(separator: "\n")
    }
    return Fix(
      shell: fixes.map(\.shell).joined(separator: "\n"),
      ansible: "block:\n" + tasks.joined(separator: "\n"))
  }

  /// One answer about the guest: how many parts pass. What cannot be told counts only if it matters.
  private func count(_ answers: [Answer], atLeast: Int?, atMost: Int?, joiner: String) -> [Outcome] {
    let passing = answers.filter { $0.verdict == .pass }
    let open = answers.filter { $0.isUndecided }
    let (low, high) = (atLeast ?? 0, atMost ?? .max)
    let possible = passing.count...(passing.count + open.count)
    let subject = Self.subject(answers)
    let expected = Self.limitWords(atLeast, atMost) + answers.map(\.expected).joined(separator: joiner)
    if possible.lowerBound >= low, possible.upperBound <= high {
      let met = passing.flatMap(\.outcomes)
      return met.isEmpty
        ? [Outcome(.pass, subject: subject, expected: expected, actual: "\(passing.count) hold")] : met
    }
    let actual = Self.words(answers.map(\.actual))
    let evidence = answers.flatMap { $0.outcomes.flatMap(\.evidence) }
    let isOpen = possible.upperBound >= low && possible.lowerBound <= high
    let reason = open.compactMap(\.reason).joined(separator: "; ")
    return [
      Outcome(
        isOpen ? .undecided(reason: reason) : .fail, subject: subject, expected: expected, actual: actual,
        evidence: Array(evidence.prefix(16)))
    ]
  }

  /// The subjects of the parts, each once.
  private static func subject(_ answers: [Answer]) -> String {
    var subjects: [String] = []
    for answer in answers where !subjects.contains(answer.subject) { subjects.append(answer.subject) }
    return subjects.joined(separator: ", ")
  }

  /// What the parts found, without what another has said already.
  private static func words(_ texts: [String]) -> String {
    let told = texts.enumerated().filter { position, text in
      !texts.enumerated().contains { other, longer in
        longer.contains(text) && (longer != text || other < position)
      }
    }
    return told.map(\.element).joined(separator: "; ")
  }

  private static func limitWords(_ low: Int?, _ high: Int?) -> String {
    switch (low, high) {
    case (1, nil): ""
    case (let low?, nil): "at least \(low) of: "
    case (let low?, let high?) where low == high: "exactly \(low) of: "
    case (let low?, let high?): "\(low) to \(high) of: "
    case (nil, let high?): "at most \(high) of: "
    case (nil, nil): ""
    }
  }
}

/// What one part of a combination answers.
private struct Answer {
  let kindName: String
  let outcomes: [Outcome]
  let verdict: Outcome.Verdict

  init(_ kind: any CheckKind, _ facts: GuestFacts) {
    kindName = type(of: kind).name
    var outcomes: [Outcome]
    do {
      outcomes = try kind.evaluate(facts)
    } catch {
      outcomes = [
        Outcome(
          .undecided(reason: error.reason), subject: error.path, expected: "can be read", actual: error.reason
        )
      ]
    }
    self.outcomes = outcomes
    verdict =
      outcomes.first { $0.verdict == .fail }?.verdict ?? outcomes.first { $0.verdict != .pass }?.verdict
      ?? .pass
  }

  private var decisive: Outcome? { outcomes.first { $0.verdict == verdict } }

  var isUndecided: Bool { reason != nil }
  var reason: String? { if case .undecided(let reason) = verdict { reason } else { nil } }
  var subject: String { decisive?.subject ?? kindName }
  var expected: String { decisive?.expected ?? "nothing to object to (\(kindName))" }
  var actual: String { decisive?.actual ?? "nothing to object to (\(kindName))" }

  /// The answer to whether the part does not pass.
  var negated: Outcome {
    var negated = Outcome(
      .pass, subject: subject, expected: "not: \(expected)", actual: actual,
      evidence: outcomes.first { $0.verdict == verdict }?.evidence ?? [])
    switch verdict {
    case .pass: negated.verdict = .fail
    case .fail: negated.verdict = .pass
    case .undecided: negated.verdict = verdict
    }
    return negated
  }
}
