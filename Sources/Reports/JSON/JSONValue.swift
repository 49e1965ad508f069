import DiskImages

/// A JSON value (RFC 8259) whose objects keep the order of their members.
package indirect enum JSONValue: Sendable, Hashable {
  /// One name and value of an object.
  package struct Member: Sendable, Hashable {
    package var name: String
    package var value: JSONValue

    /// Pairs a name with a value.
    package init(_ name: String, _ value: JSONValue) {
      self.name = name
      self.value = value
    }
  }

  case null
  case bool(Bool)
  case integer(Int64)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([Member])

  /// The value as text, indented by two blanks; small arrays and objects of scalars take one line.
  ///
  /// What could mislead a terminal or a reader (`isUnsafeToPrint`) is escaped, so that the text is safe to
  /// print as it is.
  package var text: String {
    var output = String()
    write(to: &output, indentation: 0)
    output += "\n"
    return output
  }

  /// Longest array or object that is written on one line, in characters.
  private static let lineLength = 100

  private func write(to output: inout String, indentation: Int) {
    switch self {
    case .array(let elements):
      writeContainer(
        "[", "]", elements.map { ("", $0) }, to: &output, indentation: indentation)
    case .object(let members):
      writeContainer(
        "{", "}", members.map { (quoted($0.name) + ": ", $0.value) }, to: &output, indentation: indentation)
    default: output += scalarText
    }
  }

  private func writeContainer(
    _ opening: String, _ closing: String, _ parts: [(prefix: String, value: JSONValue)],
    to output: inout String, indentation: Int
  ) {
    if let line = singleLine(opening, closing, parts) {
      output += line
      return
    }
    let margin = "\n" + String(repeating: " ", count: indentation + 2)
    output += opening
    for (position, part) in parts.enumerated() {
      output += (position == 0 ? "" : ",") + margin + part.prefix
      part.value.write(to: &output, indentation: indentation + 2)
    }
    output += "\n" + String(repeating: " ", count: indentation) + closing
  }

  private func singleLine(
    _ opening: String, _ closing: String, _ parts: [(prefix: String, value: JSONValue)]
  ) -> String? {
    if parts.isEmpty { return opening + closing }
    guard parts.count <= 12, parts.allSatisfy({ $0.value.isScalar }) else { return nil }
    let line = opening + parts.map { $0.prefix + $0.value.scalarText }.joined(separator: ", ") + closing
    return line.utf8.count <= Self.lineLength ? line : nil
  }

  private var isScalar: Bool {
    switch self {
    case .array, .object: false
    default: true
    }
  }

  private var scalarText: String {
    switch self {
    case .bool(let value): value ? "true" : "false"
    case .integer(let value): String(value)
    case .number(let value): numberText(value)
    case .string(let value): quoted(value)
    case .null, .array, .object: "null"
    }
  }

  /// JSON knows neither infinity nor "not a number".
  private func numberText(_ value: Double) -> String {
    guard value.isFinite else { return "null" }
    if let whole = Int64(exactly: value), abs(value) < 1e15 { return String(whole) }
    return String(value)
  }
}

/// A JSON string literal. `##[`, which a runner of GitHub Actions obeys in the log, is written in another way.
private func quoted(_ text: String) -> String {
  let isPlain = text.utf8.allSatisfy {
    $0 >= 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "[")
  }
  if isPlain { return "\"\(text)\"" }
  var result = "\"".unicodeScalars
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result.append(contentsOf: "\\\"".unicodeScalars)
    case "\\": result.append(contentsOf: "\\\\".unicodeScalars)
    case "\n": result.append(contentsOf: "\\n".unicodeScalars)
    case "\t": result.append(contentsOf: "\\t".unicodeScalars)
    case "[" where result.suffix(2).elementsEqual("##".unicodeScalars):
      result.append(contentsOf: "\\u005b".unicodeScalars)
    case _ where isUnsafeToPrint(scalar):
      // All of them lie in the basic plane: four digits do.
      let digits = String(scalar.value, radix: 16)
      result.append(
        contentsOf: ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).unicodeScalars)
    default: result.append(scalar)
    }
  }
  result.append("\"")
  return String(result)
}
