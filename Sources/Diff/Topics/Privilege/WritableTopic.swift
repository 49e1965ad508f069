import Evidence
import Facts

/// What everybody may write, and what nobody owns.
public enum WritableTopic: KeyedTopic {
  public static let section = DiffReport.SectionName.privilege
  public static let name = "writable"
  public static let title = "files and directories that everybody may write"
  public static let models: [any FactModel.Type] = [InterestingInodes.self, IdentityNames.self]

  public static func items(_ facts: GuestFacts) throws(EvidenceGap) -> [DiffItem] {
    try modeItems([.worldWritable], facts)
  }
}

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
