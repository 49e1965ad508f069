import DiskImages
import Evidence

/// Which package brought which file, from dpkg's lists (`/var/lib/dpkg/info/PACKAGE.list`, dpkg-query(1)) and what
/// rpm, apk and pacman keep in their databases.
///
/// Symbolic links of directories such as /bin are followed, so that one inode has one owner under either
/// name, and diversions are honoured (dpkg-divert(1)).
public struct PackagedFiles: FactModel {
  public static let needs: [ContentNeed] = FileManifests.all.flatMap { $0.nameNeeds }

  private var owners: [UInt32: String] = [:]
  private var others: [UInt32: Set<String>] = [:]
  /// Kinds of databases whose lists there are: `dpkg`, `rpm` …
  public let formats: Set<String>
  /// Whether the guest has lists that Brinell can read.
  public var isKnown: Bool { !formats.isEmpty }

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let index = facts.evidence.index
    var owners: [UInt32: String] = [:]
    var others: [UInt32: Set<String>] = [:]
    formats = try FileManifests.read(facts.evidence, namesOnly: true) { file in
      guard case .found(let entry) = index.resolve(file.path, followLast: false) else { return }
      if let known = owners[entry.id], known != file.package {
        if entry.type != .directory { others[entry.id, default: []].insert(file.package) }
      } else {
        owners[entry.id] = file.package
      }
    }
    (self.owners, self.others) = (owners, others)
  }

  /// The package that brought the inode; where several did, one of them.
  public func owner(of entry: FileEntry) -> String? { owners[entry.id] }

  /// Whether the package brought the inode, which is no directory.
  public func belongs(_ entry: FileEntry, to package: String) -> Bool {
    owners[entry.id] == package || others[entry.id]?.contains(package) == true
  }
}
