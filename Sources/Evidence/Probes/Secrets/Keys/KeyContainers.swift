import Binaries

/// What a file of several keys holds: whether there are private keys in it, and whether a password protects them.
struct KeyContainer {
  var words: String
  /// Nil where the form does not tell.
  var isEncrypted: Bool?

  /// PKCS#12 (RFC 7292). What lies in encrypted parts is not seen; a file without any key in the clear parts and
  /// without encrypted parts holds certificates alone, which is no secret.
  static func pkcs12(_ bytes: [UInt8]) -> KeyContainer? {
    var reader = DERReader(bytes[...])
    guard let file = reader.next(), file.tag == DERElement.sequence, reader.isAtEnd else { return nil }
    let fields = file.children(limit: 3)
    guard fields.count >= 2, fields[0].smallInteger == 3, fields[1].tag == DERElement.sequence else {
      return nil
    }
    guard let safe = data(fields[1]) else { return nil }
    var hasKey = false
    var hasEncrypted = false
    for content in safe.children(limit: 64) {
      guard let type = content.children(limit: 1).first else { continue }
      if type.content.elementsEqual(encryptedData) || type.content.elementsEqual(envelopedData) {
        hasEncrypted = true
      }
      for bag in data(content)?.children(limit: 256) ?? [] {
        guard let kind = bag.children(limit: 1).first, kind.content.starts(with: bagPrefix) else { continue }
        switch kind.content.last {
        case 1: hasKey = true
        case 2: hasEncrypted = true
        default: break
        }
      }
    }
    if hasKey { return KeyContainer(words: "PKCS#12 file with a private key", isEncrypted: false) }
    return hasEncrypted ? KeyContainer(words: "PKCS#12 file", isEncrypted: true) : nil
  }

  /// The element within an OCTET STRING of a ContentInfo of type data.
  private static func data(_ content: DERElement) -> DERElement? {
    let parts = content.children(limit: 2)
    guard parts.count == 2, parts[0].content.elementsEqual(plainData), parts[1].tag == 0xa0,
      let octets = parts[1].children(limit: 1).first, octets.tag == DERElement.octetString
    else { return nil }
    var reader = DERReader(octets.content)
    return reader.next()
  }

  private static let plainData: [UInt8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01]
  private static let envelopedData: [UInt8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x03]
  private static let encryptedData: [UInt8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x06]
  private static let bagPrefix: [UInt8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x0a, 0x01]

  /// Java's key stores (JKS, JCEKS): entries with tag 1 are private keys, 2 certificates, 3 secret keys
  /// (sun.security.provider.JavaKeyStore). A store of certificates alone is no secret.
  static func java(_ bytes: [UInt8]) -> KeyContainer? {
    let reader = ByteReader(bytes, order: .big)
    guard let magic = reader.u32(at: 0), magic == 0xfeed_feed || magic == 0xcece_cece,
      let version = reader.u32(at: 4), version == 1 || version == 2, let count = reader.u32(at: 8)
    else { return nil }
    let name = magic == 0xfeed_feed ? "JKS" : "JCEKS"
    var offset = 12
    for _ in 0..<min(count, 4096) {
      guard let tag = reader.u32(at: offset), let alias = reader.u16(at: offset + 4) else { return nil }
      if tag == 1 || tag == 3 {
        return KeyContainer(
          words: "\(name) key store with a \(tag == 1 ? "private" : "secret") key", isEncrypted: true)
      }
      guard tag == 2 else { return nil }
      // Date, then the type of the certificate in version 2, then its bytes.
      offset += 6 + Int(alias) + 8
      if version == 2 {
        guard let type = reader.u16(at: offset) else { return nil }
        offset += 2 + Int(type)
      }
      guard let length = reader.u32(at: offset) else { return nil }
      offset += 4 + Int(length)
    }
    return nil
  }

  /// Secret keys as GnuPG keeps them: an S-expression of its agent, or a key ring of packets (RFC 9580).
  static func gnuPG(_ bytes: [UInt8], name: String) -> KeyContainer? {
    let head = bytes.prefix(4096).text
    let form = [("(protected-private-key", true), ("(private-key", false), ("protected-private-key", true)]
    if name.hasSuffix(".key") {
      for (start, isEncrypted) in form where bytes.starts(with: "(".utf8) && head.contains(start) {
        if head.contains("shadowed-private-key") { return nil }
        return KeyContainer(words: "secret key of GnuPG", isEncrypted: isEncrypted)
      }
      if head.contains("\nKey: (") || head.hasPrefix("Key: (") {
        if head.contains("shadowed-private-key") { return nil }
        return KeyContainer(
          words: "secret key of GnuPG", isEncrypted: head.contains("(protected-private-key"))
      }
    }
    guard name.hasPrefix("secring") || name.hasSuffix(".gpg") || name.hasSuffix(".pgp") else { return nil }
    return openPGP(bytes)
  }

  /// The first packet of a transferable secret key is one of tag 5; the octet behind its public half is 0 if it is not
  /// encrypted, which is found for RSA, DSA and ElGamal by walking their numbers.
  static func openPGP(_ bytes: [UInt8]) -> KeyContainer? {
    guard bytes.count > 24, bytes[0] & 0x80 != 0 else { return nil }
    let isNew = bytes[0] & 0x40 != 0
    let tag = isNew ? bytes[0] & 0x3f : (bytes[0] >> 2) & 0x0f
    guard tag == 5 else { return nil }
    let header: Int
    if isNew {
      header = bytes[1] < 192 ? 2 : bytes[1] < 224 ? 3 : bytes[1] == 255 ? 6 : 2
    } else {
      header = [2, 3, 5, 1][Int(bytes[0] & 3)]
    }
    guard [3, 4, 5, 6].contains(bytes[header]) else { return nil }
    return KeyContainer(words: "secret key of OpenPGP", isEncrypted: isOpenPGPEncrypted(bytes, header))
  }

  private static func isOpenPGPEncrypted(_ bytes: [UInt8], _ start: Int) -> Bool? {
    let reader = ByteReader(bytes, order: .big)
    guard bytes[start] == 4, let algorithm = reader.unsigned(at: start + 5, size: 1) else { return nil }
    let numbers: [UInt64: Int] = [1: 2, 2: 2, 3: 2, 16: 3, 17: 4]
    var offset = start + 6
    if let count = numbers[algorithm] {
      for _ in 0..<count {
        guard let bits = reader.u16(at: offset) else { return nil }
        offset += 2 + (Int(bits) + 7) / 8
      }
    } else if [18, 19, 22].contains(algorithm) {
      guard let length = reader.unsigned(at: offset, size: 1),
        let bits = reader.u16(at: offset + 1 + Int(length))
      else { return nil }
      offset += 1 + Int(length) + 2 + (Int(bits) + 7) / 8
      if algorithm == 18 {
        guard let length = reader.unsigned(at: offset, size: 1) else { return nil }
        offset += 1 + Int(length)
      }
    } else {
      return nil
    }
    return reader.unsigned(at: offset, size: 1).map { $0 != 0 }
  }
}
