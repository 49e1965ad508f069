import DiskImages

/// Digests of all regular files, by which two versions of a guest are compared: what has the same digest is the same,
/// under whatever name and with whatever times.
public struct ContentDigestProbe: ContentProbe {
  /// What is known of one file.
  public struct Record: Codable, Sendable, Hashable {
    /// SHA-256, lower-case hexadecimal.
    public var digest: String
  }

  public static let name = "content-digests"
  public var words: String { "computing digests of all files" }

  /// Larger files are compared by their size alone: a sparse disk of a terabyte takes hours to read.
  static let fileLimit: Int64 = 2 << 30
  /// All files together.
  static let totalLimit: Int64 = 64 << 30

  public init() {}

  public func answer(
    _ evidence: Evidence, _ filesystem: any GuestFilesystem
  ) throws(GuestReadError) -> ProbeAnswer<Record> {
    var answer = ProbeAnswer<Record>()
    var files: [FileEntry] = []
    var total: Int64 = 0
    var seen: [Inode: UInt32] = [:]
    var links: [UInt32: [UInt32]] = [:]
    for file in evidence.index.entries where file.type == .regular && file.metadata.size > 0 {
      let size = file.metadata.size
      if size > Self.fileLimit || total > Self.totalLimit - size {
        answer.unread[file.id] = "too large to compare its content"
        continue
      }
      let inode = Inode(device: file.metadata.device, number: file.metadata.inode)
      if file.metadata.links > 1, let first = seen[inode] {
        links[first, default: []].append(file.id)
        continue
      }
      seen[inode] = file.id
      total += size
      files.append(file)
    }
    try filesystem.digests(of: files, algorithm: .sha256) { file, digest in
      for id in [file.id] + (links[file.id] ?? []) {
        switch digest {
        case .hex(let text): answer.records[id] = Record(digest: text)
        case .unreadable(let reason): answer.unread[id] = reason
        }
      }
    }
    return answer
  }

  /// Names of one file share it.
  private struct Inode: Hashable {
    var device: UInt64
    var number: UInt64
  }
}
