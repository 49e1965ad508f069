/// A group of key exchange: an elliptic curve, a finite field of RFC 7919, or a hybrid with ML-KEM.
public struct TLSGroup: Sendable, Hashable, CustomStringConvertible {
  /// As IANA's registry "TLS Supported Groups" has it.
  public let name: String
  /// Bits of security as OpenSSL counts them (providers/common/capabilities.c).
  public let bits: Int
  /// Other names in configurations.
  let aliases: [String]
  let isOfTLS12: Bool
  let isOfTLS13: Bool
  /// The first release of OpenSSL that has it.
  let since: [Int]

  public var description: String { name }

  /// NIST SP 800-131A: what has fewer bits of security is no longer allowed.
  public static let weakBelow = 112

  private init(_ line: Substring) {
    let words = line.split(separator: " ")
    name = String(words[0])
    bits = words.count > 1 ? Int(words[1]) ?? 0 : 0
    let versions = words.count > 2 ? words[2] : ""
    isOfTLS12 = versions.contains("2")
    isOfTLS13 = versions.contains("3")
    since = words.count > 3 ? words[3].split(separator: ".").compactMap { Int($0) } : []
    aliases = words.dropFirst(4).map(String.init)
  }

  /// Name, bits, versions of TLS, first release, other names. GOST's are left out: they need an engine.
  static let all: [TLSGroup] = """
    x25519 128 23 1.1 X25519
    x448 224 23 1.1 X448
    secp256r1 128 23 1.0 prime256v1 P-256
    secp384r1 192 23 1.0 P-384
    secp521r1 256 23 1.0 P-521
    secp224r1 112 2 1.0 P-224
    secp192r1 80 2 1.0 prime192v1 P-192
    secp256k1 128 2 1.0
    secp224k1 112 2 1.0
    secp192k1 80 2 1.0
    secp160k1 80 2 1.0
    secp160r1 80 2 1.0
    secp160r2 80 2 1.0
    sect163k1 80 2 1.0 K-163
    sect163r1 80 2 1.0
    sect163r2 80 2 1.0 B-163
    sect193r1 80 2 1.0
    sect193r2 80 2 1.0
    sect233k1 112 2 1.0 K-233
    sect233r1 112 2 1.0 B-233
    sect239k1 112 2 1.0
    sect283k1 128 2 1.0 K-283
    sect283r1 128 2 1.0 B-283
    sect409k1 192 2 1.0 K-409
    sect409r1 192 2 1.0 B-409
    sect571k1 256 2 1.0 K-571
    sect571r1 256 2 1.0 B-571
    brainpoolP256r1 128 2 1.0
    brainpoolP384r1 192 2 1.0
    brainpoolP512r1 256 2 1.0
    brainpoolP256r1tls13 128 3 3.2
    brainpoolP384r1tls13 192 3 3.2
    brainpoolP512r1tls13 256 3 3.2
    ffdhe2048 112 3 3.0
    ffdhe3072 128 3 3.0
    ffdhe4096 128 3 3.0
    ffdhe6144 128 3 3.0
    ffdhe8192 192 3 3.0
    MLKEM512 128 3 3.5
    MLKEM768 192 3 3.5
    MLKEM1024 256 3 3.5
    X25519MLKEM768 192 3 3.5
    SecP256r1MLKEM768 192 3 3.5
    SecP384r1MLKEM1024 256 3 3.5
    """.split(separator: "\n").map { TLSGroup($0) }

  private static let byName: [String: TLSGroup] = {
    var found: [String: TLSGroup] = [:]
    for group in all { for name in [group.name] + group.aliases { found[name] = group } }
    return found
  }()
  private static let bySmallName = Dictionary(
    byName.map { ($0.key.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first })

  /// Names that baselines may use.
  public static let names = all.map(\.name)

  /// The length of the prime of a finite field.
  var fieldBits: Int? { name.hasPrefix("ffdhe") ? Int(name.dropFirst(5)) : nil }

  /// The group of a name in whatever letters.
  public static func named(_ name: some StringProtocol) -> TLSGroup? { bySmallName[name.lowercased()] }

  /// The group of a name in just these letters.
  static func exactly(_ name: some StringProtocol) -> TLSGroup? { byName[String(name)] }

  /// The curve of a name that EC_KEY_new_by_curve_name(3) knows through OBJ_sn2nid(3): no names of NIST, no X25519.
  static func curve(ofObject name: String) -> TLSGroup? {
    guard let group = exactly(name), group.isOfTLS12, !["x25519", "x448"].contains(group.name),
      !name.contains("-"), !["secp256r1", "secp192r1"].contains(name)
    else { return nil }
    return group
  }

  /// The curve of an object identifier (SEC 2; RFC 5639), of those that people put into files.
  static func curve(identifier: String) -> TLSGroup? {
    let names = [
      "1.2.840.10045.3.1.1": "secp192r1", "1.2.840.10045.3.1.7": "secp256r1", "1.3.132.0.1": "sect163k1",
      "1.3.132.0.8": "secp160r1", "1.3.132.0.10": "secp256k1", "1.3.132.0.33": "secp224r1",
      "1.3.132.0.34": "secp384r1", "1.3.132.0.35": "secp521r1", "1.3.36.3.3.2.8.1.1.7": "brainpoolP256r1",
      "1.3.36.3.3.2.8.1.1.11": "brainpoolP384r1", "1.3.36.3.3.2.8.1.1.13": "brainpoolP512r1",
    ]
    return names[identifier].flatMap { byName[$0] }
  }
}

extension [TLSGroup] {
  /// `x25519, secp256r1`, in the order in which the program prefers them.
  public var words: String { isEmpty ? "no group" : map(\.name).joined(separator: ", ") }
}

/// Diffie-Hellman over a finite field with TLS 1.2 and below, as a server would do it.
public enum TLSFiniteField: Sendable, Hashable {
  /// Nobody gets a suite with DHE; why.
  case none(String)
  /// The length of the prime.
  case bits(Int)
  /// The library chooses a prime as strong as the certificate's key, of this length or longer.
  case atLeast(Int)

  /// The length that a peer is certain to get; nil without DHE.
  public var bits: Int? {
    switch self {
    case .none: nil
    case .bits(let bits), .atLeast(let bits): bits
    }
  }

  /// For people.
  public var words: String {
    switch self {
    case .none(let reason): "no DHE: \(reason)"
    case .bits(let bits): "DHE with \(bits) bits"
    case .atLeast(let bits): "DHE with \(bits) bits or more"
    }
  }
}
