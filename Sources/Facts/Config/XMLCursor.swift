/// Why a document could not be read as XML.
package struct XMLError: Error, Sendable, Hashable {
  /// Counted from 0.
  package var byte: Int
  /// Counted from 1.
  package var line: Int
  package var reason: String
  /// Whether the document ends too early, and is well-formed up to there.
  package var isCutOff = false
}

/// Goes through the bytes of an XML document: what names, entities and marks are, and where something is wrong.
struct XMLCursor {
  let bytes: [UInt8]
  var position: Int
  /// Where the tag starts that is being read.
  var start = 0
  /// Up to where lines have been counted.
  private var counted = (position: 0, line: 1)

  /// - Throws: if the document is not in UTF-8.
  init(_ bytes: [UInt8]) throws(XMLError) {
    self.bytes = bytes
    position = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
    if bytes.starts(with: [0xfe, 0xff]) || bytes.starts(with: [0xff, 0xfe]) {
      throw malformed("not in UTF-8")
    }
  }

  /// Nil at the end.
  var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  /// The line of a position, counted from 1. Quick for positions that grow.
  mutating func line(at position: Int) -> Int {
    if position < counted.position { counted = (0, 1) }
    counted.line += Self.lineFeeds(bytes[counted.position..<min(position, bytes.count)])
    counted.position = min(position, bytes.count)
    return counted.line
  }

  private static func lineFeeds(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.reduce(0) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
  }

  mutating func readName(limit: Int) throws(XMLError) -> String {
    let begin = position
    while position < bytes.count, !Self.endsName(bytes[position]) { position += 1 }
    guard position < bytes.count else { throw cutOff("a tag without an end", at: start) }
    guard position > begin, position - begin <= limit else { throw malformed("a name is missing") }
    return String(decoding: bytes[begin..<position], as: UTF8.self)
  }

  private static func endsName(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x20, 0x09, 0x0a, 0x0d, UInt8(ascii: "="), UInt8(ascii: "/"), UInt8(ascii: ">"), UInt8(ascii: "<"),
      UInt8(ascii: "\""), UInt8(ascii: "'"):
      true
    default: false
    }
  }

  /// Goes behind the mark, which is looked for from a place on.
  mutating func pass(_ mark: StaticString, from begin: Int) throws(XMLError) {
    let opening = position
    position = min(begin, bytes.count)
    while position < bytes.count {
      if starts(mark) {
        position += mark.utf8CodeUnitCount
        return
      }
      position += 1
    }
    throw cutOff("'\(mark)' is missing", at: opening)
  }

  /// One of the five that XML itself has, or a character by its number.
  mutating func readEntity() throws(XMLError) -> [UInt8] {
    let begin = position + 1
    var end = begin
    while end < bytes.count, bytes[end] != UInt8(ascii: ";"), end - begin < 12 { end += 1 }
    guard end < bytes.count else { throw cutOff("a malformed entity", at: position) }
    guard bytes[end] == UInt8(ascii: ";") else { throw malformed("a malformed entity") }
    let name = String(decoding: bytes[begin..<end], as: UTF8.self)
    switch name {
    case "amp": position = end + 1; return [UInt8(ascii: "&")]
    case "lt": position = end + 1; return [UInt8(ascii: "<")]
    case "gt": position = end + 1; return [UInt8(ascii: ">")]
    case "quot": position = end + 1; return [UInt8(ascii: "\"")]
    case "apos": position = end + 1; return [UInt8(ascii: "'")]
    default:
      let isHexadecimal = name.hasPrefix("#x")
      // A number is read with a sign, which no entity has.
      guard name.hasPrefix("#"), !name.contains(where: { "+-".contains($0) }),
        let number = UInt32(name.dropFirst(isHexadecimal ? 2 : 1), radix: isHexadecimal ? 16 : 10),
        let scalar = Unicode.Scalar(number)
      else { throw malformed("an entity that is not predefined") }
      position = end + 1
      return Array(String(Character(scalar)).utf8)
    }
  }

  mutating func skipBlanks() {
    while position < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[position]) { position += 1 }
  }

  /// Whether a text follows.
  func starts(_ text: StaticString) -> Bool {
    guard bytes.count - position >= text.utf8CodeUnitCount else { return false }
    return text.withUTF8Buffer { bytes[position..<position + $0.count].elementsEqual($0) }
  }

  /// Goes behind a byte that has to follow.
  mutating func expect(_ byte: UInt8) throws(XMLError) {
    guard position < bytes.count else { throw cutOff("a tag without an end", at: start) }
    guard bytes[position] == byte else {
      throw malformed("'\(Character(Unicode.Scalar(byte)))' is missing")
    }
    position += 1
  }

  // MARK: Errors

  func cutOff(_ reason: String, at place: Int) -> XMLError {
    var error = malformed(reason, at: place)
    error.isCutOff = true
    return error
  }

  func malformed(_ reason: String, at place: Int? = nil) -> XMLError {
    let place = min(place ?? position, bytes.count)
    return XMLError(byte: place, line: 1 + Self.lineFeeds(bytes[..<place]), reason: reason)
  }
}
