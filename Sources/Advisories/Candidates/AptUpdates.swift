import Evidence
import Facts

/// What `apt list --upgradable` shows: for every package that is there, held or not, the candidate if it is newer.
/// Updates in phases are shown as well (apt 2.6, private-list.cc; depcache.cc: pkgDepCache::StateCache::Update).
enum AptUpdates: AvailableUpdates.Reader {
  static let format = "dpkg"
  static let needs =
    AptSources.needs + AptPreferences.needs + AptConfiguration.needs + ["/var/lib/dpkg/arch"]

  static func read(
    _ facts: GuestFacts, _ shelf: IndexShelf
  ) throws(EvidenceGap) -> AvailableUpdates.Findings {
    let installed: InstalledPackages = try facts.model()
    let configuration: AptConfiguration = try facts.model()
    let preferences: AptPreferences = try facts.model()
    let architectures = try architectures(facts, configuration, installed)
    guard let native = architectures.first else {
      throw EvidenceGap(
        path: "/var/lib/dpkg/arch", reason: "the architecture of dpkg's packages is not known")
    }
    var collection = Collection(native: native, shelf: shelf)
    for suite in try suites(facts, native, architectures) { collection.add(suite) }
    let policy: AptPolicy
    do throws(AptPolicyError) {
      policy = try AptPolicy(
        files: collection.files, pins: preferences.pins,
        defaultRelease: configuration.value("APT::Default-Release")?.value)
    } catch {
      throw EvidenceGap(
        path: error.origin.path ?? "/etc/apt/preferences",
        reason: "a pattern of the record '\(error.origin.text ?? "")' is not understood")
    }
    collection.findings.tellsSecurity = true
    for package in installed.packages where package.format == format && package.state != .configFiles {
      if let update = collection.update(of: package, policy) { collection.findings.updates.append(update) }
    }
    return collection.findings
  }

  /// The enabled sources of binary packages, each once.
  private static func suites(
    _ facts: GuestFacts, _ native: String, _ architectures: [String]
  ) throws(EvidenceGap) -> [AptSuite] {
    let sources: AptSources = try facts.model()
    var known: Set<String> = []
    return sources.entries.filter { $0.type == "deb" && $0.isEnabled }.compactMap { source in
      var suite = AptSuite(source, native: native, architectures: architectures)
      suite.targets = suite.targets.filter { known.insert(suite.listName($0.path)).inserted }
      return suite.targets.isEmpty ? nil : suite
    }
  }

  /// The native architecture first (apt 2.6, aptconfiguration.cc: getArchitectures). apt asks dpkg, whose own package
  /// has the native one; the foreign ones are in /var/lib/dpkg/arch.
  private static func architectures(
    _ facts: GuestFacts, _ configuration: AptConfiguration, _ installed: InstalledPackages
  ) throws(EvidenceGap) -> [String] {
    let noted =
      try facts.evidence.text(at: "/var/lib/dpkg/arch")?.lines.map(\.text).filter { !$0.isEmpty } ?? []
    let native =
      configuration.value("APT::Architecture")?.value ?? installed.installed("dpkg")?.architecture
      ?? noted.first
      ?? installed.packages.first { $0.architecture != "all" && $0.format == format }?.architecture
    guard let native else { return [] }
    let listed = configuration.list("APT::Architectures").map(\.value)
    return [native] + (listed.isEmpty ? noted : listed).prefix(20).filter { $0 != native }
  }

  /// The indexes of all suites.
  private struct Collection {
    /// A version of a package as the suites offer it.
    struct Offer {
      var package: IndexedPackage
      var file: Int
    }

    let native: String
    let shelf: IndexShelf
    var findings = AvailableUpdates.Findings()
    /// dpkg's status file is the first.
    var files = [AptPolicy.File(origin: .installed)]
    private var suiteNames = ["installed"]
    private var isSecurity = [false]
    private var offers: [String: [Offer]] = [:]

    init(native: String, shelf: IndexShelf) {
      self.native = native
      self.shelf = shelf
    }

    /// Reads what is known of a suite, or notes that nothing is.
    mutating func add(_ suite: AptSuite) {
      do throws(EvidenceGap) {
        let isSupplied = try holdsSupplied(suite)
        let release = try record(suite, ["InRelease", "Release"], isSupplied)?.release
        var isKnown = false
        for target in suite.targets where release?.offers(target) ?? true {
          if let record = try record(suite, [target.path], isSupplied), let index = record.packages {
            try requireSize(index, target, release, suite)
            take(index, target, release, suite)
            isKnown = true
          } else if !target.isImplied, let release, release.lists(target.path),
            release.sizes[target.path] != 0
          {
            throw EvidenceGap(
              path: "/var/lib/apt/lists/" + suite.listName(target.path), reason: "the index is not there")
          } else if release != nil {
            isKnown = true
          }
        }
        guard isKnown || suite.targets.allSatisfy({ !(release?.offers($0) ?? true) }) else {
          throw EvidenceGap(
            path: "/var/lib/apt/lists",
            reason: "no index of \(suite.name) is there; let apt-get update fetch it, or give indexes")
        }
        if let date = release?.date { findings.dates.append(date) }
      } catch {
        findings.unknown.append(.init(name: "\(suite.source.uri) \(suite.source.suite)", gap: error))
      }
    }

