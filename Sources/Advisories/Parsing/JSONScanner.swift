import Facts

/// Reads JSON (RFC 8259) from one end to the other, value by value, without making a tree of it: feeds are up to
/// hundreds of megabytes.
///
/// The caller asks for what it expects and skips the rest, which costs no memory:
///
///     try scanner.beginObject()
///     while let key = try scanner.nextKey() {
///       if key == "cve" { cve = try scanner.text() } else { try scanner.skip() }
///     }
///
/// What is skipped is checked for its form too, so that a record that is cut off is never taken for whole. Nesting costs
/// no stack but the caller's own. A copy reads on from the same place, which is how a value can be looked at later.
struct JSONScanner {
  private let bytes: [UInt8]
  private let name: String
  private var position = 0
  /// Whether the object or list has just begun, so that no comma is due.
  private var isFirst = false

  /// - Throws: if the file is larger than any feed.
  init(_ file: AdvisoryFile) throws(AdvisoryError) {
    try AdvisoryLimits.check(file)
    self.init(bytes: file.bytes, name: file.name)
  }

  init(bytes: [UInt8], name: String) {
    self.bytes = bytes
    self.name = name
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
  }

  // MARK: What comes next

  /// Whether an object is next.
  var isAtObject: Bool { upcoming == UInt8(ascii: "{") }
  /// Whether a list is next.
  var isAtList: Bool { upcoming == UInt8(ascii: "[") }
  /// Whether a string is next.
  var isAtString: Bool { upcoming == UInt8(ascii: "\"") }

  /// The first byte of the next value.
  private var upcoming: UInt8? {
    var place = position
    while place < bytes.count, Self.isBlank(bytes[place]) { place += 1 }
    return place < bytes.count ? bytes[place] : nil
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09
  }

  private mutating func skipBlanks() {
    while position < bytes.count, Self.isBlank(bytes[position]) { position += 1 }
  }

  // MARK: Objects and lists

  mutating func beginObject() throws(AdvisoryError) { try begin("{") }
  mutating func beginList() throws(AdvisoryError) { try begin("[") }

  /// Begins the next value if it is an object; anything else is skipped.
  mutating func entersObject() throws(AdvisoryError) -> Bool {
    guard isAtObject else {
      try skip()
      return false
    }
    try beginObject()
    return true
  }

  /// Begins the next value if it is a list; anything else is skipped.
  mutating func entersList() throws(AdvisoryError) -> Bool {
    guard isAtList else {
      try skip()
      return false
    }
    try beginList()
    return true
  }

  private mutating func begin(_ mark: Unicode.Scalar) throws(AdvisoryError) {
    skipBlanks()
    try expect(UInt8(ascii: mark))
    isFirst = true
  }

  private mutating func expect(_ byte: UInt8) throws(AdvisoryError) {
    guard position < bytes.count else { throw truncated }
    guard bytes[position] == byte else {
      throw malformed("'\(Character(Unicode.Scalar(byte)))' is missing")
    }
    position += 1
  }

  /// Passes the comma that is due, or the end; false at the end.
  private mutating func hasNext(_ end: UInt8) throws(AdvisoryError) -> Bool {
    skipBlanks()
    guard position < bytes.count else { throw truncated }
    if bytes[position] == end {
      position += 1
      isFirst = false
      return false
    }
    if !isFirst {
      try expect(UInt8(ascii: ","))
      skipBlanks()
    }
    isFirst = false
    return true
  }

  /// The next key of an object, whose value is next then; nil at the end of the object.
  mutating func nextKey() throws(AdvisoryError) -> String? {
    guard try hasNext(UInt8(ascii: "}")) else { return nil }
    let key = try string(limit: 1024)
    skipBlanks()
    try expect(UInt8(ascii: ":"))
    return key
  }

  /// Whether a list has a next element, which is next then.
  mutating func nextElement() throws(AdvisoryError) -> Bool { try hasNext(UInt8(ascii: "]")) }

  // MARK: Values

  /// The next value if it is a string; anything else is skipped.
  ///
  /// - Parameter limit: bytes of it that matter; more is cut off.
  mutating func text(limit: Int = 1 << 16) throws(AdvisoryError) -> String? {
    guard isAtString else {
      try skip()
      return nil
    }
    return try string(limit: limit)
  }

  /// The strings of the next value, a list; what is no string is left out. A string alone counts as a list of one.
  mutating func texts() throws(AdvisoryError) -> [String] {
    if isAtString { return [try string(limit: 1 << 16)] }
    var texts: [String] = []
    guard try entersList() else { return texts }
    while try nextElement() {
      if let text = try text() { texts.append(text) }
    }
    return texts
  }

  /// Passes the next value, whatever it is.
  mutating func skip() throws(AdvisoryError) {
    /// Of the objects and lists that have begun, whether it is an object.
    var open: [Bool] = []
    var isValueDue = true
    repeat {
      if isValueDue {
        isValueDue = try skipStart(&open)
      } else {
        isValueDue = try skipEnd(&open)
      }
    } while isValueDue || !open.isEmpty
    isFirst = false
  }

