import Evidence

/// Reads what `iptables-restore` or `ip6tables-restore` would load: the filter table of a save file
/// (iptables-restore(8)).
struct IptablesParser {
  private let family: FirewallFamily
  private var building: [FirewallChain] = []
  /// What was read so far.
  var chains: [FirewallChain] { building.map(\.settled) }
  private var position: [String: Int] = [:]
  private static let ruleLimit = 1_000_000
  private var count = 0

  init(_ family: FirewallFamily) { self.family = family }

  /// Reads a file on top of those read before.
  mutating func read(_ file: TextFile) {
    var table = "filter"
    for line in file.lines {
      let text = line.text.trimmingBlanks()
      if text.hasPrefix("*") {
        table = String(text.dropFirst())
      } else if table == "filter", text.hasPrefix(":") {
        let words = text.dropFirst().split(separator: " ")
        let origin = Origin(path: file.path, line: line.number, kind: .explicit, text: line.text)
        if words.count >= 2 { declare(String(words[0]), policy: String(words[1]), origin) }
      } else if table == "filter", text.hasPrefix("-"), count < Self.ruleLimit {
        count += 1
        add(Self.words(text), Origin(path: file.path, line: line.number, kind: .explicit, text: line.text))
      }
    }
  }

  /// Declares a chain, or sets the policy of one that is known; `-` is no policy.
  mutating func declare(_ name: String, policy: String, _ origin: Origin) {
    let index = self.index(of: name, origin)
    if policy == "DROP" || policy == "ACCEPT" {
      building[index].dropsByDefault = policy == "DROP"
      building[index].origin = origin
    }
  }

  private mutating func index(of name: String, _ origin: Origin) -> Int {
    if let known = position[name] { return known }
    let hook: FirewallHook? =
      switch name {
      case "INPUT": .input
      case "FORWARD": .forward
      case "OUTPUT": .output
      default: nil
      }
    building.append(
      FirewallChain(
        families: [family], table: "\(family.rawValue) filter", name: name, hook: hook, isFilter: true,
        origin: origin))
    position[name] = building.count - 1
    return building.count - 1
  }

  /// Appends or inserts a rule; deletions and the like do not occur in save files.
  mutating func add(_ words: [String], _ origin: Origin) {
    guard words.count >= 2, ["-A", "--append", "-I", "--insert"].contains(words[0]) else { return }
    let index = self.index(of: words[1], origin)
    let rule = IptablesRule(words.dropFirst(2), origin).rule
    if words[0].contains("A") || words[0] == "--append" {
      building[index].rules.append(rule)
    } else {
      building[index].prepended.append(rule)
    }
  }

  /// Words, with double quotes as iptables-save writes them.
  static func words(_ text: Substring) -> [String] {
    var words: [String] = []
    var current = ""
    var isQuoted = false
    var isEscaped = false
    for character in text {
      if isEscaped {
        current.append(character)
        isEscaped = false
      } else if character == "\\", isQuoted {
        isEscaped = true
      } else if character == "\"" {
        isQuoted.toggle()
      } else if !isQuoted, character == " " || character == "\t" {
        if !current.isEmpty { words.append(current) }
        current = ""
      } else {
        current.append(character)
      }
    }
    if !current.isEmpty { words.append(current) }
    return words
  }
}

/// One rule of iptables(8) after the name of its chain.
private struct IptablesRule {
  private(set) var rule: FirewallRule

  init(_ words: ArraySlice<String>, _ origin: Origin) {
    rule = FirewallRule(conditions: [], action: .nothing, origin: origin)
    var words = words
    var isNegated = false
    while let word = words.popFirst() {
      if word == "!" {
        isNegated = true
        continue
      }
      take(word, &words, isNegated)
      isNegated = false
    }
  }

  private mutating func take(_ word: String, _ words: inout ArraySlice<String>, _ isNegated: Bool) {
    func value() -> String { words.popFirst() ?? "" }
    func list(_ text: String) -> [String] { text.split(separator: ",").map(String.init) }
    func ports(_ text: String) -> [ClosedRange<Int>] { list(text).compactMap(FirewallPorts.range) }
    let test: FirewallRule.Condition.Test
    switch word {
    case "-i", "--in-interface": test = .inInterface([value()])
    case "-o", "--out-interface": test = .outInterface([value()])
    case "-s", "--source", "--src": test = .source(list(value()))
    case "-d", "--destination", "--dst": test = .destination(list(value()))
    case "-p", "--protocol", "--proto": test = .transport([value()])
    case "--dport", "--destination-port", "--dports", "--destination-ports":
      test = .destinationPort(ports(value()))
    case "--sport", "--source-port", "--sports", "--source-ports": test = .sourcePort(ports(value()))
    case "--state", "--ctstate": test = .state(list(value().lowercased()))
    case "--dst-type": test = .destinationType(list(value().lowercased()))
    case "--limit", "--hashlimit", "--hashlimit-upto", "--hashlimit-above":
      _ = value()
      test = .rate
    case "-j", "--jump":
      rule.action = Self.action(value(), isGoto: false)
      // What follows are the target's own options.
      words = []
      return
    case "-g", "--goto":
      rule.action = Self.action(value(), isGoto: true)
      return
    case "-m", "--match":
      // A module by itself asks for nothing; its options do.
      let module = value()
      if [
        "tcp", "udp", "state", "conntrack", "multiport", "comment", "limit", "hashlimit", "icmp", "icmp6",
        "addrtype",
      ]
      .contains(module) {
        return
      }
      test = .other(module)
    case "--comment", "--limit-burst", "--hashlimit-burst", "--hashlimit-name", "--hashlimit-mode":
      _ = value()
      return
    case "-4", "--ipv4", "-6", "--ipv6": return
    default:
      while let next = words.first, !next.hasPrefix("-"), next != "!" { words = words.dropFirst() }
      test = .other(word)
    }
    rule.conditions.append(.init(test: test, isNegated: isNegated))
  }

  private static func action(_ target: String, isGoto: Bool) -> FirewallRule.Action {
    switch target {
    case "ACCEPT": .accept
    case "DROP", "REJECT": .drop
    case "RETURN": .return
    case "LOG", "NFLOG", "MARK", "CONNMARK", "TCPMSS", "AUDIT", "TRACE", "NFQUEUE", "SET", "CT", "ULOG",
      "SECMARK":
      .nothing
    default: isGoto ? .goto(target) : .jump(target)
    }
  }
}
