import Evidence

/// A word of GRUB's script language: text and variables that are yet to be replaced.
struct GrubWord: Sendable, Hashable {
  enum Part: Sendable, Hashable {
    case text(String)
    case variable(String)
  }

  var parts: [Part] = []
  var line: Int
  /// Whether a part of it stands in quotes, so that it is no keyword.
  var isQuoted = false

  /// The word if it is plain text that could be a keyword.
  var keyword: String? {
    guard !isQuoted, parts.count == 1, case .text(let text) = parts[0] else { return nil }
    return text
  }
}

/// Splits a script of GRUB into words (GRUB manual, "Shell-like scripting").
struct GrubLexer {
  enum Token: Sendable, Hashable {
    case word(GrubWord)
    /// A line's end or a semicolon.
    case end
    case open
    case close
  }

  private let bytes: [UInt8]
  private var position = 0
  private var line = 1
  private(set) var tokens: [Token] = []

  /// Tokens beyond this many are ignored: a menu of ten thousand entries has fewer.
  static let mostTokens = 1_000_000

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    while let byte = peek(), tokens.count < Self.mostTokens { take(byte) }
    tokens.append(.end)
  }

  private func peek(_ offset: Int = 0) -> UInt8? {
    position + offset < bytes.count ? bytes[position + offset] : nil
  }

  private mutating func take(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\n"):
      line += 1
      position += 1
      tokens.append(.end)
    case UInt8(ascii: ";"):
      position += 1
      tokens.append(.end)
    case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
      position += 1
    case UInt8(ascii: "#"):
      while let next = peek(), next != UInt8(ascii: "\n") { position += 1 }
    default: takeWord()
    }
  }

  private mutating func takeWord() {
    var word = GrubWord(line: line)
    var text: [UInt8] = []
    loop: while let byte = peek() {
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"), UInt8(ascii: ";"):
        break loop
      case UInt8(ascii: "\\"):
        takeEscape(&text, &word, inQuotes: false)
      case UInt8(ascii: "'"):
        word.isQuoted = true
        position += 1
        while let next = peek(), next != UInt8(ascii: "'") { append(next, &text) }
        position += 1
      case UInt8(ascii: "\""):
        word.isQuoted = true
        position += 1
        takeQuoted(&text, &word)
      case UInt8(ascii: "$"):
        takeVariable(&text, &word)
      default:
        append(byte, &text)
      }
    }
    flush(&text, &word)
    if word.keyword == "{" {
      tokens.append(.open)
    } else if word.keyword == "}" {
      tokens.append(.close)
    } else if !word.parts.isEmpty || word.isQuoted {
      tokens.append(.word(word))
    }
  }

  private mutating func takeQuoted(_ text: inout [UInt8], _ word: inout GrubWord) {
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        return
      case UInt8(ascii: "\\"): takeEscape(&text, &word, inQuotes: true)
      case UInt8(ascii: "$"): takeVariable(&text, &word)
      default: append(byte, &text)
      }
    }
  }

  /// Within double quotes a backslash only escapes `$`, `"`, itself and the end of the line.
  private mutating func takeEscape(_ text: inout [UInt8], _ word: inout GrubWord, inQuotes: Bool) {
    position += 1
    guard let next = peek() else { return }
    if next == UInt8(ascii: "\n") {
      line += 1
      position += 1
      return
    }
    if inQuotes, !"$\"\\".utf8.contains(next) {
      text.append(UInt8(ascii: "\\"))
    } else {
      word.isQuoted = true
    }
    append(next, &text)
  }

  /// `$name`, `${name}`; a dollar that starts neither stands for itself.
  private mutating func takeVariable(_ text: inout [UInt8], _ word: inout GrubWord) {
    let isBraced = peek(1) == UInt8(ascii: "{")
    let start = position + (isBraced ? 2 : 1)
    var end = start
    while end < bytes.count, Self.isNameByte(bytes[end]) { end += 1 }
    if end == start, !isBraced, end < bytes.count, "?*@#".utf8.contains(bytes[end]) { end += 1 }
    guard end > start, !isBraced || (end < bytes.count && bytes[end] == UInt8(ascii: "}")) else {
      append(UInt8(ascii: "$"), &text)
      return
    }
    flush(&text, &word)
    word.parts.append(.variable(String(decoding: bytes[start..<end], as: UTF8.self)))
    position = isBraced ? end + 1 : end
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
      || byte == UInt8(ascii: "_")
  }

  private mutating func append(_ byte: UInt8, _ text: inout [UInt8]) {
    if byte == UInt8(ascii: "\n") { line += 1 }
    text.append(byte)
    position += 1
  }

  private func flush(_ text: inout [UInt8], _ word: inout GrubWord) {
    guard !text.isEmpty else { return }
    word.parts.append(.text(String(decoding: text, as: UTF8.self)))
    text = []
  }
}
