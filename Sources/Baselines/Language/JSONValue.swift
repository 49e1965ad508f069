/// A JSON value whose members keep their order, for output that reads well and for canonical forms.
public indirect enum JSONValue: Sendable, Hashable, ExpressibleByStringLiteral {
  /// One key of an object with its value.
  public struct Member: Sendable, Hashable {
    public var key: String
    public var value: JSONValue
  }

  case null
  case boolean(Bool)
  case integer(Int)
  case string(String)
  case array([JSONValue])
  case object([Member])

  /// Text.
  public init(stringLiteral value: String) { self = .string(value) }

  /// An object with the given members; those whose value is nil are left out.
  public static func members(_ members: KeyValuePairs<String, JSONValue?>) -> JSONValue {
    .object(members.compactMap { key, value in value.map { Member(key: key, value: $0) } })
  }

  /// An array of texts.
  public static func strings(_ texts: some Sequence<String>) -> JSONValue {
    .array(texts.map { .string($0) })
  }

  /// Without blanks.
  public var compact: String {
    var result = ""
    write(to: &result, indent: nil)
    return result
  }

  /// With line breaks, two blanks a level, and a line feed at the end.
  public var pretty: String {
    var result = ""
    write(to: &result, indent: 0)
    return result + "\n"
  }

  private func write(to result: inout String, indent: Int?) {
    switch self {
    case .null: result += "null"
    case .boolean(let value): result += value ? "true" : "false"
    case .integer(let value): result += String(value)
    case .string(let text): Self.write(text, to: &result)
    case .array(let elements):
      Self.write("[", elements, "]", to: &result, indent) { $0.write(to: &$1, indent: $2) }
    case .object(let members):
      Self.write("{", members, "}", to: &result, indent) { member, result, indent in
        Self.write(member.key, to: &result)
        result += indent == nil ? ":" : ": "
        member.value.write(to: &result, indent: indent)
      }
    }
  }

  private static func write<Element>(
    _ open: String, _ elements: [Element], _ close: String, to result: inout String, _ indent: Int?,
    _ body: (Element, inout String, Int?) -> Void
  ) {
    result += open
    for (index, element) in elements.enumerated() {
      if index > 0 { result += "," }
      if let indent { result += "\n" + String(repeating: "  ", count: indent + 1) }
      body(element, &result, indent.map { $0 + 1 })
    }
    if let indent, !elements.isEmpty { result += "\n" + String(repeating: "  ", count: indent) }
    result += close
  }

  private static func write(_ text: String, to result: inout String) {
    result += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      case _ where scalar.value < 0x20 || scalar.value == 0x7f:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    result += "\""
  }
}
