import Evidence
import Facts

/// login.defs.
public enum LoginDefinitionsTopic: EffectiveTopic {
  public static let section = DiffReport.SectionName.configuration
  public static let name = "login-defs"
  public static let title = "login.defs"
  public static let models: [any FactModel.Type] = [LoginDefinitions.self]

  public static func keys(_ facts: GuestFacts) throws(EvidenceGap) -> [String] {
    try facts.model(LoginDefinitions.self).keys
  }

  public static func value(of key: String, _ facts: GuestFacts) throws(EvidenceGap) -> DiffChange.Value? {
    try facts.model(LoginDefinitions.self).value(key).map { DiffChange.Value($0) }
  }
}
