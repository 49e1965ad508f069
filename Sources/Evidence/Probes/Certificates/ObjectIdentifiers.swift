extension DERElement {
  /// An OBJECT IDENTIFIER as numbers: `2.5.4.3`; nil for anything else. Longer ones than 64 bytes are none.
  var dotted: String? {
    guard tag == Self.objectIdentifier, !content.isEmpty, content.count <= 64 else { return nil }
    var parts: [UInt64] = []
    var value: UInt64 = 0
    for byte in content {
      guard value < 1 << 56 else { return nil }
      value = value << 7 | UInt64(byte & 0x7f)
      if byte & 0x80 == 0 {
        parts.append(value)
        value = 0
      }
    }
    guard let first = parts.first, content.last.map({ $0 & 0x80 == 0 }) == true else { return nil }
    let top = min(first / 40, 2)
    return ([top, first - top * 40] + parts.dropFirst()).map(String.init).joined(separator: ".")
  }
}

/// Algorithms that sign certificates (RFC 3279, 4055, 5758, 8410, 9881; NIST's registry 2.16.840.1.101.3.4.3).
struct SignatureAlgorithm {
  /// OpenSSL's name, or numbers.
  var name: String
  /// Nil where the algorithm has its own.
  var digest: String?

  /// Reads an AlgorithmIdentifier.
  init(_ identifier: DERElement) {
    let fields = identifier.children(limit: 2)
    let number = fields.first?.dotted ?? "unreadable"
    if number == "1.2.840.113549.1.1.10" {
      name = "rsassaPss"
      digest = Self.pssDigest(fields.count > 1 ? fields[1] : nil)
    } else if let known = Self.known[number] {
      (name, digest) = known
    } else {
      (name, digest) = (number, nil)
    }
  }

  /// RSASSA-PSS-params: [0] hashAlgorithm, SHA-1 unless given (RFC 4055 section 3.1).
  private static func pssDigest(_ parameters: DERElement?) -> String? {
    guard let field = parameters?.children(limit: 4).first(where: { $0.tag == 0xa0 }) else { return "SHA1" }
    let number = field.children(limit: 1).first?.children(limit: 1).first?.dotted
    return number.flatMap { digests[$0] }
  }

  private static let digests = [
    "1.2.840.113549.2.5": "MD5", "1.3.14.3.2.26": "SHA1", "2.16.840.1.101.3.4.2.1": "SHA256",
    "2.16.840.1.101.3.4.2.2": "SHA384", "2.16.840.1.101.3.4.2.3": "SHA512",
    "2.16.840.1.101.3.4.2.4": "SHA224", "2.16.840.1.101.3.4.2.5": "SHA512-224",
    "2.16.840.1.101.3.4.2.6": "SHA512-256",
    "2.16.840.1.101.3.4.2.7": "SHA3-224", "2.16.840.1.101.3.4.2.8": "SHA3-256",
    "2.16.840.1.101.3.4.2.9": "SHA3-384", "2.16.840.1.101.3.4.2.10": "SHA3-512",
  ]