    private func holdsSupplied(_ suite: AptSuite) throws(EvidenceGap) -> Bool {
      try record(suite, ["InRelease", "Release"] + suite.targets.map(\.path), true) != nil
    }

    private func record(
      _ suite: AptSuite, _ paths: [String], _ isSupplied: Bool
    ) throws(EvidenceGap) -> IndexRecord? {
      let names = paths.map(suite.listName)
      if isSupplied {
        return try shelf.supplied(firstOf: names + paths.map { "dists/\(suite.source.suite)/\($0)" })
      }
      return try shelf.ofGuest(
        firstOf: names.flatMap { name in
          ([""] + PackedIndex.endings).map { "/var/lib/apt/lists/\(name)\($0)" }
        })
    }

    private func requireSize(
      _ index: PackageIndex, _ target: AptSuite.Target, _ release: DebianRelease?, _ suite: AptSuite
    ) throws(EvidenceGap) {
      do throws(IndexError) {
        try index.requireSize(release?.sizes[target.path])
      } catch {
        throw EvidenceGap(
          path: "/var/lib/apt/lists/" + suite.listName(target.path), reason: error.description)
      }
    }

    private mutating func take(
      _ index: PackageIndex, _ target: AptSuite.Target, _ release: DebianRelease?, _ suite: AptSuite
    ) {
      var origin = AptOrigin()
      origin.site = suite.site
      origin.component = target.component
      origin.architecture = target.architecture
      origin.archive = release?.suite
      origin.codename = release?.codename
      origin.version = release?.version
      origin.origin = release?.origin
      origin.label = release?.label
      files.append(
        AptPolicy.File(
          origin: origin, isNotAutomatic: release?.isNotAutomatic ?? false,
          isButAutomaticUpgrades: release?.isButAutomaticUpgrades ?? false))
      suiteNames.append(suite.name)
      isSecurity.append(Self.isSecurity(suite, release))
      for package in index.packages {
        offers[key(package.name, package.architecture), default: []].append(
          Offer(package: package, file: files.count - 1))
      }
      findings.skipped += index.skipped
    }

    /// `bookworm-security`, `bullseye/updates`, Ubuntu's `noble-security` and `noble-apps-security`.
    private static func isSecurity(_ suite: AptSuite, _ release: DebianRelease?) -> Bool {
      let names = [suite.source.suite, release?.suite ?? "", release?.codename ?? ""]
      return names.contains { $0.hasSuffix("-security") || $0.hasSuffix("/updates") }
        || release?.label == "Debian-Security"
    }

    /// apt counts packages for all architectures to the native one.
    private func key(_ name: String, _ architecture: String) -> String {
      "\(name):\(architecture == "all" ? native : architecture)"
    }

    func update(of package: Package, _ policy: AptPolicy) -> AvailableUpdate? {
      let offers = offers[key(package.name, package.architecture)] ?? []
      if offers.isEmpty { return nil }
      var versions = [
        AptPolicy.Version(text: package.version, source: package.sourceName, files: [0], isInstalled: true)
      ]
      for offer in offers {
        if let known = versions.firstIndex(where: { $0.text == offer.package.version }) {
          versions[known].files.append(offer.file)
        } else {
          versions.append(
            .init(text: offer.package.version, source: offer.package.sourceName, files: [offer.file]))
        }
      }
      let current = DpkgVersion(package.version)
      let architecture = package.architecture == "all" ? native : package.architecture
      guard
        let candidate = policy.candidate(
          of: package.name, architecture: architecture, native: native, among: versions),
        DpkgVersion(candidate.text) > current
      else { return nil }
      let chosen = DpkgVersion(candidate.text)
      let securing = offers.contains { offer in
        let version = DpkgVersion(offer.package.version)
        return isSecurity[offer.file] && version > current && version <= chosen
      }
      let best = candidate.files.last { isSecurity[$0] } ?? candidate.files.first
      return AvailableUpdate(
        package: package, candidate: candidate.text, suite: suiteNames[best ?? 0], isSecurity: securing,
        phase: offers.first { $0.package.version == candidate.text }?.package.phase)
    }
  }
}
