import DiskImages
import Evidence
import Facts

/// The newest versions in the indexes that apk has cached. Repositories with a tag count only for packages that ask for
/// them, and are left out (apk-repositories(5)).
enum ApkUpdates: RepositoryUpdates {
  static let format = "apk"
  static let managers: Set<String> = ["apk"]
  static let needs: [ContentNeed] = PackageRepositories.needs

  static func isAsked(_ repository: PackageRepository) -> Bool {
    repository.origin.text?.trimmingPrefix(" ").hasPrefix("@") != true
  }

  static func offer(
    of repository: PackageRepository, _ search: RepositorySearch
  ) throws(EvidenceGap) -> RepositoryOffer {
    guard let index = try index(repository, architecture(search.installed), search.shelf) else {
      throw EvidenceGap(path: "/var/cache/apk", reason: "no index of \(repository.id) is there")
    }
    return RepositoryOffer(index: index)
  }

  static func newer(than installed: [Package], among offers: [AvailableUpdates.Offer]) -> [AvailableUpdate] {
    AvailableUpdates.newer(than: installed, among: offers, .apk)
  }

  /// apk names a cached index by the first four bytes of the SHA-1 of the repository's address (apk-tools 2.14,
  /// database.c: apk_repo_format_cache_index).
  private static func index(
    _ repository: PackageRepository, _ architecture: String, _ shelf: IndexShelf
  ) throws(EvidenceGap) -> PackageIndex? {
    let name = "APKINDEX.\(digest(repository.id)).tar.gz"
    let path = repository.id.split(separator: "/").suffix(2).joined(separator: "/")
    let files = [name, "\(path)/\(architecture)/APKINDEX.tar.gz"]
    if let record = try shelf.supplied(firstOf: files) { return record.packages }
    let own = try shelf.ofGuest(firstOf: ["/etc/apk/cache/\(name)", "/var/cache/apk/\(name)"])?.packages
    if let own { return own }
    return try shelf.stored(firstOf: files)?.packages
  }

  /// The architecture that most packages are for.
  private static func architecture(_ packages: [Package]) -> String {
    let counts = Dictionary(grouping: packages.map(\.architecture).filter { $0 != "noarch" }, by: \.self)
    return counts.max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }?.key ?? "x86_64"
  }

  static func digest(_ address: String) -> String {
    var digest = RunningDigest(.sha1)
    Array(address.utf8).withUnsafeBytes { digest.update($0) }
    return hexText(digest.finalize().prefix(4))
  }
}

/// The newest versions in the databases that pacman has synchronised.
enum PacmanUpdates: RepositoryUpdates {
  static let format = "pacman"
  static let managers: Set<String> = ["pacman"]
  static let needs: [ContentNeed] = PackageRepositories.needs + OSRelease.needs

  static func offer(
    of repository: PackageRepository, _ search: RepositorySearch
  ) throws(EvidenceGap) -> RepositoryOffer {
    let name = "\(repository.id).db"
    let own = "/var/lib/pacman/sync/\(name)"
    var record = try search.shelf.supplied(firstOf: [name])
    if record == nil { record = try search.shelf.ofGuest(own) }
    if record == nil { record = try search.shelf.stored(firstOf: search.folders().map { "\($0)/\(name)" }) }
    guard let index = record?.packages else {
      throw EvidenceGap(path: own, reason: "the index is not there")
    }
    return RepositoryOffer(index: index)
  }

  /// The first repository in pacman.conf that has a package wins (pacman.conf(5)).
  static func newer(than installed: [Package], among offers: [AvailableUpdates.Offer]) -> [AvailableUpdate] {
    var taken: Set<String> = []
    let first = offers.filter { taken.insert($0.package.name).inserted }
    return AvailableUpdates.newer(than: installed, among: first, .pacman)
  }
}

/// The newest versions in the metadata that dnf or zypper has cached. Obsoletes are left out, and packages of modules
/// are compared with packages of modules alone.
enum RpmUpdates: RepositoryUpdates {
  static let format = "rpm"
  static let managers: Set<String> = ["dnf", "zypper"]
  static let needs: [ContentNeed] = PackageRepositories.needs + OSRelease.needs

  static func offer(
    of repository: PackageRepository, _ search: RepositorySearch
  ) throws(EvidenceGap) -> RepositoryOffer {
    let (repomd, index) = try read(repository, search.folders(), search.shelf)
    return RepositoryOffer(index: index, date: repomd.date)
  }

  static func newer(than installed: [Package], among offers: [AvailableUpdates.Offer]) -> [AvailableUpdate] {
    [false, true].flatMap { isModular in
      AvailableUpdates.newer(
        than: installed.filter { isOfModule($0.version) == isModular },
        among: offers.filter { isOfModule($0.package.version) == isModular }, .rpm)
    }
  }

  private static func isOfModule(_ version: String) -> Bool { version.contains(".module") }

  private static func read(
    _ repository: PackageRepository, _ systems: [String], _ shelf: IndexShelf
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
    for folder in systems.map({ "\($0)/\(repository.id)" }) {
      guard let repomd = try shelf.stored(firstOf: [folder + "/repodata/repomd.xml"])?.repomd else {
        continue
      }
      let path = IndexRecord.plainPath("\(folder)/\(repomd.primary)")
      guard let index = try shelf.stored(firstOf: [path])?.packages else {
        throw EvidenceGap(path: path, reason: "the index was not imported")
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
