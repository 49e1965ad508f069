import Crypto

/// The public half of a key, by which a certificate of the same key is recognised.
struct PublicHalf {
  /// `RSA key, 2048 bits`.
  var words: String
  /// SHA-256 of the SubjectPublicKeyInfo in hexadecimal; nil where the public half is not known.
  var digest: String?

  private init(_ words: String, _ info: [UInt8]?) {
    self.words = words
    digest = info.map { SHA256.hex($0) }
  }

  /// RSA (RFC 8017), from the contents of two INTEGERs.
  static func rsa(modulus: ArraySlice<UInt8>, exponent: ArraySlice<UInt8>) -> PublicHalf {
    let number = modulus.drop { $0 == 0 }
    let bits = max(0, number.count * 8 - (number.first?.leadingZeroBitCount ?? 0))
    let key = derElement(0x30, derElement(0x02, modulus) + derElement(0x02, exponent))
    let algorithm = derElement(0x30, derElement(0x06, Self.rsaIdentifier) + [0x05, 0x00])
    return PublicHalf("RSA key, \(bits) bits", derElement(0x30, algorithm + derElement(0x03, [0] + key)))
  }

  /// A curve (RFC 5480); the point is derived if it is not given.
  static func elliptic(
    curve: ArraySlice<UInt8>, point: ArraySlice<UInt8>?, secret: ArraySlice<UInt8>? = nil
  ) -> PublicHalf {
    let name = curves[Array(curve)] ?? "unknown curve"
    guard let point = point.map(Array.init) ?? secret.flatMap({ derivedPoint(name, $0) }) else {
      return PublicHalf("ECDSA key, \(name)", nil)
    }
    let algorithm = derElement(0x30, derElement(0x06, ecIdentifier) + derElement(0x06, curve))
    return PublicHalf("ECDSA key, \(name)", derElement(0x30, algorithm + derElement(0x03, [0] + point)))
  }

  /// Ed25519 and its like (RFC 8410).
  static func edwards(_ identifier: ArraySlice<UInt8>, point: ArraySlice<UInt8>?) -> PublicHalf {
    let name = edwardsNames[Array(identifier)] ?? "Edwards"
    let info = point.map {
      derElement(0x30, derElement(0x30, derElement(0x06, identifier)) + derElement(0x03, [0] + $0))
    }
    return PublicHalf("\(name) key", info)
  }

  static func other(_ words: String) -> PublicHalf { PublicHalf(words, nil) }

  /// A public key as SSH writes it (RFC 4253, 5656, 8709).
  static func ssh(_ blob: [UInt8]) -> PublicHalf? {
    var reader = SSHReader(blob[...])
    guard let type = reader.string() else { return nil }
    switch type.text {
    case "ssh-rsa":
      guard let exponent = reader.string(), let modulus = reader.string() else { return nil }
      return rsa(modulus: modulus, exponent: exponent)
    case "ssh-ed25519":
      guard let point = reader.string() else { return nil }
      return edwards(ed25519[...], point: point)
    case "ssh-dss": return other("DSA key")
    case let type where type.hasPrefix("ecdsa-sha2-"):
      guard let curve = reader.string(), let point = reader.string() else { return nil }
      guard let identifier = curves.first(where: { $0.value.replacing("P-", with: "nistp") == curve.text })
      else {
        return other("ECDSA key")
      }
      return elliptic(curve: identifier.key[...], point: point)
    case let type where type.hasPrefix("sk-"): return other("key of a security token")
    default: return nil
    }
  }

  /// The key that a certificate (RFC 5280) is about: SHA-256 of its SubjectPublicKeyInfo.
  static func digest(ofCertificate der: [UInt8]) -> String? {
    var reader = DERReader(der[...])
    guard let certificate = reader.next(), certificate.tag == DERElement.sequence,
      let body = certificate.children(limit: 3).first, body.tag == DERElement.sequence
    else { return nil }
    var fields = body.children(limit: 8)[...]
    if fields.first?.tag == 0xa0 { fields = fields.dropFirst() }
    // Serial number, algorithm, issuer, validity, subject; then the key.
    guard fields.count >= 6 else { return nil }
    let key = fields[fields.startIndex + 5]
    guard key.tag == DERElement.sequence, key.children(limit: 2).last?.tag == DERElement.bitString else {
      return nil
    }
    return SHA256.hex(Array(key.whole))
  }

  private static func derivedPoint(_ curve: String, _ secret: ArraySlice<UInt8>) -> [UInt8]? {
    switch curve {
    case "P-256": try? Array(P256.Signing.PrivateKey(rawRepresentation: secret).publicKey.x963Representation)
    case "P-384": try? Array(P384.Signing.PrivateKey(rawRepresentation: secret).publicKey.x963Representation)
    case "P-521": try? Array(P521.Signing.PrivateKey(rawRepresentation: secret).publicKey.x963Representation)
    default: nil
    }
  }

  static let rsaIdentifier: [UInt8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01]
  static let pssIdentifier: [UInt8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a]
  static let dsaIdentifier: [UInt8] = [0x2a, 0x86, 0x48, 0xce, 0x38, 0x04, 0x01]
  static let ecIdentifier: [UInt8] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01]
  static let ed25519: [UInt8] = [0x2b, 0x65, 0x70]

  static let edwardsNames: [[UInt8]: String] = [
    [0x2b, 0x65, 0x6e]: "X25519", [0x2b, 0x65, 0x6f]: "X448", [0x2b, 0x65, 0x70]: "Ed25519",
    [0x2b, 0x65, 0x71]: "Ed448",
  ]

  private static let curves: [[UInt8]: String] = [
    [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]: "P-256", [0x2b, 0x81, 0x04, 0x00, 0x22]: "P-384",
    [0x2b, 0x81, 0x04, 0x00, 0x23]: "P-521", [0x2b, 0x81, 0x04, 0x00, 0x0a]: "secp256k1",
    [0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x07]: "brainpoolP256r1",
  ]
}

/// Reads strings with a length of four bytes before each (RFC 4251).
struct SSHReader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  mutating func number() -> Int? {
    guard rest.count >= 4 else { return nil }
    defer { rest = rest.dropFirst(4) }
    return rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
  }

  mutating func string() -> ArraySlice<UInt8>? {
    guard let length = number(), length <= rest.count else { return nil }
    defer { rest = rest.dropFirst(length) }
    return rest.prefix(length)
  }
}
