import DiskImages
import Evidence

/// Which package brought which file, from dpkg's lists (`/var/lib/dpkg/info/PACKAGE.list`, dpkg-query(1)).
///
/// Symbolic links of directories such as /bin are followed, so that one inode has one owner under either
/// name, and diversions are honoured (dpkg-divert(1)).
public struct PackagedFiles: FactModel {
  public static let needs: [ContentNeed] = [
    ContentNeed("/var/lib/dpkg/info/*.list", limit: 16 << 20), "/var/lib/dpkg/diversions",
  ]

  private var owners: [UInt32: String] = [:]
  /// Whether the guest has lists that Brinell can read.
  public let isKnown: Bool

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let evidence = facts.evidence
    let lists = try evidence.entries(matching: "/var/lib/dpkg/info/*.list")
    isKnown = !lists.isEmpty
    let diversions = try Diversions(evidence)
    for list in lists {
      let package = String(list.name.dropLast(5).prefix { $0 != ":" })
      for entry in try Self.entries(listedIn: list, package, diversions, evidence) {
        if owners[entry.id] == nil || entry.type != .directory { owners[entry.id] = package }
      }
    }
  }

  /// The package that brought the inode; for a directory one of several.
  public func owner(of entry: FileEntry) -> String? { owners[entry.id] }

  /// The lists of the named packages alone, for questions that need no more.
  public static func lists(of packages: Set<String>) -> [ContentNeed] {
    packages.sorted().flatMap { package in
      [
        ContentNeed("/var/lib/dpkg/info/\(package).list", limit: 16 << 20),
        ContentNeed("/var/lib/dpkg/info/\(package):*.list", limit: 16 << 20),
      ]
    } + ["/var/lib/dpkg/diversions"]
  }

  /// The inodes that the package brought.
  public static func inodes(of package: String, _ evidence: Evidence) throws(EvidenceGap) -> Set<UInt32> {
    let diversions = try Diversions(evidence)
    var found: Set<UInt32> = []
    for pattern in ["/var/lib/dpkg/info/\(package).list", "/var/lib/dpkg/info/\(package):*.list"] {
      for list in try evidence.entries(matching: GlobPattern(pattern)) {
        for entry in try entries(listedIn: list, package, diversions, evidence) { found.insert(entry.id) }
      }
    }
    return found
  }

  private static func entries(
    listedIn list: FileEntry, _ package: String, _ diversions: Diversions, _ evidence: Evidence
  ) throws(EvidenceGap) -> [FileEntry] {
    try evidence.text(of: list).lines.compactMap { line in
      let path = diversions.place(of: line.text, package)
      // Names in the list are bytes as stored, and what an escape would mean is part of the name.
      guard case .found(let entry) = evidence.index.resolve(path, followLast: false) else { return nil }
      return entry
    }
  }
}

/// Files that lie elsewhere than their package says (dpkg-divert(1)): original, new place, who diverts.
private struct Diversions {
  private var byPath: [String: (place: String, package: String)] = [:]

  init(_ evidence: Evidence) throws(EvidenceGap) {
    guard let file = try evidence.text(at: "/var/lib/dpkg/diversions") else { return }
    let lines = file.lines.map(\.text)
    for start in stride(from: 0, to: lines.count - lines.count % 3, by: 3) {
      byPath[lines[start]] = (lines[start + 1], lines[start + 2])
    }
  }

  /// Where a path of the package lies. The package that diverts keeps the place.
  func place(of path: String, _ package: String) -> String {
    guard let diversion = byPath[path], diversion.package != package else { return path }
    return diversion.place
  }
}
