/// An ELF file, read from the blocks that a question needs: the tables are read when they are asked for.
///
/// Every function throws `BinaryError.needs` for blocks that are not known yet, and `BinaryError.damaged` for what
/// contradicts itself.
public struct ELFFile: Sendable {
  /// What is known of the file.
  public let file: PartialFile
  public let header: ELFHeader

  /// Reads the header; nil if the file is no ELF file.
  public init?(_ file: PartialFile) throws(BinaryError) {
    guard let header = try ELFHeader(file) else { return nil }
    self.file = file
    self.header = header
  }

  /// Bytes that the file has to have; damaged if it ends before.
  func bytes(at offset: UInt64, count: UInt64, of what: String) throws(BinaryError) -> ArraySlice<UInt8> {
    guard let bytes = try file.bytes(at: offset, count: count) else {
      throw .damaged("\(what) lies outside the file")
    }
    return bytes
  }

  func reader(_ bytes: ArraySlice<UInt8>) -> ByteReader { ByteReader(bytes, order: header.order) }

  func fields(_ bytes: ArraySlice<UInt8>) -> ELFFields {
    ELFFields(reader(bytes), is64Bit: header.is64Bit)
  }

  /// A table of `count` entries of `size` bytes; each entry is handed over as its bytes.
  func table(
    at offset: UInt64, count: UInt64, size: UInt64, limit: UInt64, _ what: String
  ) throws(BinaryError) -> [ArraySlice<UInt8>] {
    guard count > 0 else { return [] }
    guard size > 0, count <= limit / size else { throw .damaged("too many \(what): \(count)") }
    let bytes = try bytes(at: offset, count: count * size, of: "the table of \(what)")
    return (0..<Int(count)).map { index in
      let start = bytes.startIndex + index * Int(size)
      return bytes[start..<(start + Int(size))]
    }
  }
}
