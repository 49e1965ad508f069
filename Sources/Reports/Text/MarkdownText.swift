/// Text that is nothing but text in GitHub Flavored Markdown.
package enum MarkdownText {
  private static let active = Set("&<>|`*_~[]()#@!\\$^:".unicodeScalars)

  /// Every character with a meaning in Markdown or HTML becomes a character reference, mentions and links included. Scalar
  /// by scalar: a mark that combines with the character before does not take its meaning away.
  package static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in printable(text).unicodeScalars {
      // A colon matters only in an address.
      let isPlain = scalar == ":" && !result.hasSuffix("http") && !result.hasSuffix("https")
      if active.contains(scalar), !isPlain {
        result += "&#\(scalar.value);"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    // `www.` at the start of a word makes a link too (GFM, 6.9).
    return result.replacing("www.", with: "www&#46;")
  }

  /// Lines of one paragraph: what would begin a list or a heading at the start of a line does not.
  package static func paragraph(_ text: String) -> String {
    let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let line = escaped(words)
    let digits = line.prefix { $0.isNumber }
    if !digits.isEmpty, line.dropFirst(digits.count).first == "." {
      return digits + "&#46;" + line.dropFirst(digits.count + 1)
    }
    guard let first = line.first, "-+=".contains(first), let scalar = first.unicodeScalars.first else {
      return line
    }
    return "&#\(scalar.value);" + line.dropFirst()
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
