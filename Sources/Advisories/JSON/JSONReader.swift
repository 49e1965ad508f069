/// Reads JSON (RFC 8259) in one pass over its bytes, value by value, without making a tree: feeds of advisories are
/// far larger than what is taken out of them.
///
/// Every value that is passed over is checked too, so that a record that is cut off is never taken for whole.
public struct JSONReader {
  /// What the next value is.
  public enum Kind: Sendable { case object, array, string, number, boolean, null }

  /// Values within values; real feeds have less than 20.
  public static let depthLimit = 64

  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0

  public init(_ bytes: [UInt8]) {
    self.bytes = bytes
    // A byte order mark is let pass (RFC 8259, section 8.1).
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
  }

  /// The kind of the next value.
  public mutating func kind() throws(JSONError) -> Kind {
    switch try next() {
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .boolean
    case UInt8(ascii: "n"): return .null
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
    default: throw JSONError(position, "a value is missing")
    }
  }

  /// Reads an object; the body reads or skips the value of every key. Anything but an object is passed over.
  public mutating func members(
    _ body: (String, inout JSONReader) throws(JSONError) -> Void
  ) throws(JSONError) {
    guard try kind() == .object else { return try skip() }
    try enter()
    if try next() == UInt8(ascii: "}") { return leave() }
    while true {
      guard try next() == UInt8(ascii: "\"") else { throw JSONError(position, "a key is missing") }
      let key = try text()
      guard try next() == UInt8(ascii: ":") else { throw JSONError(position, "a colon is missing") }
      position += 1
      try body(key, &self)
      if try ends(with: UInt8(ascii: "}")) { return leave() }
    }
  }

  /// Reads an array; the body reads or skips every element. Anything but an array is passed over.
  public mutating func elements(_ body: (inout JSONReader) throws(JSONError) -> Void) throws(JSONError) {
    guard try kind() == .array else { return try skip() }
    try enter()
    if try next() == UInt8(ascii: "]") { return leave() }
    while true {
      try body(&self)
      if try ends(with: UInt8(ascii: "]")) { return leave() }
    }
  }

  /// The next value if it is a string or a number, as it is written; anything else is passed over.
  public mutating func string() throws(JSONError) -> String? {
    switch try kind() {
    case .string: return try text()
    case .number: return try number()
    default:
      try skip()
      return nil
    }
  }

  /// The next value if it is a boolean; anything else is passed over.
  public mutating func boolean() throws(JSONError) -> Bool? {
    let value = try kind() == .boolean ? bytes[position] == UInt8(ascii: "t") : nil
    try skip()
    return value
  }

  /// The strings of an array; a single string counts as an array of one.
  public mutating func strings() throws(JSONError) -> [String] {
    if try kind() == .string { return [try text()] }
    var result: [String] = []
    try elements { json throws(JSONError) in
      if let text = try json.string() { result.append(text) }
    }
    return result
  }

  /// Passes over the next value.
  public mutating func skip() throws(JSONError) {
    switch try kind() {
    case .object: try members { _, json throws(JSONError) in try json.skip() }
    case .array: try elements { json throws(JSONError) in try json.skip() }
    case .string: try skipText()
    case .number: _ = try number()
    case .boolean, .null: try word()
    }
  }

  /// - Throws: if anything but blanks follows.
  public mutating func end() throws(JSONError) {
    skipBlanks()
    if position < bytes.count { throw JSONError(position, "text after the value") }
  }

  /// Where the next byte is read.
  public var offset: Int { position }

  // MARK: Structure

  private mutating func enter() throws(JSONError) {
    position += 1
    depth += 1
    if depth > Self.depthLimit { throw JSONError(position, "too many values within values") }
  }

  private mutating func leave() {
    position += 1
    depth -= 1
  }

