import Evidence

/// TOML 1.0: containerd, podman and others. Dates stay text.
enum TOMLFormat {
  static func parse(_ file: TextFile) throws(ConfigError) -> ConfigValue {
    var parser = TOMLParser(text: file.lines.map(\.text).joined(separator: "\n"))
    return try parser.document()
  }
}

/// A table while it grows: references, so that `[a.b]` after `[a]` reaches the same one.
private final class TOMLTable {
  enum Item {
    case value(ConfigValue)
    case table(TOMLTable)
    case tables([TOMLTable])
  }

  var items: [(key: String, item: Item)] = []
  private var positions: [String: Int] = [:]
  let line: Int

  init(line: Int) { self.line = line }

  subscript(key: String) -> Item? {
    get { positions[key].map { items[$0].item } }
    set {
      guard let newValue else { return }
      if let position = positions[key] {
        items[position].item = newValue
      } else {
        positions[key] = items.count
        items.append((key, newValue))
      }
    }
  }

  var value: ConfigValue {
    .mapping(
      items.map { key, item in
        let value: ConfigValue =
          switch item {
          case .value(let value): value
          case .table(let table): table.value
          case .tables(let tables): .list(tables.map(\.value), line: tables.first?.line ?? line)
          }
        return .init(key: key, value: value)
      }, line: line)
  }
}

private struct TOMLParser {
  private let bytes: [UInt8]
  private var position = 0
  private var line = 1
  private var nodes = 0

  init(text: String) { bytes = Array(text.utf8) }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func starts(_ text: String) -> Bool { bytes[position...].starts(with: text.utf8) }

  mutating func document() throws(ConfigError) -> ConfigValue {
    let root = TOMLTable(line: 1)
    var current = root
    while true {
      skip(lineFeeds: true)
      guard let byte = next else { return root.value }
      if byte == UInt8(ascii: "[") {
        current = try header(root)
      } else {
        try pair(into: current)
      }
      skip(lineFeeds: false)
      if let byte = next, byte != UInt8(ascii: "\n") { throw ConfigError(line: line, "text after a value") }
    }
  }

  private mutating func advance() {
    if bytes[position] == UInt8(ascii: "\n") { line += 1 }
    position += 1
  }

  /// Blanks and comments.
  private mutating func skip(lineFeeds: Bool) {
    while let byte = next {
      if byte == UInt8(ascii: "#") {
        while let byte = next, byte != UInt8(ascii: "\n") { advance() }
      } else if byte == 0x20 || byte == 0x09 || byte == 0x0d || (lineFeeds && byte == 0x0a) {
        advance()
      } else {
        return
      }
    }
  }

  private mutating func expect(_ text: String) throws(ConfigError) {
    guard starts(text) else { throw ConfigError(line: line, "'\(text)' is missing") }
    position += text.utf8.count
  }

  private mutating func header(_ root: TOMLTable) throws(ConfigError) -> TOMLTable {
    let isArray = starts("[[")
    try expect(isArray ? "[[" : "[")
    let keys = try keyPath()
    try expect(isArray ? "]]" : "]")
    guard isArray, let last = keys.last else { return try descend(from: root, keys) }
    let parent = try descend(from: root, keys.dropLast())
    let table = TOMLTable(line: line)
    switch parent[last] {
    case .tables(let tables): parent[last] = .tables(tables + [table])
    case nil: parent[last] = .tables([table])
    default: throw ConfigError(line: line, "'\(last)' is no list of tables")
    }
    return table
  }

  /// The table below the keys, made where it is missing; of a list of tables the last.
  private mutating func descend(from table: TOMLTable, _ keys: [String]) throws(ConfigError) -> TOMLTable {
    guard keys.count < ConfigLimits.depth else {
      throw ConfigError(line: line, "too many tables within tables")
    }
    var current = table
    for key in keys {
      switch current[key] {
      case .table(let table): current = table
      case .tables(let tables):
        guard let last = tables.last else { throw ConfigError(line: line, "an empty list of tables") }
        current = last
      case nil:
        try count()
        let table = TOMLTable(line: line)
        current[key] = .table(table)
        current = table
      case .value: throw ConfigError(line: line, "'\(key)' is no table")
      }
    }
    return current
  }

  private mutating func count() throws(ConfigError) {
    nodes += 1
    guard nodes < ConfigLimits.nodes else { throw ConfigError(line: line, "too many values") }
  }

  private mutating func pair(into table: TOMLTable, depth: Int = 0) throws(ConfigError) {
    let keys = try keyPath()
    guard let last = keys.last else { throw ConfigError(line: line, "a key is missing") }
    try expect("=")
    let parent = try descend(from: table, Array(keys.dropLast()))
    if parent[last] != nil { throw ConfigError(line: line, "'\(last)' is set twice") }
    parent[last] = .value(try value(depth: depth + 1))
  }

