import DiskImages
import Evidence
import Facts

/// A package for which an enabled repository has a newer version.
public struct AvailableUpdate: Sendable, Hashable {
  public var package: Package
  /// The version that the package manager would install.
  public var candidate: String
  /// The suite or repository that has it.
  public var suite: String
  /// Whether it or a version before it, newer than the installed one, comes from a suite of security updates.
  public var isSecurity: Bool
  /// To how many machines in a hundred it is offered so far; nil where to all.
  public var phase: Int?
}

/// What the repositories of a guest offer beyond what is installed, by their indexes as they were last fetched.
public struct AvailableUpdates: FactModel {
  /// A repository that is enabled and of which nothing is known.
  public struct Unknown: Sendable, Hashable {
    /// The suite or repository.
    public var name: String
    public var gap: EvidenceGap
  }

  /// What the indexes of one package manager say.
  struct Findings {
    var updates: [AvailableUpdate] = []
    var unknown: [Unknown] = []
    /// When the indexes were made, in seconds since 1970-01-01 UTC.
    var dates: [Int64] = []
    /// Records of indexes that could not be read.
    var skipped = 0
    /// Whether it is known which updates are for security.
    var tellsSecurity = false
  }

  /// A package of an index, with the suite or repository that has it.
  typealias Offer = (package: IndexedPackage, suite: String)

  /// The indexes of one package manager; a new one adds a line to `readers`.
  protocol Reader: SendableMetatype {
    /// As `InstalledPackages.formats` names it.
    static var format: String { get }
    static var needs: [ContentNeed] { get }
    static func read(_ facts: GuestFacts, _ shelf: IndexShelf) throws(EvidenceGap) -> Findings
  }

  static let readers: [any Reader.Type] = [
    ApkUpdates.self,
    AptUpdates.self,
    PacmanUpdates.self,
    RpmUpdates.self,
  ]

  public static let needs: [ContentNeed] = readers.flatMap { $0.needs } + InstalledPackages.needs
  public static var probes: [any ContentProbe] { [PackageIndexProbe()] }

  /// Sorted by name.
  public let updates: [AvailableUpdate]
  public let unknown: [Unknown]
  /// When the newest of the indexes was made: they were fetched then or later. Seconds since 1970-01-01 UTC.
  ///
  /// Nil where no index says it. The newest one counts since the index of a suite that gets no more changes stays as
  /// it is.
  public let date: Int64?
  /// Records of indexes that could not be read.
  public let skipped: Int
  /// Whether it is known which updates are for security.
  public let tellsSecurity: Bool

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let installed: InstalledPackages = try facts.model()
    let shelf = IndexShelf(
      evidence: facts.evidence, supplied: facts.supplied(), store: facts.supplied(),
      selection: IndexSelection(names: Set(installed.packages.lazy.map(\.name))))
    var all = Findings()
    all.tellsSecurity = true
    for reader in Self.readers where installed.formats.contains(reader.format) {
      let findings = try reader.read(facts, shelf)
      all.updates += findings.updates
      all.unknown += findings.unknown
      all.dates += findings.dates
      all.skipped += findings.skipped
      all.tellsSecurity = all.tellsSecurity && findings.tellsSecurity
    }
    updates = all.updates.sorted {
      ($0.package.name, $0.package.architecture) < ($1.package.name, $1.package.architecture)
    }
    unknown = all.unknown
    date = all.dates.max()
    skipped = all.skipped
    tellsSecurity = all.tellsSecurity
  }

  /// Compares the installed packages with the newest of what is offered, for package managers that know no priorities.
  static func newer(
    than installed: [Package], among offers: [Offer], _ scheme: VersionScheme
  ) -> [AvailableUpdate] {
    let byName = Dictionary(grouping: offers, by: \.package.name)
    // Of a package that is installed in several versions, as kernels are, the newest counts.
    var newest: [String: Package] = [:]
    for package in installed where package.state != .configFiles {
      let key = "\(package.name) \(package.architecture)"
      if let known = newest[key], scheme.order(known.version, package.version) >= 0 { continue }
      newest[key] = package
    }
    return newest.values.compactMap { package in
      let fitting = (byName[package.name] ?? []).filter {
        fits($0.package.architecture, package.architecture)
      }
      guard let best = fitting.max(by: { scheme.order($0.package.version, $1.package.version) < 0 }),
        scheme.order(best.package.version, package.version) > 0
      else { return nil }
      return AvailableUpdate(
        package: package, candidate: best.package.version, suite: best.suite, isSecurity: false, phase: nil)
    }
  }

  private static func fits(_ offered: String, _ installed: String) -> Bool {
    let independent = ["noarch", "any", ""]
    return offered == installed || independent.contains(offered) || independent.contains(installed)
  }
}
