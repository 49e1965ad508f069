/// The absolute paths that a command line of a shell, or the words of a command, would execute: first words of its
/// commands, what wrappers such as `nice` start, scripts of interpreters, folders of run-parts(8).
///
/// Words that are expanded (`$NAME`) and names that are looked up in PATH are left out.
struct CommandPaths {
  /// In the order of the text, each once.
  private(set) var paths: [String] = []
  /// Folders of which every file is executed.
  private(set) var folders: [String] = []

  private static let textLimit = 64 << 10
  private static let depthLimit = 4
  private static let reserved: Set<String> = [
    "if", "then", "else", "elif", "do", "while", "until", "!", "time", "{", "}", "fi", "done",
  ]
  private static let wrappers: Set<String> = [
    "exec", "command", "nice", "ionice", "nohup", "setsid", "env", "sudo", "chronic", "timeout", "flock",
    "eval",
    "chrt", "taskset", "systemd-cat", "systemd-run", "xargs", "runuser", "stdbuf",
  ]
  /// Wrappers whose first argument is not the command.
  private static let wrappersWithArgument: Set<String> = ["timeout", "flock"]
  private static let interpreters: Set<String> = [
    "sh", "bash", "dash", "ash", "ksh", "zsh", "python", "python2", "python3", "perl", "ruby", "php", "node",
    "lua",
    ".", "source",
  ]

  /// A command line of a shell.
  init(_ text: String) { read(text, depth: 0) }

  /// The words of one command.
  init(words: [String]) {
    var expected = Expected.command
    for word in words { expected = next(word, expected, 0) }
  }

  /// What the next word of a command would be.
  private enum Expected {
    case command
    /// A value of the wrapper, then the command.
    case wrapperArgument
    case script
    case commandText
    case folder
    case nothing
  }

  private mutating func read(_ text: String, depth: Int) {
    guard depth < Self.depthLimit else { return }
    var expected = Expected.command
    for token in CommandTokens.split(text.utf8.prefix(Self.textLimit)) {
      switch token {
      case .separator: expected = .command
      case .word(let word): expected = next(word, expected, depth)
      }
    }
  }

  private mutating func next(_ word: String, _ expected: Expected, _ depth: Int) -> Expected {
    switch expected {
    case .nothing: return .nothing
    case .command: return command(word)
    case .wrapperArgument: return word.hasPrefix("-") ? .wrapperArgument : .command
    case .script:
      if word == "-c" || word.hasSuffix("c") && word.hasPrefix("-") && !word.hasPrefix("--") {
        return .commandText
      }
      if word.hasPrefix("-") { return .script }
      add(word)
      return .nothing
    case .commandText:
      read(word, depth: depth + 1)
      return .nothing
    case .folder:
      if word.hasPrefix("-") { return .folder }
      if word.hasPrefix("/"), !folders.contains(word) { folders.append(word) }
      return .nothing
    }
  }

  private mutating func command(_ word: String) -> Expected {
    if Self.reserved.contains(word) || word.hasPrefix("-") { return .command }
    // An assignment, or a number that belongs to an option of the wrapper before it.
    if let equals = word.firstIndex(of: "="), isShellName(word[..<equals]) { return .command }
    if word.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) { return .command }
    add(word)
    let name = word.split(separator: "/").last.map(String.init) ?? word
    if Self.wrappersWithArgument.contains(name) { return .wrapperArgument }
    if Self.wrappers.contains(name) { return .command }
    if name == "run-parts" { return .folder }
    if Self.interpreters.contains(name) || name.hasPrefix("python3.") { return .script }
    return .nothing
  }

  private mutating func add(_ word: String) {
    guard word.hasPrefix("/"), !word.contains("$"), !paths.contains(word), paths.count < 1000 else { return }
    paths.append(word)
  }
}

/// Words without their quotes, and what stands between two commands.
private enum CommandTokens {
  case word(String)
  case separator

  static func split(_ text: some Sequence<UInt8>) -> [CommandTokens] {
    var tokens: [CommandTokens] = []
    var word: [UInt8]?
    var quote: UInt8?
    var isEscaped = false
    var isRedirected = false
    func close() {
      if let bytes = word {
        if !isRedirected { tokens.append(.word(String(decoding: bytes, as: UTF8.self))) }
        isRedirected = false
      }
      word = nil
    }
    for byte in text {
      if isEscaped {
        word = (word ?? []) + [byte]
        isEscaped = false
      } else if byte == UInt8(ascii: "\\"), quote != UInt8(ascii: "'") {
        isEscaped = true
      } else if let open = quote {
        if byte == open { quote = nil } else { word?.append(byte) }
      } else {
        switch byte {
        case UInt8(ascii: "'"), UInt8(ascii: "\""):
          quote = byte
          word = word ?? []
        case UInt8(ascii: " "), UInt8(ascii: "\t"): close()
        case UInt8(ascii: ">"), UInt8(ascii: "<"):
          // A number right before it is the descriptor.
          if let bytes = word, !bytes.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
            close()
          }
          word = nil
          isRedirected = true
        // >&2
        case UInt8(ascii: "&") where isRedirected && word == nil: word = []
        case UInt8(ascii: ";"), UInt8(ascii: "|"), UInt8(ascii: "&"), UInt8(ascii: "("), UInt8(ascii: ")"),
          UInt8(ascii: "`"), UInt8(ascii: "\n"):
          close()
          isRedirected = false
          tokens.append(.separator)
        default:
          if word == nil { word = [byte] } else { word?.append(byte) }
        }
      }
    }
    close()
    return tokens
  }
}