  private mutating func keyPath() throws(ConfigError) -> [String] {
    var keys: [String] = []
    repeat {
      if !keys.isEmpty { advance() }
      skip(lineFeeds: false)
      switch next {
      case UInt8(ascii: "\""): keys.append(try basicString())
      case UInt8(ascii: "'"): keys.append(try literalString())
      default:
        let start = position
        while let byte = next, isBare(byte) { position += 1 }
        guard position > start else { throw ConfigError(line: line, "a key is missing") }
        keys.append(String(decoding: bytes[start..<position], as: UTF8.self))
      }
      skip(lineFeeds: false)
    } while next == UInt8(ascii: ".")
    return keys
  }

  private func isBare(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  private mutating func value(depth: Int) throws(ConfigError) -> ConfigValue {
    guard depth < ConfigLimits.depth else { throw ConfigError(line: line, "too many values within values") }
    try count()
    skip(lineFeeds: false)
    let start = line
    switch next {
    case UInt8(ascii: "\""):
      return .scalar(.init(starts("\"\"\"") ? try multiline("\"\"\"") : try basicString(), line: start))
    case UInt8(ascii: "'"):
      return .scalar(.init(starts("'''") ? try multiline("'''") : try literalString(), line: start))
    case UInt8(ascii: "["): return try array(depth)
    case UInt8(ascii: "{"): return try inlineTable(depth)
    default:
      let text = bareValue()
      if text.isEmpty { throw ConfigError(line: line, "a value is missing") }
      return .scalar(.init(text, line: start))
    }
  }

  /// A number, a truth value or a date; a date may have a blank before its time.
  private mutating func bareValue() -> String {
    let start = position
    while let byte = next, !", \t]}#\n\r".utf8.contains(byte) { position += 1 }
    let isDate = bytes[start..<position].count { $0 == UInt8(ascii: "-") } == 2
    if isDate, next == 0x20, position + 3 < bytes.count, bytes[position + 3] == UInt8(ascii: ":") {
      position += 1
      while let byte = next, !", \t]}#\n\r".utf8.contains(byte) { position += 1 }
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func array(_ depth: Int) throws(ConfigError) -> ConfigValue {
    let start = line
    var elements: [ConfigValue] = []
    advance()
    while true {
      skip(lineFeeds: true)
      if next == UInt8(ascii: "]") { break }
      elements.append(try value(depth: depth + 1))
      skip(lineFeeds: true)
      guard next == UInt8(ascii: ",") else { break }
      advance()
    }
    try expect("]")
    return .list(elements, line: start)
  }

  private mutating func inlineTable(_ depth: Int) throws(ConfigError) -> ConfigValue {
    let table = TOMLTable(line: line)
    advance()
    while true {
      skip(lineFeeds: true)
      if next == UInt8(ascii: "}") { break }
      try pair(into: table, depth: depth)
      skip(lineFeeds: true)
      guard next == UInt8(ascii: ",") else { break }
      advance()
    }
    try expect("}")
    return table.value
  }

  private mutating func literalString() throws(ConfigError) -> String {
    advance()
    let start = position
    while let byte = next, byte != UInt8(ascii: "'"), byte != UInt8(ascii: "\n") { position += 1 }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    try expect("'")
    return text
  }

  private mutating func basicString() throws(ConfigError) -> String {
    advance()
    var text: [UInt8] = []
    while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\n") {
      position += 1
      if byte == UInt8(ascii: "\\") { text += try escape() } else { text.append(byte) }
    }
    try expect("\"")
    return String(decoding: text, as: UTF8.self)
  }

  private mutating func multiline(_ quotes: String) throws(ConfigError) -> String {
    position += 3
    if next == UInt8(ascii: "\n") { advance() }
    var text: [UInt8] = []
    while let byte = next, !starts(quotes) {
      advance()
      guard byte == UInt8(ascii: "\\"), quotes == "\"\"\"" else {
        text.append(byte)
        continue
      }
      if next == UInt8(ascii: "\n") {
        while let blank = next, " \t\n\r".utf8.contains(blank) { advance() }
      } else {
        text += try escape()
      }
    }
    try expect(quotes)
    return String(decoding: text, as: UTF8.self)
  }

  private mutating func escape() throws(ConfigError) -> [UInt8] {
    guard let byte = next else { throw ConfigError(line: line, "a string without an end") }
    advance()
    switch byte {
    case UInt8(ascii: "u"): return try scalar(digits: 4)
    case UInt8(ascii: "U"): return try scalar(digits: 8)
    default: return [BackslashEscape.byte(byte)]
    }
  }

  private mutating func scalar(digits: Int) throws(ConfigError) -> [UInt8] {
    guard let value = BackslashEscape.number(bytes[...], at: position, digits: digits),
      let scalar = Unicode.Scalar(value)
    else { throw ConfigError(line: line, "a malformed escape") }
    position += digits
    return Array(String(Character(scalar)).utf8)
  }
}
