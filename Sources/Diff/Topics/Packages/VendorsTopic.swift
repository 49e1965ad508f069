import Evidence
import Facts

/// Packages that somebody else has built now, as rpm (its tag VENDOR) and pacman (PACKAGER) record it.
public enum VendorsTopic: KeyedTopic {
  public static let section = DiffReport.SectionName.packages
  public static let name = "vendors"
  public static let title = "vendors of packages"
  public static let models: [any FactModel.Type] = [InstalledPackages.self]

  public static func told(_ changes: [DiffChange]) -> [DiffChange] {
    // What has come or gone is told by packages.
    folded(changes.filter { $0.kind == .changed }, "packages")
  }

  public static func items(_ facts: GuestFacts) throws(EvidenceGap) -> [DiffItem] {
    try facts.model(InstalledPackages.self).packages.compactMap { package in
      package.vendor.map { DiffItem("\(package.name):\(package.architecture)", DiffChange.Value($0)) }
    }
  }
}
