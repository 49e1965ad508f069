import Evidence
import Facts

/// Groups with their members.
public enum GroupsTopic: KeyedTopic {
  public static let section = DiffReport.SectionName.privilege
  public static let name = "groups"
  public static let title = "groups"
  public static let models: [any FactModel.Type] = [Accounts.self]

  public static func items(_ facts: GuestFacts) throws(EvidenceGap) -> [DiffItem] {
    let accounts: Accounts = try facts.model()
    return accounts.groups.map { group in
      let members = Set(group.members).sorted().joined(separator: ",")
      return DiffItem(
        group.name, "gid \(group.gid)" + (members.isEmpty ? "" : ", members \(members)"),
        accounts.origin(of: group))
    }
  }
}
