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

/// Reads XML tag by tag, without a tree: lists of updates are tens of megabytes.
///
/// No entity can be declared, so that nothing expands (a "billion laughs") and nothing is fetched (an external entity):
/// a document type with declarations is refused, and so is every entity but the five that XML itself has and characters
/// by number. A document type may name a file; it is not opened. Depth, names, attributes and elements are bounded. The
/// bytes are UTF-8.
package struct XMLScanner {
  package enum Event: Sendable, Hashable {
    /// A start tag; an empty element has an end after it too.
    case start(String)
    /// An end tag. `text` is what stands between it and the tag before it.
    case end(String)
  }

  /// An attribute of a start tag.
  package struct Attribute: Sendable, Hashable {
    package var name: String
    package var value: String
    /// Where it starts, counted in bytes from 0.
    package var position: Int
  }

  /// Bounds on what hostile bytes come to.
  package struct Limits: Sendable {
    package var depth = 64
    /// In bytes.
    package var name = 256
    /// Of one element.
    package var attributes = 64
    /// Elements and attributes of the document.
    package var nodes = Int.max
    /// Of an attribute, in bytes.
    package var value = 1 << 16
    /// Bytes that are kept of the text between two tags.
    package var text = 1 << 16
    /// Whether a document type without declarations is passed over; otherwise there may be none.
    package var allowsDocumentType = false
    /// Whether the declaration may only name encodings that are UTF-8.
    package var checksEncoding = true

    package init() {}
  }

  private let bytes: [UInt8]
  private let limits: Limits
  private var position: Int
  private var open: [(name: String, position: Int)] = []
  /// An empty element whose end has not been told yet.
  private var pending: String?
  private var collected: [UInt8] = []
  private var hasRoot = false
  private var nodes = 0
  /// Up to where lines have been counted.
  private var counted = (position: 0, line: 1)

  /// Of the start tag that was told last, in their order.
  package private(set) var attributeList: [Attribute] = []
  /// Where the tag starts that was told last, counted in bytes from 0.
  package private(set) var start = 0

  /// - Throws: if the document is not in UTF-8.
  package init(_ bytes: [UInt8], limits: Limits = Limits()) throws(XMLError) {
    self.bytes = bytes
    self.limits = limits
    position = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
    if bytes.starts(with: [0xfe, 0xff]) || bytes.starts(with: [0xff, 0xfe]) {
      throw malformed("not in UTF-8")
    }
  }

  /// The name of the element around the one that was told last; empty for the root.
  package var parent: String { open.last?.name ?? "" }

  /// The attributes of the start tag that was told last, by name.
  package var attributes: [String: String] {
    Dictionary(attributeList.map { ($0.name, $0.value) }) { first, _ in first }
  }

  /// The text since the last tag.
  package var textBytes: [UInt8] { collected }

  /// The line of a position, counted from 1. Quick for positions that grow.
  package mutating func line(at position: Int) -> Int {
    if position < counted.position { counted = (0, 1) }
    counted.line += Self.lineFeeds(bytes[counted.position..<min(position, bytes.count)])
    counted.position = min(position, bytes.count)
    return counted.line
  }

  private static func lineFeeds(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.reduce(0) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
  }

  /// The next tag; nil at the end of the document.
  package mutating func next() throws(XMLError) -> Event? {
    collected = []
    if let pending {
      self.pending = nil
      return .end(pending)
    }
    while position < bytes.count {
      if bytes[position] != UInt8(ascii: "<") {
        try readText()
      } else if starts("<!--") {
        try pass("-->", from: position + 4)
      } else if starts("<![CDATA[") {
        try readCData()
      } else if starts("<?") {
        try readInstruction()
      } else if starts("<!") {
        try readDocumentType()
      } else {
        start = position
        return starts("</") ? .end(try endTag()) : .start(try startTag())
      }
    }
    if let element = open.last { throw cutOff("<\(element.name)> is not closed", at: element.position) }
    guard hasRoot else { throw cutOff("no element", at: position) }
    return nil
  }

  // MARK: Tags

  private mutating func startTag() throws(XMLError) -> String {
    guard open.count < limits.depth else { throw malformed("too many elements within elements") }
    guard !(open.isEmpty && hasRoot) else { throw malformed("there is more after the end") }
    position += 1
    let element = try readName()
    attributeList = []
    hasRoot = true
    try countNode()
    while true {
      skipBlanks()
      guard position < bytes.count else { throw cutOff("a tag without an end", at: start) }
      if bytes[position] == UInt8(ascii: ">") {
        position += 1
        open.append((element, start))
        return element
      }
      if starts("/>") {
        position += 2
        pending = element
        return element
      }
      try readAttribute()
    }
  }

  private mutating func countNode() throws(XMLError) {
    nodes += 1
    guard nodes <= limits.nodes else { throw malformed("too many elements") }
  }

  private mutating func readAttribute() throws(XMLError) {
    guard attributeList.count < limits.attributes else { throw malformed("too many attributes") }
    try countNode()
    let begin = position
    let key = try readName()
    guard !attributeList.contains(where: { $0.name == key }) else {
      throw malformed("a second attribute \(key)")
    }
    skipBlanks()
    try expect(UInt8(ascii: "="))
    skipBlanks()
    guard position < bytes.count else { throw cutOff("a tag without an end", at: start) }
    let quote = bytes[position]
    guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
      throw malformed("a value in quotes is missing")
    }
    position += 1
    var value: [UInt8] = []
    while position < bytes.count, bytes[position] != quote {
      guard value.count < limits.value else { throw malformed("an attribute is too long") }
      if bytes[position] == UInt8(ascii: "&") {
        value += try readEntity()
      } else {
        value.append(bytes[position])
        position += 1
      }
    }
    guard position < bytes.count else { throw cutOff("a value without an end", at: begin) }
    position += 1
    attributeList.append(
      Attribute(name: key, value: String(decoding: value, as: UTF8.self), position: begin))
  }

  private mutating func endTag() throws(XMLError) -> String {
    position += 2
    let element = try readName()
    skipBlanks()
    try expect(UInt8(ascii: ">"))
    guard open.popLast()?.name == element else { throw malformed("</\(element)> closes nothing", at: start) }
    return element
  }

  private mutating func readName() throws(XMLError) -> String {
    let begin = position
    while position < bytes.count, !Self.endsName(bytes[position]) { position += 1 }
    guard position < bytes.count else { throw cutOff("a tag without an end", at: start) }
    guard position > begin, position - begin <= limits.name else { throw malformed("a name is missing") }
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

  // MARK: Between tags

  private mutating func readText() throws(XMLError) {
    while position < bytes.count, bytes[position] != UInt8(ascii: "<") {
      if bytes[position] == UInt8(ascii: "&") {
        collect(try readEntity())
      } else {
        collect(CollectionOfOne(bytes[position]))
        position += 1
      }
    }
  }

  private mutating func collect(_ more: some Collection<UInt8>) {
    if !open.isEmpty, collected.count < limits.text { collected += more }
  }

  private mutating func readCData() throws(XMLError) {
    let begin = position + 9
    try pass("]]>", from: begin)
    collect(bytes[begin..<position - 3])
  }

  /// The declaration may name an encoding.
  private mutating func readInstruction() throws(XMLError) {
    let begin = position
    try pass("?>", from: position + 2)
    guard limits.checksEncoding else { return }
    let words = String(decoding: bytes[begin..<min(position, begin + 200)], as: UTF8.self).lowercased()
    guard words.hasPrefix("<?xml "), let place = words.firstRange(of: "encoding=") else { return }
    let encoding = words[place.upperBound...].dropFirst().prefix { $0 != "\"" && $0 != "'" }
    guard ["utf-8", "utf8", "us-ascii", "ascii"].contains(encoding) else { throw malformed("not in UTF-8") }
  }

  private mutating func readDocumentType() throws(XMLError) {
    guard limits.allowsDocumentType else {
      throw malformed("a document type, which is refused since it can declare entities")
    }
    let begin = position
    try pass(">", from: position + 2)
    if bytes[begin..<position].contains(UInt8(ascii: "[")) {
      throw malformed("a document type with declarations")
    }
  }

  /// Goes behind the mark, which is looked for from a place on.
  private mutating func pass(_ mark: StaticString, from begin: Int) throws(XMLError) {
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
  private mutating func readEntity() throws(XMLError) -> [UInt8] {
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
      guard name.hasPrefix("#"),
        let number = UInt32(name.dropFirst(isHexadecimal ? 2 : 1), radix: isHexadecimal ? 16 : 10),
        let scalar = Unicode.Scalar(number)
      else { throw malformed("an entity that is not predefined") }
      position = end + 1
      return Array(String(Character(scalar)).utf8)
    }
  }

  private mutating func skipBlanks() {
    while position < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[position]) { position += 1 }
  }

  private func starts(_ text: StaticString) -> Bool {
    guard bytes.count - position >= text.utf8CodeUnitCount else { return false }
    return text.withUTF8Buffer { bytes[position..<position + $0.count].elementsEqual($0) }
  }

  private mutating func expect(_ byte: UInt8) throws(XMLError) {
    guard position < bytes.count else { throw cutOff("a tag without an end", at: start) }
    guard bytes[position] == byte else {
      throw malformed("'\(Character(Unicode.Scalar(byte)))' is missing")
    }
    position += 1
  }

  // MARK: Errors

  private func cutOff(_ reason: String, at place: Int) -> XMLError {
    var error = malformed(reason, at: place)
    error.isCutOff = true
    return error
  }

  private func malformed(_ reason: String, at place: Int? = nil) -> XMLError {
    let place = min(place ?? position, bytes.count)
    return XMLError(byte: place, line: 1 + Self.lineFeeds(bytes[..<place]), reason: reason)
  }
}
