/// The header at the start of every ELF file (elf(5); System V ABI, chapter 4), as stored.
public struct ELFHeader: Sendable, Hashable {
  /// `ELFCLASS64`, with addresses of 8 bytes.
  public var is64Bit: Bool
  public var order: ByteReader.ByteOrder
  /// `EI_OSABI`: 0 System V, 3 GNU/Linux, 9 FreeBSD.
  public var osABI: UInt8
  public var type: ELFType
  public var machine: ELFMachine
  /// `e_flags`, whose meaning depends on the machine.
  public var flags: UInt32
  /// Address of the first instruction; 0 if there is none.
  public var entry: UInt64

  var programHeaderOffset: UInt64
  var programHeaderSize: UInt16
  var programHeaderCount: UInt16
  var sectionHeaderOffset: UInt64
  var sectionHeaderSize: UInt16
  var sectionHeaderCount: UInt16
  var sectionNameIndex: UInt16

  static let magic: [UInt8] = [0x7f, 0x45, 0x4c, 0x46]

  /// Size in bytes of the header of the larger class.
  public static let maximumSize: UInt64 = 64

  /// Reads the header; nil if the bytes are no ELF file.
  ///
  /// - Throws: `BinaryError.damaged` if they begin as one and are none that this reader or a kernel knows.
  init?(_ file: PartialFile) throws(BinaryError) {
    guard let start = try file.bytes(at: 0, count: min(file.size, Self.maximumSize)),
      start.starts(with: Self.magic)
    else { return nil }
    var reader = ByteReader(start)
    guard let identification = reader.slice(at: 4, count: 12).map(Array.init) else {
      throw .damaged("the ELF header is cut off")
    }
    switch identification[0] {
    case 1: is64Bit = false
    case 2: is64Bit = true
    default: throw .damaged("no ELF class \(identification[0])")
    }
    switch identification[1] {
    case 1: order = .little
    case 2: order = .big
    default: throw .damaged("no ELF byte order \(identification[1])")
    }
    osABI = identification[3]
    reader.order = order
    var fields = ELFFields(reader, is64Bit: is64Bit, offset: 16)
    type = ELFType(rawValue: try fields.half())
    machine = ELFMachine(rawValue: try fields.half())
    _ = try fields.word()
    entry = try fields.address()
    programHeaderOffset = try fields.address()
    sectionHeaderOffset = try fields.address()
    flags = try fields.word()
    _ = try fields.half()
    programHeaderSize = try fields.half()
    programHeaderCount = try fields.half()
    sectionHeaderSize = try fields.half()
    sectionHeaderCount = try fields.half()
    sectionNameIndex = try fields.half()
  }
}

/// `e_type`: what an ELF file is for.
public struct ELFType: RawRepresentable, Sendable, Hashable, Codable {
  public var rawValue: UInt16

  /// Wraps the number as stored.
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// Object files, kernel modules among them.
  public static let relocatable = ELFType(rawValue: 1)
  /// A program that is loaded at the addresses that it names.
  public static let fixedProgram = ELFType(rawValue: 2)
  /// A shared library, or a program that can be loaded anywhere.
  public static let positionIndependent = ELFType(rawValue: 3)
  public static let core = ELFType(rawValue: 4)
}

/// Reads the fields of a structure one after the other, in the file's class and order.
struct ELFFields {
  let reader: ByteReader
  let is64Bit: Bool
  private(set) var offset: Int

  init(_ reader: ByteReader, is64Bit: Bool, offset: Int = 0) {
    self.reader = reader
    self.is64Bit = is64Bit
    self.offset = offset
  }

  /// 2 bytes.
  mutating func half() throws(BinaryError) -> UInt16 { UInt16(truncatingIfNeeded: try number(2)) }
  /// 4 bytes.
  mutating func word() throws(BinaryError) -> UInt32 { UInt32(truncatingIfNeeded: try number(4)) }
  /// 4 or 8 bytes, as an address has.
  mutating func address() throws(BinaryError) -> UInt64 { try number(is64Bit ? 8 : 4) }
  /// 1 byte.
  mutating func byte() throws(BinaryError) -> UInt8 { UInt8(truncatingIfNeeded: try number(1)) }

  private mutating func number(_ size: Int) throws(BinaryError) -> UInt64 {
    guard let value = reader.unsigned(at: offset, size: size) else {
      throw .damaged("an ELF structure is cut off")
    }
    offset += size
    return value
  }
}
