import Evidence
import Facts

/// The packet filters that a boot loads: policies of the chains, and the rules as they are written.
public enum FirewallTopic: KeyedTopic {
  public static let section = DiffReport.SectionName.exposure
  public static let name = "firewall"
  public static let title = "firewall"
  public static let models: [any FactModel.Type] = [Firewall.self]

  public static func items(_ facts: GuestFacts) throws(EvidenceGap) -> [DiffItem] {
    let firewall: Firewall = try facts.model()
    return firewall.frontEnds.flatMap { front in
      let kind = front.kind.rawValue
      let state = front.isActive ? "active" : front.start == nil ? "not started" : "has no effect"
      return [DiffItem(kind, state, front.start?.origin ?? front.obstacle)]
        + (front.isActive ? front.ruleset.chains.flatMap { items($0, kind) } : [])
    }
  }

  private static func items(_ chain: FirewallChain, _ kind: String) -> [DiffItem] {
    let name = "\(kind) \(chain.table) \(chain.name)"
    let policy =
      chain.hook == nil
      ? []
      : [
        DiffItem("\(name) policy", chain.dropsByDefault ? "drop" : "accept", chain.origin)
      ]
    // The order of rules counts, so that a rule is known by its text and by how many like it stand before it.
    var seen: [String: Int] = [:]
    return policy
      + chain.rules.map { rule in
        let text = rule.origin.text ?? "\(rule.action)"
        seen[text, default: 0] += 1
        let count = seen[text] ?? 1
        return DiffItem("\(name) rule \(text)" + (count > 1 ? " (\(count))" : ""), "", rule.origin)
      }
  }
}
