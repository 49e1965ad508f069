import Evidence

/// One setting a line: `KEY=value`, `key = value`, `key: value` or `key value`, as shells and many daemons
/// read them.
///
/// A value in quotes loses them; after a value without quotes a blank and `#` start a comment.
enum KeyValueFormat {
  static func parse(_ file: TextFile) -> [ConfigAssignment] {
    file.lines.compactMap { line in
      var text = line.text.trimmingBlanks()
      if text.isEmpty || text.first == "#" || text.first == ";" { return nil }
      if text.hasPrefix("export ") { text = text.dropFirst(7).trimmingBlanks() }
      let end = text.firstIndex { "=: \t".contains($0) } ?? text.endIndex
      let key = text[..<end]
      if key.isEmpty { return nil }
      var value = text[end...].trimmingBlanks()
      if let separator = value.first, separator == "=" || separator == ":" {
        value = value.dropFirst().trimmingBlanks()
      }
      return ConfigAssignment(key: String(key), value: unquote(value), line: line.number)
    }
  }

  private static func unquote(_ value: Substring) -> String {
    if let quote = value.first, quote == "\"" || quote == "'" {
      if let end = value.dropFirst().firstIndex(of: quote) {
        return String(value[value.index(after: value.startIndex)..<end])
      }
      return String(value)
    }
    var previous: Character = " "
    var end = value.endIndex
    for index in value.indices {
      if value[index] == "#", previous == " " || previous == "\t" {
        end = index
        break
      }
      previous = value[index]
    }
    return String(value[..<end].trimmingBlanks())
  }
}