  /// Passes a value, or the beginning of an object or list with its first key; whether a value is due next.
  private mutating func skipStart(_ open: inout [Bool]) throws(AdvisoryError) -> Bool {
    skipBlanks()
    guard position < bytes.count else { throw truncated }
    switch bytes[position] {
    case UInt8(ascii: "\""): try skipString()
    case UInt8(ascii: "{"):
      position += 1
      skipBlanks()
      open.append(true)
      if position < bytes.count, bytes[position] == UInt8(ascii: "}") { return false }
      try skipKey()
      return true
    case UInt8(ascii: "["):
      position += 1
      skipBlanks()
      open.append(false)
      return !(position < bytes.count && bytes[position] == UInt8(ascii: "]"))
    default: try skipWord()
    }
    return false
  }

  /// Passes what follows a value: the end of the innermost object or list, or a comma; whether a value is due next.
  private mutating func skipEnd(_ open: inout [Bool]) throws(AdvisoryError) -> Bool {
    guard let isObject = open.last else { return false }
    skipBlanks()
    guard position < bytes.count else { throw truncated }
    if bytes[position] == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
      position += 1
      open.removeLast()
      return false
    }
    try expect(UInt8(ascii: ","))
    if isObject { try skipKey() }
    return true
  }

  private mutating func skipKey() throws(AdvisoryError) {
    skipBlanks()
    guard position < bytes.count else { throw truncated }
    guard bytes[position] == UInt8(ascii: "\"") else { throw malformed("a key is missing") }
    try skipString()
    skipBlanks()
    try expect(UInt8(ascii: ":"))
  }

  /// A number, true, false or null.
  private mutating func skipWord() throws(AdvisoryError) {
    let start = position
    while position < bytes.count, Self.isOfWord(bytes[position]) { position += 1 }
    guard position > start else { throw malformed("a value is missing") }
    switch bytes[start] {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): return
    default:
      let word = bytes[start..<position]
      guard ["true", "false", "null"].contains(where: { word.elementsEqual($0.utf8) }) else {
        throw position == bytes.count ? truncated : malformed("an unknown word")
      }
    }
  }

  /// Letters, digits, signs and dots.
  private static func isOfWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."):
      true
    default: false
    }
  }

  /// Only blanks may follow.
  mutating func finish() throws(AdvisoryError) {
    skipBlanks()
    guard position == bytes.count else { throw malformed("there is more after the end") }
  }

  // MARK: Strings

  private mutating func skipString() throws(AdvisoryError) { _ = try passString() }

  /// Passes a string; what is between its quotes, and whether there is a backslash in it.
  private mutating func passString() throws(AdvisoryError) -> (content: Range<Int>, hasEscape: Bool) {
    let start = position + 1
    let (end, hasEscape) = bytes.withUnsafeBufferPointer { bytes in
      var (end, hasEscape) = (start, false)
      while end < bytes.count, bytes[end] != UInt8(ascii: "\"") {
        if bytes[end] == UInt8(ascii: "\\") {
          hasEscape = true
          end += 1
        }
        end += 1
      }
      return (end, hasEscape)
    }
    guard end < bytes.count else { throw truncated }
    position = end + 1
    return (start..<end, hasEscape)
  }

  private mutating func string(limit: Int) throws(AdvisoryError) -> String {
    skipBlanks()
    guard position < bytes.count else { throw truncated }
    guard bytes[position] == UInt8(ascii: "\"") else { throw malformed("a string is missing") }
    let (content, hasEscape) = try passString()
    if !hasEscape { return Self.decoded(bytes[content], limit: limit) }
    return Self.decoded(try unescaped(bytes[content], limit: limit)[...], limit: limit)
  }

  private static func decoded(_ bytes: ArraySlice<UInt8>, limit: Int) -> String {
    if bytes.count <= limit { return String(decoding: bytes, as: UTF8.self) }
    var end = bytes.startIndex + limit
    while end > bytes.startIndex, bytes[end] & 0xc0 == 0x80 { end -= 1 }
    return String(decoding: bytes[..<end], as: UTF8.self)
  }

  private func unescaped(_ content: ArraySlice<UInt8>, limit: Int) throws(AdvisoryError) -> [UInt8] {
    var plain: [UInt8] = []
    plain.reserveCapacity(min(content.count, limit + 4))
    var place = content.startIndex
    while place < content.endIndex, plain.count <= limit {
      guard content[place] == UInt8(ascii: "\\") else {
        plain.append(content[place])
        place += 1
        continue
      }
      guard place + 1 < content.endIndex else { throw malformed("an escape without an end") }
      let kind = content[place + 1]
      place += 2
      if kind == UInt8(ascii: "u") {
        plain += BackslashEscape.character(content, at: &place) ?? [0xef, 0xbf, 0xbd]
      } else {
        plain.append(BackslashEscape.byte(kind))
      }
    }
    return plain
  }

  // MARK: Errors

  private var truncated: AdvisoryError {
    AdvisoryError(
      "\(name): ends in the middle, at byte \(bytes.count): the download was cut off, fetch it again",
      reason: "cut off")
  }

  private func malformed(_ reason: String) -> AdvisoryError {
    AdvisoryError("\(name): not valid JSON at byte \(position): \(reason)", reason: reason)
  }
}
