import Evidence

/// XML without document types: elements are keys, attributes keys with `@`, text is the value.
///
/// An element with nothing but text is a scalar; elements of one name side by side are a list. Entities other
/// than the five predefined ones and characters by number are refused, and so is an internal subset: nothing
/// expands.
enum XMLFormat {
  static func parse(_ file: TextFile) throws(ConfigError) -> ConfigValue {
    var parser = XMLParser(text: file.lines.map(\.text).joined(separator: "\n"))
    return try parser.document()
  }
}

private struct XMLParser {
  /// An element that is not closed yet.
  private struct Open {
    var name: String
    var line: Int
    var members: [ConfigValue.Member] = []
    var text: [UInt8] = []

    /// What the element comes to.
    var value: ConfigValue {
      let text = String(decoding: text, as: UTF8.self).trimmingBlanksAndLineFeeds()
      if members.isEmpty { return .scalar(.init(text, line: line)) }
      var grouped: [ConfigValue.Member] = []
      var positions: [String: Int] = [:]
      var lists: [Int: [ConfigValue]] = [:]
      for member in members {
        if let position = positions[member.key] {
          lists[position, default: [grouped[position].value]].append(member.value)
        } else {
          positions[member.key] = grouped.count
          grouped.append(member)
        }
      }
      for (position, elements) in lists {
        grouped[position].value = .list(elements, line: grouped[position].value.line)
      }
      if !text.isEmpty { grouped.append(.init(key: "#text", value: .scalar(.init(text, line: line)))) }
      return .mapping(grouped, line: line)
    }
  }

  private let bytes: [UInt8]
  private var position = 0
  private var line = 1
  private var nodes = 0
  private var open: [Open] = []
  private var root: ConfigValue.Member?

  init(text: String) { bytes = Array(text.utf8) }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }
  private func starts(_ text: String) -> Bool { bytes[position...].starts(with: text.utf8) }

  private mutating func advance() {
    if bytes[position] == UInt8(ascii: "\n") { line += 1 }
    position += 1
  }

  mutating func document() throws(ConfigError) -> ConfigValue {
    while let byte = next {
      if byte != UInt8(ascii: "<") {
        try text()
      } else if starts("<!--") {
        _ = try skip(past: "-->")
      } else if starts("<![CDATA[") {
        position += 9
        let content = try skip(past: "]]>")
        if !open.isEmpty { open[open.count - 1].text += content }
      } else if starts("<?") {
        _ = try skip(past: "?>")
      } else if starts("<!") {
        try documentType()
      } else if starts("</") {
        try endTag()
      } else {
        try startTag()
      }
    }
    if let element = open.last { throw ConfigError(line: element.line, "<\(element.name)> is not closed") }
    guard let root else { throw ConfigError("no element") }
    return .mapping([root], line: 1)
  }

  /// Everything up to the end mark, which is passed too.
  private mutating func skip(past end: String) throws(ConfigError) -> ArraySlice<UInt8> {
    let start = position
    while position < bytes.count {
      if starts(end) {
        let content = bytes[start..<position]
        position += end.utf8.count
        return content
      }
      advance()
    }
    throw ConfigError(line: line, "'\(end)' is missing")
  }

  private mutating func documentType() throws(ConfigError) {
    let content = try skip(past: ">")
    if content.contains(UInt8(ascii: "[")) {
      throw ConfigError(line: line, "a document type with declarations")
    }
  }

  private mutating func text() throws(ConfigError) {
    var text: [UInt8] = []
    while let byte = next, byte != UInt8(ascii: "<") {
      if byte == UInt8(ascii: "&") {
        text += try entity()
      } else {
        text.append(byte)
        advance()
      }
    }
    if !open.isEmpty { open[open.count - 1].text += text }
  }

  private mutating func entity() throws(ConfigError) -> [UInt8] {
    let start = position + 1
    while let byte = next, byte != UInt8(ascii: ";"), position - start < 16 { advance() }
    guard next == UInt8(ascii: ";") else { throw ConfigError(line: line, "a malformed entity") }
    let name = String(decoding: bytes[start..<position], as: UTF8.self)
    advance()
    switch name {
    case "amp": return [UInt8(ascii: "&")]
    case "lt": return [UInt8(ascii: "<")]
    case "gt": return [UInt8(ascii: ">")]
    case "quot": return [UInt8(ascii: "\"")]
    case "apos": return [UInt8(ascii: "'")]
    default:
      let digits = name.dropFirst(name.hasPrefix("#x") ? 2 : 1)
      guard name.hasPrefix("#"), let number = UInt32(digits, radix: name.hasPrefix("#x") ? 16 : 10),
        let scalar = Unicode.Scalar(number)
      else { throw ConfigError(line: line, "an entity that is not predefined") }
      return Array(String(Character(scalar)).utf8)
    }
  }

  private mutating func skipBlanks() {
    while let byte = next, " \t\n\r".utf8.contains(byte) { advance() }
  }

  private mutating func name() throws(ConfigError) -> String {
    let start = position
    while let byte = next, !" \t\n\r=/><\"'".utf8.contains(byte) { position += 1 }
    guard position > start, position - start <= 256 else {
      throw ConfigError(line: line, "a name is missing")
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func startTag() throws(ConfigError) {
    guard open.count < ConfigLimits.depth else {
      throw ConfigError(line: line, "too many elements within elements")
    }
    nodes += 1
    guard nodes < ConfigLimits.nodes else { throw ConfigError(line: line, "too many elements") }
    advance()
    var element = Open(name: try name(), line: line)
    while true {
      skipBlanks()
      guard let byte = next else { throw ConfigError(line: line, "a tag without an end") }
      if byte == UInt8(ascii: ">") {
        advance()
        open.append(element)
        return
      }
      if starts("/>") {
        position += 2
        return close(element)
      }
      element.members.append(try attribute())
    }
  }

  private mutating func attribute() throws(ConfigError) -> ConfigValue.Member {
    nodes += 1
    guard nodes < ConfigLimits.nodes else { throw ConfigError(line: line, "too many attributes") }
    let start = line
    let key = try name()
    skipBlanks()
    guard next == UInt8(ascii: "=") else { throw ConfigError(line: line, "'=' is missing") }
    advance()
    skipBlanks()
    guard let quote = next, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
      throw ConfigError(line: line, "a value in quotes is missing")
    }
    advance()
    var value: [UInt8] = []
    while let byte = next, byte != quote {
      if byte == UInt8(ascii: "&") {
        value += try entity()
      } else {
        value.append(byte)
        advance()
      }
    }
    guard next == quote else { throw ConfigError(line: line, "a value without an end") }
    advance()
    return .init(key: "@" + key, value: .scalar(.init(String(decoding: value, as: UTF8.self), line: start)))
  }

  private mutating func endTag() throws(ConfigError) {
    position += 2
    let name = try name()
    skipBlanks()
    guard next == UInt8(ascii: ">") else { throw ConfigError(line: line, "a tag without an end") }
    advance()
    guard let element = open.popLast(), element.name == name else {
      throw ConfigError(line: line, "</\(name)> closes nothing")
    }
    close(element)
  }

  private mutating func close(_ element: Open) {
    let member = ConfigValue.Member(key: element.name, value: element.value)
    if open.isEmpty {
      root = root ?? member
    } else {
      open[open.count - 1].members.append(member)
    }
  }
}
