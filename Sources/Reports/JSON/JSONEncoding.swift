extension JSONValue {
  /// The JSON form of a value, members in the order in which the type encodes them. Dictionaries with text as
  /// keys are sorted, so that equal values give equal bytes.
  package init(encoding value: some Encodable) throws {
    self = try JSONEncoding.box(value, path: []).value
  }
}

/// An encoder into `JSONValue`. Foundation's own would order members by hash or by the alphabet.
private struct JSONEncoding: Encoder {
  /// A place in the document that is filled later.
  final class Box {
    var scalar: JSONValue?
    var elements: [Box]?
    var members: [(name: String, box: Box)]?

    var value: JSONValue {
      if let members { return .object(members.map { .init($0.name, $0.box.value) }) }
      if let elements { return .array(elements.map(\.value)) }
      return scalar ?? .object([])
    }

    func member(_ name: String) -> Box {
      let box = Box()
      if members == nil { members = [] }
      members?.append((name, box))
      return box
    }

    func element() -> Box {
      let box = Box()
      if elements == nil { elements = [] }
      elements?.append(box)
      return box
    }
  }

  let box: Box
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    if box.members == nil { box.members = [] }
    return KeyedEncodingContainer(Keyed<Key>(box: box, codingPath: codingPath))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    if box.elements == nil { box.elements = [] }
    return Unkeyed(box: box, codingPath: codingPath)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { Single(box: box, codingPath: codingPath) }

  static func box(_ value: some Encodable, path: [any CodingKey]) throws -> Box {
    let box = Box()
    try fill(box, with: value, path: path)
    return box
  }

  static func fill(_ box: Box, with value: some Encodable, path: [any CodingKey]) throws {
    switch value {
    case let value as String: box.scalar = .string(value)
    case let value as Bool: box.scalar = .bool(value)
    case let value as Double: box.scalar = .number(value)
    case let value as Float: box.scalar = .number(Double(value))
    case let value as any BinaryInteger: box.scalar = .integer(Int64(clamping: value))
    case let value as any TextKeyed:
      box.members = []
      for (name, value) in value.sortedMembers { try fill(box.member(name), with: value, path: path) }
    default: try value.encode(to: JSONEncoding(box: box, codingPath: path))
    }
  }

  private struct Keyed<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let box: Box
    let codingPath: [any CodingKey]

    func encodeNil(forKey key: Key) { box.member(key.stringValue).scalar = .null }

    func encode(_ value: some Encodable, forKey key: Key) throws {
      try fill(box.member(key.stringValue), with: value, path: codingPath + [key])
    }

    func nestedContainer<Nested: CodingKey>(
      keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
      JSONEncoding(box: box.member(key.stringValue), codingPath: codingPath + [key])
        .container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
      JSONEncoding(box: box.member(key.stringValue), codingPath: codingPath + [key]).unkeyedContainer()
    }

    func superEncoder() -> any Encoder { JSONEncoding(box: box.member("super"), codingPath: codingPath) }

    func superEncoder(forKey key: Key) -> any Encoder {
      JSONEncoding(box: box.member(key.stringValue), codingPath: codingPath + [key])
    }
  }

  private struct Unkeyed: UnkeyedEncodingContainer {
    let box: Box
    let codingPath: [any CodingKey]
    var count: Int { box.elements?.count ?? 0 }

    func encodeNil() { box.element().scalar = .null }

    func encode(_ value: some Encodable) throws { try fill(box.element(), with: value, path: codingPath) }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
      JSONEncoding(box: box.element(), codingPath: codingPath).container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
      JSONEncoding(box: box.element(), codingPath: codingPath).unkeyedContainer()
    }

    func superEncoder() -> any Encoder { JSONEncoding(box: box.element(), codingPath: codingPath) }
  }

  private struct Single: SingleValueEncodingContainer {
    let box: Box
    let codingPath: [any CodingKey]

    func encodeNil() { box.scalar = .null }
    func encode(_ value: some Encodable) throws { try fill(box, with: value, path: codingPath) }
  }
}

/// A dictionary whose keys are text.
private protocol TextKeyed {
  var sortedMembers: [(String, any Encodable)] { get }
}

extension Dictionary: TextKeyed where Key == String, Value: Encodable {
  fileprivate var sortedMembers: [(String, any Encodable)] {
    sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
