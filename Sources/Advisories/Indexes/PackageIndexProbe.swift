import DiskImages
import Evidence
import Facts

/// What the indexes that lie in a guest say of the packages that are installed. They have up to 60 MB each; the
/// evidence keeps a few kilobytes.
public struct PackageIndexProbe: ContentProbe {
  public typealias Record = IndexRecord

  public static let name = "indexes"
  public let words = "reading package indexes"
  /// Bytes of one file.
  private static let limit = 256 << 20
  /// Files; nobody has so many repositories.
  private static let fileLimit = 500

  /// Where the package managers keep what they have fetched: apt, dnf 4 and 5, zypper, apk and pacman.
  private static let places: [GlobPattern] = [
    "/var/lib/apt/lists/*_InRelease", "/var/lib/apt/lists/*_Release", "/var/lib/apt/lists/*_Packages*",
    "/var/cache/dnf/*/repodata/repomd.xml", "/var/cache/dnf/*/repodata/*primary.xml*",
    "/var/cache/libdnf5/*/repodata/repomd.xml", "/var/cache/libdnf5/*/repodata/*primary.xml*",
    "/var/cache/zypp/raw/*/repodata/repomd.xml", "/var/cache/zypp/raw/*/repodata/*primary.xml*",
    "/etc/apk/cache/APKINDEX.*.tar.gz", "/var/cache/apk/APKINDEX.*.tar.gz", "/var/lib/pacman/sync/*.db",
  ]

  public init() {}

  public func answer(
    _ evidence: Evidence, _ filesystem: any GuestFilesystem
  ) throws(GuestReadError) -> ProbeAnswer<IndexRecord> {
    var answer = ProbeAnswer<IndexRecord>()
    let selection = Self.selection(evidence)
    for (number, file) in Self.files(evidence).enumerated() {
      guard number < Self.fileLimit else {
        answer.unread[file.id] = "more than \(Self.fileLimit) indexes"
        continue
      }
      // One after the other: an index takes as much memory as it is large.
      try filesystem.readContents(of: [file], limit: Self.limit) { _, content in
        switch content {
        case .bytes(let bytes):
          do throws(IndexError) {
            answer.records[file.id] = try IndexRecord(name: file.name, bytes: bytes, selection: selection)
          } catch {
            answer.unread[file.id] = error.description
          }
        case .tooLarge(let size): answer.unread[file.id] = "too large to read: \(size) bytes"
        case .unreadable(let reason): answer.unread[file.id] = reason
        case .notCollected: answer.unread[file.id] = "not in the evidence that was collected"
        }
      }
    }
    return answer
  }

  private static func files(_ evidence: Evidence) -> [FileEntry] {
    var files: [FileEntry] = []
    var known: Set<UInt32> = []
    for place in places {
      for entry in evidence.index.matches(place) where IndexRecord.Form(name: entry.name) != nil {
        guard case .found(let file) = evidence.index.target(of: entry), file.type == .regular,
          known.insert(file.id).inserted
        else { continue }
        files.append(file)
      }
    }
    return files
  }

  /// Names of installed packages; nothing of an index is wanted where they are not known.
  private static func selection(_ evidence: Evidence) -> IndexSelection {
    guard let installed = try? GuestFacts(evidence, asOf: 0).model(InstalledPackages.self) else {
      return IndexSelection(names: [])
    }
    return IndexSelection(names: Set(installed.packages.lazy.map(\.name)))
  }
}
