import DiskImages

/// A guest that was collected before: what was read then can be read again, the rest is `notCollected`.
public final class RecordedFilesystem: GuestFilesystem {
  private let evidence: Evidence
  /// What reading has cost so far.
  public private(set) var cost = ReadCost()

  /// A guest as the evidence shows it.
  public init(_ evidence: Evidence) { self.evidence = evidence }

  public func readIndex() throws(GuestReadError) -> FileIndex { evidence.index }

  public func readContents(
    of files: [FileEntry], limit: Int, _ body: (FileEntry, FileContent) -> Void
  ) throws(GuestReadError) {
    for file in files {
      let content = evidence.contents[file.id] ?? .notCollected
      if case .bytes(let bytes) = content { cost.contentBytes += Int64(bytes.count) }
      body(file, content)
    }
  }

  /// A bundle holds no more of such a file than its head.
  public func readHeads(
    of files: [FileEntry], length: Int, _ body: (FileEntry, FileContent) -> Void
  ) throws(GuestReadError) {
    try readContents(of: files, limit: .max, body)
  }

  /// Only probes ask for parts, and a bundle holds their answers.
  public func readRanges(
    _ ranges: [FileRange], _ body: (FileRange, FileContent) -> Void
  ) throws(GuestReadError) {
    for range in ranges { body(range, .notCollected) }
  }

  /// Only probes ask for digests, and a bundle holds their answers.
  public func digests(
    of files: [FileEntry], algorithm: DigestAlgorithm, _ body: (FileEntry, FileDigest) -> Void
  ) throws(GuestReadError) {
    for file in files { body(file, .unreadable(reason: "not in the evidence that was collected")) }
  }
}
