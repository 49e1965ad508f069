/// One element of DER (X.690).
struct DERElement {
  var tag: UInt8
  var content: ArraySlice<UInt8>
  /// With tag and length.
  var whole: ArraySlice<UInt8>

  static let integer: UInt8 = 0x02
  static let bitString: UInt8 = 0x03
  static let octetString: UInt8 = 0x04
  static let objectIdentifier: UInt8 = 0x06
  static let sequence: UInt8 = 0x30

  /// The elements within; only as many as are asked for, so that hostile nesting costs nothing.
  func children(limit: Int = 16) -> [DERElement] {
    var reader = DERReader(content)
    var elements: [DERElement] = []
    while elements.count < limit, let element = reader.next() { elements.append(element) }
    return elements
  }

  /// The value of a small non-negative INTEGER.
  var smallInteger: Int? {
    guard tag == Self.integer, content.count == 1, let byte = content.first, byte < 128 else { return nil }
    return Int(byte)
  }
}

/// Reads elements one after the other from bytes that nobody vouches for. Indefinite lengths, tags of several bytes and
/// lengths beyond the bytes give nil.
struct DERReader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func next() -> DERElement? {
    let start = rest.startIndex
    guard rest.count >= 2, rest[start] & 0x1f != 0x1f else { return nil }
    let first = rest[start + 1]
    var length = Int(first)
    var header = 2
    if first >= 0x80 {
      let count = Int(first & 0x7f)
      guard (1...4).contains(count), rest.count >= 2 + count else { return nil }
      length = rest[start + 2..<start + 2 + count].reduce(0) { $0 << 8 | Int($1) }
      header += count
    }
    guard length <= rest.count - header else { return nil }
    let end = start + header + length
    defer { rest = rest[end...] }
    return DERElement(tag: rest[start], content: rest[start + header..<end], whole: rest[start..<end])
  }
}

/// The DER of an element.
func derElement(_ tag: UInt8, _ content: some Collection<UInt8>) -> [UInt8] {
  var length = content.count
  var bytes: [UInt8] = []
  if length < 128 {
    bytes = [UInt8(length)]
  } else {
    while length > 0 {
      bytes.insert(UInt8(length & 0xff), at: 0)
      length >>= 8
    }
    bytes.insert(0x80 | UInt8(bytes.count), at: 0)
  }
  return [tag] + bytes + content
}
