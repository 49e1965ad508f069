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
    var field: (name: String, value: String)?
    var isOpen = false
    for line in file.lines {
      if line.text.utf8.allSatisfy({ $0 == 0x20 || (0x09...0x0d).contains($0) }) {
        close(&field)
        isOpen = false
        continue
      }
      if !isOpen {
        stanzas.append(Stanza(line: line.number, summary: line.text))
        isOpen = true
      }
      if line.text.utf8.first == UInt8(ascii: " ") || line.text.utf8.first == UInt8(ascii: "\t") {
        field?.value += "\n"
        field?.value += line.text
      } else {
        close(&field)
        if let colon = line.text.utf8.firstIndex(of: UInt8(ascii: ":")) {
          let value = line.text[line.text.index(after: colon)...].trimmingBlanks()
          field = (String(line.text[..<colon]), String(value))
        }
      }
    }
    close(&field)
  }

  /// Files the field that was read last; further lines belong to it no more.
  private mutating func close(_ field: inout (name: String, value: String)?) {
    guard let done = field else { return }
    stanzas[stanzas.count - 1][done.name] = done.value
    field = nil
  }
}
