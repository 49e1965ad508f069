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

/// Base64 (RFC 4648, section 4) without padding.
package func encodeBase64(_ bytes: [UInt8]) -> String {
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
