import Mustache

/// How every `{{name}}` of a template gets into the page: what could mislead a reader is made visible
/// (`printable`), and every character with a meaning in HTML, within attributes too, becomes a character
/// reference.
struct InertText: MustacheContentType {
  static let name = "INERT"

  func escapeText(_ text: String) -> String {
    var text = printable(text)
    return text.withUTF8 { bytes in
      guard bytes.contains(where: { Self.reference($0) != nil }) else { return nil }
      var result: [UInt8] = []
      result.reserveCapacity(bytes.count + 32)
      for byte in bytes {
        if let reference = Self.reference(byte) {
          result += reference.utf8
        } else {
          result.append(byte)
        }
      }
      return String(decoding: result, as: UTF8.self)
    } ?? text
  }

  private static func reference(_ byte: UInt8) -> String? {
    switch byte {
    case UInt8(ascii: "<"): "&lt;"
    case UInt8(ascii: ">"): "&gt;"
    case UInt8(ascii: "&"): "&amp;"
    case UInt8(ascii: "\""): "&quot;"
    case UInt8(ascii: "'"): "&#39;"
    default: nil
    }
  }

}
