/// Where a compressed stream ends, found without unpacking it, for forms whose reader takes what follows for a damaged
/// part of the stream. Every step goes forward by at least one byte.
enum CompressedStream {
  /// The place behind the stream at the start of the bytes; nil for a form that does not tell, or a damaged stream.
  static func end(of bytes: ArraySlice<UInt8>) -> Int? {
    var walk = Walk(bytes)
    if bytes.starts(with: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]) { return walk.xz() }
    if bytes.starts(with: [0x28, 0xb5, 0x2f, 0xfd]) { return walk.zstd() }
    if bytes.starts(with: [0x02, 0x21, 0x4c, 0x18]) { return walk.lz4() }
    return nil
  }

  private struct Walk {
    private let bytes: ArraySlice<UInt8>
    private let begin: Int
    private var place: Int

    init(_ bytes: ArraySlice<UInt8>) {
      self.bytes = bytes
      begin = bytes.startIndex
      place = begin
    }

    /// A number, the least byte first; nil behind the end.
    private func number(_ count: Int, at place: Int) -> Int? {
      guard count <= bytes.endIndex - place else { return nil }
      return bytes[place..<place + count].reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    private mutating func skip(_ count: Int) -> Bool {
      guard count >= 0, count <= bytes.endIndex - place else { return false }
      place += count
      return true
    }

    /// The .xz file format 1.2: header, blocks, index, footer. The last filter of a block is LZMA2, whose chunks tell
    /// their sizes.
    mutating func xz() -> Int? {
      guard let check = number(1, at: place + 7), skip(12) else { return nil }
      let sizes = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64]
      while let header = number(1, at: place), header != 0 {
        guard skip((header + 1) * 4) else { return nil }
        let start = place
        guard skipLZMA2(), skip((4 - (place - start) % 4) % 4), skip(sizes[check & 15]) else { return nil }
      }
      return skipIndex() && skip(12) ? place : nil
    }

    private mutating func skipLZMA2() -> Bool {
      while let control = number(1, at: place) {
        switch control {
        case 0: return skip(1)
        case 1, 2:
          guard let size = number(1, at: place + 1), let low = number(1, at: place + 2) else { return false }
          guard skip(3 + (size << 8 | low) + 1) else { return false }
        case 0x80...:
          guard let size = number(1, at: place + 3), let low = number(1, at: place + 4) else { return false }
          guard skip((control >= 0xc0 ? 6 : 5) + (size << 8 | low) + 1) else { return false }
        default: return false
        }
      }
      return false
    }

    private mutating func skipIndex() -> Bool {
      let start = place
      guard skip(1), let records = variable() else { return false }
      for _ in 0..<records {
        guard variable() != nil, variable() != nil else { return false }
      }
      return skip((4 - (place - start) % 4) % 4) && skip(4)
    }

    /// Seven bits a byte, the lowest first. Larger numbers than a file can have are none.
    private mutating func variable() -> Int? {
      var value = 0
      for shift in stride(from: 0, through: 49, by: 7) {
        guard let byte = number(1, at: place), skip(1) else { return nil }
        value |= (byte & 0x7f) << shift
        if byte & 0x80 == 0 { return value }
      }
      return nil
    }

    /// RFC 8878, 3.1.1: header, blocks that tell their sizes, a checksum.
    mutating func zstd() -> Int? {
      guard let descriptor = number(1, at: place + 4), skip(5) else { return nil }
      let isSingle = descriptor & 0x20 != 0
      let content = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6]
      guard skip((isSingle ? 0 : 1) + [0, 1, 2, 4][descriptor & 3] + content) else { return nil }
      while let block = number(3, at: place) {
        let isRunLength = block >> 1 & 3 == 1
        guard skip(3 + (isRunLength ? 1 : block >> 3)) else { return nil }
        if block & 1 == 1 { return skip(descriptor & 4 != 0 ? 4 : 0) ? place : nil }
      }
      return nil
    }

    /// LZ4's legacy frame ("LZ4 Frame Format", 1.6): blocks of at most 8 MiB unpacked up to what is no size of one.
    mutating func lz4() -> Int? {
      let largest = (8 << 20) + (8 << 20) / 255 + 16
      guard skip(4) else { return nil }
      while let size = number(4, at: place), size > 0, size <= largest {
        guard skip(4 + size) else { return nil }
      }
      return place > begin + 4 ? place : nil
    }
  }
}
