import Binaries

/// LUKS2 (LUKS2 On-Disk Format Specification 1.1.3, "Binary Header"); numbers are big-endian.
///
/// There are two copies. cryptsetup takes the one that was written last, if its checksum is right, else the other
/// (lib/luks2/luks2_disk_metadata.c, `LUKS2_disk_hdr_read`).
enum LUKS2Header {
  static let magic: [UInt8] = [0x4c, 0x55, 0x4b, 0x53, 0xba, 0xbe]
  private static let secondMagic: [UInt8] = [0x53, 0x4b, 0x55, 0x4c, 0xba, 0xbe]
  private static let binaryLength = 4096
  /// Lengths that a copy can have, which are also the places where the second one can be.
  private static let lengths: [Int64] = (0..<9).map { 0x4000 << $0 }

  /// One copy of the header.
  private struct Copy {
    var reader: ByteReader
    var length: Int64
    var sequence: UInt64
    var json: ArraySlice<UInt8> = []
    var problem: String?
  }

  static func read(_ source: DeviceBytes) -> EncryptionHeader? {
    let first = copy(at: 0, magic, source)
    let places = (first.map { [$0.length] } ?? []) + lengths
    let second = places.lazy.compactMap { copy(at: $0, secondMagic, source) }.first
    let copies = [first, second].compactMap(\.self)
    guard
      let best = copies.filter({ $0.problem == nil }).max(by: { $0.sequence < $1.sequence }) ?? copies.first
    else { return nil }
    var header = EncryptionHeader(.luks2)
    fill(&header, from: best)
    header.problems = problems(first, second, best)
    guard best.problem == nil else { return header }
    do {
      try LUKS2Metadata.read(best.json, into: &header)
    } catch {
      header.problems.append(error.description)
    }
    return header
  }

  private static func problems(_ first: Copy?, _ second: Copy?, _ best: Copy) -> [String] {
    var problems: [String] = []
    if let problem = first?.problem { problems.append("the first copy of the header: \(problem)") }
    if let problem = second?.problem { problems.append("the second copy of the header: \(problem)") }
    if first == nil { problems.append("the first copy of the header is missing") }
    if second == nil { problems.append("the second copy of the header is missing") }
    if let first, let second, first.problem == nil, second.problem == nil, first.sequence != second.sequence {
      problems.append("the copies of the header differ; number \(best.sequence) is the later one")
    }
    return problems
  }

  private static func fill(_ header: inout EncryptionHeader, from copy: Copy) {
    header.headerSize = copy.length
    header.sequence = copy.sequence
    header.label = nonEmpty(copy.reader.fixedText(at: 24, count: 48))
    header.uuid = nonEmpty(copy.reader.fixedText(at: 168, count: 40))
    header.subsystem = nonEmpty(copy.reader.fixedText(at: 208, count: 48))
  }

  private static func nonEmpty(_ text: String) -> String? { text.isEmpty ? nil : text }

  private static func copy(at offset: Int64, _ magic: [UInt8], _ source: DeviceBytes) -> Copy? {
    guard let binary = source.bytes(at: offset, count: binaryLength), binary.starts(with: magic) else {
      return nil
    }
    let reader = ByteReader(binary, order: .big)
    guard reader.u16(at: 6) == 2, let length = reader.u64(at: 8), let sequence = reader.u64(at: 16) else {
      return nil
    }
    var copy = Copy(reader: reader, length: Int64(clamping: length), sequence: sequence)
    guard lengths.contains(copy.length) else {
      copy.problem = "a length of \(length) bytes, which none can have"
      return copy
    }
    guard reader.u64(at: 256) == UInt64(offset) else {
      copy.problem = "it names another place than where it lies"
      return copy
    }
    guard let all = source.bytes(at: offset, count: Int(copy.length)) else {
      copy.problem = "it is cut off"
      return copy
    }
    copy.problem = checksumProblem(reader, all)
    copy.json = all[binaryLength...].prefix { $0 != 0 }
    return copy
  }

  /// The checksum is that of the whole copy with zeros in place of the checksum.
  private static func checksumProblem(_ reader: ByteReader, _ copy: [UInt8]) -> String? {
    let name = reader.fixedText(at: 72, count: 32)
    guard let algorithm = DigestAlgorithm(rawValue: name) else { return "a checksum of unknown kind" }
    var digested = copy
    digested.replaceSubrange(448..<512, with: repeatElement(0, count: 64))
    var digest = RunningDigest(algorithm)
    digested.withUnsafeBytes { digest.update($0) }
    let sum = digest.finalize()
    return copy[448..<448 + sum.count].elementsEqual(sum) ? nil : "the checksum is wrong"
  }
}
