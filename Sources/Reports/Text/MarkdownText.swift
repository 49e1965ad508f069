/// Text that is nothing but text in GitHub Flavored Markdown.
package enum MarkdownText {
  /// Every character with a meaning in Markdown or HTML becomes a character reference, links included. Code points are
  /// looked at, as Markdown does: a combining mark does not hide what it stands on.
  ///
  /// GitHub and GitLab look for mentions and references in the text that a page shows, where a character reference is a
  /// character again: a blank without width keeps `@name` and `#12` from notifying people.
  package static func escaped(_ text: String) -> String {
    let source = Array(printable(text).utf8)
    var result: [UInt8] = []
    result.reserveCapacity(source.count + source.count / 4)
    for (position, byte) in source.enumerated() {
      guard isSpecial(byte), needsReference(byte, after: result) else {
        result.append(byte)
        continue
      }
      result += Array("&#\(byte);".utf8)
      if isReference(source, at: position) { result += Array("&#8203;".utf8) }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private static let specials = Set("&<>|`*_~[]()#@!\\$^:.".utf8)

  private static func isSpecial(_ byte: UInt8) -> Bool { byte < 0x80 && specials.contains(byte) }

  /// A colon matters only in an address, a dot after `www` alone (GFM, 6.9).
  private static func needsReference(_ byte: UInt8, after result: [UInt8]) -> Bool {
    switch byte {
    case UInt8(ascii: ":"):
      ["http", "https", "ftp", "mailto", "xmpp"].contains { result.endsIgnoringCase(in: $0) }
    case UInt8(ascii: "."): result.endsIgnoringCase(in: "www")
    default: true
    }
  }

  /// Whether a mention or the number of an issue begins here: not within a word, as `user@host` is none.
  private static func isReference(_ text: [UInt8], at position: Int) -> Bool {
    guard position + 1 < text.count, position == 0 || !isWordByte(text[position - 1]) else { return false }
    return switch text[position] {
    case UInt8(ascii: "@"): isWordByte(text[position + 1])
    case UInt8(ascii: "#"): isDigit(text[position + 1])
    default: false
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  /// Lines of one paragraph: what would begin a list or a heading at the start of a line does not.
  package static func paragraph(_ text: String) -> String {
    let words = text.unicodeScalars.split(whereSeparator: isBlank)
    let line = escaped(words.map { String($0) }.joined(separator: " "))
    let digits = line.utf8.prefix(while: isDigit)
    if !digits.isEmpty, line.utf8.dropFirst(digits.count).first == UInt8(ascii: ".") {
      return String(Substring(digits)) + "&#46;" + Substring(line.utf8.dropFirst(digits.count + 1))
    }
    guard let first = line.utf8.first, "-+=".utf8.contains(first) else { return line }
    return "&#\(first);" + Substring(line.utf8.dropFirst())
  }

  private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII ? scalar == " " || ("\t"..."\r").contains(scalar) : scalar.properties.isWhitespace
  }

  /// A row of a table.
  package static func row(_ cells: [String]) -> String {
    "| " + cells.map { escaped(printable($0, limit: 300)) }.joined(separator: " | ") + " |"
  }

  /// The head of a table.
  package static func head(_ titles: [String]) -> [String] {
    [row(titles), "|" + String(repeating: " --- |", count: titles.count)]
  }
}

/// Markdown for a place that shows so many bytes and no more: parts are added in the order of their weight, and what has
/// no room is counted and said at the end.
package struct MarkdownPage {
  /// A table under a line that opens it.
  package struct Table {
    package var title: String
    package var isOpen: Bool
    package var columns: [String]
    package var rows: [[String]]
    /// So many rows are shown at most.
    package var limit: Int
    /// What further rows are called: `check`.
    package var noun: String

    /// Describes a table.
    package init(
      _ title: String, isOpen: Bool = false, columns: [String], rows: [[String]], limit: Int = 200,
      noun: String = "check"
    ) {
      self.title = title
      self.isOpen = isOpen
      self.columns = columns
      self.rows = rows
      self.limit = limit
      self.noun = noun
    }
  }

  /// For the frame of a table and the line on what is left out.
  private static let reserve = 2048

  private let limit: Int
  private var body = ""
  private var leftOut: [String] = []

  /// - Parameter limit: bytes, which are at least as many as characters.
  package init(limit: Int) { self.limit = limit }

  private var room: Int { limit - Self.reserve - body.utf8.count }

  /// Lines as they are, Markdown of the caller; left out with the title where there is no room.
  package mutating func add(_ lines: [String], title: String) {
    let text = lines.joined(separator: "\n") + "\n"
    guard text.utf8.count <= room else {
      leftOut.append(title)
      return
    }
    body += text
  }

  /// As many rows as there is room for, in a part that can be folded.
  package mutating func add(_ table: Table) {
    guard !table.rows.isEmpty else { return }
    let opening =
      ["<details\(table.isOpen ? " open" : "")><summary>\(MarkdownText.escaped(table.title))</summary>", ""]
      + MarkdownText.head(table.columns)
    let start = opening.joined(separator: "\n") + "\n"
    var rows = ""
    var shown = 0
    for cells in table.rows.prefix(table.limit) {
      let row = MarkdownText.row(cells) + "\n"
      guard start.utf8.count + rows.utf8.count + row.utf8.count <= room else { break }
      rows += row
      shown += 1
    }
    guard shown > 0 else {
      leftOut.append(table.title)
      return
    }
    let rest = table.rows.count - shown
    let more = rest > 0 ? "\nand \(rest) more \(rest == 1 ? table.noun : table.noun + "s")\n" : ""
    body += start + rows + more + "\n</details>\n\n"
  }

  /// The page.
  ///
  /// - Parameter hint: where all of it is to be had, for the line on what is left out.
  package func text(hint: String) -> String {
    guard !leftOut.isEmpty else { return body }
    let names = list(leftOut.map { printable($0, limit: 80) }, limit: 10)
    return body + "\n"
      + MarkdownText.escaped("Left out, since only \(limit) characters are shown here: \(names). \(hint)")
      + "\n"
  }
}

extension [UInt8] {
  fileprivate func endsIgnoringCase(in word: String) -> Bool {
    suffix(word.utf8.count).elementsEqual(word.utf8) { $0 | 0x20 == $1 }
  }
}
