import Evidence
import Facts

/// apt's options.
public enum AptConfigurationTopic: KeyedTopic {
  public static let section = DiffReport.SectionName.configuration
  public static let name = "apt"
  public static let title = "apt"
  public static let models: [any FactModel.Type] = [AptConfiguration.self]

  public static func items(_ facts: GuestFacts) throws(EvidenceGap) -> [DiffItem] {
    let apt: AptConfiguration = try facts.model()
    return apt.names.flatMap { name in
      let lists = apt.list(name).map { DiffItem(name, $0.value, $0.origin) }
      return lists + (apt.value(name).map { [DiffItem(name, DiffChange.Value($0))] } ?? [])
    }
  }
}
