import Evidence
import Facts

/// The arguments of the entry that boots by default.
public enum KernelArgumentsTopic: KeyedTopic {
  public static let section = DiffReport.SectionName.exposure
  public static let name = "kernel-arguments"
  public static let title = "kernel arguments"
  public static let models: [any FactModel.Type] = [BootEntries.self]

  public static func items(_ facts: GuestFacts) throws(EvidenceGap) -> [DiffItem] {
    let boot: BootEntries = try facts.model()
    try boot.requireEntries()
    guard let entry = boot.entries.first else { return [] }
    return try entry.knownArguments().arguments.map { DiffItem($0.name, $0.value ?? "", entry.origin) }
  }

  /// Names of devices change with every image that is made.
  public static func churn(_ change: DiffChange) -> String? {
    let isDevice = [change.old, change.new].allSatisfy { value in
      value.map { text in ["UUID=", "PARTUUID=", "/dev/"].contains { text.text.hasPrefix($0) } } ?? false
    }
    return change.subject == "root" && isDevice ? "identifiers of file systems" : nil
  }
}
