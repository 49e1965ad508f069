import Evidence
import Facts

/// Whether the guest would install security updates by itself.
public struct AutomaticUpdatesKind: CheckKind {
  public static let name = "automatic_updates"
  public static let summary =
    "Decides whether unattended-upgrades, dnf-automatic or transactional-update is set up and started by a timer."
  public static let parameters: [ParameterSpecification] = []

  public init(_ parameters: Parameters) throws(ParameterError) {}

  public var plan: CollectionPlan { CollectionPlan([AutomaticUpdates.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let updates: AutomaticUpdates = try facts.model()
    return [
      Outcome(
        updates.isActive ? .pass : .fail, subject: "automatic updates",
        expected: "security updates are installed by themselves", actual: updates.words,
        evidence: updates.evidence.map { EvidenceLine($0) })
    ]
  }
}
