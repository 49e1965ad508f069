/// Splits values into words as systemd does (systemd.syntax(7), "Quoting"; src/basic/extract-word.c).
///
/// Quotes may start anywhere in a word and are dropped; a backslash escapes within both kinds of quotes.
enum SystemdWords {
  /// What is between two words.
  private static let blanks = Set(" \t\n\r".utf8)

  /// What a malformed value leaves.
  struct Malformed: Error {
    /// The words before the mistake.
    var words: [String]
  }

  /// How a backslash is read.
  enum Escapes {
    /// As in C; what is no escape there is a mistake (`EXTRACT_CUNESCAPE`).
    case strict
    /// As in C; what is no escape there stays as it is (`EXTRACT_UNESCAPE_RELAX`).
    case relaxed
    /// The next character stands for itself, and what is open at the end ends there (`EXTRACT_RELAX`).
    case plain
  }

  /// The words of a value.
  ///
  /// - Throws: at a quote that nothing closes, or at an escape that is none.
  static func split(_ text: String, _ escapes: Escapes) throws(Malformed) -> [String] {
    try split(text, escapes, at: []).flatMap(\.self)
  }

  /// The words of each command of a value: a word that is a lone `;` starts the next one, `\;` is a semicolon
  /// (systemd.service(5), "Command lines").
  static func commands(_ text: String) throws(Malformed) -> [[String]] {
    try split(text, .relaxed, at: [UInt8(ascii: ";")])
  }

  private static func split(
    _ text: String, _ escapes: Escapes, at separators: Set<UInt8>
  ) throws(Malformed) -> [[String]] {
    var lists: [[String]] = [[]]
    var rest = Array(text.utf8)[...]
    while true {
      rest = rest.drop { blanks.contains($0) }
      guard let first = rest.first else { return lists }
      let isAlone = rest.count == 1 || blanks.contains(rest[rest.startIndex + 1])
      if separators.contains(first), isAlone {
        rest.removeFirst()
        lists.append([])
      } else if let semicolon = escapedSeparator(rest, separators) {
        rest.removeFirst(2)
        lists[lists.count - 1].append(semicolon)
      } else if let word = word(&rest, escapes) {
        lists[lists.count - 1].append(word)
      } else {
        throw Malformed(words: lists.flatMap(\.self))
      }
    }
  }

  private static func escapedSeparator(_ text: ArraySlice<UInt8>, _ separators: Set<UInt8>) -> String? {
    let next = text.dropFirst()
    guard text.first == UInt8(ascii: "\\"), let separator = next.first, separators.contains(separator),
      next.count == 1 || blanks.contains(next[next.startIndex + 1])
    else { return nil }
    return String(decoding: [separator], as: UTF8.self)
  }

  /// Takes the next word off the text; nil for a mistake.
  private static func word(_ rest: inout ArraySlice<UInt8>, _ escapes: Escapes) -> String? {
    var word: [UInt8] = []
    var quote: UInt8?
    while let byte = rest.popFirst() {
      if byte == quote {
        quote = nil
      } else if byte == UInt8(ascii: "\\") {
        guard takeEscape(&rest, escapes, isQuoted: quote != nil, &word) else { return nil }
      } else if quote == nil, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      } else if quote == nil, blanks.contains(byte) {
        break
      } else {
        word.append(byte)
      }
    }
    if quote != nil, escapes != .plain { return nil }
    return String(decoding: word, as: UTF8.self)
  }

  /// What follows a backslash; false for a mistake.
  private static func takeEscape(
    _ rest: inout ArraySlice<UInt8>, _ escapes: Escapes, isQuoted: Bool, _ word: inout [UInt8]
  ) -> Bool {
    guard let letter = rest.first else {
      if escapes == .relaxed, !isQuoted { word.append(UInt8(ascii: "\\")) }
      return escapes == .plain || (escapes == .relaxed && !isQuoted)
    }
    if escapes == .plain {
      word.append(letter)
      rest.removeFirst()
    } else if let (bytes, length) = unescaped(rest) {
      word += bytes
      rest.removeFirst(length)
    } else if escapes == .relaxed {
      word += [UInt8(ascii: "\\"), letter]
      rest.removeFirst()
    } else {
      return false
    }
    return true
  }

  private static let letters: [UInt8: UInt8] = [
    UInt8(ascii: "a"): 7, UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12, UInt8(ascii: "n"): 10,
    UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9, UInt8(ascii: "v"): 11, UInt8(ascii: "s"): 32,
    UInt8(ascii: "\\"): 92, UInt8(ascii: "\""): 34, UInt8(ascii: "'"): 39,
  ]

  /// The bytes that an escape of C stands for, and its length without the backslash (cunescape_one).
  private static func unescaped(_ text: ArraySlice<UInt8>) -> (bytes: [UInt8], length: Int)? {
    guard let letter = text.first else { return nil }
    if let byte = letters[letter] { return ([byte], 1) }
    let digits: (start: Int, count: Int, base: UInt32)
    switch letter {
    case UInt8(ascii: "x"): digits = (1, 2, 16)
    case UInt8(ascii: "u"): digits = (1, 4, 16)
    case UInt8(ascii: "U"): digits = (1, 8, 16)
    case UInt8(ascii: "0")...UInt8(ascii: "7"): digits = (0, 3, 8)
    default: return nil
    }
    guard let number = number(text.dropFirst(digits.start).prefix(digits.count), digits.count, digits.base),
      number != 0
    else { return nil }
    let length = digits.start + digits.count
    if digits.count < 4 { return UInt8(exactly: number).map { ([$0], length) } }
    return Unicode.Scalar(number).map { (Array(String(Character($0)).utf8), length) }
  }

  private static func number(_ digits: ArraySlice<UInt8>, _ count: Int, _ base: UInt32) -> UInt32? {
    guard digits.count == count else { return nil }
    var number: UInt32 = 0
    for digit in digits {
      guard let value = Character(Unicode.Scalar(digit)).hexDigitValue, value < base else { return nil }
      let (product, overflows) = number.multipliedReportingOverflow(by: base)
      if overflows { return nil }
      number = product + UInt32(value)
    }
    return number
  }
}
