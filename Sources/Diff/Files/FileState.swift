import DiskImages
import Evidence
import Facts

/// What of one inode is compared. Times and numbers of inodes are not: they change with every image that is made.
struct FileState: Hashable {
  var type: FileType
  var mode: UInt32
  var owner: String
  /// Of regular files, in bytes.
  var size: Int64
  /// SHA-256 of a regular file, the target of a link; nil where it could not be read.
  var content: String?

  /// Whether two files of the same path hold the same.
  func hasSameContent(as other: FileState) -> Bool {
    guard type == other.type else { return false }
    guard type == .regular else { return content == other.content }
    guard let content, let theirs = other.content else { return size == other.size }
    return content == theirs
  }

  var rights: String { "\(String(mode, radix: 8)) \(owner)" }
}

/// Every inode of a guest by path, with what is compared.
public struct FileStates: FactModel {
  public static let needs: [ContentNeed] = IdentityNames.needs + PackagedFiles.needs
  public static let probes: [any ContentProbe] = [ContentDigestProbe()]

  let files: [String: FileState]
  /// Packages by path of a file that they brought.
  let owners: [String: String]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let evidence = facts.evidence
    let names: IdentityNames = try facts.model()
    let packages: PackagedFiles = try facts.model()
    let digests = try evidence.answer(of: ContentDigestProbe.self)
    var files: [String: FileState] = [:]
    var owners: [String: String] = [:]
    for entry in evidence.index.entries {
      let path = entry.path
      let metadata = entry.metadata
      let content: String? =
        switch entry.type {
        case .regular: metadata.size == 0 ? "" : digests.records[entry.id]?.digest
        case .symbolicLink: entry.linkTargetBytes.map { displayText($0) }
        default: ""
        }
      files[path] = FileState(
        type: entry.type, mode: metadata.permissions,
        owner: names.text(uid: metadata.uid, gid: metadata.gid),
        size: entry.type == .regular ? metadata.size : 0, content: content)
      if entry.type != .directory, let owner = packages.owner(of: entry) { owners[path] = owner }
    }
    self.files = files
    self.owners = owners
  }
}
