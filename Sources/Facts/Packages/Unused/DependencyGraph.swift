import Evidence

/// Installed packages of dpkg and who satisfies whose relations, as apt's cache links them
/// (apt-pkg/deb/deblistparser.cc and pkgcachegen.cc, apt 2.6).
struct DependencyGraph {
  /// One package that is on the disk, whether configured or not: what apt takes as its current version.
  struct Node {
    var package: Package
    var version: DpkgVersion
    /// `all` counts as the native architecture.
    var architecture: String
    var isEssential: Bool
    /// `Protected`, in older packages `Important`; apt protects itself so.
    var isProtected: Bool
    var isRequired: Bool
    var depends: [PackageRelation]
    var recommends: [PackageRelation]
    var suggests: [PackageRelation]
    /// Of its files, in bytes.
    var installedSize: Int64
  }

  private struct Place: Hashable {
    var name: String
    var architecture: String
  }

  private struct Provider {
    var node: Int
    /// Nil where a name is provided without a version.
    var version: DpkgVersion?
  }

  private(set) var nodes: [Node] = []
  let native: String
  private var real: [Place: Int] = [:]
  private var providers: [Place: [Provider]] = [:]
  private var providersForAll: [String: [Provider]] = [:]

  /// Reads the stanzas of `files`; `packages` are what `InstalledPackages` made of the same.
  init(_ files: [TextFile], _ packages: InstalledPackages) {
    var known: [String: Package] = [:]
    for package in packages.packages where package.format == "dpkg" && package.state != .configFiles {
      if let path = package.origin.path, let line = package.origin.line { known["\(path):\(line)"] = package }
    }
    native = packages.installed("dpkg")?.architecture ?? Self.mostFrequent(packages.packages)
    for file in files {
      for stanza in ControlFile(file).stanzas {
        if let package = known["\(file.path):\(stanza.line)"] { add(package, stanza) }
      }
    }
  }

  private static func mostFrequent(_ packages: [Package]) -> String {
    var counts: [String: Int] = [:]
    for package in packages where package.architecture != "all" {
      counts[package.architecture, default: 0] += 1
    }
    return counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? "all"
  }

  private mutating func add(_ package: Package, _ stanza: ControlFile.Stanza) {
    let isYes = { (key: String) in stanza[key]?.lowercased() == "yes" }
    let position = nodes.count
    let node = Node(
      package: package, version: DpkgVersion(package.version),
      architecture: package.architecture == "all" ? native : package.architecture,
      isEssential: isYes("Essential"),
      isProtected: isYes("Protected") || isYes("Important") || package.name == "apt",
      isRequired: stanza["Priority"]?.lowercased() == "required",
      depends: PackageRelation.all(stanza["Pre-Depends"]) + PackageRelation.all(stanza["Depends"]),
      recommends: PackageRelation.all(stanza["Recommends"]),
      suggests: PackageRelation.all(stanza["Suggests"]),
      installedSize: Int64(stanza["Installed-Size"] ?? "").map { $0.multipliedReportingOverflow(by: 1024) }
        .map { $0.overflow ? .max : $0.partialValue } ?? 0)
    nodes.append(node)
    real[Place(name: package.name, architecture: node.architecture)] = position
    addProvided(by: position, node, PackageRelation.all(stanza["Provides"]), stanza["Multi-Arch"] ?? "no")
  }

  private mutating func addProvided(
    by position: Int, _ node: Node, _ provided: [PackageRelation], _ multiArch: String
  ) {
    for item in provided where item.comparison == nil || item.comparison == .equal {
      let provider = Provider(node: position, version: item.comparison.map { _ in DpkgVersion(item.version) })
      if !item.qualifier.isEmpty {
        add(provider, item.name, item.qualifier)
      } else if multiArch == "foreign" {
        providersForAll[item.name, default: []].append(provider)
      } else {
        if multiArch == "allowed" { add(provider, item.name, "any") }
        add(provider, item.name, node.architecture)
      }
    }
    let itself = Provider(node: position, version: node.version)
    if multiArch == "allowed" { add(itself, node.package.name, "any") }
    if multiArch == "foreign" { providersForAll[node.package.name, default: []].append(itself) }
  }

  private mutating func add(_ provider: Provider, _ name: String, _ architecture: String) {
    providers[Place(name: name, architecture: architecture), default: []].append(provider)
  }

  /// The packages that satisfy a relation of a package of the architecture, by the source package that each comes
  /// from. `looks` counts the packages that were considered.
  func satisfying(
    _ relation: PackageRelation, of architecture: String, looks: inout Int
  ) -> [String: [Int]] {
    let wanted: String =
      switch relation.qualifier {
      case "": architecture
      case "native": native
      default: relation.qualifier
      }
    let place = Place(name: relation.name, architecture: wanted)
    var found: [String: [Int]] = [:]
    let itself = real[place]
    if let itself, relation.isMet(by: nodes[itself].version) {
      found[nodes[itself].package.sourceName, default: []].append(itself)
    }
    var candidates = providers[place] ?? []
    // `name:any` is another name than that of a package that serves all architectures.
    if wanted != "any" { candidates += providersForAll[relation.name] ?? [] }
    looks += candidates.count + 1
    for candidate in candidates where candidate.node != itself && relation.isMet(by: candidate.version) {
      found[nodes[candidate.node].package.sourceName, default: []].append(candidate.node)
    }
    return found
  }
}
