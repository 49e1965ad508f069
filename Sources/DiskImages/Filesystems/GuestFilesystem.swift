/// One guest's file tree, merged as the guest's own mounts merge it. Every later stage reads through this.
///
/// Implementations answer few large requests: the whole index, then the contents of many files.
public protocol GuestFilesystem: AnyObject {
  /// Every inode of the guest.
  func readIndex() throws(GuestReadError) -> FileIndex

  /// Reads regular files and hands each to `body` once, in any order.
  ///
  /// - Parameters:
  ///   - files: regular files of the index that `readIndex` gave.
  ///   - limit: files with more bytes than this are handed over as `.tooLarge`, unread.
  /// - Throws: only when reading as a whole failed; a file that cannot be read is `.unreadable`.
  func readContents(
    of files: [FileEntry], limit: Int, _ body: (FileEntry, FileContent) -> Void
  ) throws(GuestReadError)

  /// Reads the first bytes of regular files and hands each to `body` once, in any order.
  ///
  /// - Parameters:
  ///   - files: regular files of the index that `readIndex` gave.
  ///   - length: how many bytes of a file are read at most.
  /// - Throws: only when reading as a whole failed; a file that cannot be read is `.unreadable`.
  func readHeads(
    of files: [FileEntry], length: Int, _ body: (FileEntry, FileContent) -> Void
  ) throws(GuestReadError)

  /// Reads parts of regular files and hands each to `body` once, in any order. What lies behind the end of a file is
  /// left out, so that the bytes can be fewer than were asked.
  ///
  /// - Throws: only when reading as a whole failed; a part that cannot be read is `.unreadable`.
  func readRanges(
    _ ranges: [FileRange], _ body: (FileRange, FileContent) -> Void
  ) throws(GuestReadError)

  /// Digests of regular files, each handed to `body` once, in any order.
  ///
  /// - Parameter files: regular files of the index that `readIndex` gave.
  /// - Throws: only when reading as a whole failed; a file that cannot be read is `.unreadable`.
  func digests(
    of files: [FileEntry], algorithm: DigestAlgorithm, _ body: (FileEntry, FileDigest) -> Void
  ) throws(GuestReadError)

  /// What reading has cost so far.
  var cost: ReadCost { get }
}

/// A part of a regular file.
public struct FileRange: Hashable, Sendable {
  public var file: FileEntry
  /// Bytes from the start of the file; not negative.
  public var offset: Int64
  /// In bytes.
  public var length: Int

  /// Names `length` bytes of `file` from `offset`.
  public init(_ file: FileEntry, offset: Int64, length: Int) {
    self.file = file
    self.offset = offset
    self.length = length
  }
}

/// The content of one regular file, or why there is none.
public enum FileContent: Sendable, Hashable {
  case bytes([UInt8])
  /// Larger than the limit; `size` in bytes.
  case tooLarge(size: Int64)
  case unreadable(reason: String)
  /// An evidence bundle that was made without this file.
  case notCollected
}

/// Reading a guest failed as a whole.
public struct GuestReadError: Error, Hashable, Sendable, CustomStringConvertible {
  /// One line for people: what failed, on what, what to do next.
  public var description: String

  /// Describes the failure in one line.
  public init(_ description: String) { self.description = description }
}

/// What reading a guest has cost.
public struct ReadCost: Hashable, Sendable {
  /// Requests to the appliance or the operating system.
  public var requests = 0
  /// Bytes of file content that were transferred.
  public var contentBytes: Int64 = 0

  /// Nothing read so far.
  public init() {}
}
