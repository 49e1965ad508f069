/// Reads one X.509 certificate (RFC 5280).
///
/// Why our own: `Certificate.PublicKey.init(spki:)` of swift-certificates (CertificatePublicKey.swift) hands RSA keys to
/// swift-crypto's `init(derRepresentation:)`, which throws below 2048 bits (RSA.swift), and throws
/// `unsupportedPublicKeyAlgorithm` for DSA and for every curve of NIST but P-256, P-384 and P-521. A certificate with
/// such a key cannot be parsed at all, and those are the ones to report. The DER reader of the search for keys is all
/// that it takes besides.
struct CertificateReader {
  private let bytes: ArraySlice<UInt8>

  /// - Parameter der: a certificate; what follows it is not read, as the trust settings of a `TRUSTED CERTIFICATE`.
  init(_ der: ArraySlice<UInt8>) { bytes = der }

  /// What it says; nil if it is none.
  ///
  /// - Parameter verify: whether a signature by its own key is checked.
  func read(verify: Bool = true) -> CertificateDetails? {
    var reader = DERReader(bytes)
    guard let whole = reader.next(), whole.tag == DERElement.sequence else { return nil }
    let parts = whole.children(limit: 4)
    guard parts.count == 3, parts[0].tag == DERElement.sequence, parts[1].tag == DERElement.sequence,
      parts[2].tag == DERElement.bitString
    else { return nil }
    var fields = parts[0].children(limit: 12)[...]
    if fields.first?.tag == 0xa0 { fields = fields.dropFirst() }
    let body = Array(fields)
    guard body.count >= 6, body[0].tag == DERElement.integer,
      [1, 2, 3, 4, 5].allSatisfy({ body[$0].tag == DERElement.sequence })
    else { return nil }
    let key = body[5].children(limit: 3)
    guard key.count == 2, key[0].tag == DERElement.sequence, key[1].tag == DERElement.bitString else {
      return nil
    }
    let extensions = CertificateExtensions(body.dropFirst(6).first { $0.tag == 0xa3 })
    let algorithm = SignatureAlgorithm(parts[1])
    let dates = body[3].children(limit: 2)
    var details = CertificateDetails(
      fingerprint: SHA256.hex(Array(whole.whole)), publicKey: SHA256.hex(Array(body[5].whole)),
      subject: DistinguishedName.text(body[4]), issuer: DistinguishedName.text(body[2]),
      serial: Self.serial(body[0].content), notBefore: dates.first.flatMap(CertificateTime.seconds),
      notAfter: dates.count > 1 ? CertificateTime.seconds(dates[1]) : nil,
      key: CertificateKey(key[0], key[1].content.dropFirst()), signature: algorithm.name,
      signatureDigest: algorithm.digest, isAuthority: extensions.isAuthority, selfSignature: .none,
      keyUsage: extensions.keyUsage, extendedKeyUsage: extensions.extendedKeyUsage, names: extensions.names)
    let namesItself =
      body[2].whole.elementsEqual(body[4].whole)
      && (extensions.authorityKey == nil || extensions.subjectKey == nil
        || extensions.authorityKey == extensions.subjectKey)
    if namesItself {
      details.selfSignature = .byName
      if verify {
        let signature = SelfSignatureCheck(
          signed: parts[0].whole, signature: parts[2].content.dropFirst(), algorithm: algorithm,
          key: details.key, publicKey: body[5].whole)
        switch signature.isValid {
        case true?: details.selfSignature = .verified
        case false?: details.selfSignature = .otherKey
        case nil: break
        }
      }
    }
    return details
  }

  /// An INTEGER of at most 64 bytes in hexadecimal.
  private static func serial(_ content: ArraySlice<UInt8>) -> String {
    var bytes = Array(content.prefix(64))
    let isNegative = bytes.first.map { $0 & 0x80 != 0 } ?? false
    if isNegative {
      var carry = true
      for place in bytes.indices.reversed() {
        bytes[place] = ~bytes[place]
        if carry { (bytes[place], carry) = bytes[place].addingReportingOverflow(1) }
      }
    }
    let digits = bytes.drop { $0 == 0 }
    let text = digits.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
    return (isNegative ? "-" : "") + (text.isEmpty ? "00" : text)
  }
}

extension CertificateKey {
  /// Reads the algorithm and the key of a SubjectPublicKeyInfo (RFC 3279, 5480, 8410).
  init(_ identifier: DERElement, _ key: ArraySlice<UInt8>) {
    let fields = identifier.children(limit: 2)
    let number = fields.first?.dotted ?? "unreadable"
    let parameters = fields.count > 1 ? fields[1] : nil
    switch number {
    case "1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10", "2.5.8.1.1": self = .rsa(key)
    case "1.2.840.10040.4.1", "1.3.14.3.2.12":
      let bits = parameters?.children(limit: 1).first.map { Self.bits($0.content) }
      self.init(algorithm: .dsa, words: "DSA key" + (bits.map { ", \($0) bits" } ?? ""), bits: bits)
    case "1.2.840.10045.2.1": self = .elliptic(parameters)
    case "1.3.101.110", "1.3.101.112":
      self.init(algorithm: .edwards, words: number.hasSuffix("2") ? "Ed25519 key" : "X25519 key", bits: 253)
    case "1.3.101.111", "1.3.101.113":
      self.init(algorithm: .edwards, words: number.hasSuffix("3") ? "Ed448 key" : "X448 key", bits: 446)
    case "2.16.840.1.101.3.4.3.17": self.init(algorithm: .postQuantum, words: "ML-DSA-44 key")
    case "2.16.840.1.101.3.4.3.18": self.init(algorithm: .postQuantum, words: "ML-DSA-65 key")
    case "2.16.840.1.101.3.4.3.19": self.init(algorithm: .postQuantum, words: "ML-DSA-87 key")
    default: self.init(algorithm: .other, words: "key of the algorithm \(number)")
    }
  }

  private static func rsa(_ key: ArraySlice<UInt8>) -> CertificateKey {
    var reader = DERReader(key)
    let numbers = reader.next()?.children(limit: 2) ?? []
    guard numbers.count == 2 else {
      return CertificateKey(algorithm: .rsa, words: "unreadable RSA key", bits: 0)
    }
    let bits = bits(numbers[0].content)
    let exponent = numbers[1].content.drop { $0 == 0 }
    let isBroken = exponent.last.map { $0 & 1 == 0 } ?? true || exponent.elementsEqual([1])
    return CertificateKey(
      algorithm: .rsa,
      words: "RSA key, \(bits) bits" + (isBroken ? ", with an exponent that hides nothing" : ""),
      bits: bits, hasBrokenExponent: isBroken)
  }

  private static func elliptic(_ parameters: DERElement?) -> CertificateKey {
    guard let number = parameters?.dotted else {
      return CertificateKey(algorithm: .elliptic, words: "EC key, curve given by its parameters")
    }
    guard let curve = EllipticCurves.named(number) else {
      return CertificateKey(algorithm: .elliptic, words: "EC key, unknown curve \(number)")
    }
    return CertificateKey(
      algorithm: .elliptic, words: "EC key, \(curve.name)", bits: curve.bits, curve: curve.name)
  }

  private static func bits(_ number: ArraySlice<UInt8>) -> Int {
    let digits = number.drop { $0 == 0 }
    return max(0, digits.count * 8 - (digits.first?.leadingZeroBitCount ?? 0))
  }
}
