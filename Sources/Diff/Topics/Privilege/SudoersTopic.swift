import Evidence
import Facts

/// What sudo lets whom do.
public enum SudoersTopic: KeyedTopic {
  public static let section = DiffReport.SectionName.privilege
  public static let name = "sudoers"
  public static let title = "grants of sudo"
  public static let models: [any FactModel.Type] = [Sudoers.self]

  public static func items(_ facts: GuestFacts) throws(EvidenceGap) -> [DiffItem] {
    let sudoers: Sudoers = try facts.model()
    return sudoers.policy.grants.map { grant in
      let runas = (grant.runasUsers ?? ["root"]).joined(separator: ",")
      let groups = grant.runasGroups.isEmpty ? "" : ":" + grant.runasGroups.joined(separator: ",")
      let command = [grant.isNegated ? "!\(grant.command)" : grant.command, grant.arguments]
        .compactMap { $0 }.joined(separator: " ")
      let tags = grant.tags.sorted().joined(separator: " ")
      return DiffItem(
        "\(grant.user) \(grant.hosts.joined(separator: ","))=(\(runas)\(groups)) \(command)",
        tags.isEmpty ? "with password" : tags, grant.origin)
    }
  }
}
