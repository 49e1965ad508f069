/// Reads XML tag by tag, without a tree: feeds of updates are tens of megabytes.
///
/// A document type is refused, so that no entity can be declared: nothing expands (a "billion laughs") and nothing is
/// fetched (an external entity). Depth, names and attributes are bounded. Only UTF-8 is read.
struct XMLScanner {
  enum Event {
    /// A start tag; an empty element has an end after it too.
    case start(String)
    /// An end tag. `text` is what stands between it and the tag before it.
    case end(String)
  }

  private enum Limits {
    static let depth = 64
    static let name = 256
    static let attributes = 64
    static let value = 1 << 16
    static let text = 1 << 16
  }

  private let bytes: [UInt8]
  private let name: String
  private var position = 0
  private var open: [String] = []
  /// An empty element whose end has not been told yet.
  private var pending: String?
  private var collected: [UInt8] = []
  private var hasRoot = false

  /// Of the start tag that was told last.
  private(set) var attributes: [String: String] = [:]

  /// - Throws: if the file is larger than any feed, or not in UTF-8.
  init(_ file: AdvisoryFile) throws(AdvisoryError) {
    try AdvisoryLimits.check(file)
    bytes = file.bytes
    name = file.name
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
    if bytes.starts(with: [0xfe, 0xff]) || bytes.starts(with: [0xff, 0xfe]) {
      throw malformed("not in UTF-8")
    }
  }

  /// The name of the element around the one that was told last; empty for the root.
  var parent: String { open.last ?? "" }

  /// The text since the last tag, without blanks around it.
  var text: String { AdvisoryText.trimmed(String(decoding: collected, as: UTF8.self)) }

  /// The next tag; nil at the end of the document.
  ///
  /// - Throws: one line if the document is cut off or malformed.
  mutating func next() throws(AdvisoryError) -> Event? {
    if let pending {
      self.pending = nil
      collected = []
      return .end(pending)
    }
    while position < bytes.count {
      if bytes[position] != UInt8(ascii: "<") {
        try readText()
      } else if starts("<!--") {
        try pass("-->")
      } else if starts("<![CDATA[") {
        try readCData()
      } else if starts("<?") {
        try readInstruction()
      } else if starts("<!") {
        throw malformed("a document type, which is refused since it can declare entities")
      } else if starts("</") {
        return .end(try endTag())
      } else {
        return .start(try startTag())
      }
    }
    guard open.isEmpty, hasRoot else { throw truncated }
    return nil
  }

  // MARK: Tags

  private mutating func startTag() throws(AdvisoryError) -> String {
    guard open.count < Limits.depth else { throw malformed("too many elements within elements") }
    guard !(open.isEmpty && hasRoot) else { throw malformed("there is more after the end") }
    position += 1
    let element = try readName()
    attributes = [:]
    collected = []
    hasRoot = true
    while true {
      skipBlanks()
      guard position < bytes.count else { throw truncated }
      if bytes[position] == UInt8(ascii: ">") {
        position += 1
        open.append(element)
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

  private mutating func readAttribute() throws(AdvisoryError) {
    guard attributes.count < Limits.attributes else { throw malformed("too many attributes") }
    let key = try readName()
    skipBlanks()
    try expect(UInt8(ascii: "="))
    skipBlanks()
    guard position < bytes.count else { throw truncated }
    let quote = bytes[position]
    guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
      throw malformed("a value in quotes is missing")
    }
    position += 1
    var value: [UInt8] = []
    while position < bytes.count, bytes[position] != quote {
      guard value.count < Limits.value else { throw malformed("an attribute is too long") }
      if bytes[position] == UInt8(ascii: "&") {
        value += try readEntity()
      } else {
        value.append(bytes[position])
        position += 1
      }
    }
    try expect(quote)
    attributes[key] = String(decoding: value, as: UTF8.self)
  }

  private mutating func endTag() throws(AdvisoryError) -> String {
    position += 2
    let element = try readName()
    skipBlanks()
    try expect(UInt8(ascii: ">"))
    guard open.popLast() == element else { throw malformed("</\(element)> closes nothing") }
    return element
  }

  private mutating func readName() throws(AdvisoryError) -> String {
    let start = position
    while position < bytes.count, !Self.endsName(bytes[position]) { position += 1 }
    guard position < bytes.count else { throw truncated }
    guard position > start, position - start <= Limits.name else { throw malformed("a name is missing") }
    return String(decoding: bytes[start..<position], as: UTF8.self)
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

  private mutating func readText() throws(AdvisoryError) {
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
    if !open.isEmpty, collected.count < Limits.text { collected += more }
  }

  private mutating func readCData() throws(AdvisoryError) {
    let start = position + 9
    try pass("]]>")
    collect(bytes[start..<position - 3])
  }

  /// The declaration may name an encoding.
  private mutating func readInstruction() throws(AdvisoryError) {
    let start = position
    try pass("?>")
    let words = String(decoding: bytes[start..<min(position, start + 200)], as: UTF8.self).lowercased()
    guard words.hasPrefix("<?xml "), let place = words.firstRange(of: "encoding=") else { return }
    let encoding = words[place.upperBound...].dropFirst().prefix { $0 != "\"" && $0 != "'" }
    guard ["utf-8", "utf8", "us-ascii", "ascii"].contains(encoding) else { throw malformed("not in UTF-8") }
  }

  private mutating func pass(_ end: String) throws(AdvisoryError) {
    guard let last = end.utf8.last else { return }
    while position < bytes.count {
      if bytes[position] == last, position + 1 >= end.utf8.count,
        bytes[(position + 1 - end.utf8.count)...position].elementsEqual(end.utf8)
      {
        position += 1
        return
      }
      position += 1
    }
    throw truncated
  }

  /// One of the five that XML itself has, or a character by its number.
  private mutating func readEntity() throws(AdvisoryError) -> [UInt8] {
    let start = position + 1
    var end = start
    while end < bytes.count, bytes[end] != UInt8(ascii: ";"), end - start < 12 { end += 1 }
    guard end < bytes.count else { throw truncated }
    guard bytes[end] == UInt8(ascii: ";") else { throw malformed("a malformed entity") }
    let name = String(decoding: bytes[start..<end], as: UTF8.self)
    position = end + 1
    switch name {
    case "amp": return [UInt8(ascii: "&")]
    case "lt": return [UInt8(ascii: "<")]
    case "gt": return [UInt8(ascii: ">")]
    case "quot": return [UInt8(ascii: "\"")]
    case "apos": return [UInt8(ascii: "'")]
    default:
      let isHexadecimal = name.hasPrefix("#x")
      guard name.hasPrefix("#"),
        let number = UInt32(name.dropFirst(isHexadecimal ? 2 : 1), radix: isHexadecimal ? 16 : 10),
        let scalar = Unicode.Scalar(number)
      else { throw malformed("an entity that is not predefined") }
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

  private mutating func expect(_ byte: UInt8) throws(AdvisoryError) {
    guard position < bytes.count else { throw truncated }
    guard bytes[position] == byte else {
      throw malformed("'\(Character(Unicode.Scalar(byte)))' is missing")
    }
    position += 1
  }

  // MARK: Errors

  private var truncated: AdvisoryError {
    AdvisoryError(
      "\(name): ends in the middle, at byte \(bytes.count): the download was cut off, fetch it again")
  }

  private func malformed(_ reason: String) -> AdvisoryError {
    AdvisoryError("\(name): not readable as XML at byte \(position): \(reason)")
  }
}
