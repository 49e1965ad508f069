import Evidence

/// One step of an rsyslog configuration file.
enum RsyslogStatement: Hashable {
  /// `$Name value`; the name in lower case.
  case directive(String, String)
  /// `action(…)`, `input(…)`: name and parameters in lower case.
  case object(String, [String: String])
  /// A selector, a property filter or a condition, which holds for the next statement or block.
  case filter(String)
  /// `&`: the filter of the statement above once more.
  case sameFilter
  case open
  case close
  case call(String)
  case stop
  /// An action in the form of sysklogd: `/var/log/mail.log`, `@@host`.
  case action(String)
}

/// Splits a file into statements, the three forms that rsyslog mixes: sysklogd's, `$` directives and
/// RainerScript (rsyslog.conf(5), "Basic Structure" of the manual). What it does not know it skips to the end
/// of the line.
struct RsyslogScanner {
  private let bytes: [UInt8]
  private var position = 0
  private var line = 1
  private(set) var statements: [(statement: RsyslogStatement, line: Int)] = []
  private static let limit = 50_000

  private static let objects: Set<String> = [
    "action", "input", "module", "global", "include", "template", "ruleset", "main_queue", "parser",
    "timezone",
    "lookup_table", "dyn_stats", "percentile_stats", "property", "constant", "ratelimit",
  ]

