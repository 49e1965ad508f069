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

  private let limits: Limits
  private var cursor: XMLCursor
  private var open: [(name: String, position: Int)] = []
  /// An empty element whose end has not been told yet.
  private var pending: String?
  private var collected: [UInt8] = []
  private var hasRoot = false
  private var nodes = 0

  /// Of the start tag that was told last, in their order.
  package private(set) var attributeList: [Attribute] = []

  /// - Throws: if the document is not in UTF-8.
  package init(_ bytes: [UInt8], limits: Limits = Limits()) throws(XMLError) {
    self.limits = limits
    cursor = try XMLCursor(bytes)
  }

  /// Where the tag starts that was told last, counted in bytes from 0.
  package var start: Int { cursor.start }

  /// The name of the element around the one that was told last; empty for the root.
  package var parent: String { open.last?.name ?? "" }

  /// The attributes of the start tag that was told last, by name.
  package var attributes: [String: String] {
    Dictionary(attributeList.map { ($0.name, $0.value) }) { first, _ in first }
  }

  /// The text since the last tag.
  package var textBytes: [UInt8] { collected }

  /// The line of a position, counted from 1. Quick for positions that grow.
  package mutating func line(at position: Int) -> Int { cursor.line(at: position) }

  /// The next tag; nil at the end of the document.
  package mutating func next() throws(XMLError) -> Event? {
    collected = []
    if let pending {
      self.pending = nil
      return .end(pending)
    }
    while let byte = cursor.next {
      if byte != UInt8(ascii: "<") {
        try readText()
      } else if cursor.starts("<!--") {
        try cursor.pass("-->", from: cursor.position + 4)
      } else if cursor.starts("<![CDATA[") {
        try readCData()
      } else if cursor.starts("<?") {
        try readInstruction()
      } else if cursor.starts("<!") {
        try readDocumentType()
      } else {
        cursor.start = cursor.position
        return cursor.starts("</") ? .end(try endTag()) : .start(try startTag())
      }
    }
    if let element = open.last {
      throw cursor.cutOff("<\(element.name)> is not closed", at: element.position)
    }
    guard hasRoot else { throw cursor.cutOff("no element", at: cursor.position) }
    return nil
  }

  // MARK: Tags

  private mutating func startTag() throws(XMLError) -> String {
    guard open.count < limits.depth else { throw cursor.malformed("too many elements within elements") }
    guard !(open.isEmpty && hasRoot) else { throw cursor.malformed("there is more after the end") }
    cursor.position += 1
    let element = try cursor.readName(limit: limits.name)
    attributeList = []
    hasRoot = true
    try countNode()
    while true {
      cursor.skipBlanks()
      guard let byte = cursor.next else { throw cursor.cutOff("a tag without an end", at: start) }
      if byte == UInt8(ascii: ">") {
        cursor.position += 1
        open.append((element, start))
        return element
      }
      if cursor.starts("/>") {
        cursor.position += 2
        pending = element
        return element
      }
      try readAttribute()
    }
  }

  private mutating func countNode() throws(XMLError) {
    nodes += 1
    guard nodes <= limits.nodes else { throw cursor.malformed("too many elements") }
  }

  private mutating func readAttribute() throws(XMLError) {
    guard attributeList.count < limits.attributes else { throw cursor.malformed("too many attributes") }
    try countNode()
    let begin = cursor.position
    let key = try cursor.readName(limit: limits.name)
    guard !attributeList.contains(where: { $0.name == key }) else {
      throw cursor.malformed("a second attribute \(key)")
    }
    cursor.skipBlanks()
    try cursor.expect(UInt8(ascii: "="))
    cursor.skipBlanks()
    guard let quote = cursor.next else { throw cursor.cutOff("a tag without an end", at: start) }
    guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
      throw cursor.malformed("a value in quotes is missing")
    }
    cursor.position += 1
    var value: [UInt8] = []
    while let byte = cursor.next, byte != quote {
      guard value.count < limits.value else { throw cursor.malformed("an attribute is too long") }
      if byte == UInt8(ascii: "&") {
        value += try cursor.readEntity()
      } else {
        value.append(byte)
        cursor.position += 1
      }
    }
    guard cursor.next != nil else { throw cursor.cutOff("a value without an end", at: begin) }
    cursor.position += 1
    attributeList.append(
      Attribute(name: key, value: String(decoding: value, as: UTF8.self), position: begin))
  }

  private mutating func endTag() throws(XMLError) -> String {
    cursor.position += 2
    let element = try cursor.readName(limit: limits.name)
    cursor.skipBlanks()
    try cursor.expect(UInt8(ascii: ">"))
    guard open.popLast()?.name == element else {
      throw cursor.malformed("</\(element)> closes nothing", at: start)
    }
    return element
  }

  // MARK: Between tags

  private mutating func readText() throws(XMLError) {
    while let byte = cursor.next, byte != UInt8(ascii: "<") {
      if byte == UInt8(ascii: "&") {
        collect(try cursor.readEntity())
      } else {
        collect(CollectionOfOne(byte))
        cursor.position += 1
      }
    }
  }

  private mutating func collect(_ more: some Collection<UInt8>) {
    if !open.isEmpty, collected.count < limits.text { collected += more }
  }

  private mutating func readCData() throws(XMLError) {
    let begin = cursor.position + 9
    try cursor.pass("]]>", from: begin)
    collect(cursor.bytes[begin..<cursor.position - 3])
  }

  /// The declaration may name an encoding.
  private mutating func readInstruction() throws(XMLError) {
    let begin = cursor.position
    try cursor.pass("?>", from: cursor.position + 2)
    guard limits.checksEncoding else { return }
    let words = String(decoding: cursor.bytes[begin..<min(cursor.position, begin + 200)], as: UTF8.self)
      .lowercased()
    guard words.hasPrefix("<?xml "), let place = words.firstRange(of: "encoding=") else { return }
    let encoding = words[place.upperBound...].dropFirst().prefix { $0 != "\"" && $0 != "'" }
    guard ["utf-8", "utf8", "us-ascii", "ascii"].contains(encoding) else {
      throw cursor.malformed("not in UTF-8")
    }
  }

  private mutating func readDocumentType() throws(XMLError) {
    guard limits.allowsDocumentType else {
      throw cursor.malformed("a document type, which is refused since it can declare entities")
    }
    let begin = cursor.position
    try cursor.pass(">", from: cursor.position + 2)
    if cursor.bytes[begin..<cursor.position].contains(UInt8(ascii: "[")) {
      throw cursor.malformed("a document type with declarations")
    }
  }
}
