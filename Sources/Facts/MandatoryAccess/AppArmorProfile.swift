import Evidence

/// One AppArmor profile as apparmor_parser(8) would load it.
public struct AppArmorProfile: Sendable, Hashable {
  /// What the profile does to the programs that it is attached to (apparmor.d(5), "PROFILE MODE").
  public enum Mode: String, Sendable, Hashable {
    case enforce, complain
    /// Violations end the program.
    case kill
    /// Everything is allowed: the profile is a name only.
    case unconfined
    /// Everything is allowed that no rule denies.
    case defaultAllow = "default_allow"
    /// A person is asked.
    case prompt
  }

  /// With its parents for a child or a hat: `parent//child`.
  public var name: String
  public var mode: Mode
  public var origin: Origin
}

/// Finds the profiles in a policy file: their heads, at any depth. Rules are passed over, includes are not followed,
/// since they cannot change a profile's flags.
struct AppArmorParser {
  /// Braces deeper than this end the reading.
  static let depthLimit = 64

  private(set) var profiles: [AppArmorProfile] = []
  private let path: String
  /// The names of the open blocks; nil for a block that is no profile.
  private var open: [String?] = []
  private var statement: [String] = []
  private var statementLine = 0
  /// Brackets that are open in the statement: `flags=(complain, audit)` goes on after the comma.
  private var brackets = 0

  init(_ file: TextFile) {
    path = file.path
    for line in file.lines {
      for word in Self.words(line.text) {
        guard take(word, line.number) else { return }
      }
      // These end with their line, not with a comma.
      if let first = statement.first, first.hasSuffix("include") || first.hasPrefix("@{") { reset() }
    }
  }

  /// Words between blanks, quotes kept; `#` starts a comment but for `#include`.
  private static func words(_ text: String) -> [String] {
    var words: [String] = []
    var word = ""
    var isQuoted = false
    for character in text {
      if character == "\"" { isQuoted.toggle() }
      if character == "#", !isQuoted, word.isEmpty { break }
      if character == " " || character == "\t" || character == "\r", !isQuoted {
        if !word.isEmpty { words.append(word) }
        word = ""
      } else {
        word.append(character)
      }
    }
    if !word.isEmpty { words.append(word) }
    return words
  }

  /// Takes a word with the braces at its ends; false if the reading ends.
  private mutating func take(_ word: String, _ line: Int) -> Bool {
    var rest = Substring(word)
    while let first = rest.first, first == "{" || first == "}" {
      if first == "}" { close() } else if !openBlock() { return false }
      rest.removeFirst()
    }
    if rest.isEmpty { return true }
    // A brace of a glob stands within its word; one at the end opens a block if nothing closes it.
    if rest.last == "{", rest.filter({ $0 == "{" }).count > rest.filter({ $0 == "}" }).count {
      add(String(rest.dropLast()), line)
      return openBlock()
    }
    add(String(rest), line)
    return true
  }

  private mutating func openBlock() -> Bool {
    guard open.count < Self.depthLimit else { return false }
    let profile = profile()
    if let profile { profiles.append(profile) }
    open.append(profile?.name)
    reset()
    return true
  }

  private mutating func close() {
    _ = open.popLast()
    reset()
  }

  private mutating func add(_ word: String, _ line: Int) {
    if statement.isEmpty { statementLine = line }
    statement.append(word)
    if !word.hasPrefix("/"), !word.hasPrefix("@{") {
      brackets += word.filter { $0 == "(" }.count - word.filter { $0 == ")" }.count
    }
    if word.hasSuffix(","), brackets <= 0 { reset() }
  }

  private mutating func reset() {
    statement = []
    brackets = 0
  }

  /// The profile whose head the statement is; nil if it opens another kind of block.
  private func profile() -> AppArmorProfile? {
    guard let first = statement.first else { return nil }
    var rest = statement[...]
    var name: String
    switch first {
    case "profile", "hat":
      rest = rest.dropFirst()
      guard let next = rest.first else { return nil }
      name = next
    case _ where first.hasPrefix("^"): name = String(first.dropFirst())
    case _
    where first.hasPrefix("/") || first.hasPrefix("@{") || first.hasPrefix("\"") || first.hasPrefix(":"):
      name = first
    default: return nil
    }
    name = name.filter { $0 != "\"" }
    let parents = open.compactMap { $0 }
    if parents.count < open.count { return nil }
    let head = rest.dropFirst().joined(separator: " ")
    let text = statement.joined(separator: " ")
    return AppArmorProfile(
      name: parents.last.map { "\($0)//\(name)" } ?? name, mode: Self.mode(head),
      origin: Origin(path: path, line: statementLine, kind: .explicit, text: text))
  }

  /// The mode among `flags=(…)`, or `(…)` without the word; `xattrs=(…)` is something else.
  private static func mode(_ head: String) -> AppArmorProfile.Mode {
    var rest = Substring(head)
    while let start = rest.firstIndex(of: "("), let end = rest[start...].firstIndex(of: ")") {
      let before = rest[..<start].filter { $0 != " " }
      if !before.hasSuffix("xattrs=") {
        let flags = rest[rest.index(after: start)..<end].split { $0 == "," || $0 == " " }
        if let mode = flags.compactMap({ AppArmorProfile.Mode(rawValue: String($0)) }).last { return mode }
      }
      rest = rest[rest.index(after: end)...]
    }
    return .enforce
  }
}
