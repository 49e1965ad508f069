/// A file of which only some blocks are known, so that a few of them suffice to judge a large file.
///
/// Who parses it asks for bytes. Where they are not known yet, `BinaryError.needs` says which blocks to fetch, and
/// the parse is repeated once they are there.
public struct PartialFile: Sendable {
  private struct Block: Sendable {
    var offset: UInt64
    var bytes: [UInt8]
    var end: UInt64 { offset + UInt64(bytes.count) }
  }

  /// Length of the file, in bytes.
  public let size: UInt64
  /// In order, without overlaps.
  private var blocks: [Block] = []

  /// A file of `size` bytes of which nothing is known.
  public init(size: UInt64) { self.size = size }

  /// A file that is known from end to end.
  public init(_ bytes: [UInt8]) {
    size = UInt64(bytes.count)
    add(bytes, at: 0)
  }

  /// Makes bytes known; what lies behind the end of the file is dropped.
  public mutating func add(_ bytes: [UInt8], at offset: UInt64) {
    guard offset < size, !bytes.isEmpty else { return }
    var block = Block(offset: offset, bytes: bytes)
    let room = size - offset
    if UInt64(bytes.count) > room { block.bytes.removeLast(bytes.count - Int(room)) }
    let first = blocks.firstIndex { $0.end >= block.offset } ?? blocks.count
    var last = first
    while last < blocks.count, blocks[last].offset <= block.end {
      block = Self.joined(blocks[last], block)
      last += 1
    }
    blocks.replaceSubrange(first..<last, with: [block])
  }

  /// Exactly `count` bytes from `offset`; nil if they do not all lie within the file.
  ///
  /// - Throws: `BinaryError.needs` if they do and are not known yet.
  public func bytes(at offset: UInt64, count: UInt64) throws(BinaryError) -> ArraySlice<UInt8>? {
    guard offset <= size, count <= size - offset else { return nil }
    guard count > 0 else { return [] }
    guard let block = blocks.first(where: { $0.offset <= offset && $0.end >= offset + count }) else {
      throw .needs([offset..<(offset + count)])
    }
    let start = Int(offset - block.offset)
    return block.bytes[start..<(start + Int(count))]
  }

  /// Asks for all of several ranges at once, so that one round fetches them; what lies outside the file is left out.
  public func require(_ ranges: [Range<UInt64>]) throws(BinaryError) {
    let missing = ranges.map { $0.clamped(to: 0..<size) }.filter { !$0.isEmpty && !isKnown($0) }
    if !missing.isEmpty { throw .needs(missing) }
  }

  private func isKnown(_ range: Range<UInt64>) -> Bool {
    blocks.contains { $0.offset <= range.lowerBound && $0.end >= range.upperBound }
  }

  /// Two blocks that touch or overlap, as one.
  private static func joined(_ one: Block, _ other: Block) -> Block {
    var (first, second) = one.offset <= other.offset ? (one, other) : (other, one)
    if second.end > first.end { first.bytes += second.bytes.suffix(Int(second.end - first.end)) }
    second.bytes = []
    return first
  }
}

/// Why a binary could not be read.
public enum BinaryError: Error, Hashable, Sendable {
  /// These bytes of the file have to be known first.
  case needs([Range<UInt64>])
  /// The file contradicts itself or goes beyond a limit; one phrase for people.
  case damaged(String)
}

extension ByteReader.ByteOrder: Codable {
  private enum Name: String, Codable { case little, big }

  /// Reads `little` or `big`.
  public init(from decoder: any Decoder) throws {
    self = try decoder.singleValueContainer().decode(Name.self) == .big ? .big : .little
  }

  /// Writes `little` or `big`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(self == .big ? Name.big : .little)
  }
}
