import DiskImages
import Evidence

/// Settings of dovecot.conf by the blocks around them; within a block the last counts, and one in a block before one outside.
///
/// Where several blocks hold for a connection and set the same, 2.3 takes that for which all others hold too, and refuses
/// to decide between blocks that do not contain each other. 2.4 takes the one that the files name last, those within
/// others before those that are not. Tried with `doveconf -f` on 2.3.19 and 2.4.1.
struct DovecotSettings {
  typealias Values = [String: Effective<String>]

  let evidence: Evidence
  /// Whether the last block counts (2.4) and not the narrowest one (2.3).
  let lastBlockCounts: Bool
  private var values: [[String]: Values] = [:]
  /// Blocks that hold for some connections, with their place in the order in which the files name them first.
  private var filters: [DovecotFilter: (number: Int, blocks: [String])] = [:]
  private(set) var protocols: Set<String> = []
  private var open: [String] = []
  private var budget = ReadBudget(files: 500)
  /// More blocks than anybody writes: each end looks at all of them.
  private static let blockLimit = 1000
  static let protocolNames = ["imap", "pop3", "submission", "lmtp", "sieve"]

  init(evidence: Evidence, lastBlockCounts: Bool) {
    self.evidence = evidence
    self.lastBlockCounts = lastBlockCounts
  }

  /// A setting of one block.
  func exact(_ key: String, _ blocks: [String]) -> Effective<String>? { values[blocks]?[key] }

  /// Whether a block sets anything.
  func isWritten(_ blocks: [String]) -> Bool { values[blocks] != nil }

  private static func matters(_ key: String) -> Bool {
    key.hasPrefix("ssl") || key == "auth_allow_cleartext" || key == "disable_plaintext_auth"
  }

  /// What a protocol has for the connections of a place.
  ///
  /// - Throws: where Dovecot does not decide between two blocks.
  func settings(of name: String, at place: DovecotFilter) throws(EvidenceGap) -> Values {
    var connection = place
    connection.service = name
    var found = values[[]] ?? [:]
    var candidates: [String: [(filter: DovecotFilter, number: Int, value: Effective<String>)]] = [:]
    for (filter, (number, blocks)) in filters where filter.contains(connection) {
      for (key, value) in values[blocks] ?? [:] where Self.matters(key) {
        candidates[key, default: []].append((filter, number, value))
      }
    }
    for (key, blocks) in candidates {
      let sorted = blocks.sorted { $0.number > $1.number }
      let first = sorted.dropFirst().reduce(sorted[0]) { counts($1.filter, before: $0.filter) ? $1 : $0 }
      let rival = sorted.first { !$0.filter.contains(first.filter) }
      if let rival, !lastBlockCounts {
        throw EvidenceGap(
          path: rival.value.origin.path ?? "/etc/dovecot/dovecot.conf",
          reason:
            "\(key) of line \(rival.value.origin.line ?? 0) contradicts another block: Dovecot refuses both")
      }
      var value = first.value
      let others =
        sorted.filter { $0.number != first.number }.map(\.value) + [found[key]].compactMap(\.self)
      value.shadowed += others.prefix(8).map { .init(value: $0.value, origin: $0.origin) }
      found[key] = value
    }
    return found
  }

  /// Whether a block that the files name earlier counts all the same.
  private func counts(_ earlier: DovecotFilter, before later: DovecotFilter) -> Bool {
    lastBlockCounts
      ? earlier.depth > 1 && later.depth <= 1 : later.contains(earlier) && !earlier.contains(later)
  }

  /// The places where something of TLS or passwords is set for a protocol.
  func places(of name: String) throws(EvidenceGap) -> [DovecotFilter] {
    var places: Set<DovecotFilter> = []
    for (filter, (_, blocks)) in filters where filter.service == nil || filter.service == name {
      guard let place = filter.place, values[blocks]?.keys.contains(where: Self.matters) == true else {
        continue
      }
      places.insert(place)
    }
    return places.sorted { $0.words < $1.words }
  }

  /// Every value of some keys.
  func all(_ keys: [String]) -> [String] {
    values.values.flatMap { place in keys.compactMap { place[$0]?.value } }.sorted()
  }

  mutating func read(_ path: String, depth: Int) throws(EvidenceGap) {
    guard depth < 8 else { throw EvidenceGap(path: path, reason: "files include each other too deeply") }
    for entry in try evidence.entries(matching: GlobPattern(path)) {
      guard case .found(let file) = evidence.index.target(of: entry), file.type == .regular else {
        continue
      }
      let text = try evidence.text(of: entry)
      guard budget.spend(text) else { throw EvidenceGap(path: path, reason: "too much is included") }
      let outside = open
      for line in Self.continued(text) { try take(line, entry.path, depth) }
      open = outside
    }
  }

