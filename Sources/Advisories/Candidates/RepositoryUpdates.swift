import Evidence
import Facts

/// A package manager with an index for each repository, of whose packages the newest is taken.
protocol RepositoryUpdates: AvailableUpdates.Reader {
  /// As `PackageRepository.manager` names it.
  static var managers: Set<String> { get }

  /// Whether an enabled repository counts for packages that name none.
  static func isAsked(_ repository: PackageRepository) -> Bool

  /// What a repository offers.
  ///
  /// - Throws: if its index is not there or cannot be read.
  static func offer(
    of repository: PackageRepository, _ search: RepositorySearch
  ) throws(EvidenceGap) -> RepositoryOffer

  /// What is newer than the installed packages; offers are in the order of the repositories.
  static func newer(than installed: [Package], among offers: [AvailableUpdates.Offer]) -> [AvailableUpdate]
}

/// Where the index of a repository is looked for.
struct RepositorySearch {
  var facts: GuestFacts
  var shelf: IndexShelf
  /// Packages of the manager's format.
  var installed: [Package]

  /// The folders that tell of which distribution an imported index is, since names such as `baseos` and `core` are of
  /// many: as in os-release(5), `rocky-9.4` or `rocky-9`, `arch`.
  func folders() throws(EvidenceGap) -> [String] {
    let system: OSRelease = try facts.model()
    guard let version = system.versionID, !version.isEmpty else { return [system.id] }
    let major = version.prefix { $0 != "." }
    return ["\(system.id)-\(version)"] + (major == version[...] ? [] : ["\(system.id)-\(major)"])
  }
}

/// The packages of a repository.
struct RepositoryOffer {
  var index: PackageIndex
  /// When it was made, in seconds since 1970-01-01 UTC; nil where it does not say so.
  var date: Int64?
}

extension RepositoryUpdates {
  static func isAsked(_ repository: PackageRepository) -> Bool { true }

  static func read(
    _ facts: GuestFacts, _ shelf: IndexShelf
  ) throws(EvidenceGap) -> AvailableUpdates.Findings {
    let repositories: PackageRepositories = try facts.model()
    let installed = try facts.model(InstalledPackages.self).packages.filter { $0.format == format }
    let search = RepositorySearch(facts: facts, shelf: shelf, installed: installed)
    var findings = AvailableUpdates.Findings()
    var offers: [AvailableUpdates.Offer] = []
    for repository in repositories.enabled where managers.contains(repository.manager) && isAsked(repository)
    {
      do throws(EvidenceGap) {
        let offer = try offer(of: repository, search)
        if let date = offer.date { findings.dates.append(date) }
        findings.skipped += offer.index.skipped
        offers += offer.index.packages.map { ($0, repository.id) }
      } catch {
        findings.unknown.append(.init(name: repository.id, gap: error))
      }
    }
    findings.updates = newer(than: installed, among: offers)
    return findings
  }
}
