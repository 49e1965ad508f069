import Crypto

/// What a private key in DER is: PKCS#1, PKCS#8, SEC 1, or DSA as OpenSSL writes it.
struct PrivateKeyForm {
  var words: String
  var isEncrypted: Bool
  /// See `PublicHalf.digest`.
  var publicKey: String?

  /// Recognises a key; nil for everything else. A key has to fill the bytes.
  init?(_ der: [UInt8]) {
    var reader = DERReader(der[...])
    guard let key = reader.next(), key.tag == DERElement.sequence, reader.isAtEnd else { return nil }
    let fields = key.children(limit: 12)
    guard fields.count >= 2 else { return nil }
    if fields[0].tag == DERElement.sequence {
      guard let form = Self.encrypted(fields) else { return nil }
      self = form
      return
    }
    guard let version = fields[0].smallInteger else { return nil }
    switch (version, fields[1].tag) {
    case (0, DERElement.integer), (1, DERElement.integer):
      guard let form = Self.numbers(fields) else { return nil }
      self = form
    case (0, DERElement.sequence), (1, DERElement.sequence):
      guard let form = Self.pkcs8(fields) else { return nil }
      self = form
    case (1, DERElement.octetString):
      self.init(plain: Self.elliptic(fields, curve: nil))
    default: return nil
    }
  }

  private init(plain half: PublicHalf) {
    words = half.words
    isEncrypted = false
    publicKey = half.digest
  }

  private init(encrypted words: String) {
    self.words = words
    isEncrypted = true
  }

  /// EncryptedPrivateKeyInfo (RFC 5958), whose algorithm is one of PKCS#5 or PKCS#12.
  private static func encrypted(_ fields: [DERElement]) -> PrivateKeyForm? {
    let schemes: [[UInt8]] = [
      [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05], [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c],
    ]
    guard fields.count == 2, fields[1].tag == DERElement.octetString,
      let algorithm = fields[0].children(limit: 1).first, algorithm.tag == DERElement.objectIdentifier,
      schemes.contains(where: { algorithm.content.starts(with: $0) })
    else { return nil }
    return PrivateKeyForm(encrypted: "key of PKCS#8")
  }

  /// Version and INTEGERs: RSA has eight more, DSA five.
  private static func numbers(_ fields: [DERElement]) -> PrivateKeyForm? {
    let numbers = fields.dropFirst().prefix { $0.tag == DERElement.integer && !$0.content.isEmpty }
    if numbers.count >= 8 {
      guard fields[1].content.count >= 32 else { return nil }
      return PrivateKeyForm(plain: .rsa(modulus: fields[1].content, exponent: fields[2].content))
    }
    guard numbers.count == 5, fields[1].content.count >= 32 else { return nil }
    return PrivateKeyForm(plain: .other("DSA key, \((fields[1].content.drop { $0 == 0 }.count) * 8) bits"))
  }

  private static func pkcs8(_ fields: [DERElement]) -> PrivateKeyForm? {
    let algorithm = fields[1].children(limit: 2)
    guard fields.count >= 3, fields[2].tag == DERElement.octetString, let identifier = algorithm.first,
      identifier.tag == DERElement.objectIdentifier
    else { return nil }
    var inner = DERReader(fields[2].content)
    switch Array(identifier.content) {
    case PublicHalf.rsaIdentifier, PublicHalf.pssIdentifier:
      return inner.next().flatMap { numbers($0.children(limit: 12)) }
    case PublicHalf.dsaIdentifier: return PrivateKeyForm(plain: .other("DSA key"))
    case PublicHalf.ecIdentifier:
      guard let key = inner.next() else { return nil }
      return PrivateKeyForm(plain: elliptic(key.children(limit: 4), curve: algorithm.last?.content))
    case let name where PublicHalf.edwardsNames[name] != nil:
      guard let seed = inner.next(), seed.tag == DERElement.octetString else { return nil }
      let point =
        name == PublicHalf.ed25519
        ? try? Array(
          Curve25519.Signing.PrivateKey(rawRepresentation: seed.content).publicKey.rawRepresentation) : nil
      return PrivateKeyForm(plain: .edwards(identifier.content, point: point.map { $0[...] }))
    default: return PrivateKeyForm(plain: .other("key of PKCS#8"))
    }
  }

  /// ECPrivateKey (RFC 5915): version, secret, [0] curve, [1] public point.
  private static func elliptic(_ fields: [DERElement], curve: ArraySlice<UInt8>?) -> PublicHalf {
    var curve = curve
    var point: ArraySlice<UInt8>?
    for field in fields.dropFirst(2) {
      let inner = field.children(limit: 1).first
      if field.tag == 0xa0 { curve = inner?.content ?? curve }
      if field.tag == 0xa1, inner?.tag == DERElement.bitString { point = inner?.content.dropFirst() }
    }
    let secret = fields.count > 1 && fields[1].tag == DERElement.octetString ? fields[1].content : nil
    return .elliptic(curve: curve ?? [], point: point, secret: secret)
  }
}
