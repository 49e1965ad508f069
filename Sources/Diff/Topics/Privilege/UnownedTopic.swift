import Evidence
import Facts

/// Files and directories whose owner or group has no name.
public enum UnownedTopic: KeyedTopic {
  public static let section = DiffReport.SectionName.privilege
  public static let name = "unowned"
  public static let title = "files without an owner"
  public static let models: [any FactModel.Type] = [InterestingInodes.self, IdentityNames.self]

  public static func items(_ facts: GuestFacts) throws(EvidenceGap) -> [DiffItem] {
    try modeItems([.unowned, .ungrouped], facts)
  }
}
