/// Microsoft's Virtual Hard Disk, format version 1.0 ("Virtual Hard Disk Image Format Specification").
enum VHDHeader {
  static func matches(_ reader: ImageReader) -> Bool {
    reader.has("conectix", at: 0) || reader.has("conectix", at: reader.size - 512)
  }

  static func read(_ reader: ImageReader) throws(ImageError) -> ImageHeader {
    guard reader.has("conectix", at: reader.size - 512) else {
      throw reader.damaged("the VHD footer is missing")
    }
    let footer = reader.size - 512
    guard let size = reader.big(UInt64.self, at: footer + 48),
      let type = reader.big(UInt32.self, at: footer + 60),
      let dataOffset = reader.big(UInt64.self, at: footer + 16), size <= UInt64(Int64.max)
    else { throw reader.damaged("the VHD footer is cut off") }
    var header = ImageHeader(virtualSize: Int64(size))
    switch type {
    case 2:
      guard reader.size - 512 >= Int64(size) else {
        throw reader.damaged("shorter than the disk that it holds")
      }
    case 3, 4:
      guard let start = Int64(exactly: dataOffset), reader.has("cxsparse", at: start),
        let table = reader.big(UInt64.self, at: start + 16),
        let blocks = reader.big(UInt32.self, at: start + 28),
        blocks <= 16 << 20, let tableStart = Int64(exactly: table),
        let entries = reader.bytes(at: tableStart, count: Int(blocks) * 4)
      else { throw reader.damaged("the VHD block table lies beyond the end of the file") }
      for position in stride(from: 0, to: entries.count, by: 4) {
        let sector = UInt32(bigEndian: entries[position..<position + 4])
        if sector != .max, Int64(sector) * 512 >= reader.size {
          throw reader.damaged("data lies beyond the end of the file")
        }
      }
      if type == 4 { header.references.append(.init(role: "parent", name: parentName(reader, start))) }
    default: throw reader.damaged("disk type \(type) is unknown")
    }
    return header
  }

  /// The parent's name in UTF-16, big endian, at most 256 units.
  private static func parentName(_ reader: ImageReader, _ header: Int64) -> String {
    let bytes = reader.bytes(at: header + 64, count: 512) ?? []
    let units = stride(from: 0, to: bytes.count, by: 2).map { UInt16(bigEndian: bytes[$0..<$0 + 2]) }
    return displayText(String(decoding: units.prefix { $0 != 0 }, as: UTF16.self).utf8)
  }
}
