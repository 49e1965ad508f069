import Evidence
import Facts

/// The rules of PAM by service and phase, includes put in place.
public enum PamTopic: KeyedTopic {
  public static let section = DiffReport.SectionName.configuration
  public static let name = "pam"
  public static let title = "PAM"
  public static let models: [any FactModel.Type] = [PamConfiguration.self]

  public static func told(_ changes: [DiffChange]) -> [DiffChange] {
    folded(changes.map { $0.reduced(separator: "; ") }, "services")
  }

  public static func items(_ facts: GuestFacts) throws(EvidenceGap) -> [DiffItem] {
    let pam: PamConfiguration = try facts.model()
    var items: [DiffItem] = []
    for service in pam.serviceNames {
      for phase in PamPhase.allCases {
        let rules = try pam.stack(of: service, phase).rules
        let text = rules.map { rule in
          ([rule.control.text, rule.module] + rule.arguments).joined(separator: " ")
        }.joined(separator: "; ")
        if !rules.isEmpty { items.append(DiffItem("\(service) \(phase.rawValue)", text, rules[0].origin)) }
      }
    }
    return items
  }
}
