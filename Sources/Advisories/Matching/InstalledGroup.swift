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
    var isSource: Bool
    var subjects: [Package]
  }

  /// Names by which an ecosystem can speak of the group.
  func names(_ naming: Ecosystem.Naming) -> [Name] {
    let binaries = Dictionary(grouping: packages, by: \.name).sorted { $0.key < $1.key }.map {
      Name(text: $0.key, isSource: false, subjects: $0.value)
    }
    switch naming {
    case .binary, .language: return binaries
    case .source: return [Name(text: name, isSource: true, subjects: representatives(packages))]
    case .either:
      let others = packages.filter { $0.name != name }
      return binaries
        + (others.isEmpty ? [] : [Name(text: name, isSource: true, subjects: representatives(others))])
    }
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
