import Binaries
import DiskImages

/// Reads many files from the few blocks that a parser asks for; the blocks of all files of a round are one request
/// to the file system.
public struct BlockReading: Sendable {
  /// Bytes that are read of every file at first.
  public var headLength = 8192
  /// Files up to this size are read from end to end: that costs no more than their parts.
  public var wholeLimit = 24 << 10
  /// How often a parser may ask for further blocks of one file.
  public var roundLimit = 12
  /// Bytes of one file.
  public var fileLimit: Int64 = 16 << 20
  /// Bytes of all files together.
  public var totalLimit: Int64 = 256 << 20
  /// Files whose blocks are in memory at the same time.
  public var batch = 512
  /// Blocks that are no farther apart are read as one: that many bytes cost as much as a request.
  public var gapLimit: UInt64 = 12 << 10

  /// The usual limits.
  public init() {}

  /// Hands every file to `parse` as soon as all blocks that it needs are known.
  ///
  /// - Parameter parse: takes what it wants from the file. It is called again with more blocks after it has thrown
  ///   `BinaryError.needs`.
  /// - Returns: the files that could not be read or are damaged, by `FileEntry.id`, with the reason.
  /// - Throws: only when reading as a whole failed.
  public func read(
    _ files: [FileEntry], from filesystem: any GuestFilesystem,
    _ parse: (FileEntry, PartialFile) throws(BinaryError) -> Void
  ) throws(GuestReadError) -> [UInt32: String] {
    var unread: [UInt32: String] = [:]
    var spent: Int64 = 0
    var rest = files[...]
    while !rest.isEmpty {
      let next = rest.prefix(batch)
      rest = rest.dropFirst(batch)
      try read(batch: Array(next), from: filesystem, parse, &spent, &unread)
    }
    return unread
  }

  /// A file under way.
  private struct Pending {
    var file: FileEntry
    var known: PartialFile
    var wanted: [Range<UInt64>]
    var bytes: Int64 = 0
  }

  private func read(
    batch: [FileEntry], from filesystem: any GuestFilesystem,
    _ parse: (FileEntry, PartialFile) throws(BinaryError) -> Void,
    _ spent: inout Int64, _ unread: inout [UInt32: String]
  ) throws(GuestReadError) {
    var pending: [UInt32: Pending] = [:]
    for file in batch {
      let size = UInt64(max(0, file.metadata.size))
      let first = size <= UInt64(wholeLimit) ? size : min(size, UInt64(headLength))
      pending[file.id] = Pending(file: file, known: PartialFile(size: size), wanted: [0..<first])
    }
    for round in 0...roundLimit where !pending.isEmpty {
      if round == roundLimit {
        for id in pending.keys { unread[id] = "its headers lead from block to block" }
        return
      }
      try fetch(&pending, from: filesystem, &spent, &unread)
      for (id, item) in pending {
        switch refusal(of: item, parse) {
        case nil: pending[id] = nil
        case .needs(let ranges): pending[id]?.wanted = ranges
        case .damaged(let reason):
          unread[id] = reason
          pending[id] = nil
        }
      }
    }
  }

  private func refusal(
    of item: Pending, _ parse: (FileEntry, PartialFile) throws(BinaryError) -> Void
  ) -> BinaryError? {
    do throws(BinaryError) {
      try parse(item.file, item.known)
      return nil
    } catch {
      return error
    }
  }

  /// Reads what is wanted, in the order of the files, and drops the files of which that is not possible.
  private func fetch(
    _ pending: inout [UInt32: Pending], from filesystem: any GuestFilesystem,
    _ spent: inout Int64, _ unread: inout [UInt32: String]
  ) throws(GuestReadError) {
    var ranges: [FileRange] = []
    for (id, item) in pending.sorted(by: { $0.key < $1.key }) {
      let blocks = joined(item.wanted)
      let length = blocks.reduce(Int64(0)) { $0 &+ Int64(clamping: $1.count) }
      if length > fileLimit - item.bytes {
        unread[id] = "more than \(fileLimit) bytes of it would have to be read"
        pending[id] = nil
      } else if length > totalLimit - spent {
        unread[id] = "the limit of \(totalLimit) bytes for all files together is used up"
        pending[id] = nil
      } else {
        spent += length
        pending[id]?.bytes += length
        ranges += blocks.map { FileRange(item.file, offset: Int64($0.lowerBound), length: $0.count) }
      }
    }
    var got: [(FileRange, FileContent)] = []
    try filesystem.readRanges(ranges) { got.append(($0, $1)) }
    for (range, content) in got {
      let id = range.file.id
      switch content {
      case .bytes(let bytes) where bytes.count == range.length:
        pending[id]?.known.add(bytes, at: UInt64(range.offset))
      case .bytes: unread[id] = "the file is shorter than its size says"
      case .unreadable(let reason): unread[id] = reason
      case .tooLarge, .notCollected: unread[id] = "not collected"
      }
      if unread[id] != nil { pending[id] = nil }
    }
  }

  /// Ranges in order, those that nearly touch as one.
  private func joined(_ ranges: [Range<UInt64>]) -> [Range<UInt64>] {
    var joined: [Range<UInt64>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) where !range.isEmpty {
      if let last = joined.last, range.lowerBound <= last.upperBound &+ gapLimit {
        joined[joined.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        joined.append(range)
      }
    }
    return joined
  }
}
