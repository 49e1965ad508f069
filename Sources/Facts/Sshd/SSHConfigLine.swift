import Evidence

/// One keyword with its arguments, split as sshd(8) and ssh(1) split a line of their configuration
/// (`strdelim` and `argv_split` in OpenSSH's misc.c).
public struct SSHConfigLine: Sendable, Hashable {
  /// In lower case: keywords are not case-sensitive.
  public var keyword: String
  /// Unquoted. A `#` at the start of a word ends the line.
  public var arguments: [String]
  /// Counted from 1.
  public var number: Int
  /// The line without blanks at its ends.
  public var text: String
  /// Why the daemon would refuse the line, if it would.
  public var problem: String?

  /// Splits a line; nil for an empty line or a comment.
  public init?(_ line: TextFile.Line) {
    self.init(text: line.text, number: line.number)
  }

  /// Splits a line; nil for an empty line or a comment.
  init?(text line: String, number: Int) {
    var scanner = Scanner(bytes: Array(line.utf8))
    guard let keyword = scanner.keyword() else { return nil }
    self.keyword = keyword.lowercased()
    self.number = number
    text = String(line.trimmingBlanks())
    if let arguments = scanner.arguments() {
      self.arguments = arguments
      if scanner.wasEmpty { problem = "no argument after \(keyword)" }
    } else {
      arguments = []
      problem = "unbalanced quotes"
    }
  }
}

/// Walks the bytes of one line.
private struct Scanner {
  let bytes: [UInt8]
  private var position = 0
  /// Whether nothing at all followed the keyword.
  private(set) var wasEmpty = false

  init(bytes: [UInt8]) { self.bytes = bytes }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
      || byte == 0x0C
  }

  private mutating func skipBlanks() {
    while position < bytes.count, Self.isBlank(bytes[position]) { position += 1 }
  }

  /// The first word. Between it and its value stand blanks, of which one may be an equals sign.
  mutating func keyword() -> String? {
    skipBlanks()
    guard position < bytes.count, bytes[position] != UInt8(ascii: "#") else { return nil }
    let isQuoted = bytes[position] == UInt8(ascii: "\"")
    if isQuoted { position += 1 }
    let start = position
    while position < bytes.count {
      let byte = bytes[position]
      if isQuoted ? byte == UInt8(ascii: "\"") : Self.isBlank(byte) || byte == UInt8(ascii: "=") { break }
      position += 1
    }
    let word = String(decoding: bytes[start..<position], as: UTF8.self)
    if isQuoted, position < bytes.count { position += 1 }
    skipBlanks()
    if position < bytes.count, bytes[position] == UInt8(ascii: "=") { position += 1 }
    skipBlanks()
    return word
  }

  /// The words that follow; nil if a quote is not closed.
  mutating func arguments() -> [String]? {
    wasEmpty = position >= bytes.count
    var words: [String] = []
    while true {
      skipBlanks()
      guard position < bytes.count, bytes[position] != UInt8(ascii: "#") else { return words }
      guard let word = word() else { return nil }
      words.append(word)
    }
  }

  private mutating func word() -> String? {
    var word: [UInt8] = []
    var quote: UInt8 = 0
    while position < bytes.count {
      let byte = bytes[position]
      if byte == UInt8(ascii: "\\"), position + 1 < bytes.count, escapes(bytes[position + 1], quote) {
        word.append(bytes[position + 1])
        position += 2
        continue
      }
      if quote == 0, Self.isBlank(byte) { break }
      position += 1
      if quote == 0, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      } else if quote != 0, byte == quote {
        quote = 0
      } else {
        word.append(byte)
      }
    }
    return quote == 0 ? String(decoding: word, as: UTF8.self) : nil
  }

  private func escapes(_ byte: UInt8, _ quote: UInt8) -> Bool {
    "'\"\\".utf8.contains(byte) || (quote == 0 && byte == UInt8(ascii: " "))
  }
}

/// Whether the text matches a comma-separated list of `*` and `?` patterns, in which a `!` excludes
/// (`match_pattern_list` in OpenSSH's match.c).
func matchesPatternList(_ text: String, _ list: String) -> Bool {
  var isIncluded = false
  for part in list.split(separator: ",") {
    let isNegated = part.hasPrefix("!")
    guard matchesPattern(text, String(isNegated ? part.dropFirst() : part)) else { continue }
    if isNegated { return false }
    isIncluded = true
  }
  return isIncluded
}

/// Whether the text matches a pattern of `*` and `?`, which are the only special characters.
func matchesPattern(_ text: String, _ pattern: String) -> Bool {
  let text = Array(text.utf8)
  let pattern = Array(pattern.utf8)
  var (t, p) = (0, 0)
  var retry: (pattern: Int, text: Int)?
  while t < text.count {
    if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
      p += 1
      retry = (p, t)
    } else if p < pattern.count, pattern[p] == UInt8(ascii: "?") || pattern[p] == text[t] {
      p += 1
      t += 1
    } else if let point = retry {
      retry = (point.pattern, point.text + 1)
      p = point.pattern
      t = point.text + 1
    } else {
      return false
    }
  }
  return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
}
