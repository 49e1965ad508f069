/// Lines for a terminal: wrapped at its width, coloured where it can show colours. Whatever is added has been
/// made printable before it is measured.
package struct TextPage {
  /// What a colour stresses; never the only sign of it.
  package enum Tone: String {
    case strong = "1"
    case faint = "2"
    case good = "1;32"
    case bad = "1;31"
    case warning = "1;33"
    case alert = "31"
    case notice = "33"
    case calm = "36"
  }

  /// Narrower terminals break the lines themselves.
  static let narrowest = 72

  package let width: Int
  private let usesColor: Bool
  package private(set) var text = ""

  package init(_ style: TextStyle) {
    width = min(160, max(Self.narrowest, style.width))
    usesColor = style.usesColor
  }

  /// A line that is known to fit, its parts coloured.
  package mutating func line(_ parts: (String, Tone?)...) {
    text += parts.map { paint(printable($0.0), $0.1) }.joined() + "\n"
  }

  package mutating func blank() {
    if !text.isEmpty && !text.hasSuffix("\n\n") { text += "\n" }
  }

  /// Prose, wrapped; the first line starts after `label`, further ones are indented as far.
  package mutating func paragraph(_ label: String = "", tone: Tone? = nil, _ prose: String) {
    let label = printable(label)
    let indentation = min(label.count, width - 16)
    let lines = wrapped(printable(prose), width: width - indentation)
    for (position, line) in lines.enumerated() {
      let start = position == 0 ? label : String(repeating: " ", count: indentation)
      let shown = line.isEmpty ? start.trimmingTrailingBlanks() : start
      text += (position == 0 ? paint(shown, tone) : shown) + line + "\n"
    }
  }

  /// Prose under a word in a column of its own.
  package mutating func row(_ word: String, indentation: Int = 0, column: Int = 10, _ prose: String) {
    let margin = String(repeating: " ", count: indentation)
    paragraph(margin + word.padded(to: column), prose)
  }

  /// As much of the text as fits into one line.
  package mutating func clipped(_ label: String, tone: Tone? = nil, _ rest: String) {
    let label = printable(label)
    let rest = printable(rest, limit: max(12, width - label.count))
    text += paint(rest.isEmpty ? label.trimmingTrailingBlanks() : label, tone) + rest + "\n"
  }

  /// Prose without a label.
  package mutating func paragraph(_ prose: String) { paragraph("", prose) }

  package mutating func rule() { text += String(repeating: "-", count: width) + "\n" }

  /// A heading with a rule that shows where a part begins also without colours.
  package mutating func heading(_ word: String, _ rest: String, tone: Tone?) {
    blank()
    if !word.isEmpty { clipped(printable(word, limit: width - 16) + "  ", tone: tone, rest) }
    rule()
  }

  private func paint(_ text: String, _ tone: Tone?) -> String {
    guard usesColor, let tone, !text.isEmpty else { return text }
    return "\u{1b}[\(tone.rawValue)m\(text)\u{1b}[0m"
  }
}

/// Breaks text at blanks; a word that is longer than a line is broken after a comma or slash, else cut.
package func wrapped(_ text: String, width: Int) -> [String] {
  let width = max(8, width)
  if text.count <= width { return [text] }
  var lines: [String] = []
  var line = ""
  var length = 0
  for word in text.split(separator: " ", omittingEmptySubsequences: true) {
    var rest = word
    var count = rest.count
    if length > 0, length + 1 + count <= width {
      line += " " + rest
      length += 1 + count
      continue
    }
    if length > 0 { lines.append(line) }
    while count > width {
      let part = rest.prefix(width)
      let end = part.lastIndex { ",;/|".contains($0) }.map { part.index(after: $0) } ?? part.endIndex
      lines.append(String(rest[..<end]))
      count -= rest.distance(from: rest.startIndex, to: end)
      rest = rest[end...]
    }
    line = String(rest)
    length = count
  }
  if length > 0 || lines.isEmpty { lines.append(line) }
  return lines
}

extension String {
  /// At least `width` characters and a blank after them.
  package func padded(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }

  package func aligned(right width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }

  fileprivate func trimmingTrailingBlanks() -> String {
    var rest = self[...]
    while rest.last == " " { rest.removeLast() }
    return String(rest)
  }
}

/// Bytes in the unit that leaves one to three digits before the point: `9.9 GiB`.
package func sizeText(_ bytes: Int64) -> String {
  let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
  var value = Double(max(0, bytes))
  var unit = 0
  while value >= 1024, unit < units.count - 1 {
    value /= 1024
    unit += 1
  }
  if unit == 0 { return "\(max(0, bytes)) B" }
  let tenths = Int((value * 10).rounded())
  return "\(tenths / 10).\(tenths % 10) \(units[unit])"
}
