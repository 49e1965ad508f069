/// A PE file, read from the blocks that a question needs; see `ELFFile` for what its functions throw.
public struct PEFile: Sendable {
  /// What is known of the file.
  public let file: PartialFile
  public let header: PEHeader

  /// Reads the headers; nil if the file is no PE file.
  public init?(_ file: PartialFile) throws(BinaryError) {
    guard let header = try PEHeader(file) else { return nil }
    self.file = file
    self.header = header
  }

  /// The data directory with the number; nil if there is none or it is empty.
  public func directory(_ number: Int) -> PEDirectory? {
    guard number >= 0, number < header.directories.count, header.directories[number].size > 0 else {
      return nil
    }
    return header.directories[number]
  }

  /// Where a data directory lies in the file; nil if there is none or it lies in no section.
  public func fileRange(ofDirectory number: Int) throws(BinaryError) -> Range<UInt64>? {
    guard let directory = directory(number) else { return nil }
    let start: UInt64
    if number == PEDirectory.certificates {
      start = UInt64(directory.address)
    } else {
      guard let offset = offset(ofAddress: directory.address, in: try sections()) else { return nil }
      start = offset
    }
    guard start <= file.size, UInt64(directory.size) <= file.size - start else {
      throw .damaged("data directory \(number) lies outside the file")
    }
    return start..<(start + UInt64(directory.size))
  }

  /// Where the byte at an address relative to the image base lies in the file.
  public func offset(ofAddress address: UInt32, in sections: [PESection]) -> UInt64? {
    for section in sections where address >= section.address {
      let distance = address - section.address
      if distance < section.fileSize { return UInt64(section.offset) + UInt64(distance) }
    }
    return nil
  }
}

/// An entry of the section table.
public struct PESection: Sendable, Hashable {
  public var name: String
  /// Relative to the image base.
  public var address: UInt32
  /// Bytes in memory.
  public var memorySize: UInt32
  /// Where the content lies in the file, and its length there, padding included.
  public var offset: UInt32
  public var fileSize: UInt32
  /// `IMAGE_SCN_*`.
  public var characteristics: UInt32

  public var isExecutable: Bool { characteristics & 0x2000_0000 != 0 }
  public var isWritable: Bool { characteristics & 0x8000_0000 != 0 }
}

extension PEFile {
  /// The section table. Windows loads at most 96 sections.
  public func sections() throws(BinaryError) -> [PESection] {
    let size: UInt64 = 40
    guard
      let table = try file.bytes(at: header.sectionTableOffset, count: UInt64(header.sectionCount) * size)
    else { throw .damaged("the section table is cut off") }
    let reader = ByteReader(table)
    return (0..<Int(header.sectionCount)).compactMap { index in
      let start = index * Int(size)
      guard let name = reader.slice(at: start, count: 8), let memorySize = reader.u32(at: start + 8),
        let address = reader.u32(at: start + 12), let fileSize = reader.u32(at: start + 16),
        let offset = reader.u32(at: start + 20), let characteristics = reader.u32(at: start + 36)
      else { return nil }
      return PESection(
        name: String(decoding: name.prefix { $0 != 0 }, as: UTF8.self), address: address,
        memorySize: memorySize, offset: offset, fileSize: fileSize, characteristics: characteristics)
    }
  }

  /// What a section holds, without padding.
  ///
  /// - Parameter limit: a longer one is damaged, unread.
  public func content(of section: PESection, limit: UInt64) throws(BinaryError) -> ArraySlice<UInt8> {
    let size = UInt64(section.memorySize == 0 ? section.fileSize : min(section.memorySize, section.fileSize))
    guard size <= limit else { throw .damaged("the section \(section.name) has \(size) bytes") }
    guard let bytes = try file.bytes(at: UInt64(section.offset), count: size) else {
      throw .damaged("the section \(section.name) lies outside the file")
    }
    return bytes
  }

  /// The lines of `.sbat`, by which shim revokes generations of boot loaders; nil if there is none.
  public func sbat() throws(BinaryError) -> String? {
    guard let section = try sections().first(where: { $0.name == ".sbat" }) else { return nil }
    return String(decoding: try content(of: section, limit: 1 << 16).prefix { $0 != 0 }, as: UTF8.self)
  }
}
