/// Which kernels, and what belongs to them, apt never removes by itself (apt-pkg/algorithms.cc,
/// `GetProtectedKernelsRegex`): the one that runs and the newest, or the two newest.
struct KernelProtection {
  /// Names of packages that exist once for each kernel.
  private let versioned: [SafePattern]
  private let protected: [SafePattern]

  /// - Parameter booting: what `uname -r` says on the machine, if the image tells.
  init(_ nodes: [DependencyGraph.Node], _ apt: AptConfiguration, booting: String?) {
    let prefixes = apt.list("APT::VersionedKernelPackages").map(\.value)
    versioned = prefixes.compactMap { SafePattern("^\($0)-.*$".lowercased()) }
    guard apt.value("APT::Protect-Kernels").flatMap({ AptConfiguration.boolean($0.value) }) ?? true else {
      protected = []
      return
    }
    var kept = Self.kept(nodes, booting: booting)
    if !kept.isEmpty, let booting { kept.insert(booting) }
    protected = kept.flatMap { release in
      prefixes.compactMap { SafePattern("^\($0)-\(Self.escaped(release))$".lowercased()) }
    }
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

  private static func escaped(_ text: String) -> String {
    text.map { $0 == "." || $0 == "+" ? "\\\($0)" : String($0) }.joined()
  }

  func protects(_ name: String) -> Bool { protected.contains { $0.matchesStart(of: name.lowercased()) } }

  /// Whether the package is one of those that exist once for each kernel.
  func isVersioned(_ name: String) -> Bool { versioned.contains { $0.matchesStart(of: name.lowercased()) } }
}
