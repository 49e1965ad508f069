import Evidence

/// One file in systemd's syntax, assignments in their order (systemd.syntax(7)).
public struct UnitFile: Sendable, Hashable {
  /// `key=value` in a section.
  public struct Assignment: Sendable, Hashable {
    public var section: String
    public var key: String
    /// Continuation lines joined by a blank, as systemd joins them.
    public var value: String
    /// Where the assignment starts, counted from 1.
    public var line: Int
  }

  public var path: String
  public var assignments: [Assignment]
  /// Lines that are neither a section, an assignment nor a comment; systemd ignores them with a warning.
  public var problems: [Int]
  /// What a generator would write; `path` is then the file that it writes from.
  var isGenerated = false

  /// Longer values are cut, as systemd refuses lines of this length (LONG_LINE_MAX).
  private static let valueLimit = 1 << 20

  /// Reads a file. Lines that start with `#` or `;` are comments, also between continuation lines.
  public init(_ file: TextFile) {
    path = file.path
    assignments = []
    problems = []
    var section = ""
    var pending: (text: String, line: Int)?
    for line in file.lines {
      let trimmed = line.text.trimmingBlanks()
      if trimmed.isEmpty && pending == nil { continue }
      if let first = trimmed.utf8.first, first == UInt8(ascii: "#") || first == UInt8(ascii: ";") { continue }
      let number = pending?.line ?? line.number
      let isContinued = trimmed.utf8.last == UInt8(ascii: "\\")
      let part = isContinued ? trimmed.dropLast() : trimmed
      if pending != nil {
        pending?.text += " "
        pending?.text += part
      } else {
        pending = (String(part), number)
      }
      if isContinued, (pending?.text.utf8.count ?? 0) < Self.valueLimit { continue }
      if let whole = pending?.text { take(whole, number, &section) }
      pending = nil
    }
    if let pending { take(pending.text, pending.line, &section) }
  }

  /// A unit that a generator would write, each assignment with the line that it comes from.
  init(generatedFrom path: String, _ assignments: [Assignment]) {
    self.path = path
    self.assignments = assignments
    problems = []
    isGenerated = true
  }

  private mutating func take(_ text: String, _ line: Int, _ section: inout String) {
    let text = text.trimmingBlanks()
    if text.utf8.first == UInt8(ascii: "["), text.utf8.last == UInt8(ascii: "]") {
      section = String(text.dropFirst().dropLast())
    } else if let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")), equals != text.startIndex {
      let key = text[..<equals].trimmingBlanks()
      let value = text[text.index(after: equals)...].trimmingBlanks()
      assignments.append(Assignment(section: section, key: String(key), value: String(value), line: line))
    } else {
      problems.append(line)
    }
  }
}
