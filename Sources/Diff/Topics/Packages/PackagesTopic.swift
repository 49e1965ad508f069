import Facts
import Reports

/// Installed packages by name and architecture.
public enum PackagesTopic: DiffTopic {
  public static let section = DiffReport.SectionName.packages
  public static let name = "packages"
  public static let title = "packages"

  public static func compare(_ old: DiffGuest, _ new: DiffGuest) throws(Incomparable) -> TopicChanges {
    for guest in [old, new] where guest.report.packageFormats.isEmpty {
      throw Incomparable("the \(guest.side) side has no package database that could be read")
    }
    let before = Dictionary(grouping: old.report.packages, by: Key.init)
    let after = Dictionary(grouping: new.report.packages, by: Key.init)
    let changes = Set(before.keys).union(after.keys).sorted().flatMap { key in
      Self.changes(key, before[key] ?? [], after[key] ?? [])
    }
    return TopicChanges(changes)
  }

  /// Several versions of one name, as rpm's kernels, are matched as sets.
  private static func changes(
    _ key: Key, _ old: [GuestReport.Package], _ new: [GuestReport.Package]
  ) -> [DiffChange] {
    let scheme = VersionScheme(rawValue: key.format)
    func order(_ left: String, _ right: String) -> Int { scheme?.order(left, right) ?? 0 }
    func sorted(_ versions: Set<String>) -> [String] { versions.sorted { (order($0, $1), $0) < (0, $1) } }
    let gone = sorted(Set(old.map(\.version)).subtracting(new.map(\.version)))
    let come = sorted(Set(new.map(\.version)).subtracting(old.map(\.version)))
    if gone.count == 1, come.count == 1 {
      let order = order(gone[0], come[0])
      let kind: DiffChange.Kind = order < 0 ? .upgraded : order > 0 ? .downgraded : .changed
      return [DiffChange(kind, key.text, old: .init(gone[0]), new: .init(come[0]))]
    }
    return gone.map { DiffChange(.removed, key.text, old: .init($0)) }
      + come.map { DiffChange(.added, key.text, new: .init($0)) }
  }

  private struct Key: Hashable, Comparable {
    var text: String
    /// A guest can have several package managers, each with versions of its own order.
    var format: String

    init(_ package: GuestReport.Package) {
      text = package.arch.isEmpty ? package.name : "\(package.name):\(package.arch)"
      format = package.format ?? ""
    }

    static func < (left: Key, right: Key) -> Bool { (left.text, left.format) < (right.text, right.format) }
  }
}
