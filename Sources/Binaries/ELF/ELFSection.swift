/// An entry of the section header table: a part of the file as linkers and debuggers see it.
public struct ELFSection: Sendable, Hashable {
  /// Empty if the file has no names of sections.
  public var name: String
  public var type: UInt32
  /// `SHF_WRITE` 1, `SHF_ALLOC` 2, `SHF_EXECINSTR` 4, `SHF_COMPRESSED` 0x800.
  public var flags: UInt64
  public var address: UInt64
  public var offset: UInt64
  /// In the file, except for sections without content (`SHT_NOBITS`).
  public var size: UInt64
  public var link: UInt32
  public var info: UInt32
  public var entrySize: UInt64
  var nameOffset: UInt32

  public static let symbolTable: UInt32 = 2
  public static let stringTable: UInt32 = 3
  public static let noBits: UInt32 = 8
  public static let dynamicSymbols: UInt32 = 11

  init(_ fields: ELFFields) throws(BinaryError) {
    var fields = fields
    name = ""
    nameOffset = try fields.word()
    type = try fields.word()
    flags = try fields.address()
    address = try fields.address()
    offset = try fields.address()
    size = try fields.address()
    link = try fields.word()
    info = try fields.word()
    _ = try fields.address()
    entrySize = try fields.address()
  }
}

extension ELFFile {
  /// 16 384 sections of the larger class; linkers of large programs make a few hundred.
  private static let sectionTableLimit: UInt64 = 1 << 20
  private static let sectionNamesLimit: UInt64 = 1 << 20

  private var sectionSize: UInt64 { header.is64Bit ? 64 : 40 }

  /// The section header table with names; empty if it was stripped.
  public func sections() throws(BinaryError) -> [ELFSection] {
    guard let first = try firstSection() else { return [] }
    // Extended numbering: the count and the index are in the first section header (elf(5), e_shnum, e_shstrndx).
    let count = header.sectionHeaderCount == 0 ? first.size : UInt64(header.sectionHeaderCount)
    let nameIndex = header.sectionNameIndex == 0xffff ? first.link : UInt32(header.sectionNameIndex)
    let entries = try table(
      at: header.sectionHeaderOffset, count: count, size: sectionSize, limit: Self.sectionTableLimit,
      "section headers")
    var sections = try entries.map { (entry) throws(BinaryError) in try ELFSection(fields(entry)) }
    guard nameIndex != 0, nameIndex < sections.count else { return sections }
    let names = reader(try content(of: sections[Int(nameIndex)], limit: Self.sectionNamesLimit))
    for index in sections.indices {
      sections[index].name = names.text(at: Int(sections[index].nameOffset), limit: 256) ?? ""
    }
    return sections
  }

  /// The first section of the name; nil if there is none.
  public func section(named name: String) throws(BinaryError) -> ELFSection? {
    try sections().first { $0.name == name }
  }

  /// What a section holds in the file, as stored; nothing for a section without content.
  ///
  /// - Parameter limit: a longer one is damaged, unread.
  public func content(of section: ELFSection, limit: UInt64) throws(BinaryError) -> ArraySlice<UInt8> {
    if section.type == ELFSection.noBits { return [] }
    guard section.size <= limit else {
      throw .damaged("the section \(section.name) has \(section.size) bytes")
    }
    return try bytes(at: section.offset, count: section.size, of: "the section \(section.name)")
  }

  /// The first entry, which holds the numbers that are too large for the header.
  func firstSection() throws(BinaryError) -> ELFSection? {
    guard header.sectionHeaderOffset != 0 else { return nil }
    guard UInt64(header.sectionHeaderSize) == sectionSize else {
      if header.sectionHeaderCount == 0 { return nil }
      throw .damaged("section headers of \(header.sectionHeaderSize) bytes")
    }
    let entry = try bytes(at: header.sectionHeaderOffset, count: sectionSize, of: "the first section header")
    return try ELFSection(fields(entry))
  }
}

extension ByteReader {
  /// Text from `offset` to the next zero; nil if there is none within `limit` bytes.
  func text(at offset: Int, limit: Int) -> String? {
    terminated(at: offset, limit: limit).map { String(decoding: $0, as: UTF8.self) }
  }
}
