import Evidence

/// `[section]` and `key = value`: sssd.conf(5), pip.conf, krb5.conf and their like.
///
/// Lines that start with `#` or `;` are comments. An indented line without `=` continues the value above.
enum IniFormat {
  static func parse(_ file: TextFile) -> [ConfigAssignment] {
    var assignments: [ConfigAssignment] = []
    var section = ""
    var isContinued = false
    for line in file.lines {
      let text = line.text.trimmingBlanks()
      if text.isEmpty || text.first == "#" || text.first == ";" {
        if text.isEmpty { isContinued = false }
        continue
      }
      let isIndented = line.text.first == " " || line.text.first == "\t"
      if text.first == "[", let end = text.lastIndex(of: "]") {
        section = String(text[text.index(after: text.startIndex)..<end].trimmingBlanks())
        isContinued = false
      } else if isContinued, isIndented, !text.contains("=") {
        let last = assignments.count - 1
        if assignments[last].value.utf8.count < 1 << 16 { assignments[last].value += " " + text }
      } else if let separator = text.firstIndex(of: "=") ?? text.firstIndex(of: ":") {
        let key = String(text[..<separator].trimmingBlanks())
        let value = String(text[text.index(after: separator)...].trimmingBlanks())
        if key.isEmpty { continue }
        assignments.append(ConfigAssignment(section: section, key: key, value: value, line: line.number))
        isContinued = true
      } else {
        // A key without a value is a switch that is on.
        assignments.append(
          ConfigAssignment(section: section, key: String(text), value: "", line: line.number))
        isContinued = false
      }
    }
    return assignments
  }
}
