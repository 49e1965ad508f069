import Evidence

/// Sections of `key = value` lines, as the package managers of the rpm world and pacman read them.
struct IniFile {
  struct Section {
    var name: String
    var line: Int
    /// The last value of each key, lower case, with its line.
    var values: [String: (value: String, line: Int)] = [:]

    subscript(_ key: String) -> String? { values[key]?.value }

    /// A yes-or-no value as libdnf and zypp read it.
    func flag(_ key: String) -> Bool? {
      switch self[key]?.lowercased() {
      case "1", "yes", "true", "on", "enabled": true
      case "0", "no", "false", "off", "disabled", "never": false
      default: nil
      }
    }
  }

  let path: String
  private(set) var sections: [Section] = []

  /// Reads a file; a line that starts with a blank continues the value above it.
  init(_ file: TextFile) {
    path = file.path
    var key: String?
    for line in file.lines {
      let text = line.text.trimmingBlanks()
      if text.isEmpty || text.hasPrefix("#") || text.hasPrefix(";") { continue }
      if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
        sections.append(
          Section(name: String(text[text.index(after: text.startIndex)..<end]), line: line.number))
        key = nil
      } else if sections.isEmpty {
        continue
      } else if line.text.first?.isWhitespace == true, let key {
        sections[sections.count - 1].values[key]?.value += " " + text
      } else if let equals = text.firstIndex(of: "=") {
        let name = text[..<equals].trimmingBlanks().lowercased()
        let value = String(text[text.index(after: equals)...].trimmingBlanks())
        sections[sections.count - 1].values[name] = (value, line.number)
        key = name
      } else {
        sections[sections.count - 1].values[text.lowercased()] = ("", line.number)
      }
    }
  }

  /// The first section with the name.
  func section(_ name: String) -> Section? { sections.first { $0.name == name } }
}
