import DiskImages

/// Text for a terminal of 80 columns: words beside a margin of labels, and tables.
struct TextColumns {
  static let width = 80

  private(set) var text = ""

  mutating func line(_ line: String = "") { text += Self.trimmed(line) + "\n" }

  /// A label and a paragraph beside it, further lines below the paragraph. Nothing for an empty paragraph.
  mutating func row(_ label: String, _ paragraph: String, margin: Int = 2, column: Int = 12) {
    guard !paragraph.isEmpty else { return }
    let indent = String(repeating: " ", count: margin + column)
    let start = String(repeating: " ", count: margin) + Self.padded(label, to: column)
    for (index, words) in Self.wrap(paragraph, width: Self.width - margin - column).enumerated() {
      line((index == 0 ? start : indent) + words)
    }
  }

  /// A label and lines that are not to be broken, such as code.
  mutating func block(_ label: String, _ block: String, margin: Int = 2, column: Int = 12) {
    let indent = String(repeating: " ", count: margin + column)
    for (index, words) in block.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let start = index == 0 ? String(repeating: " ", count: margin) + Self.padded(label, to: column) : indent
      line(start + words)
    }
  }

  /// A table; the last column is wrapped.
  mutating func table(_ head: [String], _ rows: [[String]]) {
    guard !rows.isEmpty else { return }
    let widths = head.indices.dropLast().map { column in
      ([head] + rows).map { $0[column].count }.max().map { $0 + 2 } ?? 0
    }
    let margin = widths.reduce(0, +)
    for row in [head] + rows {
      let start = zip(row, widths).map { Self.padded($0, to: $1) }.joined()
      let last = Self.wrap(row.last ?? "", width: max(24, Self.width - margin))
      for (index, words) in last.enumerated() {
        line((index == 0 ? start : String(repeating: " ", count: margin)) + words)
      }
    }
  }

  /// Breaks a text at blanks; a longer word stands in a line of its own.
  static func wrap(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    var current = ""
    for word in text.split(whereSeparator: { $0 == " " || $0.isNewline }) {
      if !current.isEmpty, current.count + 1 + word.count > width {
        lines.append(current)
        current = ""
      }
      current += (current.isEmpty ? "" : " ") + word
    }
    return lines + (current.isEmpty && !lines.isEmpty ? [] : [current])
  }

  private static func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private static func trimmed(_ line: String) -> String {
    String(line.reversed().drop { $0 == " " }.reversed())
  }
}
