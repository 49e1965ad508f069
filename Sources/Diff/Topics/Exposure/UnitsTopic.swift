import Evidence
import Facts

/// Units that a boot starts.
public enum UnitsTopic: KeyedTopic {
  public static let section = DiffReport.SectionName.exposure
  public static let name = "units"
  public static let title = "units started at boot"
  public static let models: [any FactModel.Type] = [SystemdUnits.self]

  public static func items(_ facts: GuestFacts) throws(EvidenceGap) -> [DiffItem] {
    let units: SystemdUnits = try facts.model()
    return units.startedAtBoot.filter { ["service", "socket", "timer", "path"].contains($0.type) }.map {
      name in
      DiffItem(name.description, "", units.startReason(of: name.description)?.origin)
    }
  }
}
