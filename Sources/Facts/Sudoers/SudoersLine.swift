import Evidence

/// Lines of a sudoers file: continuations joined, comments cut (sudoers(5), toke.l).
enum SudoersLine {
  struct Assembled {
    var text: String
    /// Where it starts, counted from 1.
    var number: Int
  }

  static func assemble(_ file: TextFile) -> [Assembled] {
    var lines: [Assembled] = []
    var parts: [Substring] = []
    var start = 0
    for line in file.lines {
      if parts.isEmpty { start = line.number }
      let stripped = line.text.trimmingBlanks()
      if isContinued(stripped) {
        parts.append(stripped.dropLast())
        continue
      }
      parts.append(line.text[...])
      let text = withoutComment(parts.joined()).trimmingBlanks()
      if !text.isEmpty { lines.append(Assembled(text: String(text), number: start)) }
      parts = []
    }
    if !parts.isEmpty { lines.append(Assembled(text: parts.joined(), number: start)) }
    return lines
  }

  /// An odd number of backslashes at the end; a comment is continued too, as sudo's lexer joins lines first.
  private static func isContinued(_ text: Substring) -> Bool {
    text.reversed().prefix { $0 == "\\" }.count % 2 == 1
  }

  /// `#` starts a comment, but not before `include` at the start of a line, before digits (a numeric id), in
  /// quotes or after a backslash.
  static func withoutComment(_ text: String) -> Substring {
    let trimmed = text.trimmingBlanks()
    for word in ["#include ", "#include\t", "#includedir ", "#includedir\t"] where trimmed.hasPrefix(word) {
      return trimmed
    }
    var isQuoted = false
    var isEscaped = false
    var previous: Character = " "
    for index in text.indices {
      let character = text[index]
      if isEscaped {
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else if character == "\"" {
        isQuoted.toggle()
      } else if character == "#", !isQuoted {
        let rest = text[text.index(after: index)...]
        let isID =
          rest.first.map { $0.isNumber } == true
          || rest.hasPrefix("-") && rest.dropFirst().first?.isNumber == true
        if !isID || !" \t,(:!=%".contains(previous) { return text[..<index] }
      }
      previous = character
    }
    return Substring(text)
  }
}

/// Reads words and punctuation from one sudoers line.
struct SudoersScanner {
  private let bytes: [UInt8]
  private(set) var position = 0

  init(_ text: some StringProtocol) { bytes = Array(text.utf8) }

  var isAtEnd: Bool { position >= bytes.count }
  var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  mutating func skipBlanks() {
    while let byte = next, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { position += 1 }
  }

  /// Steps over a character, with the blanks before it, if it is next.
  mutating func take(_ character: Character) -> Bool {
    let start = position
    skipBlanks()
    guard let byte = next, let wanted = character.asciiValue, byte == wanted else {
      position = start
      return false
    }
    position += 1
    return true
  }

  /// Whether an odd number of `!` is next; steps over all of them.
  mutating func takeNegation() -> Bool {
    var count = 0
    while take("!") { count += 1 }
    return count % 2 == 1
  }

  /// A word, quoted or with escapes, up to a blank or one of `stops`; nil if there is none.
  mutating func word(stops: String) -> String? {
    skipBlanks()
    guard let first = next else { return nil }
    if first == UInt8(ascii: "\"") { return quoted() }
    var word: [UInt8] = []
    while let byte = next {
      if byte == UInt8(ascii: "\\"), position + 1 < bytes.count {
        word.append(bytes[position + 1])
        position += 2
        continue
      }
      if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || stops.utf8.contains(byte) { break }
      if byte == UInt8(ascii: "\""), !word.isEmpty {
        // %"group name": quotes within a word.
        word += Array((quoted() ?? "").utf8)
        continue
      }
      word.append(byte)
      position += 1
    }
    return word.isEmpty ? nil : String(decoding: word, as: UTF8.self)
  }

  private mutating func quoted() -> String? {
    position += 1
    var word: [UInt8] = []
    while let byte = next {
      position += 1
      if byte == UInt8(ascii: "\"") { return String(decoding: word, as: UTF8.self) }
      if byte == UInt8(ascii: "\\"), let escaped = next, escaped == UInt8(ascii: "\"") {
        word.append(escaped)
        position += 1
      } else {
        word.append(byte)
      }
    }
    return nil
  }

  /// Arguments of a command up to an unescaped `,` or `:`, or a `=` that starts a word; runs of blanks become
  /// one. A backslash before what is special in sudoers goes, one before a wildcard stays (`GOTCMND` in
  /// toke.l).
  mutating func commandArguments() -> String {
    var text: [UInt8] = []
    var isWordStart = true
    while let byte = next {
      if byte == UInt8(ascii: "\\"), position + 1 < bytes.count {
        let escaped = bytes[position + 1]
        if !":\\,= \t#".utf8.contains(escaped) { text.append(byte) }
        text.append(escaped)
        position += 2
        isWordStart = false
        continue
      }
      if byte == UInt8(ascii: ",") || byte == UInt8(ascii: ":") { break }
      if byte == UInt8(ascii: "="), isWordStart { break }
      position += 1
      let isBlank = byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
      if !isBlank {
        text.append(byte)
      } else if !isWordStart {
        text.append(UInt8(ascii: " "))
      }
      isWordStart = isBlank
    }
    return String(String(decoding: text, as: UTF8.self).trimmingBlanks())
  }
}
