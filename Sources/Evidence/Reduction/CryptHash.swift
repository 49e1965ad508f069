/// A password hash as crypt(5) writes it: its scheme and what it costs to try a password. Salt and hash are not kept.
public struct CryptHash: Hashable, Sendable {
  /// How the password was hashed, by the names of crypt(5).
  public enum Scheme: String, Hashable, Sendable, CaseIterable {
    case yescrypt, gostYescrypt = "gost-yescrypt", scrypt, bcrypt
    case sha512crypt, sha256crypt, sm3crypt, sha1crypt, sunMD5 = "sunmd5", md5crypt, apr1
    case argon2, phpass, bsdicrypt, bigcrypt, descrypt, nt
    /// A form with a prefix that crypt(5) does not know.
    case unknown
  }

  public var scheme: Scheme
  /// The cost in the scheme's own unit, where it has one: rounds of sha512crypt, sha256crypt, sha1crypt, sunmd5 and
  /// bsdicrypt; binary logarithm of the rounds of bcrypt, and of N of yescrypt, gost-yescrypt and scrypt.
  public var cost: Int?
  /// What stands before the salt: `$6$rounds=5000$`, `$2b$12$`, `$y$j9T$`; empty for DES.
  public var prefix: String
  /// Whether the text has the whole shape of the scheme, salt and hash in their lengths, or was cut before.
  var isComplete: Bool
  /// The bytes of the text that belong to the hash.
  var length: Int

  /// The hash with salt and hash cut out.
  public var reduced: String {
    switch scheme {
    case .descrypt: CutMarker.text(.desHash)
    case .bigcrypt: CutMarker.text(.bigcryptHash)
    default: prefix + CutMarker.text(.hash)
    }
  }

  /// Recognises a hash, whole or reduced; nil for anything else.
  public init?(_ field: some StringProtocol) {
    self.init(Array(field.utf8)[...])
  }

  /// Recognises a hash that the bytes consist of.
  init?(_ bytes: ArraySlice<UInt8>) {
    switch bytes.first {
    case UInt8(ascii: "$"):
      guard let hash = CryptHash(prefixOf: bytes) else { return nil }
      self = hash
    case UInt8(ascii: "("):
      switch CutMarker.exactly(bytes) {
      case .desHash: self.init(.descrypt, bytes.count)
      case .bigcryptHash: self.init(.bigcrypt, bytes.count)
      default: return nil
      }
    case UInt8(ascii: "_"):
      let isWhole = bytes.count == 20 && bytes.dropFirst().allSatisfy(isSaltCharacter)
      guard isWhole || (bytes.count > 5 && CutMarker.exactly(bytes.dropFirst(5)) == .hash) else { return nil }
      self.init(.bsdicrypt, bytes.count, prefix: bytes.prefix(5), cost: number(bytes.dropFirst().prefix(4)))
    default:
      guard bytes.count >= 13, bytes.count <= 178, (bytes.count - 2).isMultiple(of: 11),
        bytes.allSatisfy(isSaltCharacter)
      else { return nil }
      self.init(bytes.count == 13 ? .descrypt : .bigcrypt, bytes.count)
    }
  }

  /// Recognises a hash with a prefix at the start of the bytes; more may follow.
  init?(prefixOf bytes: ArraySlice<UInt8>) {
    guard bytes.first == UInt8(ascii: "$") else { return nil }
    // No parameters are longer than this; argon2's are the longest.
    let head = bytes.dropFirst().prefix(64)
    guard let idEnd = head.firstIndex(where: { $0 == UInt8(ascii: "$") || $0 == UInt8(ascii: ",") }) else {
      return nil
    }
    let id = String(decoding: head[..<idEnd], as: UTF8.self)
    guard let layout = Layout.known[id] else {
      guard (1...16).contains(id.utf8.count), head[idEnd] == UInt8(ascii: "$"),
        id.utf8.allSatisfy({ isSaltCharacter($0) || $0 == UInt8(ascii: "-") })
      else { return nil }
      self.init(.unknown, bytes.count, prefix: bytes[...idEnd], isComplete: false)
      return
    }
    var prefixEnd = idEnd + 1
    var cost = layout.defaultCost
    if let (end, value) = layout.parameters(bytes, idEnd) { (prefixEnd, cost) = (end, value ?? cost) }
    let rest = bytes[min(prefixEnd, bytes.endIndex)...]
    let (length, isComplete) = layout.body(rest)
    self.init(
      layout.scheme, prefixEnd - bytes.startIndex + length, prefix: bytes[..<min(prefixEnd, bytes.endIndex)],
      cost: cost, isComplete: isComplete)
  }

  private init(
    _ scheme: Scheme, _ length: Int, prefix: ArraySlice<UInt8> = [], cost: Int? = nil, isComplete: Bool = true
  ) {
    self.scheme = scheme
    self.length = length
    self.prefix = String(decoding: prefix, as: UTF8.self)
    self.cost = cost
    self.isComplete = isComplete
  }
}

/// How one scheme of crypt(5) writes parameters, salt and hash.
private struct Layout {
  enum Parameters {
    case none
    /// `rounds=N$`, optional.
    case rounds
    /// Two digits and `$`.
    case twoDigits
    /// Decimal digits and `$`.
    case decimal
    /// yescrypt's flags, N and r in its own digits, and `$`.
    case yescrypt
    /// scrypt's one digit for N and five each for r and p.
    case scrypt
    /// Fields with `=` between `$`.
    case argon2
  }

  var scheme: CryptHash.Scheme
  var parameters: Parameters
  var defaultCost: Int?
  /// Lengths of the salt (at most) and the hash; nil where the scheme has no fixed ones.
  var salt: Int?
  var hash: Int?

