/// A note: something that a compiler, a linker or a packager says of the file (elf(5), "Notes").
public struct ELFNote: Sendable, Hashable {
  /// Who defines the type: `GNU`, `Go`, `FDO`.
  public var owner: String
  public var type: UInt32
  public var content: [UInt8]

  public static let buildID: UInt32 = 3
  public static let gnuProperties: UInt32 = 5
}

/// A property of a `NT_GNU_PROPERTY_TYPE_0` note (Linux extensions to gABI).
public struct ELFProperty: Sendable, Hashable {
  public var type: UInt32
  public var content: [UInt8]

  /// `GNU_PROPERTY_X86_FEATURE_1_AND`: bit 0 IBT, bit 1 SHSTK.
  public static let x86Features: UInt32 = 0xc000_0002
  /// `GNU_PROPERTY_AARCH64_FEATURE_1_AND`: bit 0 BTI, bit 1 PAC.
  public static let arm64Features: UInt32 = 0xc000_0000
}

extension ELFFile {
  private static let noteLimit: UInt64 = 1 << 16
  private static let noteCountLimit = 256

  /// The notes of all segments that hold notes. What is cut off or too large is left out.
  public func notes(in segments: [ELFSegment]) throws(BinaryError) -> [ELFNote] {
    let holders = segments.filter {
      $0.type == ELFSegment.note && $0.fileSize <= Self.noteLimit && $0.offset <= file.size
    }.prefix(16)
    try file.require(holders.map { $0.offset..<($0.offset + $0.fileSize) })
    var notes: [ELFNote] = []
    for segment in holders {
      guard let bytes = try file.bytes(at: segment.offset, count: segment.fileSize) else { continue }
      notes += self.notes(in: reader(bytes), alignment: segment.alignment == 8 ? 8 : 4)
      if notes.count > Self.noteCountLimit { break }
    }
    return notes
  }

  /// Notes lie one behind the other, each aligned as the segment is.
  private func notes(in reader: ByteReader, alignment: Int) -> [ELFNote] {
    var notes: [ELFNote] = []
    var offset = 0
    while notes.count < Self.noteCountLimit, let nameSize = reader.u32(at: offset),
      let size = reader.u32(at: offset + 4), let type = reader.u32(at: offset + 8)
    {
      let start = (offset + 12 + Int(nameSize)).roundedUp(to: alignment)
      guard let name = reader.slice(at: offset + 12, count: Int(nameSize)),
        let content = reader.slice(at: start, count: Int(size))
      else { break }
      let owner = String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
      notes.append(ELFNote(owner: owner, type: type, content: Array(content)))
      offset = (start + Int(size)).roundedUp(to: alignment)
    }
    return notes
  }

  /// The properties that GNU notes state.
  public func properties(in notes: [ELFNote]) -> [ELFProperty] {
    let alignment = header.is64Bit ? 8 : 4
    var properties: [ELFProperty] = []
    for note in notes where note.owner == "GNU" && note.type == ELFNote.gnuProperties {
      let reader = reader(note.content[...])
      var offset = 0
      while properties.count < Self.noteCountLimit, let type = reader.u32(at: offset),
        let size = reader.u32(at: offset + 4), let content = reader.slice(at: offset + 8, count: Int(size))
      {
        properties.append(ELFProperty(type: type, content: Array(content)))
        offset = (offset + 8 + Int(size)).roundedUp(to: alignment)
      }
    }
    return properties
  }
}

extension Int {
  /// The next multiple; the numbers come from fields of 4 bytes and do not overflow.
  fileprivate func roundedUp(to multiple: Int) -> Int { (self + multiple - 1) / multiple * multiple }
}
