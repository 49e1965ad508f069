/// What an OpenSSH private key says in clear: whether it is encrypted, and its public half (PROTOCOL.key of OpenSSH).
struct OpenSSHKeyEnvelope {
  var isEncrypted: Bool
  /// SHA-256 of the public half in base64 without padding, as `ssh-keygen -l` prints it.
  var fingerprint: String?
  /// The public half as SSH writes it (RFC 4253, section 6.6).
  var publicKey: [UInt8]?

  /// Reads the envelope; nil if it is not one. What is private is decoded, but not looked at.
  init?(base64 text: [UInt8]) {
    // The envelope of the largest keys (RSA, 16384 bits) lies within the first 4 KB.
    self.init(blob: decodeBase64(text.prefix(8192)))
  }

  /// Reads the envelope as bytes; nil if it is not one.
  init?(blob: [UInt8]) {
    var rest = blob[...]
    guard rest.starts(with: Array("openssh-key-v1".utf8) + [0]) else { return nil }
    rest = rest.dropFirst(15)
    guard let cipher = Self.string(&rest), Self.string(&rest) != nil, Self.string(&rest) != nil,
      Self.number(&rest) != nil
    else { return nil }
    isEncrypted = !cipher.elementsEqual("none".utf8)
    if let publicKey = Self.string(&rest) {
      self.publicKey = Array(publicKey)
      fingerprint = encodeBase64(SHA256.digest(Array(publicKey)))
    }
  }

  private static func number(_ rest: inout ArraySlice<UInt8>) -> Int? {
    guard rest.count >= 4 else { return nil }
    let value = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    rest = rest.dropFirst(4)
    return value
  }

  private static func string(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard let length = number(&rest), length <= rest.count else { return nil }
    defer { rest = rest.dropFirst(length) }
    return rest.prefix(length)
  }
}

private let base64Alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

func decodeBase64(_ text: some Sequence<UInt8>) -> [UInt8] {
  var result: [UInt8] = []
  var buffer: UInt32 = 0
  var bits = 0
  for byte in text {
    let value: UInt32
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = UInt32(byte) - 65
    case UInt8(ascii: "a")...UInt8(ascii: "z"): value = UInt32(byte) - 71
    case UInt8(ascii: "0")...UInt8(ascii: "9"): value = UInt32(byte) + 4
    case UInt8(ascii: "+"): value = 62
    case UInt8(ascii: "/"): value = 63
    default: continue
    }
    buffer = (buffer << 6 | value) & 0xffffff
    bits += 6
    if bits >= 8 {
      bits -= 8
      result.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
    }
  }
  return result
}

func encodeBase64(_ bytes: [UInt8]) -> String {
  var text: [UInt8] = []
  var buffer: UInt32 = 0
  var bits = 0
  for byte in bytes {
    buffer = (buffer << 8 | UInt32(byte)) & 0xffffff
    bits += 8
    while bits >= 6 {
      bits -= 6
      text.append(base64Alphabet[Int(buffer >> UInt32(bits) & 63)])
    }
  }
  if bits > 0 { text.append(base64Alphabet[Int(buffer << UInt32(6 - bits) & 63)]) }
  return String(decoding: text, as: UTF8.self)
}
