import DiskImages
import Evidence

/// Compares the contents of packaged files with the digests that the package database records.
///
/// Neither contents nor digests are kept of what is as recorded; of a program that differs its digest is, for people
/// who look it up elsewhere.
public struct DigestProbe: ContentProbe, Hashable {
  /// Which files are compared.
  public enum Scope: String, Sendable, Hashable, Codable, CaseIterable {
    case none
    /// Files that can be executed, and shared objects (`FileEntry.isProgram`). Kernel modules are none.
    case executables
    case all
  }

  /// What is known of one file.
  public struct Record: Codable, Sendable, Hashable {
    /// Whether the content is what one of its packages records.
    public var isUnaltered: Bool
    /// What the content is, in hexadecimal; only of altered programs.
    public var digest: String?
  }

  public static let name = "digests"
  public var words: String { "comparing packaged files" }

  /// Bytes of one file, and of all files together; sparse files of any size cost an image nothing.
  static let fileLimit: Int64 = 2 << 30
  static let totalLimit: Int64 = 64 << 30

  /// Nil where nobody has chosen.
  private let chosen: Scope?
  var scope: Scope { chosen ?? .executables }

  /// A probe for the scope, or where it is nil for what somebody else chooses.
  public init(scope: Scope? = nil) { chosen = scope }

  /// What somebody has chosen counts; of two choices the wider.
  public func union(_ other: Self) -> Self {
    guard let own = chosen, let others = other.chosen else { return Self(scope: chosen ?? other.chosen) }
    let order = Scope.allCases
    return (order.firstIndex(of: own) ?? 0) < (order.firstIndex(of: others) ?? 0) ? other : self
  }

  public func answer(
    _ evidence: Evidence, _ filesystem: any GuestFilesystem
  ) throws(GuestReadError) -> ProbeAnswer<Record> {
    var answer = ProbeAnswer<Record>(scope: scope.rawValue)
    if scope == .none { return answer }
    // Where the database cannot be read, whoever asks for the records learns why.
    guard let files = try? RecordedFiles(GuestFacts(evidence, asOf: 0)) else { return answer }
    var budget = Self.totalLimit
    for (algorithm, expected) in expectations(files, evidence.index).sorted(by: {
      $0.key.rawValue < $1.key.rawValue
    }) {
      var wanted: [FileEntry] = []
      for file in expected.keys.sorted().compactMap({ evidence.index.entry(id: $0) }) {
        let size = max(0, file.metadata.size)
        if size > Self.fileLimit || size > budget {
          answer.unread[file.id] = "too large to compare: \(size) bytes"
        } else {
          budget -= size
          wanted.append(file)
        }
      }
      try filesystem.digests(of: wanted, algorithm: algorithm) { file, digest in
        switch digest {
        case .hex(let hex):
          let isUnaltered = expected[file.id]?.contains(hex) == true
          let shown = isUnaltered || !file.isProgram ? nil : hex
          answer.records[file.id] = Record(isUnaltered: isUnaltered, digest: shown)
        case .unreadable(let reason): answer.unread[file.id] = reason
        }
      }
    }
    return answer
  }

  /// The digests that packages record of each file, by the file's number. A link is followed: what counts is what a
  /// program that opens the path reads.
  private func expectations(
    _ files: RecordedFiles, _ index: FileIndex
  ) -> [DigestAlgorithm: [UInt32: Set<String>]] {
    var expected: [DigestAlgorithm: [UInt32: Set<String>]] = [:]
    for item in files.items {
      guard let digest = item.record.digest, let file = item.comparedFile(index),
        scope == .all || file.isProgram
      else { continue }
      expected[digest.algorithm, default: [:]][file.id, default: []].insert(digest.hex)
    }
    return expected
  }
}

extension RecordedFiles.Item {
  /// The regular file whose content should be as recorded; nil if there is none, or if the content may change.
  public func comparedFile(_ index: FileIndex) -> FileEntry? {
    guard record.digest != nil, !record.isConfiguration, !record.isContentFree,
      case .entry(let entry) = place, entry.type == .regular || !record.isLinkDigested,
      case .found(let file) = index.target(of: entry), file.type == .regular
    else { return nil }
    return file
  }
}