  init(_ file: TextFile) {
    bytes = Array(file.lines.map(\.text).joined(separator: "\n").utf8)
    while statements.count < Self.limit, scanStatement() {}
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func advance() {
    if bytes[position] == UInt8(ascii: "\n") { line += 1 }
    position += 1
  }

  private mutating func skipBlanks(lineFeeds: Bool) {
    while let byte = next {
      if byte == 0x20 || byte == 0x09 || byte == 0x0d || (lineFeeds && byte == 0x0a) {
        advance()
      } else if lineFeeds, byte == UInt8(ascii: "#") {
        while let byte = next, byte != 0x0a { advance() }
      } else if byte == UInt8(ascii: "/"), position + 1 < bytes.count,
        bytes[position + 1] == UInt8(ascii: "*")
      {
        while position + 1 < bytes.count, !bytes[position...].starts(with: "*/".utf8) { advance() }
        for _ in 0..<2 where next != nil { advance() }
      } else {
        return
      }
    }
  }

  /// The rest of the line; a backslash before the line feed joins the next line.
  private mutating func restOfLine() -> String {
    var text: [UInt8] = []
    while let byte = next, byte != 0x0a {
      advance()
      if byte == UInt8(ascii: "\\"), next == 0x0a {
        advance()
        skipBlanks(lineFeeds: false)
      } else {
        text.append(byte)
      }
    }
    return String(decoding: text, as: UTF8.self).trimmingBlanks().description
  }

  private mutating func word() -> String {
    let start = position
    while let byte = next, isWordByte(byte) { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  private mutating func add(_ statement: RsyslogStatement, _ line: Int) {
    statements.append((statement, line))
  }

  /// Reads one statement; false at the end.
  private mutating func scanStatement() -> Bool {
    skipBlanks(lineFeeds: true)
    guard let byte = next else { return false }
    let start = line
    switch byte {
    case UInt8(ascii: "$"):
      let text = restOfLine().dropFirst()
      let name = text.prefix { $0 != " " && $0 != "\t" }
      var value = text.dropFirst(name.count).trimmingBlanks()
      if let comment = value.firstRange(of: " #"), !value.contains("\"") {
        value = value[..<comment.lowerBound].trimmingBlanks()
      }
      add(.directive(name.lowercased(), String(value)), start)
    case UInt8(ascii: "{"):
      advance()
      add(.open, start)
    case UInt8(ascii: "}"):
      advance()
      add(.close, start)
    case UInt8(ascii: "&"):
      advance()
      skipBlanks(lineFeeds: false)
      add(.sameFilter, start)
      scanActionPart()
    // A facility does not start so: an action that stands alone, within a block or after a condition.
    case UInt8(ascii: "/"), UInt8(ascii: "@"), UInt8(ascii: "?"), UInt8(ascii: "|"), UInt8(ascii: "^"),
      UInt8(ascii: "~"):
      scanActionPart()
    case UInt8(ascii: ":"):
      if bytes[position...].starts(with: ":om".utf8) { scanActionPart() } else { scanPropertyFilter() }
    case UInt8(ascii: "-") where position + 1 < bytes.count && "/?".utf8.contains(bytes[position + 1]):
      scanActionPart()
    case UInt8(ascii: "!"), UInt8(ascii: "+"), UInt8(ascii: "-"): _ = restOfLine()
    default: scanWordOrSelector()
    }
    return true
  }

  /// `:property, operation, "value"` and then an action.
  private mutating func scanPropertyFilter() {
    let start = line
    let from = position
    var quoted = 0
    while let byte = next, byte != 0x0a {
      advance()
      if byte == UInt8(ascii: "\\"), next == UInt8(ascii: "\"") {
        advance()
      } else if byte == UInt8(ascii: "\"") {
        quoted += 1
        if quoted == 2 { break }
      }
    }
    add(.filter(String(decoding: bytes[from..<position], as: UTF8.self)), start)
    skipBlanks(lineFeeds: false)
    scanActionPart()
  }

  private mutating func scanWordOrSelector() {
    let (start, from) = (line, position)
    let word = word()
    let afterWord = position
    skipBlanks(lineFeeds: true)
    if scanKeyword(word.lowercased(), start) { return }
    // A selector: up to the first blank.
    position = from
    line = start
    while let byte = next, byte != 0x20, byte != 0x09, byte != 0x0a { position += 1 }
    if position == from { position = min(afterWord + 1, bytes.count) }
    let selector = String(decoding: bytes[from..<position], as: UTF8.self)
    skipBlanks(lineFeeds: false)
    guard next != nil, next != 0x0a else { return }
    add(.filter(selector), start)
    scanActionPart()
  }

  /// Reads what a keyword starts; false if the word is none.
  private mutating func scanKeyword(_ word: String, _ start: Int) -> Bool {
    switch word {
    case "if", "foreach":
      add(.filter(condition(until: word == "if" ? "then" : "do")), start)
    case "else": add(.filter("else"), start)
    case "set", "unset", "reset": skipAssignment()
    case "call":
      add(.call(self.word()), start)
    case "call_indirect": skipAssignment()
    case "stop": add(.stop, start)
    case "continue": break
    default:
      guard Self.objects.contains(word), next == UInt8(ascii: "(") else { return false }
      add(.object(word, parameters()), start)
    }
    return true
  }

  /// The text up to the keyword outside of quotes, which is passed.
  private mutating func condition(until keyword: String) -> String {
    let start = position
    var end = bytes.count
    var quote: UInt8?
    while let byte = next {
      if let open = quote {
        advance()
        if byte == UInt8(ascii: "\\"), next != nil { advance() } else if byte == open { quote = nil }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
        advance()
      } else if isWordByte(byte) {
        end = position
        if word().lowercased() == keyword { break }
        end = bytes.count
      } else {
        advance()
      }
    }
    return String(decoding: bytes[start..<max(start, end)], as: UTF8.self).trimmingBlanksAndLineFeeds()
  }

  /// `set $.x = …;`
  private mutating func skipAssignment() {
    var quote: UInt8?
    while let byte = next {
      advance()
      if let open = quote {
        if byte == UInt8(ascii: "\\"), next != nil { advance() } else if byte == open { quote = nil }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      } else if byte == UInt8(ascii: ";") {
        return
      }
    }
  }

  /// `(name="value" …)`; values may also be lists in brackets, of which all are kept, separated by commas.
  private mutating func parameters() -> [String: String] {
    var result: [String: String] = [:]
    advance()
    while true {
      skipBlanks(lineFeeds: true)
      guard let byte = next else { return result }
      if byte == UInt8(ascii: ")") {
        advance()
        return result
      }
      let name = word().lowercased()
      skipBlanks(lineFeeds: true)
      guard !name.isEmpty, next == UInt8(ascii: "=") else {
        if next != nil, next != UInt8(ascii: ")") { advance() }
        continue
      }
      advance()
      skipBlanks(lineFeeds: true)
      result[name] = value()
    }
  }

  private mutating func value() -> String {
    guard let byte = next else { return "" }
    if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") { return quoted() }
    guard byte == UInt8(ascii: "[") else { return word() }
    var elements: [String] = []
    advance()
    while let byte = next, byte != UInt8(ascii: "]") {
      if byte == UInt8(ascii: "\"") { elements.append(quoted()) } else { advance() }
    }
    if next != nil { advance() }
    return elements.joined(separator: ",")
  }

  private mutating func quoted() -> String {
    let quote = next
    advance()
    var text: [UInt8] = []
    while let byte = next, byte != quote {
      advance()
      if byte == UInt8(ascii: "\\"), let escaped = next {
        advance()
        text.append(escaped)
      } else {
        text.append(byte)
      }
    }
    if next != nil { advance() }
    return String(decoding: text, as: UTF8.self)
  }

  /// What a filter applies to: a block, RainerScript, or an action in sysklogd's form.
  private mutating func scanActionPart() {
    guard let byte = next, byte != 0x0a else { return }
    if byte == UInt8(ascii: "{") { return }
    let (start, from) = (line, position)
    let word = word().lowercased()
    let isObject = Self.objects.contains(word) && next == UInt8(ascii: "(")
    if isObject || word == "call" || word == "stop" {
      skipBlanks(lineFeeds: false)
      if scanKeyword(word, start) { return }
    }
    position = from
    line = start
    var text = Substring(restOfLine())
    if let comment = text.firstRange(of: " #") { text = text[..<comment.lowerBound].trimmingBlanks() }
    add(text == "~" ? .stop : .action(String(text)), start)
  }
}