  /// Whether the container ends here; a comma is taken.
  private mutating func ends(with bracket: UInt8) throws(JSONError) -> Bool {
    let byte = try next()
    if byte == bracket { return true }
    guard byte == UInt8(ascii: ",") else { throw JSONError(position, "a comma is missing") }
    position += 1
    return false
  }

  private mutating func skipBlanks() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x0a, 0x0d, 0x09: position += 1
      default: return
      }
    }
  }

  private mutating func next() throws(JSONError) -> UInt8 {
    skipBlanks()
    guard position < bytes.count else { throw JSONError(position, "cut off") }
    return bytes[position]
  }

  // MARK: Scalars

  private mutating func word() throws(JSONError) {
    for word in ["true", "false", "null"] where bytes[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return
    }
    throw JSONError(position, "an unexpected word")
  }

  private mutating func number() throws(JSONError) -> String {
    let start = position
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
        UInt8(ascii: "e"), UInt8(ascii: "E"):
        position += 1
      default: return String(decoding: bytes[start..<position], as: UTF8.self)
      }
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  /// The end of a string that has no escapes, or its first backslash.
  private func endOfPlain(from start: Int) throws(JSONError) -> Int {
    let end = bytes.withUnsafeBufferPointer { buffer in
      var end = start
      while end < buffer.count, buffer[end] != UInt8(ascii: "\""), buffer[end] != UInt8(ascii: "\\") {
        end += 1
      }
      return end
    }
    guard end < bytes.count else { throw JSONError(bytes.count, "a string without an end") }
    return end
  }

  private mutating func skipText() throws(JSONError) {
    position += 1
    while true {
      position = try endOfPlain(from: position)
      if bytes[position] == UInt8(ascii: "\"") { break }
      position += 2
    }
    position += 1
  }

  private mutating func text() throws(JSONError) -> String {
    let start = position + 1
    let end = try endOfPlain(from: start)
    position = end
    if bytes[end] == UInt8(ascii: "\"") {
      position += 1
      return String(decoding: bytes[start..<end], as: UTF8.self)
    }
    var text = Array(bytes[start..<end])
    while bytes[position] == UInt8(ascii: "\\") {
      position += 1
      try appendEscape(to: &text)
      let end = try endOfPlain(from: position)
      text += bytes[position..<end]
      position = end
    }
    position += 1
    return String(decoding: text, as: UTF8.self)
  }

  private mutating func appendEscape(to text: inout [UInt8]) throws(JSONError) {
    guard position < bytes.count else { throw JSONError(position, "a string without an end") }
    let byte = bytes[position]
    position += 1
    switch byte {
    case UInt8(ascii: "n"): text.append(0x0a)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "r"): text.append(0x0d)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0c)
    case UInt8(ascii: "u"): text += Array(String(try unicodeEscape()).utf8)
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    default: throw JSONError(position, "an unknown escape")
    }
  }

  /// Two escapes stand for one character beyond the basic plane; a half of such a pair alone becomes U+FFFD.
  private mutating func unicodeEscape() throws(JSONError) -> Character {
    var unit = try hexadecimal()
    if (0xd800..<0xdc00).contains(unit),
      bytes[position...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")])
    {
      position += 2
      let low = try hexadecimal()
      unit = (0xdc00..<0xe000).contains(low) ? 0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00) : 0xfffd
    }
    return Unicode.Scalar(unit).map(Character.init) ?? "\u{fffd}"
  }

  private mutating func hexadecimal() throws(JSONError) -> UInt32 {
    guard position + 4 <= bytes.count,
      let value = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
    else { throw JSONError(position, "a malformed escape") }
    position += 4
    return value
  }
}

/// What is wrong with a JSON text, and where.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Counted in bytes from 0.
  public var offset: Int
  /// A few words, the same for the same kind of trouble.
  public var reason: String

  public init(_ offset: Int, _ reason: String) {
    self.offset = offset
    self.reason = reason
  }

  public var description: String { "byte \(offset): \(reason)" }
}
