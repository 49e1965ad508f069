import DiskImages
import Evidence

/// Reads what `nft -f FILE` would load (nft(8)): tables with chains, commands, includes, definitions, flushes.
///
/// Sets, maps and flow tables are passed over; a rule that names one asks for something that is not understood.
struct NftablesParser {
  private typealias Token = NftablesScanner.Token

  private struct ChainKey: Hashable {
    var table: String
    var name: String
  }

  let evidence: Evidence
  private var building = FirewallRuleset()
  /// What was loaded so far.
  var ruleset: FirewallRuleset { FirewallRuleset(chains: building.chains.map(\.settled)) }
  /// Names of the tables that exist in the end.
  private(set) var tables: [String] = []
  /// Where a chain lies in the ruleset, by table and name.
  private var positions: [ChainKey: Int] = [:]
  private var definitions: [String: [NftablesScanner.Token]] = [:]
  private var files = 0
  private static let chainLimit = 20_000
  /// Deletions and flushes, each of which looks at every chain.
  private var removals = 0
  private static let removalLimit = 10_000
  /// Words that definitions have brought in, which is limited in all.
  private var expansions = 0

  init(_ evidence: Evidence) { self.evidence = evidence }

  /// Loads a file on top of what was loaded before.
  mutating func read(_ file: TextFile, depth: Int = 0) throws(EvidenceGap) {
    files += 1
    // nft itself stops at 16 (MAX_INCLUDE_DEPTH).
    guard depth < 16, files <= 512 else {
      throw EvidenceGap(path: file.path, reason: "too many files are included")
    }
    var rest = NftablesScanner(file).tokens[...]
    while !rest.isEmpty {
      let statement = takeStatement(&rest)
      guard let first = statement.first else { continue }
      switch first.text {
      case "include": try include(statement, file, depth)
      case "define", "redefine": define(statement)
      default: command(expanded(statement), file)
      }
    }
  }

  /// Everything up to a separator that is not within braces.
  private func takeStatement(_ rest: inout ArraySlice<Token>) -> ArraySlice<Token> {
    var depth = 0
    for (offset, token) in rest.enumerated() {
      if token.kind == .open { depth += 1 }
      if token.kind == .close { depth -= 1 }
      if token.kind == .separator && depth <= 0 {
        let statement = rest.prefix(offset)
        rest = rest.dropFirst(offset + 1)
        return statement
      }
    }
    let statement = rest
    rest = []
    return statement
  }

  private mutating func include(_ statement: ArraySlice<Token>, _ file: TextFile, _ depth: Int)
    throws(EvidenceGap)
  {
    guard let target = statement.dropFirst().first?.text else { return }
    let path = Self.absolute(target)
    let isPattern = path.utf8.contains { "*?[".utf8.contains($0) }
    for entry in try evidence.entries(matching: GlobPattern(path)) {
      guard case .found(let found) = evidence.index.target(of: entry), found.type == .regular else {
        continue
      }
      // Where the pattern has wildcards, files that start with a dot are left out as by glob(3).
      if isPattern && entry.name.hasPrefix(".") { continue }
      try read(try evidence.text(of: entry), depth: depth + 1)
    }
  }

