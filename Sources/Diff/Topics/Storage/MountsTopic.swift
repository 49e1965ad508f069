import Evidence
import Facts

/// Mount points with type and options.
public enum MountsTopic: KeyedTopic {
  public static let section = DiffReport.SectionName.storage
  public static let name = "mounts"
  public static let title = "mounts"
  public static let models: [any FactModel.Type] = [Mounts.self]

  public static func items(_ facts: GuestFacts) throws(EvidenceGap) -> [DiffItem] {
    try facts.model(Mounts.self).all.map { mount in
      let options = Set(mount.options.value.written).sorted().joined(separator: ",")
      return DiffItem(mount.target, "\(mount.type) \(options)", mount.options.origin)
    }
  }
}
