/// A guest that exists only in memory, for tests.
public final class MemoryFilesystem: GuestFilesystem {
  private struct Item {
    var metadata: FileMetadata
    var content: FileContent = .bytes([])
    var linkTarget: [UInt8]?
    var attributes: [ExtendedAttribute] = []
  }

  private var items: [String: Item] = [:]
  private var gaps: [FileIndex.Gap] = []
  private var contents: [UInt32: FileContent] = [:]
  /// What reading has cost so far.
  public private(set) var cost = ReadCost()

  /// An empty guest: a root directory.
  public init() {}

  /// Adds a regular file and the directories above it.
  public func addFile(
    _ path: String, _ content: FileContent, mode: UInt32 = 0o644, uid: UInt32 = 0, gid: UInt32 = 0,
    attributes: [ExtendedAttribute] = [], modified: Int64 = 0
  ) {
    let size: Int64 =
      switch content {
      case .bytes(let bytes): Int64(bytes.count)
      case .tooLarge(let size): size
      case .unreadable, .notCollected: 0
      }
    let metadata = FileMetadata(
      mode: 0o100000 | mode, uid: uid, gid: gid, size: size, modified: modified)
    items[path] = Item(metadata: metadata, content: content, attributes: attributes)
  }

  /// Adds a regular file with text and the directories above it.
  public func addFile(
    _ path: String, _ text: String, mode: UInt32 = 0o644, uid: UInt32 = 0, gid: UInt32 = 0
  ) {
    addFile(path, .bytes(Array(text.utf8)), mode: mode, uid: uid, gid: gid)
  }

  /// Takes away what was added.
  public func remove(_ path: String) { items[path] = nil }

  /// Adds a directory and those above it.
  public func addDirectory(_ path: String, mode: UInt32 = 0o755, uid: UInt32 = 0, gid: UInt32 = 0) {
    items[path] = Item(metadata: FileMetadata(mode: 0o040000 | mode, uid: uid, gid: gid, links: 2))
  }

  /// Adds a symbolic link and the directories above it.
  public func addLink(_ path: String, to target: String) {
    items[path] = Item(metadata: FileMetadata(mode: 0o120777), linkTarget: Array(target.utf8))
  }

  /// Adds an inode with full metadata.
  public func addEntry(_ path: String, _ metadata: FileMetadata, attributes: [ExtendedAttribute] = []) {
    items[path] = Item(metadata: metadata, attributes: attributes)
  }

  /// Marks a subtree about which nothing is known.
  public func addGap(_ path: String, reason: String, kind: FileIndex.Gap.Kind = .directory) {
    gaps.append(.init(path: path, reason: reason, kind: kind))
  }

  public func readIndex() throws(GuestReadError) -> FileIndex {
    cost.requests += 1
    var builder = FileIndexBuilder(root: items["/"]?.metadata ?? FileMetadata(mode: 0o040755))
    var directories: [String: UInt32] = ["": 0]
    contents = [:]
    func directory(_ path: String) -> UInt32 {
      if let id = directories[path] { return id }
      let metadata = items[path]?.metadata ?? FileMetadata(mode: 0o040755, links: 2)
      let id = add(path, metadata, nil, [])
      directories[path] = id
      return id
    }
    func add(
      _ path: String, _ metadata: FileMetadata, _ target: [UInt8]?, _ attributes: [ExtendedAttribute]
    ) -> UInt32 {
      let slash = path.lastIndex(of: "/") ?? path.startIndex
      let parent = directory(String(path[..<slash]))
      let name = bytes(fromDisplayText: String(path[path.index(after: slash)...]))
      return builder.add(name, to: parent, metadata: metadata, linkTarget: target, attributes: attributes)
        ?? 0
    }
    for (path, item) in items.sorted(by: { $0.key < $1.key }) where path != "/" {
      if item.metadata.type == .directory {
        _ = directory(path)
      } else {
        contents[add(path, item.metadata, item.linkTarget, item.attributes)] = item.content
      }
    }
    for gap in gaps { builder.addGap(gap.path, reason: gap.reason, kind: gap.kind) }
    return builder.finish()
  }

  public func readContents(
    of files: [FileEntry], limit: Int, _ body: (FileEntry, FileContent) -> Void
  ) throws(GuestReadError) {
    for file in files {
      cost.requests += 1
      let content = contents[file.id] ?? .unreadable(reason: "no such file")
      if case .bytes(let bytes) = content {
        if bytes.count > limit {
          body(file, .tooLarge(size: Int64(bytes.count)))
          continue
        }
        cost.contentBytes += Int64(bytes.count)
      }
      body(file, content)
    }
  }

  public func readHeads(
    of files: [FileEntry], length: Int, _ body: (FileEntry, FileContent) -> Void
  ) throws(GuestReadError) {
    try readContents(of: files, limit: .max) { file, content in
      if case .bytes(let bytes) = content {
        body(file, .bytes(Array(bytes.prefix(length))))
      } else {
        body(file, content)
      }
    }
  }

  public func readRanges(
    _ ranges: [FileRange], _ body: (FileRange, FileContent) -> Void
  ) throws(GuestReadError) {
    for range in ranges {
      try readContents(of: [range.file], limit: .max) { _, content in
        guard case .bytes(let bytes) = content else { return body(range, content) }
        let start = Int(min(Int64(bytes.count), max(0, range.offset)))
        body(range, .bytes(Array(bytes[start...].prefix(range.length))))
      }
    }
  }

  public func digests(
    of files: [FileEntry], algorithm: DigestAlgorithm, _ body: (FileEntry, FileDigest) -> Void
  ) throws(GuestReadError) {
    try readContents(of: files, limit: .max) { file, content in
      guard case .bytes(let bytes) = content else {
        return body(file, .unreadable(reason: "no content"))
      }
      var digest = RunningDigest(algorithm)
      bytes.withUnsafeBytes { digest.update($0) }
      body(file, .hex(hexText(digest.finalize())))
    }
  }
}