  /// A backslash at the end of a line continues it.
  private static func continued(_ file: TextFile) -> [ConfigurationLine] {
    var whole = file
    whole.lines = []
    var isOpen = false
    for line in file.lines {
      let continues = line.text.last == "\\"
      let text = continues ? String(line.text.dropLast()) : line.text
      if isOpen, let last = whole.lines.indices.last, whole.lines[last].text.utf8.count < 1 << 16 {
        whole.lines[last].text += " " + text
      } else {
        whole.lines.append(line)
        whole.lines[whole.lines.count - 1].text = text
      }
      isOpen = continues
    }
    return ConfigurationLine.read(whole)
  }

  private mutating func take(_ line: ConfigurationLine, _ path: String, _ depth: Int) throws(EvidenceGap) {
    let first = line.words[0]
    if first == "!include" || first == "!include_try", line.words.count > 1 {
      let folder = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
      let target = line.words[1]
      try read(target.hasPrefix("/") ? target : "\(folder)/\(target)", depth: depth + 1)
    } else if line.text.last == "}", line.text.contains("{") {
      // A block in one line: `inet_listener imap { port = 0 }`.
      let parts = line.text.dropLast().split(separator: "{", maxSplits: 1)
      guard parts.count == 2 else { return }
      let scope = open + [Self.words(parts[0])]
      try note(scope, path)
      set(String(parts[1].trimmingBlanks()), line.origin, in: scope)
    } else if line.text.last == "{" {
      guard open.count < 32 else { throw EvidenceGap(path: path, reason: "blocks too deep in each other") }
      open.append(Self.words(line.text.dropLast()))
      try note(open, path)
    } else if line.text.first == "}" {
      if !open.isEmpty { open.removeLast() }
    } else {
      set(line.text, line.origin, in: open)
    }
  }

  private static func words(_ text: some StringProtocol) -> String {
    text.split { $0 == "\"" || $0 == " " || $0 == "\t" }.joined(separator: " ")
  }

  private mutating func set(_ text: String, _ origin: Origin, in scope: [String]) {
    guard let equals = text.firstIndex(of: "=") else { return }
    let key = String(text[..<equals].trimmingBlanks())
    var value = String(text[text.index(after: equals)...].trimmingBlanks())
    if let comment = value.range(of: " #") { value = String(value[..<comment.lowerBound].trimmingBlanks()) }
    value = value.filter { $0 != "\"" }
    if key == "protocols", scope.isEmpty {
      let words = value.split(separator: " ").map(String.init)
      protocols = words.contains("$protocols") ? protocols.union(words) : Set(words)
      protocols.remove("$protocols")
    } else if scope == ["protocols"] {
      // 2.4: `protocols { imap = yes }`.
      if value.lowercased() == "yes" { protocols.insert(key) } else { protocols.remove(key) }
    }
    for blocks in Self.expanded(scope) { keep(value, of: key, in: blocks, origin) }
  }

  /// `protocol !pop3 { … }` holds for all the others.
  private static func expanded(_ scope: [String]) -> [[String]] {
    guard let last = scope.last, last.hasPrefix("protocol !") else { return [scope] }
    return protocolNames.filter { $0 != last.dropFirst(10) }.map { scope.dropLast() + ["protocol \($0)"] }
  }

  /// Notes for whom a block holds, once.
  private mutating func note(_ scope: [String], _ path: String) throws(EvidenceGap) {
    do {
      for blocks in Self.expanded(scope) {
        guard let filter = try DovecotFilter(blocks), filters[filter] == nil else { continue }
        filters[filter] = (filters.count, blocks)
      }
    } catch {
      throw EvidenceGap(path: path, reason: "Dovecot refuses it: \(error.reason)")
    }
    if filters.count > Self.blockLimit {
      throw EvidenceGap(path: path, reason: "more than \(Self.blockLimit) blocks")
    }
  }

  private mutating func keep(_ value: String, of key: String, in scope: [String], _ origin: Origin) {
    let old = values[scope]?[key]
    let shadowed =
      old.map { [Effective<String>.Candidate(value: $0.value, origin: $0.origin)] + $0.shadowed } ?? []
    values[scope, default: [:]][key] = Effective(value, origin: origin, shadowed: Array(shadowed.prefix(8)))
  }
}
