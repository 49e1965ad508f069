import Evidence
import Facts

/// What everybody may write.
public enum WritableTopic: KeyedTopic {
  public static let section = DiffReport.SectionName.privilege
  public static let name = "writable"
  public static let title = "files and directories that everybody may write"
  public static let models: [any FactModel.Type] = [InterestingInodes.self, IdentityNames.self]

  public static func items(_ facts: GuestFacts) throws(EvidenceGap) -> [DiffItem] {
    try modeItems([.worldWritable], facts)
  }
}
