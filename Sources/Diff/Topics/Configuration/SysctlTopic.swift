import Evidence
import Facts

/// Kernel parameters that something sets.
public enum SysctlTopic: EffectiveTopic {
  public static let section = DiffReport.SectionName.configuration
  public static let name = "sysctl"
  public static let title = "kernel parameters"
  public static let models: [any FactModel.Type] = [SysctlSettings.self]

  public static func keys(_ facts: GuestFacts) throws(EvidenceGap) -> [String] {
    try facts.model(SysctlSettings.self).configuredNames
  }

  public static func value(of key: String, _ facts: GuestFacts) throws(EvidenceGap) -> DiffChange.Value? {
    switch try facts.model(SysctlSettings.self).setting(of: key) {
    case .value(let value): DiffChange.Value(value)
    case .noKey(let reason, _), .unknown(let reason): DiffChange.Value("unknown: \(reason)")
    }
  }
}
