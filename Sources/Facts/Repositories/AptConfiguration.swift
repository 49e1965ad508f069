import DiskImages
import Evidence

/// apt's own options, merged from /etc/apt/apt.conf.d and /etc/apt/apt.conf (apt.conf(5)).
public struct AptConfiguration: FactModel {
  public static let needs: [ContentNeed] = ["/etc/apt/apt.conf.d/*", "/etc/apt/apt.conf"]

  private let values: [String: Effective<String>]
  private let lists: [String: [Effective<String>.Candidate]]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    var parser = AptConfigurationParser()
    for entry in try facts.evidence.entries(matching: "/etc/apt/apt.conf.d/*")
    where Self.isNameOfPart(entry.name) && !facts.evidence.isNull(entry) {
      let dot = entry.name.lastIndex(of: ".")
      guard dot == nil || entry.name.hasSuffix(".conf"),
        case .found(let file) = facts.evidence.index.target(of: entry),
        file.type == .regular
      else { continue }
      parser.read(try facts.evidence.text(of: entry), kind: .dropIn)
    }
    if let main = try facts.evidence.text(at: "/etc/apt/apt.conf") { parser.read(main, kind: .explicit) }
    values = parser.values
    lists = parser.lists
  }

  /// Options that some file sets, in lower case, lists included.
  public var names: [String] { Set(values.keys).union(lists.keys).sorted() }

  /// The value that holds for an option; names are the same in any case. Nil where nobody sets it.
  public func value(_ name: String) -> Effective<String>? { values[name.lowercased()] }

  /// The elements of a list such as `Unattended-Upgrade::Origins-Pattern`.
  public func list(_ name: String) -> [Effective<String>.Candidate] { lists[name.lowercased()] ?? [] }

  /// What apt takes as yes and no (strutl.cc: StringToBool).
  public static func boolean(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "1", "yes", "true", "with", "on", "enable": true
    case "0", "no", "false", "without", "off", "disable": false
    default: nil
    }
  }

  /// Whether apt reads a file of this name in a folder of parts (apt.conf(5), run-parts).
  static func isNameOfPart(_ name: String) -> Bool {
    !name.isEmpty && !name.hasPrefix(".")
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
          UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
          true
        default: false
        }
      }
  }
}

/// Reads the syntax of apt.conf(5): `A::B "value";`, nested `A { B "value"; };`, lists, three kinds of comments.
struct AptConfigurationParser {
  private(set) var values: [String: Effective<String>] = [:]
  private(set) var lists: [String: [Effective<String>.Candidate]] = [:]
  private static let depthLimit = 32
  /// Each looks at every name; nobody writes so many.
  private static let clearLimit = 1000
  private var clears = 0

  /// Reads a file on top of those read before.
  mutating func read(_ file: TextFile, kind: Origin.Kind) {
    var scanner = AptConfigurationScanner(file)
    var scopes: [String] = []
    var words: [AptConfigurationScanner.Token] = []
    while let token = scanner.next() {
      switch token.kind {
      case .word: words.append(token)
      case .open:
        guard scopes.count < Self.depthLimit else { return }
        scopes.append(name(words.first?.text ?? "", in: scopes.last))
        words = []
      case .close:
        take(words, scopes.last, file, kind)
        words = []
        _ = scopes.popLast()
      case .end:
        take(words, scopes.last, file, kind)
        words = []
      }
    }
    take(words, scopes.last, file, kind)
  }

  private func name(_ own: String, in scope: String?) -> String {
    let own = own.lowercased()
    guard let scope, !scope.isEmpty else { return own }
    return own.isEmpty ? scope : scope + "::" + own
  }

  private mutating func take(
    _ words: [AptConfigurationScanner.Token], _ scope: String?, _ file: TextFile, _ kind: Origin.Kind
  ) {
    guard let first = words.first else { return }
    if first.text == "#clear" {
      for word in words.dropFirst() { clear(name(word.text, in: scope)) }
      return
    }
    let text = words.map(\.text).joined(separator: " ")
    let origin = Origin(path: file.path, line: first.line, kind: kind, text: text)
    // A quoted text alone is an element of the list that the scope names; so is the value of `name::`.
    if words.count == 1, first.isQuoted, let scope {
      lists[scope, default: []].append(.init(value: first.text, origin: origin))
      return
    }
    guard words.count >= 2, let value = words.last?.text else { return }
    var key = name(first.text, in: scope)
    if key.hasSuffix("::") {
      key = String(key.dropLast(2))
      lists[key, default: []].append(.init(value: value, origin: origin))
      return
    }
    var shadowed: [Effective<String>.Candidate] = []
    if let known = values[key] {
      shadowed = [.init(value: known.value, origin: known.origin)] + known.shadowed.prefix(15)
    }
    values[key] = Effective(value, origin: origin, shadowed: shadowed)
  }

  private mutating func clear(_ key: String) {
    clears += 1
    guard clears <= Self.clearLimit else { return }
    for name in values.keys where name == key || name.hasPrefix(key + "::") { values[name] = nil }
    for name in lists.keys where name == key || name.hasPrefix(key + "::") { lists[name] = nil }
  }
}

/// Splits the text of an apt.conf file into words and signs.
struct AptConfigurationScanner {
  struct Token {
    enum Kind { case word, open, close, end }
    var kind: Kind
    var text = ""
    var isQuoted = false
    var line: Int
  }

  private let bytes: [UInt8]
  private var position = 0
  private var line = 1

  init(_ file: TextFile) {
    bytes = Array(file.lines.map(\.text).joined(separator: "\n").utf8)
  }

  mutating func next() -> Token? {
    skipBlanksAndComments()
    guard position < bytes.count else { return nil }
    switch bytes[position] {
    case UInt8(ascii: "{"): return sign(.open)
    case UInt8(ascii: "}"): return sign(.close)
    case UInt8(ascii: ";"): return sign(.end)
    case UInt8(ascii: "\""): return quoted()
    default: return word()
    }
  }

  private mutating func sign(_ kind: Token.Kind) -> Token {
    position += 1
    return Token(kind: kind, line: line)
  }

  private mutating func quoted() -> Token {
    let start = position + 1
    let startLine = line
    position = start
    while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
      if bytes[position] == 0x0a { line += 1 }
      position += 1
    }
    let text = String(decoding: bytes[min(start, bytes.count)..<position], as: UTF8.self)
    position += 1
    return Token(kind: .word, text: text, isQuoted: true, line: startLine)
  }

  private mutating func word() -> Token {
    let start = position
    while position < bytes.count, !" \t\r\n{};\"".utf8.contains(bytes[position]) { position += 1 }
    return Token(kind: .word, text: String(decoding: bytes[start..<position], as: UTF8.self), line: line)
  }

  private mutating func skipBlanksAndComments() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x0a:
        line += 1
        position += 1
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): position += 1
      case UInt8(ascii: "#") where !startsDirective: skipLine()
      case UInt8(ascii: "/") where starts("//"): skipLine()
      case UInt8(ascii: "/") where starts("/*"):
        while position < bytes.count, !starts("*/") {
          if bytes[position] == 0x0a { line += 1 }
          position += 1
        }
        position += 2
      default: return
      }
    }
  }

  private mutating func skipLine() {
    while position < bytes.count, bytes[position] != 0x0a { position += 1 }
  }

  private var startsDirective: Bool { starts("#clear") || starts("#include") }

  private func starts(_ text: String) -> Bool { bytes[position...].starts(with: text.utf8) }
}
