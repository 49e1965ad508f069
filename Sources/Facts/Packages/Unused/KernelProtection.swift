/// Which kernels, and what belongs to them, apt never removes by itself (apt-pkg/algorithms.cc,
/// `GetProtectedKernelsRegex`): the one that runs and the newest, or the two newest.
struct KernelProtection {
  /// What stands before the release in names of packages that exist once for each kernel.
  private let prefixes: [SafePattern]
  private let versioned: [SafePattern]
  /// Releases of the protected kernels, in lower case as apt compares.
  private let releases: Set<String>

  /// More patterns than this nobody writes; each is tried on every package.
  static let patternLimit = 64
  /// Names of packages are shorter.
  private static let nameLimit = 255

  /// - Parameter booting: what `uname -r` says on the machine, if the image tells.
  init(_ nodes: [DependencyGraph.Node], _ apt: AptConfiguration, booting: String?) {
    let patterns = apt.list("APT::VersionedKernelPackages").prefix(Self.patternLimit).map {
      $0.value.lowercased()
    }
    versioned = patterns.compactMap { SafePattern("^\($0)-.*$") }
    prefixes = patterns.compactMap { SafePattern("^\($0)$") }
    guard apt.value("APT::Protect-Kernels").flatMap({ AptConfiguration.boolean($0.value) }) ?? true else {
      releases = []
      return
    }
    var kept = Self.kept(nodes, booting: booting)
    if !kept.isEmpty, let booting { kept.insert(booting) }
    releases = Set(kept.map { $0.lowercased() })
  }

  private static func kept(_ nodes: [DependencyGraph.Node], booting: String?) -> Set<String> {
    var releases: [(version: DpkgVersion, release: String)] = []
    for node in nodes {
      if let release = release(ofImage: node.package.name) { releases.append((node.version, release)) }
    }
    releases.sort { $1.version < $0.version }
    var versions: [DpkgVersion] = []
    if let running = releases.first(where: { $0.release == booting }) { versions.append(running.version) }
    for (version, _) in releases where versions.count < 2 && !versions.contains(version) {
      // The running one and the newest fill both places; without it the two newest do.
      versions.append(version)
    }
    return Set(releases.filter { versions.contains($0.version) }.map(\.release))
  }

  /// What `uname -r` says of the kernel in a package; nil if it holds none.
  static func release(ofImage package: String) -> String? {
    guard !package.hasSuffix("-dbg"), !package.hasSuffix("-dbgsym") else { return nil }
    for prefix in ["linux-image-", "kfreebsd-image-", "gnumach-image-"] where package.hasPrefix(prefix) {
      let release = package.dropFirst(prefix.count)
      let digits = release.prefix { $0.isASCIIDigit }
      if !digits.isEmpty, release[digits.endIndex...].first == "." { return String(release) }
    }
    return nil
  }

  /// Whether the name is one of the prefixes, a hyphen and the release of a protected kernel.
  func protects(_ name: String) -> Bool {
    let name = name.lowercased()
    if releases.isEmpty || name.utf8.count > Self.nameLimit { return false }
    return name.indices.contains { position in
      name[position] == "-" && releases.contains(String(name[name.index(after: position)...]))
        && prefixes.contains { $0.matchesStart(of: String(name[..<position])) }
    }
  }

  /// Whether the package is one of those that exist once for each kernel.
  func isVersioned(_ name: String) -> Bool {
    name.utf8.count <= Self.nameLimit && versioned.contains { $0.matchesStart(of: name.lowercased()) }
  }
}