  private static let known: [String: (String, String?)] = [
    "1.2.840.113549.1.1.2": ("md2WithRSAEncryption", "MD2"),
    "1.2.840.113549.1.1.3": ("md4WithRSAEncryption", "MD4"),
    "1.2.840.113549.1.1.4": ("md5WithRSAEncryption", "MD5"),
    "1.3.14.3.2.3": ("md5WithRSA", "MD5"),
    "1.2.840.113549.1.1.5": ("sha1WithRSAEncryption", "SHA1"),
    "1.3.14.3.2.29": ("sha1WithRSA", "SHA1"),
    "1.2.840.113549.1.1.14": ("sha224WithRSAEncryption", "SHA224"),
    "1.2.840.113549.1.1.11": ("sha256WithRSAEncryption", "SHA256"),
    "1.2.840.113549.1.1.12": ("sha384WithRSAEncryption", "SHA384"),
    "1.2.840.113549.1.1.13": ("sha512WithRSAEncryption", "SHA512"),
    "1.2.840.113549.1.1.15": ("sha512-224WithRSAEncryption", "SHA512-224"),
    "1.2.840.113549.1.1.16": ("sha512-256WithRSAEncryption", "SHA512-256"),
    "1.3.36.3.3.1.2": ("ripemd160WithRSA", "RIPEMD160"),
    "1.2.840.10040.4.3": ("dsaWithSHA1", "SHA1"),
    "1.3.14.3.2.27": ("dsaWithSHA1-old", "SHA1"),
    "2.16.840.1.101.3.4.3.1": ("dsa_with_SHA224", "SHA224"),
    "2.16.840.1.101.3.4.3.2": ("dsa_with_SHA256", "SHA256"),
    "2.16.840.1.101.3.4.3.3": ("dsa_with_SHA384", "SHA384"),
    "2.16.840.1.101.3.4.3.4": ("dsa_with_SHA512", "SHA512"),
    "1.2.840.10045.4.1": ("ecdsa-with-SHA1", "SHA1"),
    "1.2.840.10045.4.3.1": ("ecdsa-with-SHA224", "SHA224"),
    "1.2.840.10045.4.3.2": ("ecdsa-with-SHA256", "SHA256"),
    "1.2.840.10045.4.3.3": ("ecdsa-with-SHA384", "SHA384"),
    "1.2.840.10045.4.3.4": ("ecdsa-with-SHA512", "SHA512"),
    "2.16.840.1.101.3.4.3.13": ("RSA-SHA3-224", "SHA3-224"),
    "2.16.840.1.101.3.4.3.14": ("RSA-SHA3-256", "SHA3-256"),
    "2.16.840.1.101.3.4.3.15": ("RSA-SHA3-384", "SHA3-384"),
    "2.16.840.1.101.3.4.3.16": ("RSA-SHA3-512", "SHA3-512"),
    "2.16.840.1.101.3.4.3.17": ("ML-DSA-44", nil),
    "2.16.840.1.101.3.4.3.18": ("ML-DSA-65", nil),
    "2.16.840.1.101.3.4.3.19": ("ML-DSA-87", nil),
    "1.2.156.10197.1.501": ("SM2-with-SM3", "SM3"),
    "1.3.101.112": ("ED25519", nil), "1.3.101.113": ("ED448", nil),
  ]
}

/// Curves by their numbers (SEC 2, RFC 5639, X9.62), with the bits of their order.
enum EllipticCurves {
  static func named(_ number: String) -> (name: String, bits: Int)? { all[number] }

  private static let all: [String: (String, Int)] = {
    var all: [String: (String, Int)] = [:]
    let x962 = [
      ("prime192v1", 192), ("prime192v2", 192), ("prime192v3", 192), ("prime239v1", 239),
      ("prime239v2", 239), ("prime239v3", 239), ("prime256v1", 256),
    ]
    for (place, curve) in x962.enumerated() { all["1.2.840.10045.3.1.\(place + 1)"] = curve }
    let sec: [(Int, String, Int)] = [
      (1, "sect163k1", 163), (2, "sect163r1", 162), (3, "sect239k1", 238), (4, "sect113r1", 113),
      (5, "sect113r2", 113), (6, "secp112r1", 112), (7, "secp112r2", 110), (8, "secp160r1", 161),
      (9, "secp160k1", 161), (10, "secp256k1", 256), (15, "sect163r2", 163), (16, "sect283k1", 281),
      (17, "sect283r1", 282), (22, "sect131r1", 131), (23, "sect131r2", 131), (24, "sect193r1", 193),
      (25, "sect193r2", 193), (26, "sect233k1", 232), (27, "sect233r1", 233), (28, "secp128r1", 128),
      (29, "secp128r2", 126), (30, "secp160r2", 161), (31, "secp192k1", 192), (32, "secp224k1", 225),
      (33, "secp224r1", 224), (34, "secp384r1", 384), (35, "secp521r1", 521), (36, "sect409k1", 407),
      (37, "sect409r1", 409), (38, "sect571k1", 570), (39, "sect571r1", 570),
    ]
    for (number, name, bits) in sec { all["1.3.132.0.\(number)"] = (name, bits) }
    let brainpool = [160, 192, 224, 256, 320, 384, 512].flatMap { bits in
      ["r1", "t1"].map { ("brainpoolP\(bits)\($0)", bits) }
    }
    for (place, curve) in brainpool.enumerated() { all["1.3.36.3.3.2.8.1.1.\(place + 1)"] = curve }
    all["1.2.156.10197.1.301"] = ("SM2", 256)
    return all
  }()
}
