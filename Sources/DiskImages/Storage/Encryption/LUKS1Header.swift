import Binaries

/// LUKS1 (LUKS On-Disk Format Specification 1.2.3, "The partition header"); numbers are big-endian.
enum LUKS1Header {
  private static let length = 592
  private static let sector: UInt64 = 512

  static func read(_ source: DeviceBytes) -> EncryptionHeader? {
    guard let bytes = source.start(at: 0, count: length), bytes.starts(with: LUKS2Header.magic) else {
      return nil
    }
    let reader = ByteReader(bytes, order: .big)
    guard reader.u16(at: 6) == 1 else { return nil }
    var header = EncryptionHeader(.luks1)
    guard bytes.count == length, let payload = reader.u32(at: 104), let keyBytes = reader.u32(at: 108) else {
      header.problems = ["the header is cut off"]
      return header
    }
    let hash = reader.fixedText(at: 72, count: 32)
    header.uuid = reader.fixedText(at: 168, count: 40)
    header.headerSize = Int64(length)
    let keyBits = keyBytes <= 8192 ? Int(keyBytes) * 8 : nil
    if keyBits == nil { header.problems.append("a key of \(keyBytes) bytes") }
    let encryption = reader.fixedText(at: 8, count: 32) + "-" + reader.fixedText(at: 40, count: 32)
    header.segments = [
      .init(
        id: "0", type: "crypt", offset: UInt64(payload) * sector, encryption: encryption, keyBits: keyBits,
        sectorSize: Int(sector))
    ]
    for slot in 0..<8 { read(slot, reader, hash, encryption, keyBits, into: &header) }
    let proof = Array(reader.slice(at: 112, count: 52) ?? [])
    header.digests = [
      .init(
        id: "0", type: "pbkdf2", hash: hash, iterations: reader.u32(at: 164).map { Int($0) },
        keySlots: header.keySlots.map(\.id), segments: ["0"], fingerprint: sha256(proof))
    ]
    return header
  }

  /// One of the eight slots, of 48 bytes each; only those in use are kept.
  private static func read(
    _ slot: Int, _ reader: ByteReader, _ hash: String, _ encryption: String, _ keyBits: Int?,
    into header: inout EncryptionHeader
  ) {
    let start = 208 + slot * 48
    guard let state = reader.u32(at: start), let iterations = reader.u32(at: start + 4),
      let area = reader.u32(at: start + 40), let stripes = reader.u32(at: start + 44)
    else { return }
    switch state {
    case 0x00AC_71F3:
      let size = UInt64(keyBits ?? 0) / 8 * UInt64(stripes)
      header.keySlots.append(
        .init(
          id: "\(slot)", type: "luks1", keyBits: keyBits,
          kdf: .init(type: "pbkdf2", hash: hash, iterations: Int(iterations)), areaEncryption: encryption,
          areaKeyBits: keyBits, areaOffset: UInt64(area) * sector, areaSize: size, stripes: Int(stripes),
          stripesHash: hash))
    case 0x0000_DEAD: break
    default: header.problems.append("key slot \(slot) is neither on nor off")
    }
  }
}

/// SHA-256 in lower-case hexadecimal.
func sha256(_ bytes: [UInt8]) -> String {
  var digest = RunningDigest(.sha256)
  bytes.withUnsafeBytes { digest.update($0) }
  return hexText(digest.finalize())
}

extension ByteReader {
  /// Text in a field of fixed length, up to a zero. What is not UTF-8 becomes U+FFFD.
  func fixedText(at offset: Int, count: Int) -> String {
    String(decoding: (slice(at: offset, count: count) ?? []).prefix { $0 != 0 }, as: UTF8.self)
  }
}
