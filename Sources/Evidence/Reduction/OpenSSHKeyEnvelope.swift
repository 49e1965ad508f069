/// What an OpenSSH private key says in clear: whether it is encrypted, and its public half (PROTOCOL.key of OpenSSH).
struct OpenSSHKeyEnvelope {
  var isEncrypted: Bool
  /// SHA-256 of the public half in base64 without padding, as `ssh-keygen -l` prints it.
  var fingerprint: String?

  /// Reads the envelope; nil if it is not one. What is private is decoded, but not looked at.
  init?(base64 text: [UInt8]) {
    // The envelope of the largest keys (RSA, 16384 bits) lies within the first 4 KB.
    let blob = decodeBase64(text.prefix(8192))
    var rest = blob[...]
    guard rest.starts(with: Array("openssh-key-v1".utf8) + [0]) else { return nil }
    rest = rest.dropFirst(15)
    guard let cipher = Self.string(&rest), Self.string(&rest) != nil, Self.string(&rest) != nil,
      Self.number(&rest) != nil
    else { return nil }
    isEncrypted = !cipher.elementsEqual("none".utf8)
    if let publicKey = Self.string(&rest) {
      fingerprint = encodeBase64(sha256(Array(publicKey)))
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

private func decodeBase64(_ text: some Sequence<UInt8>) -> [UInt8] {
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

private func encodeBase64(_ bytes: [UInt8]) -> String {
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

/// SHA-256 (FIPS 180-4, 6.2) of a short message.
func sha256(_ message: [UInt8]) -> [UInt8] {
  var state: [UInt32] = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]
  var padded = message + [0x80]
  while padded.count % 64 != 56 { padded.append(0) }
  padded += withUnsafeBytes(of: UInt64(message.count * 8).bigEndian, Array.init)
  for block in stride(from: 0, to: padded.count, by: 64) {
    var words = (0..<16).map { word in
      padded[block + word * 4..<block + word * 4 + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    }
    for index in 16..<64 {
      let (a, b) = (words[index - 15], words[index - 2])
      let small0 = rotate(a, 7) ^ rotate(a, 18) ^ (a >> 3)
      let small1 = rotate(b, 17) ^ rotate(b, 19) ^ (b >> 10)
      words.append(words[index - 16] &+ small0 &+ words[index - 7] &+ small1)
    }
    var work = state
    for index in 0..<64 {
      let big1 = rotate(work[4], 6) ^ rotate(work[4], 11) ^ rotate(work[4], 25)
      let choice = (work[4] & work[5]) ^ (~work[4] & work[6])
      let first = work[7] &+ big1 &+ choice &+ roundConstants[index] &+ words[index]
      let big0 = rotate(work[0], 2) ^ rotate(work[0], 13) ^ rotate(work[0], 22)
      let majority = (work[0] & work[1]) ^ (work[0] & work[2]) ^ (work[1] & work[2])
      work = [
        first &+ big0 &+ majority, work[0], work[1], work[2], work[3] &+ first, work[4], work[5], work[6],
      ]
    }
    for index in 0..<8 { state[index] = state[index] &+ work[index] }
  }
  return state.flatMap { word in withUnsafeBytes(of: word.bigEndian, Array.init) }
}

private func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 { word >> count | word << (32 - count) }

/// The first 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4, 4.2.2).
private let roundConstants: [UInt32] = [
  0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
  0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
  0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
  0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
  0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
  0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
  0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
  0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
]
