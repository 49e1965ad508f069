import DiskImages

/// Digests of large files of the same size, of which some may have the same content.
///
/// Several names of one inode are one file. Only sizes that at least two files have are looked at, the first bytes
/// before the whole: most files of one size differ there.
public struct DuplicateProbe: ContentProbe {
  public static let name = "duplicates"
  /// Two files with the same record have the same content.
  public typealias Record = String

  /// Smaller files are not looked at, in bytes.
  public let minimum: Int64
  /// All files that are digested together; further ones are unread.
  static let totalLimit: Int64 = 16 << 30
  private static let headLength = 4096

  /// A probe for files of at least `minimum` bytes.
  public init(minimum: Int64 = 1 << 20) { self.minimum = max(1, minimum) }

  public var words: String { "comparing large files" }

  public func union(_ other: DuplicateProbe) -> DuplicateProbe {
    DuplicateProbe(minimum: min(minimum, other.minimum))
  }

  public func answer(
    _ evidence: Evidence, _ filesystem: any GuestFilesystem
  ) throws(GuestReadError) -> ProbeAnswer<String> {
    var answer = ProbeAnswer<String>(scope: "\(minimum)")
    var heads: [UInt32: [UInt8]] = [:]
    let candidates = candidates(evidence.index)
    try filesystem.readHeads(of: candidates, length: Self.headLength) { file, content in
      if case .bytes(let bytes) = content { heads[file.id] = bytes }
    }
    // A file whose head could not be read stays a candidate: reading all of it says why.
    let groups = Dictionary(grouping: candidates) { file in
      Key(size: file.metadata.size, head: heads[file.id] ?? [])
    }
    var budget = Self.totalLimit
    var wanted: [FileEntry] = []
    for file in groups.values.filter({ $0.count > 1 }).joined().sorted(by: { $0.id < $1.id }) {
      if file.metadata.size > budget {
        answer.unread[file.id] = "the limit for files that are compared is used up"
      } else {
        budget -= file.metadata.size
        wanted.append(file)
      }
    }
    try filesystem.digests(of: wanted, algorithm: .sha256) { file, digest in
      switch digest {
      case .hex(let text): answer.records[file.id] = text
      case .unreadable(let reason): answer.unread[file.id] = reason
      }
    }
    return answer
  }

  private struct Key: Hashable {
    var size: Int64
    var head: [UInt8]
  }

  private struct Inode: Hashable {
    var device: UInt64
    var number: UInt64
  }

  /// Files of at least the size, one for each inode, of which another has the same size.
  private func candidates(_ index: FileIndex) -> [FileEntry] {
    var bySize: [Int64: [FileEntry]] = [:]
    var seen: Set<Inode> = []
    for entry in index.entries where entry.metadata.size >= minimum && entry.type == .regular {
      let metadata = entry.metadata
      if metadata.links > 1, metadata.inode != 0,
        !seen.insert(Inode(device: metadata.device, number: metadata.inode)).inserted
      {
        continue
      }
      if Self.isPseudo(entry) { continue }
      bySize[metadata.size, default: []].append(entry)
    }
    return bySize.values.filter { $0.count > 1 }.joined().sorted { $0.id < $1.id }
  }

  private static func isPseudo(_ entry: FileEntry) -> Bool {
    let path = entry.path
    return ["/proc/", "/sys/", "/dev/", "/run/"].contains { path.hasPrefix($0) }
  }
}
