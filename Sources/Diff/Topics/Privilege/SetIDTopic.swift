import DiskImages
import Evidence
import Facts

/// Programs that run with their owner's or their group's rights.
public enum SetIDTopic: KeyedTopic {
  public static let section = DiffReport.SectionName.privilege
  public static let name = "setuid"
  public static let title = "setuid and setgid files"
  public static let models: [any FactModel.Type] = [InterestingInodes.self, IdentityNames.self]

  public static func items(_ facts: GuestFacts) throws(EvidenceGap) -> [DiffItem] {
    try modeItems([.suid, .sgid], facts)
  }
}

/// Path, mode and owner of the inodes with one of the properties.
func modeItems(
  _ properties: [InterestingInodes.Property], _ facts: GuestFacts
) throws(EvidenceGap) -> [DiffItem] {
  let inodes: InterestingInodes = try facts.model()
  let names: IdentityNames = try facts.model()
  let entries = Set(properties.flatMap { inodes.entries($0) })
  return entries.map { entry in
    let owner = inodes.owner(of: entry)
    let mode = String(inodes.permissions(of: entry), radix: 8)
    return DiffItem(
      entry.path, DiffChange.Value("\(mode) \(names.text(uid: owner.uid, gid: owner.gid))", path: entry.path))
  }
}
