import Evidence

/// JSON (RFC 8259), with the comments `//` and `/* */` that several daemons let pass.
enum JSONFormat {
  static func parse(_ file: TextFile) throws(ConfigError) -> ConfigValue {
    var parser = Parser(text: file.lines.map(\.text).joined(separator: "\n"))
    return try parser.document()
  }

  private struct Parser {
    private let bytes: [UInt8]
    private var position = 0
    private var line = 1
    private var nodes = 0

    init(text: String) { bytes = Array(text.utf8) }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func document() throws(ConfigError) -> ConfigValue {
      let value = try value(depth: 0)
      try skipBlanks()
      if position < bytes.count { throw ConfigError(line: line, "text after the value") }
      return value
    }

    private mutating func advance() {
      if bytes[position] == UInt8(ascii: "\n") { line += 1 }
      position += 1
    }

    private mutating func skipBlanks() throws(ConfigError) {
      while let byte = next {
        if byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d {
          advance()
        } else if byte == UInt8(ascii: "/") {
          try skipComment()
        } else {
          return
        }
      }
    }

    private mutating func skipComment() throws(ConfigError) {
      let kind = position + 1 < bytes.count ? bytes[position + 1] : 0
      if kind == UInt8(ascii: "/") {
        while let byte = next, byte != UInt8(ascii: "\n") { advance() }
      } else if kind == UInt8(ascii: "*") {
        advance()
        advance()
        while position + 1 < bytes.count,
          !(bytes[position] == UInt8(ascii: "*") && bytes[position + 1] == UInt8(ascii: "/"))
        {
          advance()
        }
        guard position + 1 < bytes.count else { throw ConfigError(line: line, "a comment without an end") }
        advance()
        advance()
      } else {
        throw ConfigError(line: line, "an unexpected character")
      }
    }

    private mutating func value(depth: Int) throws(ConfigError) -> ConfigValue {
      guard depth < ConfigLimits.depth else { throw ConfigError(line: line, "too many values within values") }
      nodes += 1
      guard nodes < ConfigLimits.nodes else { throw ConfigError(line: line, "too many values") }
      try skipBlanks()
      let start = line
      switch next {
      case UInt8(ascii: "{"): return .mapping(try members(depth), line: start)
      case UInt8(ascii: "["): return .list(try elements(depth), line: start)
      case UInt8(ascii: "\""): return .scalar(.init(try string(), line: start))
      case nil: throw ConfigError(line: line, "a value is missing")
      default: return .scalar(try word())
      }
    }

    private mutating func members(_ depth: Int) throws(ConfigError) -> [ConfigValue.Member] {
      var members: [ConfigValue.Member] = []
      advance()
      while true {
        try skipBlanks()
        if next == UInt8(ascii: "}") { break }
        guard next == UInt8(ascii: "\"") else { throw ConfigError(line: line, "a key in quotes is missing") }
        let key = try string()
        try skipBlanks()
        guard next == UInt8(ascii: ":") else { throw ConfigError(line: line, "a colon is missing") }
        advance()
        members.append(.init(key: key, value: try value(depth: depth + 1)))
        try skipBlanks()
        guard next == UInt8(ascii: ",") else { break }
        advance()
      }
      guard next == UInt8(ascii: "}") else { throw ConfigError(line: line, "an object without an end") }
      advance()
      return members
    }

    private mutating func elements(_ depth: Int) throws(ConfigError) -> [ConfigValue] {
      var elements: [ConfigValue] = []
      advance()
      while true {
        try skipBlanks()
        if next == UInt8(ascii: "]") { break }
        elements.append(try value(depth: depth + 1))
        try skipBlanks()
        guard next == UInt8(ascii: ",") else { break }
        advance()
      }
      guard next == UInt8(ascii: "]") else { throw ConfigError(line: line, "a list without an end") }
      advance()
      return elements
    }

    private mutating func word() throws(ConfigError) -> ConfigValue.Scalar {
      let start = position
      while let byte = next, !" \t\n\r,]}:/\"".utf8.contains(byte) { position += 1 }
      let text = String(decoding: bytes[start..<position], as: UTF8.self)
      guard ["true", "false", "null"].contains(text) || Double(text) != nil else {
        throw ConfigError(line: line, "an unexpected word")
      }
      return .init(text, line: line, isNull: text == "null")
    }

    private mutating func string() throws(ConfigError) -> String {
      advance()
      var text: [UInt8] = []
      while let byte = next, byte != UInt8(ascii: "\"") {
        advance()
        if byte == UInt8(ascii: "\\") {
          text += try escape()
        } else {
          text.append(byte)
        }
      }
      guard next != nil else { throw ConfigError(line: line, "a string without an end") }
      advance()
      return String(decoding: text, as: UTF8.self)
    }

    private mutating func escape() throws(ConfigError) -> [UInt8] {
      guard let byte = next else { throw ConfigError(line: line, "a string without an end") }
      advance()
      guard byte == UInt8(ascii: "u") else { return [BackslashEscape.byte(byte)] }
      guard let character = BackslashEscape.character(bytes[...], at: &position) else {
        throw ConfigError(line: line, "a malformed escape")
      }
      return character
    }
  }
}
