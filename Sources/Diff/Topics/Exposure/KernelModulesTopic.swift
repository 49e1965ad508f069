import Evidence
import Facts

/// Modules that a boot loads, or that are kept out.
public enum KernelModulesTopic: EffectiveTopic {
  public static let section = DiffReport.SectionName.exposure
  public static let name = "kernel-modules"
  public static let title = "kernel modules"
  public static let models: [any FactModel.Type] = [KernelModules.self]

  public static func keys(_ facts: GuestFacts) throws(EvidenceGap) -> [String] {
    try facts.model(KernelModules.self).configuredNames
  }

  public static func value(of key: String, _ facts: GuestFacts) throws(EvidenceGap) -> DiffChange.Value? {
    let module = try facts.model(KernelModules.self).module(key)
    let states: [(words: String, origin: Origin?)] = [
      ("loaded at boot", module.loadedAtBoot),
      ("blocked", module.isBlocked ? module.install?.origin : nil),
      ("runs \(module.install?.value ?? "")", module.isBlocked ? nil : module.install?.origin),
      ("refused by the kernel", module.refused), ("blacklisted", module.blacklist),
    ]
    let holding = states.filter { $0.origin != nil }
    guard let origin = holding.first?.origin else { return nil }
    return DiffChange.Value(holding.map(\.words).joined(separator: ", "), origin)
  }
}
