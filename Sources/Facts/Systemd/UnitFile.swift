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
      if trimmed.hasPrefix("#") || trimmed.hasPrefix(";") { continue }
      let text = pending.map { $0.text + " " + trimmed } ?? String(trimmed)
      let number = pending?.line ?? line.number
      if text.hasSuffix("\\") && text.utf8.count < 1 << 20 {
        pending = (String(text.dropLast()).trimmingBlanks().description, number)
        continue
      }
      pending = nil
      take(text, number, &section)
    }
    if let pending { take(pending.text, pending.line, &section) }
  }

  private mutating func take(_ text: String, _ line: Int, _ section: inout String) {
    if text.hasPrefix("["), text.hasSuffix("]") {
      section = String(text.dropFirst().dropLast())
    } else if let equals = text.firstIndex(of: "=") {
      let key = text[..<equals].trimmingBlanks()
      let value = text[text.index(after: equals)...].trimmingBlanks()
      assignments.append(Assignment(section: section, key: String(key), value: String(value), line: line))
    } else {
      problems.append(line)
    }
  }
}