  static let known: [String: Layout] = {
    var known: [String: Layout] = [
      "1": Layout(scheme: .md5crypt, parameters: .none, salt: 8, hash: 22),
      "apr1": Layout(scheme: .apr1, parameters: .none, salt: 8, hash: 22),
      "5": Layout(scheme: .sha256crypt, parameters: .rounds, defaultCost: 5000, salt: 16, hash: 43),
      "6": Layout(scheme: .sha512crypt, parameters: .rounds, defaultCost: 5000, salt: 16, hash: 86),
      "sm3": Layout(scheme: .sm3crypt, parameters: .rounds, defaultCost: 5000, salt: 16, hash: 43),
      "y": Layout(scheme: .yescrypt, parameters: .yescrypt, salt: 86, hash: 43),
      "gy": Layout(scheme: .gostYescrypt, parameters: .yescrypt, salt: 86, hash: 43),
      "sm3y": Layout(scheme: .yescrypt, parameters: .yescrypt, salt: 86, hash: 43),
      "7": Layout(scheme: .scrypt, parameters: .scrypt, salt: 86, hash: 43),
      "sha1": Layout(scheme: .sha1crypt, parameters: .decimal, salt: 64, hash: 28),
      "md5": Layout(scheme: .sunMD5, parameters: .rounds, defaultCost: 4096),
      "3": Layout(scheme: .nt, parameters: .none, salt: 0, hash: 32),
      "P": Layout(scheme: .phpass, parameters: .none), "H": Layout(scheme: .phpass, parameters: .none),
      "argon2id": Layout(scheme: .argon2, parameters: .argon2),
      "argon2i": Layout(scheme: .argon2, parameters: .argon2),
      "argon2d": Layout(scheme: .argon2, parameters: .argon2),
    ]
    for id in ["2", "2a", "2b", "2x", "2y"] {
      known[id] = Layout(scheme: .bcrypt, parameters: .twoDigits, salt: 0, hash: 53)
    }
    return known
  }()

  /// The end of the parameters and the cost that they state; nil if there are none.
  func parameters(_ bytes: ArraySlice<UInt8>, _ idEnd: Int) -> (end: Int, cost: Int?)? {
    let rest = bytes[(idEnd + 1)...].prefix(80)
    let field = rest.prefix { $0 != UInt8(ascii: "$") }
    let isClosed = field.endIndex < rest.endIndex
    let afterField = isClosed ? field.endIndex + 1 : field.endIndex
    switch parameters {
    case .none: return nil
    case .rounds:
      guard field.starts(with: "rounds=".utf8), isClosed else { return nil }
      return (afterField, decimal(field.dropFirst(7)))
    case .twoDigits:
      guard field.count == 2, isClosed, let cost = decimal(field) else { return nil }
      return (afterField, cost)
    case .decimal:
      guard isClosed, let cost = decimal(field) else { return nil }
      return (afterField, cost)
    case .yescrypt:
      guard isClosed, field.allSatisfy(isSaltCharacter), field.count >= 2 else { return nil }
      return (afterField, digit(field[field.startIndex + 1]).map { $0 + 1 })
    case .scrypt:
      guard rest.count >= 11, rest.prefix(11).allSatisfy(isSaltCharacter) else { return nil }
      return (rest.startIndex + 11, digit(rest[rest.startIndex]))
    case .argon2:
      var end = rest.startIndex
      while let close = rest[end...].firstIndex(of: UInt8(ascii: "$")),
        rest[end..<close].contains(UInt8(ascii: "="))
      {
        end = close + 1
      }
      return (end, nil)
    }
  }

  /// How much of `rest` is salt and hash, and whether that is all there should be.
  func body(_ rest: ArraySlice<UInt8>) -> (length: Int, isComplete: Bool) {
    if let marker = CutMarker.parse(rest), marker.kind == .hash { return (marker.length, true) }
    let separators = scheme == .sunMD5 || scheme == .nt || salt == nil ? 4 : 1
    var fields = 0
    let run = rest.prefix { byte in
      if byte == UInt8(ascii: "$") { fields += 1 }
      return isSaltCharacter(byte) || (byte == UInt8(ascii: "$") && fields <= separators)
        || (salt == nil && "+=,-_".utf8.contains(byte))
    }
    guard let salt, let hash else { return (run.count, run.count >= 22) }
    if salt == 0 { return (run.count, run.drop { $0 == UInt8(ascii: "$") }.count == hash) }
    guard let dollar = run.firstIndex(of: UInt8(ascii: "$")) else { return (run.count, false) }
    let saltLength = dollar - run.startIndex
    return (run.count, saltLength <= salt && run.endIndex - dollar - 1 == hash)
  }
}

/// A digit of crypt(5): `.`, `/`, `0`–`9`, `A`–`Z`, `a`–`z` are 0 to 63.
private func digit(_ byte: UInt8) -> Int? {
  switch byte {
  case UInt8(ascii: "."): 0
  case UInt8(ascii: "/"): 1
  case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0")) + 2
  case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(byte - UInt8(ascii: "A")) + 12
  case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(byte - UInt8(ascii: "a")) + 38
  default: nil
  }
}

private func isSaltCharacter(_ byte: UInt8) -> Bool { digit(byte) != nil }

/// bsdicrypt's count: four digits, the lowest first.
private func number(_ digits: ArraySlice<UInt8>) -> Int? {
  var value = 0
  for byte in digits.reversed() {
    guard let digit = digit(byte) else { return nil }
    value = value * 64 + digit
  }
  return value
}

private func decimal(_ digits: ArraySlice<UInt8>) -> Int? {
  guard (1...10).contains(digits.count),
    digits.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") })
  else { return nil }
  return Int(String(decoding: digits, as: UTF8.self))
}
