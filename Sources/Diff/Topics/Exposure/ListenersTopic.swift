import Evidence
import Facts

/// What listens after a boot, inferred from the configuration.
public enum ListenersTopic: KeyedTopic {
  public static let section = DiffReport.SectionName.exposure
  public static let name = "listeners"
  public static let title = "listeners at boot"
  public static let models: [any FactModel.Type] = [Listeners.self]

  public static func items(_ facts: GuestFacts) throws(EvidenceGap) -> [DiffItem] {
    let listeners: Listeners = try facts.model()
    let unknown = listeners.gaps.map { unit, gap in
      DiffItem("listeners of \(unit)", DiffChange.Value("unknown: \(gap.reason)", path: gap.path))
    }
    return unknown
      + listeners.listeners.map { DiffItem("\($0.service) on \($0.address)", $0.daemon, $0.origin) }
  }
}
