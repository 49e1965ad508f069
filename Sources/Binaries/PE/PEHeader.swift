/// The headers of a PE file: programs of Windows and of UEFI firmware (Microsoft's PE format specification).
public struct PEHeader: Sendable, Hashable {
  public var machine: PEMachine
  /// `IMAGE_FILE_*`: 1 relocations stripped, 2 executable, 0x2000 DLL.
  public var characteristics: UInt16
  /// PE32+, with addresses of 8 bytes.
  public var is64Bit: Bool
  public var entry: UInt32
  public var imageBase: UInt64
  /// Bytes at the start of the file that hold all headers.
  public var headersSize: UInt32
  /// 2 graphics, 3 console, 10 to 13 UEFI.
  public var subsystem: UInt16
  /// `IMAGE_DLLCHARACTERISTICS_*`.
  public var dllCharacteristics: UInt16
  /// By the numbers of `PEDirectory`; at most 16.
  public var directories: [PEDirectory]
  /// Where the checksum and the data directories lie in the file; an Authenticode digest leaves out the checksum and
  /// the entry of the certificates.
  public var checksumOffset: UInt64
  public var directoriesOffset: UInt64

  var sectionTableOffset: UInt64
  var sectionCount: UInt16

  /// Reads the headers; nil if the file is no PE file, such as a program of DOS.
  ///
  /// - Throws: `BinaryError.damaged` if it is one and its headers are cut off.
  init?(_ file: PartialFile) throws(BinaryError) {
    guard let stub = try file.bytes(at: 0, count: 64), stub.starts(with: "MZ".utf8),
      let start = ByteReader(stub).u32(at: 0x3c)
    else { return nil }
    let offset = UInt64(start)
    guard let fixed = try file.bytes(at: offset, count: 24), fixed.starts(with: [0x50, 0x45, 0, 0]) else {
      return nil
    }
    let coff = ByteReader(fixed)
    guard let machine = coff.u16(at: 4), let sections = coff.u16(at: 6), let size = coff.u16(at: 20),
      let characteristics = coff.u16(at: 22)
    else { throw .damaged("the COFF header is cut off") }
    guard let optional = try file.bytes(at: offset + 24, count: UInt64(size)) else {
      throw .damaged("the optional header is cut off")
    }
    self.machine = PEMachine(rawValue: machine)
    self.characteristics = characteristics
    sectionCount = sections
    sectionTableOffset = offset + 24 + UInt64(size)
    checksumOffset = offset + 24 + 64
    let reader = ByteReader(optional)
    switch reader.u16(at: 0) {
    case 0x10b: is64Bit = false
    case 0x20b: is64Bit = true
    default: throw .damaged("an optional header of an unknown kind")
    }
    let base = is64Bit ? reader.u64(at: 24) : reader.u32(at: 28).map(UInt64.init)
    let tables = is64Bit ? 112 : 96
    guard let base, let entry = reader.u32(at: 16), let headersSize = reader.u32(at: 60),
      let subsystem = reader.u16(at: 68), let flags = reader.u16(at: 70),
      let count = reader.u32(at: tables - 4)
    else { throw .damaged("the optional header is cut off") }
    imageBase = base
    self.entry = entry
    self.headersSize = headersSize
    self.subsystem = subsystem
    dllCharacteristics = flags
    directoriesOffset = offset + 24 + UInt64(tables)
    directories = []
    for index in 0..<Int(min(count, 16)) {
      let place = tables + index * 8
      guard let address = reader.u32(at: place), let size = reader.u32(at: place + 4) else { break }
      directories.append(PEDirectory(address: address, size: size))
    }
  }
}

/// An entry of the data directories.
public struct PEDirectory: Sendable, Hashable {
  /// Relative to the image base; for the certificates an offset in the file.
  public var address: UInt32
  /// In bytes; 0 if there is none.
  public var size: UInt32

  /// Numbers of entries.
  public static let certificates = 4
  public static let relocations = 5
  public static let loadConfiguration = 10
  public static let commonLanguageRuntime = 14
}

/// `IMAGE_FILE_MACHINE_*`.
public struct PEMachine: RawRepresentable, Sendable, Hashable, Codable {
  public var rawValue: UInt16

  /// Wraps the number as stored.
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  public static let i386 = PEMachine(rawValue: 0x14c)
  public static let x86_64 = PEMachine(rawValue: 0x8664)
  public static let arm64 = PEMachine(rawValue: 0xaa64)

  /// As `ELFMachine.name` names the same processor.
  public var name: String {
    switch rawValue {
    case 0x14c: "i386"
    case 0x8664: "x86_64"
    case 0x1c0, 0x1c2, 0x1c4: "arm"
    case 0xaa64: "arm64"
    case 0x200: "ia64"
    case 0x5032, 0x5064, 0x5128: "riscv"
    case 0x6232, 0x6264: "loongarch"
    case 0xebc: "efi byte code"
    default: "machine \(rawValue)"
    }
  }
}
