import Evidence
import Facts

/// What the advisories say against packages of programming languages that did not come with the distribution.
public struct LanguageAdvisories: FactModel {
  public static let needs: [ContentNeed] =
    LanguagePackages.needs + InstalledPackages.needs + PackagedFiles.needs

  /// Packages with vulnerabilities, by name.
  public let packages: [VulnerablePackage]
  /// Packages that were looked up.
  public let judged: Int

  private static let ecosystems: [LanguagePackage.Ecosystem: String] = [
    .python: "PyPI", .npm: "npm", .ruby: "RubyGems",
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
    for record in try reader.affected(id, parts[0], parts[1]) where record.package.status == .affected {
      for member in members {
        guard case .inside(let fixed) = record.package.position(of: member.version, scheme),
          let advisory = try reader.advisory(record.advisory)
        else { continue }
        table.add(advisory, record.package, fixed: fixed)
        affected.append(member)
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
      vulnerabilities: vulnerabilities,
      fixed: vulnerabilities.compactMap(\.fixed).max { scheme.order($0, $1) < 0 })
  }
}

/// Which packages of languages the distribution brought: its advisories speak of them, under its own versions.
private struct LanguageOwnership {
  private let files: PackagedFiles
  private let installed: InstalledPackages
  private let evidence: Evidence

  init(_ facts: GuestFacts) throws(EvidenceGap) {
    evidence = facts.evidence
    files = try facts.model()
    installed = try facts.model()
  }

  /// By dpkg's lists of files; where there are none, below /usr by the names that distributions give such packages.
  func isOwned(_ package: LanguagePackage) throws(EvidenceGap) -> Bool {
    guard let path = package.origin.path else { return false }
    if files.isKnown { return try evidence.entry(at: path).flatMap(files.owner) != nil }
    guard path.hasPrefix("/usr/"), !path.hasPrefix("/usr/local/") else { return false }
    let name = package.name.lowercased()
    let plain = name.split { "-_.".contains($0) }.joined(separator: "-")
    let candidates: [String]
    switch package.ecosystem {
    case .python: candidates = [plain, name].flatMap { ["python3-\($0)", "py3-\($0)", "python-\($0)", $0] }
    case .npm: candidates = ["nodejs-\(plain)", "nodejs", "npm", "nodejs-npm", "nodejs-current"]
    case .ruby: candidates = ["rubygem-\(name)", "ruby-\(plain)", "ruby-libs", "ruby"]
    }
    return candidates.contains { installed.installed($0) != nil }
  }
}
