/// Makes small PE files.
public struct PESample {
  public var is64Bit = true
  public var machine: UInt16 = 0x8664
  public var characteristics: UInt16 = 0x22
  public var dllCharacteristics: UInt16 = 0x160
  public var subsystem: UInt16 = 3
  /// Address and size by number.
  public var directories: [Int: (address: UInt32, size: UInt32)] = [:]
  public var sections: [(name: String, characteristics: UInt32, content: [UInt8])] = [
    (".text", 0x6000_0020, [0xc3])
  ]

  /// A program for x86_64 that can be moved and whose data is not executable.
  public init() {}

  private func number(_ value: UInt64, _ size: Int) -> [UInt8] {
    (0..<size).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
  }

  /// The file; section contents follow the headers at 0x400 in steps of 0x200 bytes, loaded at 0x1000 and so on.
  public var bytes: [UInt8] {
    var bytes = Array("MZ".utf8) + [UInt8](repeating: 0, count: 58) + number(0x40, 4)
    bytes += Array("PE".utf8) + [0, 0] + number(UInt64(machine), 2) + number(UInt64(sections.count), 2)
    let optional = (is64Bit ? 112 : 96) + 128
    bytes +=
      [UInt8](repeating: 0, count: 12) + number(UInt64(optional), 2) + number(UInt64(characteristics), 2)
    var header = [UInt8](repeating: 0, count: optional)
    func set(_ offset: Int, _ value: UInt64, _ size: Int) {
      header.replaceSubrange(offset..<(offset + size), with: number(value, size))
    }
    set(0, is64Bit ? 0x20b : 0x10b, 2)
    set(16, 0x1000, 4)
    set(60, 0x400, 4)
    set(68, UInt64(subsystem), 2)
    set(70, UInt64(dllCharacteristics), 2)
    set(is64Bit ? 108 : 92, 16, 4)
    for (index, directory) in directories {
      set((is64Bit ? 112 : 96) + index * 8, UInt64(directory.address), 4)
      set((is64Bit ? 112 : 96) + index * 8 + 4, UInt64(directory.size), 4)
    }
    bytes += header
    var offset = 0x400
    for (index, section) in sections.enumerated() {
      let stored = max(0x200, (section.content.count + 0x1ff) / 0x200 * 0x200)
      bytes += Array((Array(section.name.utf8) + [UInt8](repeating: 0, count: 8)).prefix(8))
      bytes += number(UInt64(section.content.count), 4) + number(UInt64(0x1000 * (index + 1)), 4)
      bytes += number(UInt64(stored), 4) + number(UInt64(offset), 4) + [UInt8](repeating: 0, count: 12)
      offset += stored
      bytes += number(UInt64(section.characteristics), 4)
    }
    bytes += [UInt8](repeating: 0, count: 0x400 - bytes.count)
    for section in sections {
      let stored = max(0x200, (section.content.count + 0x1ff) / 0x200 * 0x200)
      bytes += section.content + [UInt8](repeating: 0, count: stored - section.content.count)
    }
    return bytes
  }
}
