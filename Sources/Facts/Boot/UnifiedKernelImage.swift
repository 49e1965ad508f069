/// A kernel with its command line in one PE file (Unified Kernel Image specification, UAPI.5).
enum UnifiedKernelImage {
  /// The content of a section such as `.cmdline`; nil if the file is no PE file or has no such section.
  ///
  /// The layout is that of Microsoft's "PE Format": `e_lfanew` at 0x3c, the file header behind the signature, section
  /// headers of 40 bytes behind the optional header.
  static func section(_ name: String, of bytes: [UInt8]) -> [UInt8]? {
    guard bytes.starts(with: [0x4d, 0x5a]), let header = number(bytes, at: 0x3c, size: 4),
      bytes.dropFirst(header).starts(with: [0x50, 0x45, 0, 0]),
      let count = number(bytes, at: header + 6, size: 2),
      let optional = number(bytes, at: header + 20, size: 2)
    else { return nil }
    for index in 0..<min(count, 96) {
      let entry = header + 24 + optional + index * 40
      guard entry + 40 <= bytes.count, let size = number(bytes, at: entry + 8, size: 4),
        let stored = number(bytes, at: entry + 16, size: 4),
        let start = number(bytes, at: entry + 20, size: 4)
      else { return nil }
      guard bytes[entry..<entry + 8].prefix(while: { $0 != 0 }).elementsEqual(name.utf8) else { continue }
      let length = min(size, stored)
      guard start <= bytes.count, length <= bytes.count - start else { return nil }
      return Array(bytes[start..<start + length])
    }
    return nil
  }

  private static func number(_ bytes: [UInt8], at offset: Int, size: Int) -> Int? {
    guard offset >= 0, offset <= bytes.count - size else { return nil }
    return bytes[offset..<offset + size].reversed().reduce(0) { $0 << 8 | Int($1) }
  }
}
