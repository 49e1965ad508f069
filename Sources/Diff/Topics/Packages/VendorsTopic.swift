import Evidence
import Facts

/// Packages that somebody else has built now. rpm alone records who did (its tag VENDOR).
public enum VendorsTopic: KeyedTopic {
  public static let section = DiffReport.SectionName.packages
  public static let name = "vendors"
  public static let title = "vendors of packages"
  public static let models: [any FactModel.Type] = [InstalledPackages.self]

  public static func compare(_ old: DiffGuest, _ new: DiffGuest) throws(Incomparable) -> TopicChanges {
    var result = try compareByKey(old, new)
    // What has come or gone is told by packages.
    result.changes = folded(result.changes.filter { $0.kind == .changed }, "packages")
    return result
  }

  public static func items(_ facts: GuestFacts) throws(EvidenceGap) -> [DiffItem] {
    try facts.model(InstalledPackages.self).packages.compactMap { package in
      package.vendor.map { DiffItem("\(package.name):\(package.architecture)", DiffChange.Value($0)) }
    }
  }
}
