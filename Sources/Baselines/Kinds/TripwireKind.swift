import Evidence
import Facts

/// Judges whether Tripwire could find changes, and does.
public struct TripwireKind: CheckKind {
  public static let name = "tripwire"
  public static let summary = """
    Looks for Tripwire's signed configuration and policy, its keys and its database, and for the timer or cron job that \
    runs it. Of the encoded files only the presence counts.
    """
  public static let parameters: [ParameterSpecification] = [
    .init(
      "asks", .choice(Question.allCases.map(\.rawValue)), required: true,
      """
      complete: configuration, policy, keys and database are there; scheduled: a job runs it every week; no_sources: the \
      texts that configuration and policy were made of are not there
      """)
  ]

  private enum Question: String, CaseIterable {
    case complete, scheduled
    case noSources = "no_sources"
  }

  private let question: Question

  public init(_ parameters: Parameters) throws(ParameterError) {
    guard let question = Question(rawValue: try parameters.required("asks")) else {
      throw ParameterError("asks", "no such question")
    }
    self.question = question
  }

  public var plan: CollectionPlan { CollectionPlan([Tripwire.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let model = try facts.model(Tripwire.self)
    switch question {
    case .complete: return model.parts.map(complete)
    case .scheduled: return [ScheduleJudge.outcome(model.jobs, expected: "a job that runs it every week")]
    case .noSources:
      return [
        Outcome(
          model.sources.isEmpty ? .pass : .fail, subject: "sources", expected: "not on the machine",
          actual: model.sources.isEmpty ? "not there" : model.sources.joined(separator: ", "))
      ]
    }
  }

  private func complete(_ part: Tripwire.Part) -> Outcome {
    Outcome(
      part.file == nil ? .fail : .pass, subject: part.role.rawValue, expected: "there and not empty",
      actual: part.file ?? "no \(part.place)")
  }
}
