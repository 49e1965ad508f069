import DiskImages
import Evidence
import Facts

/// The newest versions in the indexes that apk has cached. Repositories with a tag count only for packages that ask for
/// them, and are left out (apk-repositories(5)).
enum ApkUpdates: AvailableUpdates.Reader {
  static let format = "apk"
  static let needs: [ContentNeed] = PackageRepositories.needs

  static func read(
    _ facts: GuestFacts, _ shelf: IndexShelf
  ) throws(EvidenceGap) -> AvailableUpdates.Findings {
    let repositories: PackageRepositories = try facts.model()
    let installed: InstalledPackages = try facts.model()
    var findings = AvailableUpdates.Findings()
    var offers: [(package: IndexedPackage, suite: String)] = []
    for repository in repositories.enabled
    where repository.manager == "apk" && repository.origin.text?.trimmingPrefix(" ").hasPrefix("@") != true {
      do throws(EvidenceGap) {
        guard let index = try index(repository, shelf) else {
          throw EvidenceGap(path: "/var/cache/apk", reason: "no index of \(repository.id) is there")
        }
        findings.skipped += index.skipped
        offers += index.packages.map { ($0, repository.id) }
      } catch {
        findings.unknown.append(.init(name: repository.id, gap: error))
      }
    }
    let packages = installed.packages.filter { $0.format == format }
    findings.updates = AvailableUpdates.newer(than: packages, among: offers, .apk)
    return findings
  }

  /// apk names a cached index by the first four bytes of the SHA-1 of the repository's address (apk-tools 2.14,
  /// database.c: apk_repo_format_cache_index).
  private static func index(_ repository: PackageRepository, _ shelf: IndexShelf) throws(EvidenceGap)
    -> PackageIndex?
  {
    let name = "APKINDEX.\(digest(repository.id)).tar.gz"
    let path = repository.id.split(separator: "/").suffix(2).joined(separator: "/")
    let mirrored = ["x86_64", "aarch64", "armv7", "x86"].map { "\(path)/\($0)/APKINDEX.tar.gz" }
    if let record = try shelf.supplied(firstOf: [name] + mirrored) { return record.packages }
    return try shelf.ofGuest(firstOf: ["/etc/apk/cache/\(name)", "/var/cache/apk/\(name)"])?.packages
  }

  static func digest(_ address: String) -> String {
    var digest = RunningDigest(.sha1)
    Array(address.utf8).withUnsafeBytes { digest.update($0) }
    return hexText(digest.finalize().prefix(4))
  }
}

/// The newest versions in the databases that pacman has synchronised.
enum PacmanUpdates: AvailableUpdates.Reader {
  static let format = "pacman"
  static let needs: [ContentNeed] = PackageRepositories.needs

  static func read(
    _ facts: GuestFacts, _ shelf: IndexShelf
  ) throws(EvidenceGap) -> AvailableUpdates.Findings {
    let repositories: PackageRepositories = try facts.model()
    let installed: InstalledPackages = try facts.model()
    var findings = AvailableUpdates.Findings()
    var offers: [(package: IndexedPackage, suite: String)] = []
    var taken: Set<String> = []
    for repository in repositories.enabled where repository.manager == "pacman" {
      do throws(EvidenceGap) {
        let name = "\(repository.id).db"
        let own = "/var/lib/pacman/sync/\(name)"
        var record = try shelf.supplied(firstOf: [name])
        if record == nil { record = try shelf.ofGuest(own) }
        guard let index = record?.packages else {
          throw EvidenceGap(path: own, reason: "the index is not there")
        }
        findings.skipped += index.skipped
        // The first repository in pacman.conf that has a package wins (pacman.conf(5)).
        offers += index.packages.filter { taken.insert($0.name).inserted }.map { ($0, repository.id) }
      } catch {
        findings.unknown.append(.init(name: repository.id, gap: error))
      }
    }
    let packages = installed.packages.filter { $0.format == format }
    findings.updates = AvailableUpdates.newer(than: packages, among: offers, .pacman)
    return findings
  }
}

/// The newest versions in the metadata that dnf or zypper has cached. Obsoletes are left out, and packages of modules
/// are compared with packages of modules alone.
enum RpmUpdates: AvailableUpdates.Reader {
  static let format = "rpm"
  static let needs: [ContentNeed] = PackageRepositories.needs

  static func read(
    _ facts: GuestFacts, _ shelf: IndexShelf
  ) throws(EvidenceGap) -> AvailableUpdates.Findings {
    let repositories: PackageRepositories = try facts.model()
    let installed: InstalledPackages = try facts.model()
    var findings = AvailableUpdates.Findings()
    var offers: [(package: IndexedPackage, suite: String)] = []
    for repository in repositories.enabled where ["dnf", "zypper"].contains(repository.manager) {
      do throws(EvidenceGap) {
        let (repomd, index) = try read(repository, shelf)
        if let date = repomd.date { findings.dates.append(date) }
        findings.skipped += index.skipped
        offers += index.packages.map { ($0, repository.id) }
      } catch {
        findings.unknown.append(.init(name: repository.id, gap: error))
      }
    }
    let packages = installed.packages.filter { $0.format == format }
    for isModular in [false, true] {
      findings.updates += AvailableUpdates.newer(
        than: packages.filter { isOfModule($0.version) == isModular },
        among: offers.filter { isOfModule($0.package.version) == isModular }, .rpm)
    }
    return findings
  }

  private static func isOfModule(_ version: String) -> Bool { version.contains(".module") }

  private static func read(
    _ repository: PackageRepository, _ shelf: IndexShelf
  ) throws(EvidenceGap) -> (RpmRepomd, PackageIndex) {
    let given = repository.id + "/repodata/repomd.xml"
    if let repomd = try shelf.supplied(firstOf: [given])?.repomd {
      let path = "\(repository.id)/\(repomd.primary)"
      guard let index = try shelf.supplied(firstOf: [path])?.packages else {
        throw EvidenceGap(path: path, reason: "the index is not there")
      }
      return (repomd, try whole(index, repomd, path))
    }
    for folder in try folders(repository, shelf.evidence) {
      guard let repomd = try shelf.ofGuest(folder + "/repodata/repomd.xml")?.repomd else { continue }
      let path = "\(folder)/\(repomd.primary)"
      guard let index = try shelf.ofGuest(path)?.packages else {
        throw EvidenceGap(path: path, reason: "the index is not there")
      }
      return (repomd, try whole(index, repomd, path))
    }
    throw EvidenceGap(
      path: "/var/cache/\(repository.manager)", reason: "no index of \(repository.id) is there")
  }

  private static func whole(
    _ index: PackageIndex, _ repomd: RpmRepomd, _ path: String
  ) throws(EvidenceGap) -> PackageIndex {
    do throws(IndexError) {
      try index.requireSize(repomd.primarySize)
      return index
    } catch {
      throw EvidenceGap(path: path, reason: error.description)
    }
  }

  /// dnf's folders have a digest of the addresses after the repository's name.
  private static func folders(_ repository: PackageRepository, _ evidence: Evidence) throws(EvidenceGap)
    -> [String]
  {
    if repository.manager == "zypper" { return ["/var/cache/zypp/raw/\(repository.id)"] }
    var folders: [String] = []
    for pattern in ["/var/cache/libdnf5/*", "/var/cache/dnf/*"] {
      for entry in try evidence.entries(matching: GlobPattern(pattern)) where entry.type == .directory {
        guard let hyphen = entry.name.lastIndex(of: "-"), entry.name[..<hyphen] == repository.id else {
          continue
        }
        folders.append(entry.path)
      }
    }
    return folders
  }
}
