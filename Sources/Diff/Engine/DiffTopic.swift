import Evidence
import Facts
import Reports

/// One rule by which two guests are compared. One file in the folder of its section, one test file, one line in
/// `DiffTopics.all`.
public protocol DiffTopic: SendableMetatype {
  static var section: DiffReport.SectionName { get }
  /// The word after `--fail-on-change`, and its name in JSON: `setuid`.
  static var name: String { get }
  /// For people: `setuid and setgid files`.
  static var title: String { get }
  /// What has to be collected for it, besides what judging needs.
  static var plan: CollectionPlan { get }
  /// Compares.
  ///
  /// - Throws: `Incomparable` if one side does not tell.
  static func compare(_ old: DiffGuest, _ new: DiffGuest) throws(Incomparable) -> TopicChanges
}

extension DiffTopic {
  /// Topics that compare what reports hold need nothing of their own.
  public static var plan: CollectionPlan { CollectionPlan() }
}

/// What one topic has found.
public struct TopicChanges: Sendable, Hashable {
  public var changes: [DiffChange]
  /// Expected changes: how many by reason.
  public var churn: [String: Int]
  /// What could not be compared beside the rest, in one phrase.
  public var notCompared: String?

  public init(_ changes: [DiffChange] = [], churn: [String: Int] = [:], notCompared: String? = nil) {
    self.changes = changes
    self.churn = churn
    self.notCompared = notCompared
  }
}

/// Two guests cannot be compared in some respect.
public struct Incomparable: Error, Hashable, Sendable, CustomStringConvertible {
  /// One phrase: which side does not tell, and why.
  public var description: String

  public init(_ description: String) { self.description = description }
}

/// One of the guests that are compared.
public struct DiffGuest {
  /// How messages call the side: `old` or `new`.
  public var side: String
  public var report: GuestReport
  /// What its checks are about.
  public var checks: [String: Report.CheckDescription]
  public var storage: [TargetReport.Storage]
  /// Nil for a saved report.
  public var facts: GuestFacts?

  public init(
    side: String, report: GuestReport, checks: [Report.CheckDescription], storage: [TargetReport.Storage],
    facts: GuestFacts?
  ) {
    self.side = side
    self.report = report
    self.checks = Dictionary(checks.map { ($0.id, $0) }) { first, _ in first }
    self.storage = storage
    self.facts = facts
  }

  /// Asks both sides the same.
  ///
  /// - Throws: if one of them does not tell.
  static func ask<Answer>(
    _ old: DiffGuest, _ new: DiffGuest, _ question: (GuestFacts) throws(EvidenceGap) -> Answer
  ) throws(Incomparable) -> (old: Answer, new: Answer) {
    (try old.ask(question), try new.ask(question))
  }

  /// Asks the facts.
  ///
  /// - Throws: if there are none, since the side is a saved report, or if they cannot tell.
  func ask<Answer>(
    _ question: (GuestFacts) throws(EvidenceGap) -> Answer
  ) throws(Incomparable) -> Answer {
    guard let facts else { throw Incomparable("a saved report does not hold it") }
    do {
      return try question(facts)
    } catch {
      throw Incomparable("the \(side) side cannot tell: \(error)")
    }
  }
}
