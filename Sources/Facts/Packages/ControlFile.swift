import Evidence

/// Stanzas of fields as in deb-control(5): `Name: value`, continued on lines that start with a blank.
struct ControlFile {
  struct Stanza {
    /// Where the stanza starts, counted from 1.
    var line: Int
    /// The first line, for messages.
    var summary: String
    private var fields: [String: String] = [:]

    init(line: Int, summary: String) {
      self.line = line
      self.summary = summary
    }

    /// A field's value; names are the same in any case.
    subscript(_ name: String) -> String? {
      get { fields[name.lowercased()] }
      set { fields[name.lowercased()] = newValue }
    }

    var isEmpty: Bool { fields.isEmpty }
  }

  private(set) var stanzas: [Stanza] = []

  init(_ file: TextFile) {
    var current: Stanza?
    var field: String?
    for line in file.lines {
      if line.text.allSatisfy(\.isWhitespace) {
        if let stanza = current { stanzas.append(stanza) }
        current = nil
        field = nil
        continue
      }
      var stanza = current ?? Stanza(line: line.number, summary: line.text)
      if line.text.first == " " || line.text.first == "\t" {
        if let field { stanza[field] = (stanza[field] ?? "") + "\n" + line.text }
      } else if let colon = line.text.firstIndex(of: ":") {
        let name = String(line.text[..<colon])
        stanza[name] = String(line.text[line.text.index(after: colon)...].trimmingBlanks())
        field = name
      } else {
        field = nil
      }
      current = stanza
    }
    if let current { stanzas.append(current) }
  }
}
