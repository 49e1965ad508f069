import DiskImages

/// What one pass over a guest has brought: the index of all inodes, the contents that were wanted, and the
/// block devices below. It holds no secrets; see `SecretReduction`.
public struct Evidence: Sendable {
  /// Every inode.
  public var index: FileIndex
  /// Contents by `FileEntry.id`, reduced.
  public var contents: [UInt32: FileContent]
  /// What probes have found out about contents that are not kept.
  public var answers: ProbeAnswers
  /// The devices of the image that the guest lies on, disks first.
  public var storage: [StorageDevice]
  /// The device that holds the guest's root file system; a path for a directory tree.
  public var rootDevice: String

  /// Puts evidence together.
  public init(
    index: FileIndex, contents: [UInt32: FileContent] = [:], answers: ProbeAnswers = ProbeAnswers(),
    storage: [StorageDevice] = [], rootDevice: String = "/"
  ) {
    self.index = index
    self.contents = contents
    self.answers = answers
    self.storage = storage
    self.rootDevice = rootDevice
  }
}

/// Something that a question needs could not be read. Whoever asked does not know the answer: the verdict
/// is undecided, never "not there".
public struct EvidenceGap: Error, Hashable, Sendable, CustomStringConvertible {
  public var path: String
  public var reason: String

  /// Records why `path` is unknown.
  public init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }

  /// One line: path and reason.
  public var description: String { "\(path): \(reason)" }
}

extension Evidence {
  /// The inode at `path`, nil if there is none.
  ///
  /// - Parameter followLast: whether a symbolic link in the last component is followed.
  public func entry(at path: String, followLast: Bool = true) throws(EvidenceGap) -> FileEntry? {
    switch index.resolve(path, followLast: followLast) {
    case .found(let entry): return entry
    case .absent: return nil
    case .loop: throw EvidenceGap(path: path, reason: "too many symbolic links")
    case .unknown(let gap): throw EvidenceGap(path: path, reason: gap.reason)
    }
  }

  /// Entries that a pattern matches, symbolic links not followed. See `FileIndex.matches(_:)`.
  public func entries(matching pattern: GlobPattern) throws(EvidenceGap) -> [FileEntry] {
    for gap in index.gaps where pattern.mayMatch(below: gap.path) {
      throw EvidenceGap(path: gap.path, reason: gap.reason)
    }
    return index.matches(pattern)
  }

  /// The bytes of a regular file, symbolic links followed; nil if there is none.
  public func bytes(at path: String) throws(EvidenceGap) -> [UInt8]? {
    guard let entry = try entry(at: path) else { return nil }
    return try bytes(of: entry)
  }

  /// The bytes of a regular file, symbolic links followed.
  public func bytes(of entry: FileEntry) throws(EvidenceGap) -> [UInt8] {
    guard case .found(let file) = index.target(of: entry) else {
      throw EvidenceGap(path: entry.path, reason: "the symbolic link leads nowhere")
    }
    guard file.type == .regular else {
      // A configuration file that is a link to /dev/null reads as empty.
      if file.type == .characterDevice { return [] }
      throw EvidenceGap(path: file.path, reason: "not a regular file but a \(file.type.rawValue)")
    }
    switch contents[file.id] ?? .notCollected {
    case .bytes(let bytes): return bytes
    case .tooLarge(let size): throw EvidenceGap(path: file.path, reason: "too large to read: \(size) bytes")
    case .unreadable(let reason): throw EvidenceGap(path: file.path, reason: reason)
    case .notCollected: throw EvidenceGap(path: file.path, reason: "not in the evidence that was collected")
    }
  }

  /// A regular file as numbered lines, symbolic links followed; nil if there is none.
  public func text(at path: String) throws(EvidenceGap) -> TextFile? {
    guard let entry = try entry(at: path) else { return nil }
    return try text(of: entry)
  }

  /// A regular file as numbered lines, symbolic links followed. The path stays the one that was asked.
  public func text(of entry: FileEntry) throws(EvidenceGap) -> TextFile {
    TextFile(path: entry.path, bytes: try bytes(of: entry))
  }
}

/// A text file as numbered lines. What is not UTF-8 becomes U+FFFD.
public struct TextFile: Sendable, Hashable {
  /// One line, without its line feed.
  public struct Line: Sendable, Hashable {
    /// Counted from 1.
    public var number: Int
    public var text: String
  }

  public var path: String
  public var lines: [Line]

  /// Splits bytes at line feeds; a carriage return before one is dropped.
  public init(path: String, bytes: [UInt8]) {
    self.path = path
    var lines: [Line] = []
    var number = 0
    for part in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      number += 1
      let end = part.last == UInt8(ascii: "\r") ? part.dropLast() : part
      lines.append(Line(number: number, text: String(decoding: end, as: UTF8.self)))
    }
    if lines.last?.text.isEmpty == true { lines.removeLast() }
    self.lines = lines
  }
}
