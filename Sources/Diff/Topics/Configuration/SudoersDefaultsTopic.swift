import Evidence
import Facts

/// sudo's Defaults.
public enum SudoersDefaultsTopic: KeyedTopic {
  public static let section = DiffReport.SectionName.configuration
  public static let name = "sudoers-defaults"
  public static let title = "sudo's defaults"
  public static let models: [any FactModel.Type] = [Sudoers.self]

  public static func items(_ facts: GuestFacts) throws(EvidenceGap) -> [DiffItem] {
    try facts.model(Sudoers.self).policy.defaults.map { setting in
      let scope = setting.scope.isEmpty ? "" : " \(setting.scope)"
      return DiffItem(
        "\(setting.name)\(scope)", "\(setting.operation.rawValue) \(setting.value)", setting.origin)
    }
  }
}
