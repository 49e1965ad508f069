/// A command of a POSIX shell or bash, as far as start files need it.
indirect enum ShellCommand: Sendable {
  case simple(SimpleCommand)
  case sequence([ShellCommand])
  case and(ShellCommand, ShellCommand)
  case or(ShellCommand, ShellCommand)
  case not(ShellCommand)
  /// Runs in a process of its own, so that it changes nothing here: pipelines, `… &`.
  case apart(ShellCommand)
  /// `( … )`, as it is written.
  case subshell(String)
  /// `if` and every `elif`, then `else`.
  case conditional([(condition: ShellCommand, body: ShellCommand)], otherwise: ShellCommand?)
  case loop(condition: ShellCommand, body: ShellCommand)
  /// `for`; without `in` the positional parameters.
  case forEach(name: String, words: [ShellWord]?, body: ShellCommand)
  case selection(ShellWord, [(patterns: [ShellWord], body: ShellCommand)])
  case function(name: String, body: ShellCommand)
  /// `[[ … ]]`.
  case test([ShellWord], line: Int)
  /// `(( … ))` and what else is read over.
  case opaque
}

/// Assignments and words; redirections are left out, since they change no variable.
struct SimpleCommand: Sendable {
  struct Assignment: Sendable {
    var name: String
    var value: ShellWord
    /// `+=`.
    var appends: Bool
  }

  var assignments: [Assignment] = []
  var words: [ShellWord] = []
  /// Counted from 1.
  var line: Int
}

/// One word before expansion.
struct ShellWord: Sendable {
  enum Piece: Sendable {
    case text(String, quoted: Bool)
    case parameter(name: String, operation: Operation?, quoted: Bool)
    /// `$( … )` and backquotes: the source of the commands.
    case command(String, quoted: Bool)
    /// Arithmetic, arrays: a value that is not computed.
    case unknown
  }

  /// What `${name…}` does with the value.
  struct Operation: Sendable {
    enum Kind: String, Sendable {
      case length
      case useDefault = "-", assignDefault = "=", alternative = "+", error = "?"
      case removePrefix = "#", removeLongPrefix = "##", removeSuffix = "%", removeLongSuffix = "%%"
      case other
    }

    var kind: Kind
    /// `:-` and its like treat an empty value as an unset one.
    var testsEmpty: Bool
    var word: ShellWord
  }

  var pieces: [Piece] = []

  /// A word without expansions.
  init(_ pieces: [Piece] = []) { self.pieces = pieces }

  /// The text if the word consists of nothing but unquoted text, as reserved words and names of commands do.
  var literal: String? {
    guard pieces.count == 1, case .text(let text, quoted: false) = pieces[0] else { return nil }
    return text
  }

  /// `NAME=value` as an argument, taken apart.
  var assignment: SimpleCommand.Assignment? {
    guard case .text(let text, quoted: false) = pieces.first, let equals = text.firstIndex(of: "=") else {
      return nil
    }
    let appends = text[..<equals].hasSuffix("+")
    let name = appends ? text[..<equals].dropLast() : text[..<equals]
    guard isShellName(name) else { return nil }
    let rest = String(text[text.index(after: equals)...])
    var value = ShellWord(Array(pieces.dropFirst()))
    if !rest.isEmpty { value.pieces.insert(.text(rest, quoted: false), at: 0) }
    return SimpleCommand.Assignment(name: String(name), value: value, appends: appends)
  }
}

/// Whether the text is a name of a variable.
func isShellName(_ text: some StringProtocol) -> Bool {
  guard let first = text.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
    return false
  }
  return text.utf8.allSatisfy(isShellNameByte)
}

func isShellNameByte(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
    true
  default: false
  }
}

/// A script is malformed, or nested deeper than is read.
struct ShellSyntaxError: Error, Hashable {
  /// Counted from 1.
  var line: Int
}
