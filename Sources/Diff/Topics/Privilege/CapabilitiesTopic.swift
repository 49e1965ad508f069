import Evidence
import Facts

/// File capabilities.
public enum CapabilitiesTopic: KeyedTopic {
  public static let section = DiffReport.SectionName.privilege
  public static let name = "capabilities"
  public static let title = "file capabilities"
  public static let models: [any FactModel.Type] = [InterestingInodes.self, IdentityNames.self]

  public static func items(_ facts: GuestFacts) throws(EvidenceGap) -> [DiffItem] {
    let inodes: InterestingInodes = try facts.model()
    return inodes.entries(.capabilities).map { entry in
      DiffItem(entry.path, DiffChange.Value(entry.capabilities?.words ?? "malformed", path: entry.path))
    }
  }
}
