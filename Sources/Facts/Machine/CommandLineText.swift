import Evidence

/// A word of a command line.
struct CommandWord: Hashable {
  var text: String
  /// Counted from 1.
  var line: Int
}

/// Splits text into commands and words as a POSIX shell does ("Shell Command Language", 2.2 and 2.3), without expanding
/// anything: a variable stays as it is written.
struct CommandLineText {
  private(set) var commands: [[CommandWord]] = []
  private var words: [CommandWord] = []
  private var word: CommandWord?

  /// - Throws: for a quote that is not closed.
  static func commands(in file: TextFile) throws(MachineError) -> [[CommandWord]] {
    var parser = CommandLineText()
    try parser.read(file)
    return parser.commands
  }

  private enum Quote { case none, single, double }

  private mutating func read(_ file: TextFile) throws(MachineError) {
    var quote = Quote.none
    var quoteLine = 0
    for line in file.lines {
      var isContinued = false
      var isEscaped = false
      for character in line.text {
        if isEscaped {
          if quote == .double, !"\\\"$`".contains(character) { append("\\", line.number) }
          append(character, line.number)
          isEscaped = false
          continue
        }
        switch (quote, character) {
        case (.single, "'"), (.double, "\""): quote = .none
        case (.single, _): append(character, line.number)
        case (_, "\\"): isEscaped = true
        case (.double, _): append(character, line.number)
        case (.none, "'"), (.none, "\""):
          quote = character == "'" ? .single : .double
          quoteLine = line.number
          word = word ?? CommandWord(text: "", line: line.number)
        case (.none, " "), (.none, "\t"): endWord()
        case (.none, ";"), (.none, "&"), (.none, "|"): endCommand()
        case (.none, "#") where word == nil: isContinued = true
        default: append(character, line.number)
        }
        // The rest of the line is a comment.
        if isContinued { break }
      }
      if isEscaped { continue }
      if quote == .none { endCommand() } else { append("\n", line.number) }
    }
    if quote != .none { throw MachineError(path: file.path, line: quoteLine, "a quote is not closed") }
    endCommand()
  }

  private mutating func append(_ character: Character, _ line: Int) {
    if word == nil { word = CommandWord(text: "", line: line) }
    word?.text.append(character)
  }

  private mutating func endWord() {
    if let word { words.append(word) }
    word = nil
  }

  private mutating func endCommand() {
    endWord()
    if !words.isEmpty { commands.append(words) }
    words = []
  }
}

/// The value of an option of QEMU: `first,key=value,flag`, where `,,` is a comma within a value, or JSON as `-device`
/// and `-blockdev` take it.
struct QEMUOptions {
  /// The value without a key at the head, or the driver or type that stands for it.
  private(set) var first = ""
  private(set) var values: [(key: String, value: String)] = []

  init(_ text: String) {
    if text.first == "{", let tree = Self.json(text) {
      values = tree
    } else {
      read(text)
    }
    if first.isEmpty { first = self["driver"] ?? self["qom-type"] ?? "" }
  }

  private mutating func read(_ text: String) {
    for (number, part) in Self.parts(text).enumerated() {
      if let equals = part.firstIndex(of: "=") {
        values.append((String(part[..<equals]), String(part[part.index(after: equals)...])))
      } else if number == 0 {
        first = part
      } else {
        // A flag alone is on, with `no` before it off.
        values.append(
          part.hasPrefix("no") && part != "nodelay" ? (String(part.dropFirst(2)), "off") : (part, "on"))
      }
    }
  }

  /// The last value of a key.
  subscript(key: String) -> String? { values.last { $0.key == key }?.value }

  /// All values of a key.
  func all(_ key: String) -> [String] { values.filter { $0.key == key }.map(\.value) }

  func isOn(_ key: String) -> Bool { ["on", "yes", "true", "y"].contains(self[key]) }

  private static func parts(_ text: String) -> [String] {
    var parts = [""]
    var pending = false
    for character in text {
      if character == "," {
        if pending { parts[parts.count - 1].append(",") }
        pending.toggle()
        continue
      }
      if pending {
        parts.append("")
        pending = false
      }
      parts[parts.count - 1].append(character)
    }
    return parts
  }

  /// The scalars of an object by `a.b.c`.
  private static func json(_ text: String) -> [(key: String, value: String)]? {
    guard let tree = try? JSONFormat.parse(TextFile(path: "", bytes: Array(text.utf8))) else { return nil }
    var found: [(key: String, value: String)] = []
    func walk(_ value: ConfigValue, _ prefix: String) {
      switch value {
      case .scalar(let scalar):
        found.append((prefix, scalar.text == "true" ? "on" : scalar.text == "false" ? "off" : scalar.text))
      case .list(let elements, _):
        for (number, element) in elements.enumerated() { walk(element, "\(prefix).\(number)") }
      case .mapping(let members, _):
        for member in members { walk(member.value, prefix.isEmpty ? member.key : "\(prefix).\(member.key)") }
      }
    }
    walk(tree, "")
    return found
  }
}
