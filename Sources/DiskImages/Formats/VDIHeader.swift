/// VirtualBox's disk image, as qemu's block/vdi.c reads it.
enum VDIHeader {
  static func matches(_ reader: ImageReader) -> Bool { reader.little(UInt32.self, at: 0x40) == 0xbeda_107f }

  static func read(_ reader: ImageReader) throws(ImageError) -> ImageHeader {
    guard let type = reader.little(UInt32.self, at: 0x4c), let map = reader.little(UInt32.self, at: 0x154),
      let data = reader.little(UInt32.self, at: 0x158), let size = reader.little(UInt64.self, at: 0x170),
      let blockSize = reader.little(UInt32.self, at: 0x178),
      let blocks = reader.little(UInt32.self, at: 0x180),
      size <= UInt64(Int64.max)
    else { throw reader.damaged("the VDI header is cut off") }
    var header = ImageHeader(virtualSize: Int64(size))
    // Types: 1 dynamic, 2 fixed, 3 undo, 4 differencing.
    if type == 3 || type == 4 {
      header.references.append(.init(role: "parent", name: "(named by VirtualBox)"))
    }
    guard blocks <= 16 << 20, let entries = reader.bytes(at: Int64(map), count: Int(blocks) * 4) else {
      throw reader.damaged("the VDI block map lies beyond the end of the file")
    }
    var last: Int64 = -1
    for position in stride(from: 0, to: entries.count, by: 4) {
      let block = UInt32(littleEndian: entries[position..<position + 4])
      if block < 0xffff_fffe { last = max(last, Int64(block)) }
    }
    if last >= 0, Int64(data) + last * Int64(blockSize) >= reader.size {
      throw reader.damaged("data lies beyond the end of the file")
    }
    return header
  }
}
