/// The dynamic section: what the dynamic linker is told (gABI, "Dynamic Section").
public struct ELFDynamic: Sendable, Hashable {
  /// Tag and value, in order, up to the one that ends the list.
  public var entries: [Entry]

  /// One entry.
  public struct Entry: Sendable, Hashable {
    public var tag: UInt64
    public var value: UInt64
  }

  public static let needed: UInt64 = 1
  public static let pltRelocationsSize: UInt64 = 2
  public static let hash: UInt64 = 4
  public static let stringTable: UInt64 = 5
  public static let symbolTable: UInt64 = 6
  public static let stringTableSize: UInt64 = 10
  public static let soName: UInt64 = 14
  public static let rpath: UInt64 = 15
  public static let debug: UInt64 = 21
  public static let textRelocations: UInt64 = 22
  public static let pltRelocations: UInt64 = 23
  public static let bindNow: UInt64 = 24
  public static let runpath: UInt64 = 29
  public static let flags: UInt64 = 30
  public static let gnuHash: UInt64 = 0x6fff_fef5
  public static let flags1: UInt64 = 0x6fff_fffb

  /// The value of the last entry with the tag, as the dynamic linker takes it (elf_get_dynamic_info in glibc).
  public func value(_ tag: UInt64) -> UInt64? { entries.last { $0.tag == tag }?.value }

  /// Whether there is an entry with the tag.
  public func has(_ tag: UInt64) -> Bool { entries.contains { $0.tag == tag } }

  /// `DT_BIND_NOW`, `DF_BIND_NOW` or `DF_1_NOW`: no symbol is bound lazily.
  public var bindsNow: Bool {
    has(Self.bindNow) || (value(Self.flags) ?? 0) & 8 != 0 || (value(Self.flags1) ?? 0) & 1 != 0
  }

  /// `DT_TEXTREL` or `DF_TEXTREL`: code is written to while the program is loaded.
  public var hasTextRelocations: Bool { has(Self.textRelocations) || (value(Self.flags) ?? 0) & 4 != 0 }

  /// `DF_1_PIE`: the linker says that this is a program.
  public var isMarkedAsProgram: Bool { (value(Self.flags1) ?? 0) & 0x0800_0000 != 0 }
}

extension ELFFile {
  /// 16 384 entries of the larger class; a program with a thousand libraries has a thousand.
  private static let dynamicLimit: UInt64 = 1 << 18

  /// The dynamic section; nil if there is none, as in a static program.
  public func dynamic(in segments: [ELFSegment]) throws(BinaryError) -> ELFDynamic? {
    guard let segment = segments.last(where: { $0.type == ELFSegment.dynamic }) else { return nil }
    guard segment.fileSize <= Self.dynamicLimit else {
      throw .damaged("the dynamic section has \(segment.fileSize) bytes")
    }
    let size: UInt64 = header.is64Bit ? 16 : 8
    let entries = try table(
      at: segment.offset, count: segment.fileSize / size, size: size, limit: Self.dynamicLimit,
      "dynamic entries")
    var dynamic = ELFDynamic(entries: [])
    for entry in entries {
      var fields = fields(entry)
      let item = ELFDynamic.Entry(tag: try fields.address(), value: try fields.address())
      if item.tag == 0 { break }
      dynamic.entries.append(item)
    }
    return dynamic
  }
}
