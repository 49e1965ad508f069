import Facts

/// Installed packages that are built of one source package in one version, which advisories speak of as one thing.
struct InstalledGroup {
  /// The source's name, as advisories call it.
  var name: String
  var role: VulnerablePackage.Role
  var packages: [Package]

  /// A name to look up, with the packages that are meant by it.
  struct Name {
    var text: String
    var meaning: Meaning
    var subjects: [Package]

    var isSource: Bool { meaning != .binary }
  }

  /// What a name is the name of.
  enum Meaning: Hashable {
    case binary, source
    /// A source, in records that say so by the architecture `src`: CSAF's for what has no fix.
    case statedSource

    /// Whether a record can be about it.
    func allows(_ entry: AffectedPackage) -> Bool {
      switch self {
      case .binary: entry.architectures != ["src"]
      // What names an architecture speaks of a binary package.
      case .source: entry.architectures.isEmpty
      case .statedSource: entry.architectures == ["src"]
      }
    }
  }

  /// Names by which an ecosystem can speak of the group.
  func names(_ naming: Ecosystem.Naming) -> [Name] {
    let all = representatives(packages)
    if naming == .source { return [Name(text: name, meaning: .source, subjects: all)] }
    var names = Dictionary(grouping: packages, by: \.name).sorted { $0.key < $1.key }.map {
      Name(text: $0.key, meaning: .binary, subjects: $0.value)
    }
    let others = packages.filter { $0.name != name }
    if naming == .either, !others.isEmpty {
      names.append(Name(text: name, meaning: .source, subjects: representatives(others)))
    }
    names.append(Name(text: name, meaning: .statedSource, subjects: all))
    return names
  }

  /// One package for each source version and module.
  private func representatives(_ packages: [Package]) -> [Package] {
    var seen: Set<String> = []
    return packages.filter { seen.insert("\($0.sourceVersion) \($0.modularityLabel ?? "")").inserted }
  }

  /// Packages by their sources. Of a kernel's source only those that hold a kernel count, the one that boots and the
  /// others apart.
  static func all(_ packages: [Package], kernels: KernelPackages) -> [InstalledGroup] {
    var groups: [String: InstalledGroup] = [:]
    let (holders, others) = split(packages)
    for package in others {
      groups[package.sourceName, default: .init(name: package.sourceName, role: .software, packages: [])]
        .packages.append(package)
    }
    for (format, members) in Dictionary(grouping: holders, by: \.format) {
      let booting = kernels.booting(of: members, VersionScheme(rawValue: format) ?? .dpkg)
      for package in members.map(canonical) {
        let role: VulnerablePackage.Role =
          booting.contains(KernelPackages.key(package)) ? .bootingKernel : .idleKernel
        groups[
          "\(package.sourceName) \(role)", default: .init(name: package.sourceName, role: role, packages: [])
        ]
        .packages.append(package)
      }
    }
    return groups.sorted { $0.key < $1.key }.map(\.value)
  }

  private static func split(_ packages: [Package]) -> (holders: [Package], others: [Package]) {
    var (holders, others): ([Package], [Package]) = ([], [])
    for package in packages {
      if KernelPackages.holdsKernel(package) {
        holders.append(package)
      } else if !KernelPackages.isKernelSource(package) {
        others.append(package)
      }
    }
    return (holders, others)
  }

  /// A signed kernel has a source of its own, `linux-signed-amd64 (6.1.153+1)`, while advisories speak of `linux` in
  /// the version of the package.
  private static func canonical(_ package: Package) -> Package {
    guard package.format == "dpkg", package.sourceName.hasPrefix("linux-signed") else { return package }
    var result = package
    let rest = package.sourceName.dropFirst("linux-signed".count)
    result.sourceName = ["-amd64", "-arm64", "-i386"].contains(rest) ? "linux" : "linux" + rest
    result.sourceVersion = package.version
    return result
  }
}
