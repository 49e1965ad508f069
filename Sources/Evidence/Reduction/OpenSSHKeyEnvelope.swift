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
