/// qcow2, versions 2 and 3 (qemu, docs/interop/qcow2.txt).
enum Qcow2Header {
  private static let dataFileRole = "external data file"

  static func matches(_ reader: ImageReader) -> Bool { reader.big(UInt32.self, at: 0) == 0x5146_49fb }

  static func read(_ reader: ImageReader) throws(ImageError) -> ImageHeader {
    guard let version = reader.big(UInt32.self, at: 4), let backingOffset = reader.big(UInt64.self, at: 8),
      let backingSize = reader.big(UInt32.self, at: 16), let clusterBits = reader.big(UInt32.self, at: 20),
      let size = reader.big(UInt64.self, at: 24), let encryption = reader.big(UInt32.self, at: 32),
      let entries = reader.big(UInt32.self, at: 36), let table = reader.big(UInt64.self, at: 40)
    else { throw reader.damaged("the qcow2 header is cut off") }
    guard version == 2 || version == 3 else {
      throw ImageError("\(reader.path): qcow version \(version) is not supported; convert it with qemu-img")
    }
    guard (9...21).contains(clusterBits), size <= UInt64(Int64.max) else {
      throw reader.damaged("the qcow2 header makes no sense")
    }
    if encryption != 0 {
      throw ImageError(
        "\(reader.path): the qcow2 image itself is encrypted; decrypt it with qemu-img convert before the scan"
      )
    }
    var header = ImageHeader(virtualSize: Int64(size))
    if backingOffset != 0 {
      guard backingSize <= 1023, let offset = Int64(exactly: backingOffset),
        let name = reader.bytes(at: offset, count: Int(backingSize))
      else { throw reader.damaged("the name of the backing file lies outside") }
      header.references.append(.init(role: "backing file", name: String(decoding: name, as: UTF8.self)))
    }
    if version == 3 { try readExtensions(reader, &header) }
    // With an external data file the tables hold offsets into that file.
    if !header.references.contains(where: { $0.role == dataFileRole }) {
      try testTables(reader, table: table, entries: entries, clusterBits: clusterBits)
    }
    return header
  }

  private static func readExtensions(_ reader: ImageReader, _ header: inout ImageHeader) throws(ImageError) {
    guard let incompatible = reader.big(UInt64.self, at: 72), let length = reader.big(UInt32.self, at: 100)
    else {
      throw reader.damaged("the qcow2 header is cut off")
    }
    let hasDataFile = incompatible & 1 << 2 != 0
    var dataFile: String?
    var offset = Int64(length)
    for _ in 0..<64 {
      guard let type = reader.big(UInt32.self, at: offset), type != 0,
        let size = reader.big(UInt32.self, at: offset + 4), size <= 1 << 20
      else { break }
      if type == 0x4441_5441 || type == 0xe279_2aca {
        guard let bytes = reader.bytes(at: offset + 8, count: Int(size)) else {
          throw reader.damaged("a qcow2 header extension lies outside")
        }
        let text = String(decoding: bytes, as: UTF8.self)
        if type == 0x4441_5441 { dataFile = text } else { header.backingFormat = text }
      }
      offset += 8 + (Int64(size) + 7) / 8 * 8
    }
    if hasDataFile || dataFile != nil {
      header.references.append(.init(role: dataFileRole, name: dataFile ?? "(unnamed)"))
    }
  }

  /// Every table and cluster that the first-level table reaches has to lie inside the file.
  private static func testTables(
    _ reader: ImageReader, table: UInt64, entries: UInt32, clusterBits: UInt32
  ) throws(ImageError) {
    let offsetMask: UInt64 = 0x00ff_ffff_ffff_fe00
    let cluster = Int64(1) << Int64(clusterBits)
    guard entries <= 4 << 20, let start = Int64(exactly: table),
      let first = reader.bytes(at: start, count: Int(entries) * 8)
    else { throw reader.damaged("the qcow2 cluster table lies beyond the end of the file") }
    var tables = 0
    for position in stride(from: 0, to: first.count, by: 8) {
      let offset = UInt64(bigEndian: first[position..<position + 8]) & offsetMask
      guard offset != 0 else { continue }
      // Enough to see a file that was cut off: tables lie in the order in which they were written.
      tables += 1
      if tables > 4096 { return }
      guard let second = reader.bytes(at: Int64(offset), count: Int(cluster)) else {
        throw reader.damaged("a qcow2 cluster table lies beyond the end of the file")
      }
      for entry in stride(from: 0, to: second.count, by: 8) {
        let value = UInt64(bigEndian: second[entry..<entry + 8])
        let isCompressed = value & 1 << 62 != 0
        let host = value & offsetMask
        if !isCompressed, host != 0, Int64(host) >= reader.size {
          throw reader.damaged("data lies beyond the end of the file")
        }
      }
    }
  }
}
