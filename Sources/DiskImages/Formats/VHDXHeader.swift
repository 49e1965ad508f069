/// Microsoft's VHDX ([MS-VHDX]).
enum VHDXHeader {
  static func matches(_ reader: ImageReader) -> Bool { reader.has("vhdxfile", at: 0) }

  private static let metadataRegion = guid("8B7CA206-4790-4B9A-B8FE-575F050F886E")
  private static let blockTableRegion = guid("2DC27766-F623-4200-9D64-115E9BFD4A08")
  private static let fileParameters = guid("CAA16737-FA36-4D43-B3B6-33F0AA44E76B")
  private static let diskSize = guid("2FA54224-CD1B-4876-B211-5DBED83BF4B8")

  static func read(_ reader: ImageReader) throws(ImageError) -> ImageHeader {
    let regions = try regions(reader)
    guard let metadata = regions[metadataRegion], let table = regions[blockTableRegion] else {
      throw reader.damaged("the VHDX has no metadata")
    }
    guard reader.has("metadata", at: metadata.offset),
      let count = reader.little(UInt16.self, at: metadata.offset + 10),
      count <= 2047
    else { throw reader.damaged("the VHDX metadata is cut off") }
    var header = ImageHeader(virtualSize: -1)
    var blockSize: Int64 = 0
    for number in 0..<Int64(count) {
      let entry = metadata.offset + 32 + number * 32
      guard let identifier = reader.bytes(at: entry, count: 16),
        let offset = reader.little(UInt32.self, at: entry + 16)
      else { throw reader.damaged("the VHDX metadata is cut off") }
      let item = metadata.offset + Int64(offset)
      if identifier == diskSize {
        guard let size = reader.little(UInt64.self, at: item), size <= UInt64(Int64.max) else {
          throw reader.damaged("the VHDX metadata is cut off")
        }
        header.virtualSize = Int64(size)
      } else if identifier == fileParameters {
        guard let size = reader.little(UInt32.self, at: item),
          let flags = reader.little(UInt32.self, at: item + 4)
        else { throw reader.damaged("the VHDX metadata is cut off") }
        blockSize = Int64(size)
        // Bit 1: HasParent.
        if flags & 2 != 0 { header.references.append(.init(role: "parent", name: "(in its parent locator)")) }
      }
    }
    guard header.virtualSize >= 0 else { throw reader.damaged("the VHDX does not say its size") }
    try testBlocks(reader, table, blockSize: min(blockSize, header.virtualSize))
    return header
  }

  /// Every block that is present has to lie inside the file; entries are as in [MS-VHDX] 2.5.1.
  private static func testBlocks(
    _ reader: ImageReader, _ table: (offset: Int64, size: Int64), blockSize: Int64
  ) throws(ImageError) {
    guard table.size <= 64 << 20, let entries = reader.bytes(at: table.offset, count: Int(table.size)) else {
      throw reader.damaged("the VHDX block table lies beyond the end of the file")
    }
    for position in stride(from: 0, to: entries.count - 7, by: 8) {
      let entry = UInt64(littleEndian: entries[position..<position + 8])
      let isPresent = entry & 7 >= 6
      if isPresent, Int64((entry >> 20) << 20 & 0x7fff_ffff_ffff_ffff) > reader.size - blockSize {
        throw reader.damaged("data lies beyond the end of the file")
      }
    }
  }

  /// Offsets of the regions that the first intact region table lists, by GUID as stored.
  private static func regions(_ reader: ImageReader) throws(ImageError) -> [[UInt8]: (
    offset: Int64, size: Int64
  )] {
    for start in [Int64(192 << 10), Int64(256 << 10)] where reader.has("regi", at: start) {
      guard let count = reader.little(UInt32.self, at: start + 8), count <= 2047 else { continue }
      var result: [[UInt8]: (Int64, Int64)] = [:]
      for number in 0..<Int64(count) {
        let entry = start + 16 + number * 32
        guard let identifier = reader.bytes(at: entry, count: 16),
          let offset = reader.little(UInt64.self, at: entry + 16).flatMap(Int64.init(exactly:)),
          let size = reader.little(UInt32.self, at: entry + 24)
        else { throw reader.damaged("the VHDX region table is cut off") }
        result[identifier] = (offset, Int64(size))
      }
      return result
    }
    throw reader.damaged("the VHDX has no region table")
  }

  /// A GUID as it is stored: the first three fields little endian.
  private static func guid(_ text: String) -> [UInt8] {
    let fields = text.split(separator: "-").map { field in
      stride(from: 0, to: field.count, by: 2).compactMap { offset -> UInt8? in
        let start = field.index(field.startIndex, offsetBy: offset)
        return UInt8(field[start..<field.index(start, offsetBy: 2)], radix: 16)
      }
    }
    return fields.prefix(3).flatMap { $0.reversed() } + fields.dropFirst(3).joined()
  }
}
