import DiskImages
import Evidence

/// Reads AIDE's configuration line by line (conf_lex.l and conf_yacc.y of AIDE 0.18).
struct AideReader {
  static let depthLimit = 16
  static let ruleLimit = 1 << 16

  private(set) var rules: [AideRule] = []
  private(set) var scripts: [FileEntry] = []
  private(set) var problems: [Origin] = []
  /// The first of each option counts.
  private(set) var options: [String: Effective<String>] = [:]

  private let evidence: Evidence
  private var variables: [String: String] = [:]
  private var groups = AideGroups()
  /// Whether the lines of each open `@@if` are read.
  private var conditions: [Bool] = []
  private var depth = 0

  init(evidence: Evidence) { self.evidence = evidence }

  mutating func read(_ entry: FileEntry, prefix: String = "") throws(EvidenceGap) {
    guard depth < Self.depthLimit else {
      problems.append(Origin(path: entry.path, kind: .explicit, text: "includes are nested too deep"))
      return
    }
    depth += 1
    defer { depth -= 1 }
    let file = try evidence.text(of: entry)
    for line in file.lines {
      let text = line.text.trimmingBlanks()
      if text.isEmpty || text.hasPrefix("#") { continue }
      let origin = Origin(path: file.path, line: line.number, kind: .explicit, text: String(text))
      if text.hasPrefix("@@"), !text.hasPrefix("@@{") {
        try readMacro(text, origin, prefix: prefix)
      } else if !conditions.contains(false) {
        readLine(expand(String(text)), origin, prefix: prefix)
      }
    }
  }

  private mutating func readMacro(_ text: Substring, _ origin: Origin, prefix: String) throws(EvidenceGap) {
    let words = text.split { $0 == " " || $0 == "\t" }.map(String.init)
    let rest = Array(words.dropFirst())
    switch words[0] {
    case "@@if", "@@ifdef", "@@ifndef", "@@ifhost", "@@ifnhost":
      conditions.append(try condition(words[0], rest))
    case "@@else": if let last = conditions.popLast() { conditions.append(!last) }
    case "@@endif": _ = conditions.popLast()
    case _ where conditions.contains(false): break
    case "@@define" where !rest.isEmpty: try define(rest, origin)
    case "@@undef" where !rest.isEmpty: variables[rest[0]] = nil
    case "@@include", "@@x_include":
      try include(rest.map(expand), origin, executes: words[0] == "@@x_include", prefix: prefix)
    case "@@x_include_setenv", "@@end": break
    default: problems.append(origin)
    }
  }

  private mutating func define(_ words: [String], _ origin: Origin) throws(EvidenceGap) {
    guard variables.count < 10_000 else {
      throw EvidenceGap(path: origin.path ?? "/etc/aide", reason: "more than 10000 variables")
    }
    variables[words[0]] = String(expand(words[1...].joined(separator: " ")).prefix(4096))
  }

  private func condition(_ macro: String, _ words: [String]) throws(EvidenceGap) -> Bool {
    switch macro {
    case "@@ifdef": return variables[words.first ?? ""] != nil
    case "@@ifndef": return variables[words.first ?? ""] == nil
    case "@@ifhost": return try hostname() == words.first
    case "@@ifnhost": return try hostname() != words.first
    default: break
    }
    let negations = words.prefix { $0 == "not" }.count
    let rest = Array(words[negations...])
    guard rest.count > 1 else { return false }
    let argument = rest[1]
    let holds: Bool
    switch rest.first {
    case "defined": holds = variables[argument] != nil
    case "hostname": holds = try hostname() == argument
    case "exists": holds = try evidence.entry(at: expand(argument)) != nil
    default: throw EvidenceGap(path: "/etc/aide", reason: "the condition '\(words.joined(separator: " "))'")
    }
    return holds == negations.isMultiple(of: 2)
  }

  private func hostname() throws(EvidenceGap) -> String? {
    guard let line = try evidence.text(at: "/etc/hostname")?.lines.first?.text else { return nil }
    return line.split(separator: ".").first.map { String($0.trimmingBlanks()) }
  }

