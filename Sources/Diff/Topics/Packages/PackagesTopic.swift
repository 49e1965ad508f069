import Facts
import Reports

/// Installed packages by name and architecture.
public enum PackagesTopic: DiffTopic {
  public static let section = DiffReport.SectionName.packages
  public static let name = "packages"
  public static let title = "packages"

  public static func compare(_ old: DiffGuest, _ new: DiffGuest) throws(Incomparable) -> TopicChanges {
    guard let scheme = scheme(of: new.report), scheme == Self.scheme(of: old.report) else {
      throw Incomparable("the package databases are of different kinds, or of none that is known")
    }
    let before = Dictionary(grouping: old.report.packages, by: key)
    let after = Dictionary(grouping: new.report.packages, by: key)
    let changes = Set(before.keys).union(after.keys).sorted().flatMap { key in
      Self.changes(key, before[key] ?? [], after[key] ?? [], scheme)
    }
    return TopicChanges(changes)
  }

  /// Several versions of one name, as rpm's kernels, are matched as sets.
  private static func changes(
    _ key: String, _ old: [GuestReport.Package], _ new: [GuestReport.Package], _ scheme: VersionScheme
  ) -> [DiffChange] {
    let gone = Set(old.map(\.version)).subtracting(new.map(\.version)).sorted { scheme.order($0, $1) < 0 }
    let come = Set(new.map(\.version)).subtracting(old.map(\.version)).sorted { scheme.order($0, $1) < 0 }
    if gone.count == 1, come.count == 1 {
      let isNewer = scheme.order(gone[0], come[0]) < 0
      let kind: DiffChange.Kind =
        isNewer ? .upgraded : scheme.order(gone[0], come[0]) > 0 ? .downgraded : .changed
      return [DiffChange(kind, key, old: .init(gone[0]), new: .init(come[0]))]
    }
    return gone.map { DiffChange(.removed, key, old: .init($0)) }
      + come.map { DiffChange(.added, key, new: .init($0)) }
  }

  private static func key(_ package: GuestReport.Package) -> String {
    package.arch.isEmpty ? package.name : "\(package.name):\(package.arch)"
  }

  private static func scheme(of guest: GuestReport) -> VersionScheme? {
    guest.packageFormat.flatMap { VersionScheme(rawValue: $0) }
  }
}
