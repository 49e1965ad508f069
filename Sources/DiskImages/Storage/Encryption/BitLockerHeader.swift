import Binaries

/// BitLocker of Windows 7 and later (libbde, "BitLocker Drive Encryption (BDE) format"): which cipher, and by what it
/// can be unlocked. A suspended volume has a protector with a clear key, so that anybody can read it.
enum BitLockerHeader {
  private static let signature = Array("-FVE-FS-".utf8)
  private static let ciphers: [UInt16: (name: String, bits: Int)] = [
    0x8000: ("aes-cbc-elephant", 128), 0x8001: ("aes-cbc-elephant", 256), 0x8002: ("aes-cbc-eboiv", 128),
    0x8003: ("aes-cbc-eboiv", 256), 0x8004: ("aes-xts-plain64", 256), 0x8005: ("aes-xts-plain64", 512),
  ]
  private static let protectors: [UInt16: String] = [
    0x0000: "clear key", 0x0100: "TPM", 0x0200: "startup key", 0x0500: "TPM and PIN",
    0x0800: "recovery password",
    0x2000: "password",
  ]

  static func read(_ source: DeviceBytes) -> EncryptionHeader? {
    guard let boot = source.bytes(at: 0, count: 512), boot[3..<11].elementsEqual(signature) else {
      return nil
    }
    var header = EncryptionHeader(.bitlocker)
    let reader = ByteReader(boot)
    for field in [176, 184, 192] {
      guard let offset = reader.u64(at: field), let place = Int64(exactly: offset),
        let block = source.start(at: place, count: 64 << 10), block.starts(with: signature),
        fill(&header, block)
      else { continue }
      return header
    }
    header.problems = ["no copy of its metadata could be read"]
    return header
  }

  /// The header of the metadata stands behind 64 bytes, its entries behind 48 more.
  private static func fill(_ header: inout EncryptionHeader, _ block: [UInt8]) -> Bool {
    let reader = ByteReader(block)
    guard let size = reader.u32(at: 64), let method = reader.u32(at: 64 + 36) else { return false }
    let cipher = ciphers[UInt16(truncatingIfNeeded: method)]
    header.segments = [
      .init(id: "0", type: "crypt", offset: 0, encryption: cipher?.name ?? "", keyBits: cipher?.bits)
    ]
    let end = min(block.count, 64 &+ Int(size))
    var place = 64 + 48
    while let length = reader.u16(at: place), length >= 8, place + Int(length) <= end {
      if reader.u16(at: place + 2) == 2, let kind = reader.u16(at: place + 8 + 26) {
        header.protectors.append(protectors[kind] ?? "protector \(kind)")
      }
      place += Int(length)
    }
    return true
  }
}
