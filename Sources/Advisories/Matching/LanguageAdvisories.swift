import Evidence
import Facts

/// What the advisories say against packages of programming languages that did not come with the distribution.
public struct LanguageAdvisories: FactModel {
  public static let needs: [ContentNeed] =
    LanguagePackages.needs + InstalledPackages.needs + PackagedFiles.needs
  public static var probes: [any ContentProbe] { LanguagePackages.probes }

  /// Packages with vulnerabilities, by name.
  public let packages: [VulnerablePackage]
  /// Packages that were looked up.
  public let judged: Int

  private static let ecosystems: [LanguagePackage.Ecosystem: String] = [
    .python: "PyPI", .npm: "npm", .ruby: "RubyGems", .maven: "Maven", .golang: "Go", .cargo: "crates.io",
  ]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let store = try AdvisoryStore.supplied(to: facts)
    let ownership = try LanguageOwnership(facts)
    var groups: [String: [LanguagePackage]] = [:]
    for package in try facts.model(LanguagePackages.self).packages where try !ownership.isOwned(package) {
      guard let ecosystem = Self.ecosystems[package.ecosystem] else { continue }
      groups["\(ecosystem) \(Ecosystem(ecosystem).normalized(package.name))", default: []].append(package)
    }
    judged = groups.values.reduce(0) { $0 + $1.count }
    let present = Set(groups.keys.compactMap { $0.split(separator: " ").first.map(String.init) })
    do {
      packages = try store.read { reader in
        let known = Dictionary(
          reader.ecosystems.map { ($0.ecosystem.text, $0.id) }, uniquingKeysWith: { first, _ in first })
        if let missing = present.subtracting(known.keys).min() { throw AdvisoryError("none of \(missing)") }
        return try groups.sorted { $0.key < $1.key }.compactMap {
          try Self.judge($0.key, $0.value, known, reader)
        }
      }
    } catch {
      let reason =
        error.description.hasPrefix("none of ")
        ? "the database has no advisories for \(error.description.dropFirst(8)):"
          + " run brinell advisories import PATH" : error.description
      throw EvidenceGap(path: "advisories", reason: reason)
    }
  }

  private static func judge(
    _ name: String, _ members: [LanguagePackage], _ known: [String: Int64], _ reader: StoreReader
  ) throws -> VulnerablePackage? {
    let parts = name.split(separator: " ", maxSplits: 1).map(String.init)
    guard parts.count == 2, let id = known[parts[0]], let scheme = members.first?.ecosystem.versionScheme
    else {
      return nil
    }
    var table = VulnerabilityTable(scheme)
    var affected: [LanguagePackage] = []
    var seen: Set<LanguagePackage> = []
    try reader.forEachAffected(id, parts[0], parts[1]) { entry, advisory in
      guard entry.status == .affected else { return }
      for member in members {
        guard case .inside(let fixed) = entry.position(of: version(of: member), scheme) else { continue }
        table.add(advisory(), entry, fixed: fixed)
        if seen.insert(member).inserted { affected.append(member) }
      }
    }
    let vulnerabilities = try table.vulnerabilities(reader)
    if vulnerabilities.isEmpty { return nil }
    let versions = Set(affected.map(\.version)).sorted { scheme.order($0, $1) < 0 }
    var origins: [Origin] = []
    for origin in affected.map(\.origin) where !origins.contains(origin) && origins.count < 20 {
      origins.append(origin)
    }
    return VulnerablePackage(
      name: name, role: .software, versions: versions, packages: [parts[1]], origins: origins,
      libraries: affected, vulnerabilities: vulnerabilities,
      fixed: vulnerabilities.compactMap(\.fixed).max { scheme.order($0, $1) < 0 })
  }
}

extension LanguageAdvisories {
  /// The version as advisories write it: those on Go's standard library have `1.22.0-rc.1` for what go1.22rc1 is.
  static func version(of package: LanguagePackage) -> String {
    guard package.ecosystem == .golang, package.name == "stdlib" else { return package.version }
    for word in ["rc", "beta"] {
      guard let mark = package.version.range(of: word) else { continue }
      return "\(package.version[..<mark.lowerBound]).0-\(word).\(package.version[mark.upperBound...])"
    }
    return package.version
  }
}

/// Which packages of languages the distribution brought: its advisories speak of them, under its own versions.
private struct LanguageOwnership {
  private let files: PackagedFiles
  private let evidence: Evidence

  init(_ facts: GuestFacts) throws(EvidenceGap) {
    evidence = facts.evidence
    files = try facts.model()
  }

  /// By the lists of files that the package databases have.
  func isOwned(_ package: LanguagePackage) throws(EvidenceGap) -> Bool {
    guard let path = package.origin.path, files.isKnown else { return false }
    return try evidence.entry(at: path).flatMap(files.owner) != nil
  }
}