  private mutating func include(_ words: [String], _ origin: Origin, executes: Bool, prefix: String)
    throws(EvidenceGap)
  {
    guard let path = words.first, path.hasPrefix("/"), let entry = try evidence.entry(at: path) else {
      problems.append(origin)
      return
    }
    guard entry.type == .directory else {
      try includeFile(entry, executes: executes, prefix: prefix)
      return
    }
    guard words.count > 1, let pattern = SafePattern(words[1]) else {
      throw EvidenceGap(path: origin.path ?? path, reason: "the names that an include of \(path) takes")
    }
    let files = entry.children.sorted { $0.nameBytes.lexicographicallyPrecedes($1.nameBytes) }
    for file in files where pattern.matchesStart(of: file.name) {
      guard case .found(let target) = evidence.index.target(of: file), target.type == .regular else {
        continue
      }
      try includeFile(file, executes: executes, prefix: prefix + (words.count > 2 ? words[2] : ""))
    }
  }

  private mutating func includeFile(_ entry: FileEntry, executes: Bool, prefix: String) throws(EvidenceGap) {
    if executes, case .found(let target) = evidence.index.target(of: entry), target.permissions & 0o111 != 0 {
      scripts.append(entry)
    } else {
      try read(entry, prefix: prefix)
    }
  }

  private mutating func readLine(_ text: String, _ origin: Origin, prefix: String) {
    switch text.first {
    case "/": readRule(text, .regular, origin, prefix: prefix)
    case "!", "-": readRule(String(text.dropFirst()), .negative, origin, prefix: prefix)
    case "=": readRule(String(text.dropFirst()), .equals, origin, prefix: prefix)
    default:
      guard let equals = text.firstIndex(of: "=") else {
        problems.append(origin)
        return
      }
      let name = String(text[..<equals].trimmingBlanks())
      let value = String(text[text.index(after: equals)...].trimmingBlanks())
      if AideGroups.isOption(name) {
        if options[name] == nil { options[name] = Effective(value, origin: origin) }
      } else if !groups.define(name, value) {
        problems.append(origin)
      }
    }
  }

  private mutating func readRule(_ text: String, _ kind: AideRule.Kind, _ origin: Origin, prefix: String) {
    var words = Self.words(text)
    guard let expression = words.first, expression.hasPrefix("/"), rules.count < Self.ruleLimit else {
      problems.append(origin)
      return
    }
    words.removeFirst()
    var attributes: Set<String> = []
    if kind != .negative {
      guard let resolved = words.popLast().flatMap(groups.attributes) else {
        problems.append(origin)
        return
      }
      attributes = resolved
    }
    let full = prefix + expression
    rules.append(
      AideRule(
        kind: kind, expression: full, types: words.first.flatMap(Self.types), attributes: attributes,
        origin: origin, prefix: AideRule.prefix(of: full), pattern: SafePattern(full)))
  }

  /// Words between blanks; a backslash keeps a blank, an at sign or a backslash, and blanks around the signs of an
  /// attribute expression belong to it.
  private static func words(_ text: String) -> [String] {
    var words: [String] = []
    var word = ""
    var isEscaped = false
    for character in text {
      if isEscaped {
        if character != " ", character != "@", character != "\\" { word.append("\\") }
        word.append(character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else if character == " " || character == "\t" {
        if !word.isEmpty { words.append(word) }
        word = ""
      } else {
        word.append(character)
      }
    }
    if !word.isEmpty { words.append(word) }
    return joinedExpression(words)
  }

  private static func joinedExpression(_ words: [String]) -> [String] {
    var joined: [String] = []
    for word in words {
      if joined.count > 1, let last = joined.last,
        "+-".contains(word.first ?? " ") || "+-".contains(last.last ?? " ")
      {
        joined[joined.count - 1] = last + word
      } else {
        joined.append(word)
      }
    }
    return joined
  }

  private static func types(_ text: String) -> Set<FileType>? {
    if text == "0" { return nil }
    var types: Set<FileType> = []
    for word in text.split(separator: ",") {
      switch word {
      case "f": types.insert(.regular)
      case "d": types.insert(.directory)
      case "l": types.insert(.symbolicLink)
      case "c": types.insert(.characterDevice)
      case "b": types.insert(.blockDevice)
      case "p": types.insert(.fifo)
      case "s": types.insert(.socket)
      default: break
      }
    }
    return types
  }

  /// Replaces `@@{NAME}`; an unknown name stands for nothing. What a variable holds is not expanded again.
  private func expand(_ text: String) -> String {
    guard text.contains("@@{") else { return text }
    var result = ""
    var rest = Substring(text)
    while let start = rest.firstRange(of: "@@{"), let end = rest[start.upperBound...].firstIndex(of: "}") {
      result += rest[..<start.lowerBound]
      result += variables[String(rest[start.upperBound..<end])] ?? ""
      rest = rest[rest.index(after: end)...]
      if result.utf8.count > 1 << 16 { break }
    }
    return result + rest
  }
}
