import DiskImages
import Evidence

/// dovecot.conf with what it includes: settings by the blocks around them; the last counts, and one in a block before one
/// outside (doveconf(1)).
struct DovecotConfig {
  static let needs: [ContentNeed] = ["/etc/dovecot/**", "/usr/share/dovecot/protocols.d/*.protocol"]
  static let packages = ["dovecot-core", "dovecot"]
  private static let main = "/etc/dovecot/dovecot.conf"

  /// Where a protocol is served.
  struct Port {
    var listener: String
    var number: Int
    /// Whether TLS comes first.
    var isTLS: Bool
    /// The blocks around settings of the listener.
    var scope: [String]
  }

  private let evidence: Evidence
  private var values: [[String]: [String: Effective<String>]] = [:]
  private(set) var protocols: Set<String> = []
  private var open: [String] = []
  private var budget = ReadBudget(files: 500)

  /// Nil without a main file.
  init?(_ evidence: Evidence) throws(EvidenceGap) {
    guard try evidence.entry(at: Self.main) != nil else { return nil }
    self.evidence = evidence
    try read(Self.main, depth: 0)
  }

  private static let usual: [String: [(listener: String, number: Int, isTLS: Bool)]] = [
    "imap": [("imap", 143, false), ("imaps", 993, true)],
    "pop3": [("pop3", 110, false), ("pop3s", 995, true)],
    "submission": [("submission", 587, false), ("submissions", 465, true)],
    "lmtp": [], "sieve": [("sieve", 4190, false)],
  ]

  /// The ports of a protocol; `port = 0` closes one, and that of `submissions` is open only where somebody writes its
  /// listener (tried on 2.3.19 and 2.4.1).
  func ports(of name: String) -> [Port] {
    let service = name == "sieve" ? "managesieve-login" : "\(name)-login"
    return (Self.usual[name] ?? []).compactMap { usual in
      let scope = ["service \(service)", "inet_listener \(usual.listener)"]
      if usual.listener == "submissions", values[scope] == nil { return nil }
      let number = exact("port", scope).flatMap { Int($0.value) } ?? usual.number
      let isTLS = exact("ssl", scope).map { $0.value.lowercased() == "yes" } ?? usual.isTLS
      return number == 0
        ? nil : Port(listener: usual.listener, number: number, isTLS: isTLS, scope: scope)
    }
  }

  /// The addresses of a port: its own, or those of `listen`.
  func addresses(of port: Port) -> Effective<[String]> {
    let usual = Effective("*, ::", origin: Origin.compiledDefault("doveconf -d: listen = *, ::"))
    let set = exact("address", port.scope) ?? exact("listen", port.scope) ?? value("listen", [[]]) ?? usual
    return Effective(
      set.value.split { $0 == "," || $0 == " " }.map { String($0) }, origin: set.origin)
  }

  /// `ssl` of a protocol: yes, no or required.
  func mode(_ scope: [[String]]) -> Effective<String> {
    var mode =
      value("ssl", scope) ?? Effective("yes", origin: .compiledDefault("doveconf -d: ssl = yes"))
    mode.value = mode.value.lowercased()
    return mode
  }

  func exact(_ key: String, _ scope: [String]) -> Effective<String>? { values[scope]?[key] }

  /// The value of the first block that has one, with what the others say.
  func value(_ key: String, _ scopes: [[String]]) -> Effective<String>? {
    let all = scopes.compactMap { values[$0]?[key] }
    guard var own = all.first else { return nil }
    own.shadowed += all.dropFirst().map { .init(value: $0.value, origin: $0.origin) }
    return own
  }

  /// `local …` and `local_name …` blocks that set something of TLS or passwords for a protocol.
  func places(of name: String) -> [String] {
    let found = values.filter { scope, settings in
      guard let first = scope.first, first.hasPrefix("local ") || first.hasPrefix("local_name ") else {
        return false
      }
      let isOfProtocol = scope.count == 1 || scope.count == 2 && scope[1] == "protocol \(name)"
      return isOfProtocol
        && settings.keys.contains {
          $0.hasPrefix("ssl") || ["auth_allow_cleartext", "disable_plaintext_auth"].contains($0)
        }
    }
    return Set(found.keys.map { $0[0] }).sorted().prefix(1000).map(\.self)
  }

  /// Every value of some keys.
  func all(_ keys: [String]) -> [String] {
    values.values.flatMap { place in keys.compactMap { place[$0]?.value } }.sorted()
  }

  private mutating func read(_ path: String, depth: Int) throws(EvidenceGap) {
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
      set(String(parts[1].trimmingBlanks()), line.origin, in: open + [Self.words(parts[0])])
    } else if line.text.last == "{" {
      guard open.count < 32 else { throw EvidenceGap(path: path, reason: "blocks too deep in each other") }
      open.append(Self.words(line.text.dropLast()))
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
    // `protocol !pop3 { … }` holds for all the others.
    if scope.count == 1, scope[0].hasPrefix("protocol !") {
      let others = Self.usual.keys.filter { $0 != scope[0].dropFirst(10) }
      for name in others { keep(value, of: key, in: ["protocol \(name)"], origin) }
    } else {
      keep(value, of: key, in: scope, origin)
    }
  }

  private mutating func keep(_ value: String, of key: String, in scope: [String], _ origin: Origin) {
    let old = values[scope]?[key]
    let shadowed =
      old.map { [Effective<String>.Candidate(value: $0.value, origin: $0.origin)] + $0.shadowed } ?? []
    values[scope, default: [:]][key] = Effective(value, origin: origin, shadowed: Array(shadowed.prefix(8)))
  }
}
