import Evidence

/// What a grub.cfg offers (GNU GRUB manual, "Writing full configuration files directly").
///
/// The script is read, not run: of a condition both branches count, so that no entry that could boot is missed.
struct GrubConfiguration {
  private(set) var entries: [BootEntry] = []
  /// Values of `set default=`, in their order.
  private(set) var defaults: [String] = []
  /// Whether entries come from Boot Loader Specification files.
  private(set) var usesLoaderEntries = false
  private(set) var superusers: [String] = []
  private(set) var superusersOrigin: Origin?
  /// Users by `password` (plain text) and `password_pbkdf2`.
  private(set) var passwords: [(user: String, isHashed: Bool, origin: Origin)] = []
  private(set) var variables: [String: String]

  /// - Parameter environment: variables of grubenv, which `load_env` sets before the script's own.
  init(_ file: TextFile, environment: [String: String]) {
    variables = environment
    var menus: [(isEntry: Bool, title: String, identifier: String?)] = []
    var counters = [0]
    for line in file.lines {
      let words = Self.words(line.text)
      guard let command = words.first else { continue }
      let origin = Origin(
        path: file.path, line: line.number, kind: .explicit, text: String(line.text.trimmingBlanks()))
      switch command {
      case "menuentry", "submenu":
        guard words.count > 1, menus.count < 16 else { continue }
        menus.append((command == "menuentry", words[1], Self.identifier(words)))
        counters[counters.count - 1] += 1
        counters.append(0)
      case "}":
        if menus.popLast() != nil, counters.count > 1 { counters.removeLast() }
      case "linux", "linux16", "linuxefi":
        guard words.count > 1, entries.count < 4096 else { continue }
        let line = words.dropFirst(2).map(argument).joined(separator: " ")
        let menu = menus.last { $0.isEntry }
        entries.append(
          BootEntry(
            title: menu?.title ?? "default", kernel: expand(words[1]), arguments: KernelArguments(line),
            origin: origin, position: counters.dropLast().map { $0 - 1 }, identifier: menu?.identifier))
      case "blscfg", "uki": usesLoaderEntries = true
      case "set": assign(words.dropFirst().joined(separator: " "), origin, environment)
      case "password", "password_pbkdf2":
        if words.count > 2 { passwords.append((words[1], command == "password_pbkdf2", origin)) }
      default: continue
      }
    }
  }

  private mutating func assign(_ assignment: String, _ origin: Origin, _ environment: [String: String]) {
    guard let equals = assignment.firstIndex(of: "=") else { return }
    let name = String(assignment[..<equals])
    let value = expand(String(assignment[assignment.index(after: equals)...]))
    switch name {
    case "default": defaults.append(value)
    case "superusers":
      superusers = value.split { " ,;|&".contains($0) }.map(String.init)
      superusersOrigin = origin
    default:
      // grub.cfg sets kernelopts only where grubenv has none.
      if environment[name] == nil, variables.count < 4096 { variables[name] = value }
    }
  }

  /// Replaces `$name` and `${name}`; what is not known stays as it is.
  func expand(_ text: String) -> String {
    guard text.contains("$") else { return text }
    var result = ""
    var rest = text[...]
    while let dollar = rest.firstIndex(of: "$") {
      result += rest[..<dollar]
      rest = rest[rest.index(after: dollar)...]
      let isBraced = rest.first == "{"
      let body = isBraced ? rest.dropFirst() : rest
      let name = body.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
      var end = name.endIndex
      if isBraced, end < rest.endIndex, rest[end] == "}" { end = rest.index(after: end) }
      if let value = variables[String(name)] {
        result += value
      } else {
        result += "$" + rest[..<end]
      }
      rest = rest[end...]
      if result.utf8.count > 65536 { break }
    }
    return result + rest
  }

  /// GRUB puts an argument with blanks in quotes again (grub-core/lib/cmdline.c); a variable that is not quoted can
  /// bring several arguments.
  private func argument(_ word: String) -> String {
    word.contains(" ") ? "\"\(expand(word))\"" : expand(word)
  }

  private static func identifier(_ words: [String]) -> String? {
    for (option, value) in zip(words, words.dropFirst())
    where option == "--id" || option == "$menuentry_id_option" {
      return value
    }
    return nil
  }

  /// Words as GRUB's shell parts them: quotes and backslashes, a comment from `#` on. `{` at the end belongs to the
  /// command.
  static func words(_ line: String) -> [String] {
    var words: [String] = []
    var word = ""
    var hasWord = false
    var quote: Character?
    var isEscaped = false
    for character in line.prefix(65536) {
      if isEscaped {
        word.append(character)
        isEscaped = false
      } else if character == "\\", quote != "'" {
        isEscaped = true
        hasWord = true
      } else if let open = quote {
        if character == open { quote = nil } else { word.append(character) }
      } else if character == "\"" || character == "'" {
        quote = character
        hasWord = true
      } else if character.isWhitespace || character == ";" {
        if hasWord { words.append(word) }
        word = ""
        hasWord = false
      } else if character == "#", !hasWord {
        break
      } else {
        word.append(character)
        hasWord = true
      }
    }
    if hasWord { words.append(word) }
    return words
  }
}
