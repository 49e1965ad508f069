/// An entry of a PE file's certificate table (`WIN_CERTIFICATE`).
public struct PECertificate: Sendable, Hashable {
  /// 0x0200 for all that is in use.
  public var revision: UInt16
  /// `WIN_CERT_TYPE_*`.
  public var type: UInt16
  public var content: [UInt8]

  /// A PKCS#7 `SignedData` in a table of the present form.
  public var isSignedData: Bool { revision == 0x0200 && type == 2 }
}

extension PEFile {
  private static let certificateLimit = 32
  /// Windows loads at most so many sections.
  private static let sectionLimit = 96

  /// The certificate table's entries, each aligned to 8 bytes (PE format specification, "The Attribute Certificate
  /// Table"); empty for a file that is not signed.
  ///
  /// - Parameter limit: bytes of a table; a longer one is damaged, unread.
  public func certificateTable(limit: UInt64 = 1 << 20) throws(BinaryError) -> [PECertificate] {
    guard let range = try fileRange(ofDirectory: PEDirectory.certificates) else { return [] }
    let size = range.upperBound - range.lowerBound
    guard size <= limit else { throw .damaged("the certificate table has \(size) bytes") }
    guard let table = try file.bytes(at: range.lowerBound, count: size) else { return [] }
    let reader = ByteReader(table)
    var entries: [PECertificate] = []
    var offset = 0
    while reader.count - offset >= 8 {
      guard let length = reader.u32(at: offset).map(Int.init), let revision = reader.u16(at: offset + 4),
        let type = reader.u16(at: offset + 6)
      else { break }
      // Padding that is longer than 8 bytes.
      if length == 0, !entries.isEmpty, table.dropFirst(offset).allSatisfy({ $0 == 0 }) { break }
      guard length > 8, let content = reader.slice(at: offset + 8, count: length - 8) else {
        throw .damaged("an entry of the certificate table has \(length) bytes, where it cannot")
      }
      guard entries.count < Self.certificateLimit else {
        throw .damaged("more than \(Self.certificateLimit) entries in the certificate table")
      }
      entries.append(PECertificate(revision: revision, type: type, content: Array(content)))
      offset += (length + 7) & ~7
    }
    if entries.isEmpty { throw .damaged("the certificate table has no entry") }
    return entries
  }

  /// What an Authenticode digest covers, in the order in which firmware digests it: the headers without checksum and
  /// without the entry of the certificate table, the sections as they lie in the file, and what follows them without
  /// the certificate table (`HashPeImage` in edk2's DxeImageVerificationLib, `generate_hash` in shim).
  public func authenticodeRanges() throws(BinaryError) -> [Range<UInt64>] {
    let headersEnd = UInt64(header.headersSize)
    let certificates = header.directoriesOffset + UInt64(8 * PEDirectory.certificates)
    var place = header.checksumOffset + 4
    var ranges = [0..<header.checksumOffset]
    if header.directories.count > PEDirectory.certificates {
      ranges.append(place..<certificates)
      place = certificates + 8
    }
    guard headersEnd >= place, headersEnd <= file.size else {
      throw .damaged("the size of the headers is \(headersEnd)")
    }
    ranges.append(place..<headersEnd)
    var covered = headersEnd
    for section in try sectionsInFileOrder() {
      let start = UInt64(section.offset)
      ranges.append(start..<(start + UInt64(section.fileSize)))
      covered += UInt64(section.fileSize)
    }
    let signed = UInt64(directory(PEDirectory.certificates)?.size ?? 0)
    guard covered <= 2 * file.size else { throw .damaged("its sections overlap") }
    if file.size > covered, file.size - covered > signed { ranges.append(covered..<(file.size - signed)) }
    return ranges.filter { !$0.isEmpty }
  }

  private func sectionsInFileOrder() throws(BinaryError) -> [PESection] {
    guard header.sectionCount <= Self.sectionLimit else {
      throw .damaged("\(header.sectionCount) sections")
    }
    let stored = try sections().filter { $0.fileSize > 0 }
    for section in stored where UInt64(section.offset) + UInt64(section.fileSize) > file.size {
      throw .damaged("the section \(section.name) lies outside the file")
    }
    return stored.sorted { $0.offset < $1.offset }
  }
}
