/// How much of what a judgement asked was answered. A check that is not applicable was not asked.
public struct Coverage: Sendable, Hashable {
  /// A check without an answer.
  public struct Unanswered: Sendable, Hashable {
    public var check: String
    public var reason: String
  }

  /// A reason and how many checks it made not applicable.
  public struct NotApplicable: Sendable, Hashable {
    public var reason: String
    public var count: Int
  }

  /// Checks that apply to the guest.
  public var asked: Int
  /// Those with an answer: pass, fail, waived, blocked. A waiver accepts an undecided finding, it does not
  /// answer the question.
  public var answered: Int
  public var unanswered: [Unanswered]
  /// The most frequent reason first.
  public var notApplicable: [NotApplicable]

  /// Counts the results.
  public init(_ results: [CheckResult]) {
    let asked = results.filter { $0.verdict != .notApplicable }
    let open = asked.filter { result in
      [result.verdict, result.underlying].contains { $0 == .undecided || $0 == .error }
    }
    self.asked = asked.count
    answered = asked.count - open.count
    unanswered = open.map { Unanswered(check: $0.check.id, reason: $0.reason ?? "not known") }
    var counts: [String: Int] = [:]
    for result in results where result.verdict == .notApplicable {
      counts[result.reason ?? "", default: 0] += 1
    }
    notApplicable = counts.map { NotApplicable(reason: $0.key, count: $0.value) }
      .sorted { ($1.count, $0.reason) < ($0.count, $1.reason) }
  }

  /// Answered in 100 asked. 0 where nothing was asked: a baseline that has no question for a guest has not
  /// judged it.
  public var percent: Double { asked == 0 ? 0 : 100 * Double(answered) / Double(asked) }
}
