/// An entry of the program header table: a part of the file as the kernel or the dynamic linker uses it.
public struct ELFSegment: Sendable, Hashable {
  public var type: UInt32
  /// `PF_X` 1, `PF_W` 2, `PF_R` 4.
  public var flags: UInt32
  public var offset: UInt64
  public var address: UInt64
  /// Bytes in the file.
  public var fileSize: UInt64
  /// Bytes in memory.
  public var memorySize: UInt64
  public var alignment: UInt64

  public static let load: UInt32 = 1
  public static let dynamic: UInt32 = 2
  public static let interpreter: UInt32 = 3
  public static let note: UInt32 = 4
  public static let gnuStack: UInt32 = 0x6474_e551
  public static let gnuRelro: UInt32 = 0x6474_e552
  public static let gnuProperty: UInt32 = 0x6474_e553

  public var isExecutable: Bool { flags & 1 != 0 }
  public var isWritable: Bool { flags & 2 != 0 }

  init(_ fields: ELFFields) throws(BinaryError) {
    var fields = fields
    type = try fields.word()
    flags = fields.is64Bit ? try fields.word() : 0
    offset = try fields.address()
    address = try fields.address()
    _ = try fields.address()
    fileSize = try fields.address()
    memorySize = try fields.address()
    if !fields.is64Bit { flags = try fields.word() }
    alignment = try fields.address()
  }
}

extension ELFFile {
  /// More than this the kernel does not load (load_elf_phdrs in fs/binfmt_elf.c).
  private static let segmentTableLimit: UInt64 = 65536

  /// The program header table; empty for object files.
  public func segments() throws(BinaryError) -> [ELFSegment] {
    let size: UInt64 = header.is64Bit ? 56 : 32
    var count = UInt64(header.programHeaderCount)
    if count == 0 { return [] }
    guard header.programHeaderSize == size else {
      throw .damaged("program headers of \(header.programHeaderSize) bytes")
    }
    // PN_XNUM: the count is in the first section header (elf(5), e_phnum).
    if count == 0xffff, let first = try firstSection() { count = UInt64(first.info) }
    let entries = try table(
      at: header.programHeaderOffset, count: count, size: size, limit: Self.segmentTableLimit,
      "program headers")
    return try entries.map { (entry) throws(BinaryError) in try ELFSegment(fields(entry)) }
  }

  /// Where the byte that is loaded at `address` lies in the file; nil if it is in no segment or only in memory.
  public func offset(ofAddress address: UInt64, in segments: [ELFSegment]) -> UInt64? {
    for segment in segments where segment.type == ELFSegment.load && address >= segment.address {
      let distance = address - segment.address
      guard distance < segment.fileSize else { continue }
      let (offset, overflow) = segment.offset.addingReportingOverflow(distance)
      return overflow ? nil : offset
    }
    return nil
  }

  /// The program that the kernel starts in place of this one, usually the dynamic linker; nil if there is none.
  public func interpreter(in segments: [ELFSegment]) throws(BinaryError) -> String? {
    guard let segment = segments.first(where: { $0.type == ELFSegment.interpreter }) else { return nil }
    // PATH_MAX, as the kernel demands (load_elf_binary).
    guard (2...4096).contains(segment.fileSize) else {
      throw .damaged("an interpreter's name without an end")
    }
    let name = try bytes(at: segment.offset, count: segment.fileSize, of: "the interpreter's name")
    return String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
  }
}
