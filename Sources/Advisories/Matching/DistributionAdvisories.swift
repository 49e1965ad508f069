import Evidence
import Facts

/// What the advisories say against the installed packages of the distribution.
public struct DistributionAdvisories: FactModel {
  public static let needs: [ContentNeed] =
    InstalledPackages.needs + OSRelease.needs + SupportDates.needs + BootEntries.needs

  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    BootEntries.furtherNeeds(evidence)
  }

  /// Packages with vulnerabilities, by name.
  public let packages: [VulnerablePackage]
  /// Installed packages that were looked up.
  public let judged: Int

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let store = try AdvisoryStore.supplied(to: facts)
    let installed: InstalledPackages = try facts.model()
    if installed.formats.isEmpty {
      throw EvidenceGap(path: "/var/lib/dpkg/status", reason: "no package database that is known is there")
    }
    let ecosystems = try GuestEcosystems(facts)
    let software = installed.packages.filter { $0.state == .installed && $0.name != "gpg-pubkey" }
    if software.isEmpty {
      throw EvidenceGap(path: "/", reason: "the package database lists no package that is installed")
    }
    let groups = InstalledGroup.all(software, kernels: try KernelPackages(facts))
    judged = groups.reduce(0) { $0 + $1.packages.count }
    do {
      packages = try store.read { reader in
        let relevant = reader.ecosystems.filter { ecosystems.contains($0.ecosystem) }
        // What only adds to a release says nothing about the rest of it.
        if !relevant.contains(where: { $0.ecosystem.isWholeRelease }) {
          throw AdvisoryError("none of \(ecosystems.release)")
        }
        return try groups.compactMap { try Self.judge($0, relevant, reader) }.sorted { $0.name < $1.name }
      }
    } catch {
      if error.description.hasPrefix("none of") {
        throw EvidenceGap(
          path: "advisories",
          reason:
            "the database has no advisories for \(ecosystems.release): run brinell advisories import PATH")
      }
      throw EvidenceGap(path: "advisories", reason: error.description)
    }
  }

  private static func judge(
    _ group: InstalledGroup, _ ecosystems: [(ecosystem: Ecosystem, id: Int64)], _ reader: StoreReader
  ) throws -> VulnerablePackage? {
    guard let scheme = ecosystems[0].ecosystem.scheme else { return nil }
    var table = VulnerabilityTable(scheme)
    var affected: Set<Package> = []
    for (ecosystem, id) in ecosystems {
      for name in group.names(ecosystem.naming) {
        try reader.forEachAffected(id, ecosystem.text, name.text) { entry, advisory in
          for subject in name.subjects
          where add(entry, advisory, subject, name.meaning, scheme, to: &table) {
            // What is said of a source holds for all that is built of it in this version.
            if name.isSource {
              affected.formUnion(group.packages.filter { $0.sourceVersion == subject.sourceVersion })
            } else {
              affected.insert(subject)
            }
          }
        }
      }
    }
    let vulnerabilities = try table.vulnerabilities(reader)
    if vulnerabilities.isEmpty { return nil }
    let names = Set(affected.map(\.name)).sorted()
    let members = group.packages.filter { names.contains($0.name) }
    return VulnerablePackage(
      name: group.name, role: group.role, versions: Array(Set(members.map(\.version))).sorted(),
      packages: names, origins: members.prefix(1).map(\.origin),
      installed: group.packages.filter(affected.contains), vulnerabilities: vulnerabilities,
      fixed: vulnerabilities.compactMap(\.fixed).max { scheme.order($0, $1) < 0 })
  }

  /// Whether the record affects the package.
  private static func add(
    _ entry: AffectedPackage, _ advisory: () -> Advisory, _ package: Package,
    _ meaning: InstalledGroup.Meaning, _ scheme: VersionScheme, to table: inout VulnerabilityTable
  ) -> Bool {
    var entry = entry
    let isSource = meaning != .binary
    guard entry.status != .underInvestigation, meaning.allows(entry),
      meaning == .statedSource || entry.architectures.isEmpty
        || entry.architectures.contains(package.architecture),
      scheme != .rpm || ModuleRule.allows(entry, label: package.modularityLabel, version: package.version)
    else { return false }
    if entry.status == .notAffected {
      table.deny(advisory(), entry.ecosystem)
      return false
    }
    var version = isSource ? package.sourceVersion : package.version
    if isSource && scheme == .rpm && package.name != package.sourceName {
      entry.ranges = entry.ranges.map(\.withoutEpochs)
      version = RpmEpoch.dropped(version)
    }
    guard case .inside(let fixed) = entry.position(of: version, scheme) else { return false }
    table.add(advisory(), entry, fixed: fixed)
    return true
  }
}

extension AdvisoryStore {
  /// The database that the user gives.
  ///
  /// - Throws: if there is none; nothing is known then, and nothing is clean.
  static func supplied(to facts: GuestFacts) throws(EvidenceGap) -> AdvisoryStore {
    guard let store = facts.supplied(AdvisoryStore.self) else {
      throw EvidenceGap(
        path: "advisories",
        reason: "no advisories: run brinell advisories import PATH, or give --advisories FILE")
    }
    return store
  }
}
