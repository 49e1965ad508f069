import Evidence
import Facts

/// Rules of the audit system that a boot loads.
public enum AuditRulesTopic: KeyedTopic {
  public static let section = DiffReport.SectionName.configuration
  public static let name = "audit"
  public static let title = "audit rules"
  public static let models: [any FactModel.Type] = [AuditRules.self]

  public static func items(_ facts: GuestFacts) throws(EvidenceGap) -> [DiffItem] {
    try facts.model(AuditRules.self).rules.compactMap { rule in
      rule.origin.text.map { DiffItem($0.split(separator: " ").joined(separator: " "), "", rule.origin) }
    }
  }
}