  /// nft looks for relative names in its configuration folder.
  static func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : "/etc/" + (path.hasPrefix("./") ? String(path.dropFirst(2)) : path)
  }

  private mutating func define(_ statement: ArraySlice<Token>) {
    let words = Array(statement.dropFirst())
    guard let name = words.first?.text, definitions.count < 10_000 else { return }
    let value = words.dropFirst().drop { $0.text == "=" }
    definitions[name] = Array(expanded(value).prefix(10_000))
  }

  /// `$NAME` replaced by what was defined.
  private mutating func expanded(_ tokens: ArraySlice<Token>) -> ArraySlice<Token> {
    guard !definitions.isEmpty, tokens.contains(where: { $0.kind == .word && $0.text.hasPrefix("$") }) else {
      return tokens
    }
    var result: [Token] = []
    for token in tokens {
      if token.kind == .word, token.text.hasPrefix("$"),
        let value = definitions[String(token.text.dropFirst())],
        expansions + value.count <= NftablesScanner.tokenLimit
      {
        expansions += value.count
        result += value.map { Token(kind: $0.kind, text: $0.text, line: token.line) }
      } else {
        result.append(token)
      }
    }
    return result[...]
  }

  private mutating func command(_ statement: ArraySlice<Token>, _ file: TextFile) {
    var words = statement
    let first = words.first?.text ?? ""
    let verb =
      ["add", "create", "insert", "delete", "destroy", "flush", "replace"].contains(first) ? first : "add"
    if first == verb { words = words.dropFirst() }
    guard let object = words.popFirst()?.text else { return }
    if ["delete", "destroy", "flush"].contains(verb) { removals += 1 }
    guard removals <= Self.removalLimit else { return }
    switch (verb, object) {
    case ("flush", "ruleset"), ("delete", "ruleset"):
      building = FirewallRuleset()
      tables = []
      positions = [:]
    case (_, "table"): table(verb, words, file)
    case (_, "chain"): chainCommand(verb, words, file)
    case (_, "rule"): ruleCommand(verb, words, file)
    default: break
    }
  }

  /// Takes `[FAMILY] NAME`; the family is ip where none is given.
  private func takeTable(_ words: inout ArraySlice<Token>) -> (families: Set<FirewallFamily>, name: String)? {
    guard let first = words.popFirst()?.text else { return nil }
    switch first {
    case "ip": return words.popFirst().map { ([.ip], "ip \($0.text)") }
    case "ip6": return words.popFirst().map { ([.ip6], "ip6 \($0.text)") }
    case "inet": return words.popFirst().map { ([.ip, .ip6], "inet \($0.text)") }
    case "arp", "bridge", "netdev": return words.popFirst().map { ([], "\(first) \($0.text)") }
    default: return ([.ip], "ip \(first)")
    }
  }

  private mutating func table(_ verb: String, _ words: ArraySlice<Token>, _ file: TextFile) {
    var words = words
    guard let (families, name) = takeTable(&words) else { return }
    if verb == "delete" || verb == "destroy" {
      tables.removeAll { $0 == name }
      remove { $0.table == name }
      return
    }
    if verb == "flush" {
      for index in building.chains.indices where building.chains[index].table == name {
        empty(index)
      }
      return
    }
    if !tables.contains(name) { tables.append(name) }
    guard words.first?.kind == .open else { return }
    var rest = words.dropFirst().dropLast()
    while !rest.isEmpty {
      var statement = takeStatement(&rest)
      guard let object = statement.popFirst()?.text, object == "chain", let chain = statement.popFirst()
      else { continue }
      guard let index = chainIndex(chain.text, name, families, file, chain.line) else { continue }
      if statement.first?.kind == .open { fill(index, statement.dropFirst().dropLast(), file) }
    }
  }

  private mutating func empty(_ index: Int) {
    building.chains[index].rules = []
    building.chains[index].prepended = []
  }

  private mutating func remove(_ isRemoved: (FirewallChain) -> Bool) {
    building.chains.removeAll(where: isRemoved)
    positions = [:]
    for (index, chain) in building.chains.enumerated() {
      positions[ChainKey(table: chain.table, name: chain.name)] = index
    }
  }

  private mutating func chainIndex(
    _ chain: String, _ table: String, _ families: Set<FirewallFamily>, _ file: TextFile, _ line: Int
  ) -> Int? {
    let key = ChainKey(table: table, name: chain)
    if let known = positions[key] { return known }
    guard building.chains.count < Self.chainLimit else { return nil }
    positions[key] = building.chains.count
    building.chains.append(
      FirewallChain(
        families: families, table: table, name: chain,
        origin: Origin(path: file.path, line: line, kind: .explicit, text: "chain \(chain)")))
    return building.chains.count - 1
  }

  private mutating func fill(_ index: Int, _ body: ArraySlice<Token>, _ file: TextFile) {
    var rest = body
    while !rest.isEmpty {
      let statement = takeStatement(&rest)
      guard let first = statement.first else { continue }
      switch first.text {
      case "type": setHook(index, statement)
      case "policy":
        building.chains[index].dropsByDefault = statement.dropFirst().first?.text == "drop"
        building.chains[index].origin = Origin(
          path: file.path, line: first.line, kind: .explicit,
          text: statement.map(\.text).joined(separator: " "))
      case "comment", "flags", "devices": break
      default: building.chains[index].rules += NftablesRule(statement, file.path).rules
      }
    }
  }

  /// `type filter hook input priority 0`.
  private mutating func setHook(_ index: Int, _ statement: ArraySlice<Token>) {
    let words = statement.map(\.text)
    let hook = words.firstIndex(of: "hook").flatMap { $0 + 1 < words.count ? words[$0 + 1] : nil } ?? ""
    building.chains[index].hook = FirewallHook(rawValue: hook)
    building.chains[index].isFilter = words.count > 1 && words[1] == "filter"
    if let position = words.firstIndex(of: "priority") {
      building.chains[index].priority = Self.priority(words[(position + 1)...])
    }
  }

  /// A number, a name, or a name with an offset: `filter + 10`.
  private static func priority(_ words: ArraySlice<String>) -> Int {
    let names = ["raw": -300, "mangle": -150, "dstnat": -100, "filter": 0, "security": 50, "srcnat": 100]
    var sum = 0
    var sign = 1
    for word in words.prefix(3) {
      if let number = names[word] ?? Int(word) {
        sum += sign * max(-1_000_000, min(1_000_000, number))
      } else if word == "-" {
        sign = -1
      } else if word != "+" {
        break
      }
    }
    return sum
  }

  /// `add chain inet filter input { type filter hook input priority 0; policy drop; }`
  private mutating func chainCommand(_ verb: String, _ words: ArraySlice<Token>, _ file: TextFile) {
    var words = words
    guard let (families, table) = takeTable(&words), let chain = words.popFirst() else { return }
    switch verb {
    case "delete", "destroy": remove { $0.name == chain.text && $0.table == table }
    case "flush":
      if let index = positions[ChainKey(table: table, name: chain.text)] {
        empty(index)
      }
    default:
      guard let index = chainIndex(chain.text, table, families, file, chain.line) else { return }
      if words.first?.kind == .open { fill(index, words.dropFirst().dropLast(), file) }
    }
  }

  /// `add rule inet filter input tcp dport 22 accept`
  private mutating func ruleCommand(_ verb: String, _ words: ArraySlice<Token>, _ file: TextFile) {
    var words = words
    guard verb == "add" || verb == "insert", let (_, table) = takeTable(&words), let chain = words.popFirst(),
      let index = positions[ChainKey(table: table, name: chain.text)]
    else { return }
    if words.first?.text == "position" || words.first?.text == "handle" || words.first?.text == "index" {
      words = words.dropFirst(2)
    }
    let rules = NftablesRule(words, file.path).rules
    if verb == "insert" {
      building.chains[index].prepended += rules.reversed()
    } else {
      building.chains[index].rules += rules
    }
  }
}
