/// What the dynamic linker has to find elsewhere for a file.
public struct ELFImports: Sendable, Hashable {
  /// Names of the symbols that the file uses and does not define.
  public var names: Set<String>
}

extension ELFFile {
  private static let symbolLimit: UInt64 = 1 << 16
  private static let stringLimit: UInt64 = 4 << 20
  /// Tables up to this size are fetched together with what lies between them.
  private static let smallTables: UInt64 = 48 << 10

  /// The undefined symbols of the dynamic symbol table; nil if there is none, or it is too large or too strange to say.
  public func imports(_ dynamic: ELFDynamic, in segments: [ELFSegment]) throws(BinaryError) -> ELFImports? {
    guard let symbols = offset(of: ELFDynamic.symbolTable, dynamic, segments),
      let strings = offset(of: ELFDynamic.stringTable, dynamic, segments),
      let stringsSize = dynamic.value(ELFDynamic.stringTableSize), stringsSize <= Self.stringLimit,
      strings <= file.size, stringsSize <= file.size - strings
    else { return nil }
    try fetchSmallTables(symbols, strings..<(strings + stringsSize), dynamic, segments)
    guard let count = try undefinedSymbolsEnd(dynamic, segments), count <= Self.symbolLimit else {
      return nil
    }
    let size: UInt64 = header.is64Bit ? 24 : 16
    guard let table = try file.bytes(at: symbols, count: count * size) else { return nil }
    let reader = reader(table)
    var offsets: [UInt64] = []
    for index in 1..<max(1, Int(count)) {
      let start = index * Int(size)
      guard let name = reader.u32(at: start), let section = reader.u16(at: start + (header.is64Bit ? 6 : 14))
      else { break }
      if section == 0, name != 0 { offsets.append(UInt64(name)) }
    }
    return ELFImports(names: try self.strings(offsets, in: strings, size: stringsSize))
  }

  /// Text in the dynamic string table; nil if it lies outside or has no end within 4096 bytes.
  public func dynamicString(
    at position: UInt64, _ dynamic: ELFDynamic, in segments: [ELFSegment]
  ) throws(BinaryError) -> String? {
    guard let strings = offset(of: ELFDynamic.stringTable, dynamic, segments),
      let size = dynamic.value(ELFDynamic.stringTableSize), position < size, strings < file.size
    else { return nil }
    let (start, overflow) = strings.addingReportingOverflow(position)
    guard !overflow, start < file.size else { return nil }
    let length = min(4096, size - position, file.size - start)
    guard let bytes = try file.bytes(at: start, count: length) else { return nil }
    return ByteReader(bytes).text(at: 0, limit: 4096)
  }

  private func strings(
    _ offsets: [UInt64], in table: UInt64, size: UInt64
  ) throws(BinaryError) -> Set<String> {
    let inside = offsets.filter { $0 < size }
    guard let first = inside.min(), let last = inside.max() else { return [] }
    let end = min(size, last + 256)
    guard let bytes = try file.bytes(at: table + first, count: end - first) else { return [] }
    let reader = ByteReader(bytes)
    return Set(inside.compactMap { reader.text(at: Int($0 - first), limit: 4096) })
  }

  private func offset(of tag: UInt64, _ dynamic: ELFDynamic, _ segments: [ELFSegment]) -> UInt64? {
    dynamic.value(tag).flatMap { offset(ofAddress: $0, in: segments) }
  }

  /// In most files hash table, symbols and strings lie together and are small, so that one request fetches them.
  private func fetchSmallTables(
    _ symbols: UInt64, _ strings: Range<UInt64>, _ dynamic: ELFDynamic, _ segments: [ELFSegment]
  ) throws(BinaryError) {
    var ranges: [Range<UInt64>] = []
    if let hash = offset(of: ELFDynamic.gnuHash, dynamic, segments), hash < file.size {
      ranges.append(hash..<hash + min(16, file.size - hash))
    }
    if symbols < strings.lowerBound, strings.upperBound - symbols <= Self.smallTables {
      ranges.append(symbols..<strings.upperBound)
    }
    try file.require(ranges)
  }

  /// How many symbols have to be looked at to see all undefined ones.
  ///
  /// No table says how long the symbol table is. A GNU hash table holds the number of the first symbol that is
  /// defined, and all undefined ones come before it; one without symbols says nothing. A System V hash table has an
  /// entry for each symbol. Else the symbols end where the next table begins.
  private func undefinedSymbolsEnd(
    _ dynamic: ELFDynamic, _ segments: [ELFSegment]
  ) throws(BinaryError) -> UInt64? {
    if let hash = offset(of: ELFDynamic.gnuHash, dynamic, segments),
      let bytes = try file.bytes(at: hash, count: 8)
    {
      let reader = reader(bytes)
      if let first = reader.u32(at: 4), first > 1 { return UInt64(first) }
    }
    if let hash = offset(of: ELFDynamic.hash, dynamic, segments) {
      // 8 bytes each on these two machines of 64 bits (elf.h of glibc, Elf_Symndx).
      let isWide = header.is64Bit && [ELFMachine.s390.rawValue, 0x9026].contains(header.machine.rawValue)
      let size = isWide ? 8 : 4
      guard let bytes = try file.bytes(at: hash, count: UInt64(2 * size)) else { return nil }
      return reader(bytes).unsigned(at: size, size: size)
    }
    return symbolsBeforeNextTable(dynamic)
  }

  private func symbolsBeforeNextTable(_ dynamic: ELFDynamic) -> UInt64? {
    guard let start = dynamic.value(ELFDynamic.symbolTable) else { return nil }
    // Entries whose value is the address of a table: strings, hash, relocations, init, versions.
    let tables: Set<UInt64> = [
      3, 4, 5, 7, 12, 13, 17, 23, 25, 26, 32, 36, ELFDynamic.gnuHash, 0x6fff_fff0, 0x6fff_fffc, 0x6fff_fffe,
    ]
    let addresses = dynamic.entries.filter { tables.contains($0.tag) }.map(\.value)
    guard let end = addresses.filter({ $0 > start }).min() else { return nil }
    return (end - start) / (header.is64Bit ? 24 : 16)
  }
}
