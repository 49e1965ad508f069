/// Reads one rule of nft(8) as conditions and an action; a verdict map gives one rule for each of its elements.
struct NftablesRule {
  private typealias Token = NftablesScanner.Token
  private typealias Condition = FirewallRule.Condition

  private(set) var rules: [FirewallRule] = []
  private var words: ArraySlice<NftablesScanner.Token>
  private var conditions: [FirewallRule.Condition] = []
  private let origin: Origin

  init(_ statement: ArraySlice<NftablesScanner.Token>, _ path: String) {
    words = statement.filter { $0.kind != .separator }[...]
    let text = words.prefix(64).map { $0.kind == .quoted ? "\"\($0.text)\"" : $0.text }.joined(separator: " ")
    origin = Origin(path: path, line: words.first?.line, kind: .explicit, text: text)
    guard !words.isEmpty else { return }
    while let token = words.popFirst() {
      if let action = takeAction(token) {
        finish(action)
        return
      }
      take(token)
      // A rule with more conditions than anybody writes is one that is not understood.
      guard conditions.count < 256 else {
        conditions = [Condition(test: .other("too many conditions"))]
        break
      }
    }
    finish(.nothing)
  }

  private mutating func finish(_ action: FirewallRule.Action) {
    rules.append(FirewallRule(conditions: conditions, action: action, origin: origin))
  }

  private mutating func takeAction(_ token: Token) -> FirewallRule.Action? {
    switch token.text {
    case "accept": .accept
    case "drop", "reject": .drop
    case "return": .return
    case "jump": words.popFirst().map { .jump($0.text) }
    case "goto": words.popFirst().map { .goto($0.text) }
    // A program decides; what it does is not known.
    case "queue": .nothing
    default: nil
    }
  }

  /// One expression or statement; its further words are taken from the rest.
  private mutating func take(_ token: Token) {
    switch token.text {
    case "iif", "iifname": compare { .inInterface($0) }
    case "oif", "oifname": compare { .outInterface($0) }
    case "meta": takeMeta()
    case "ip", "ip6": takeNetwork(token.text == "ip" ? .ip : .ip6)
    case "tcp", "udp", "udplite", "sctp", "dccp", "th": takeTransport(token.text)
    case "ct": takeConntrack()
    case "fib" where words.prefix(2).map(\.text) == ["daddr", "type"]:
      words = words.dropFirst(2)
      compare { .destinationType($0) }
    case "icmp", "icmpv6":
      conditions.append(Condition(test: .transport([token.text])))
      skipExpression()
    case "counter": if words.first?.text == "packets" { words = words.dropFirst(4) }
    case "limit":
      conditions.append(Condition(test: .rate))
      skip(while: ["rate", "over", "burst", "packets", "bytes"], andNumbers: true)
    case "log": skipLog()
    case "comment": words = words.dropFirst()
    case "masquerade", "notrack", "continue", "redirect": break
    case "snat", "dnat": skip(while: ["to", "ip", "ip6"], andNumbers: true)
    default:
      conditions.append(Condition(test: .other(token.text)))
      skipExpression()
    }
  }

  private mutating func takeMeta() {
    guard let key = words.popFirst()?.text else { return }
    switch key {
    case "iif", "iifname": compare { .inInterface($0) }
    case "oif", "oifname": compare { .outInterface($0) }
    case "l4proto": compare { .transport($0) }
    case "nfproto":
      compare { values in
        values.count == 1 ? .family(values[0] == "ipv6" ? .ip6 : .ip) : .other("nfproto")
      }
    default:
      if words.dropFirst().first?.text == "set" || words.first?.text == "set" {
        // `meta mark set 1` changes the packet and asks for nothing.
        words = words.dropFirst(words.first?.text == "set" ? 2 : 3)
      } else {
        conditions.append(Condition(test: .other("meta \(key)")))
        skipExpression()
      }
    }
  }

  private mutating func takeNetwork(_ family: FirewallFamily) {
    conditions.append(Condition(test: .family(family)))
    guard let key = words.popFirst()?.text else { return }
    switch key {
    case "saddr": compare { .source($0) }
    case "daddr": compare { .destination($0) }
    case "protocol", "nexthdr": compare { .transport($0) }
    default:
      conditions.append(Condition(test: .other("\(family.rawValue) \(key)")))
      skipExpression()
    }
  }

  private mutating func takeTransport(_ name: String) {
    if name != "th" { conditions.append(Condition(test: .transport([name]))) }
    guard let key = words.popFirst()?.text else { return }
    switch key {
    case "dport": compare { .destinationPort($0.compactMap(FirewallPorts.range)) }
    case "sport": compare { .sourcePort($0.compactMap(FirewallPorts.range)) }
    default:
      conditions.append(Condition(test: .other("\(name) \(key)")))
      skipExpression()
    }
  }

  private mutating func takeConntrack() {
    guard let key = words.popFirst()?.text else { return }
    if key == "state" {
      compare { .state($0) }
    } else if words.first?.text == "set" {
      words = words.dropFirst(2)
    } else {
      conditions.append(Condition(test: .other("ct \(key)")))
      skipExpression()
    }
  }

  /// `[!=] VALUE`, `{ VALUE, … }`, `VALUE,VALUE`, or `vmap { VALUE : VERDICT, … }`.
  private mutating func compare(_ make: ([String]) -> Condition.Test) {
    var isNegated = false
    if words.first?.text == "vmap" {
      words = words.dropFirst()
      takeVerdictMap(make)
      return
    }
    if words.first?.text == "!=" || words.first?.text == "==" || words.first?.text == "eq"
      || words.first?.text == "ne"
    {
      isNegated = words.first?.text == "!=" || words.first?.text == "ne"
      words = words.dropFirst()
    }
    let values = takeValues()
    conditions.append(
      values.contains { $0.hasPrefix("@") }
        ? Condition(test: .other(values.joined(separator: " ")))
        : Condition(test: make(values), isNegated: isNegated))
  }

  private mutating func takeValues() -> [String] {
    guard let first = words.popFirst() else { return [] }
    var values: [String] = []
    if first.kind == .open {
      while let token = words.popFirst(), token.kind != .close {
        if token.kind != .comma { values.append(token.text) }
      }
      return values
    }
    values.append(first.text)
    while words.first?.kind == .comma {
      words = words.dropFirst()
      if let next = words.popFirst() { values.append(next.text) }
    }
    return values
  }

  /// Each element becomes a rule of its own; what follows the map is for packets that no element matches.
  private mutating func takeVerdictMap(_ make: ([String]) -> Condition.Test) {
    guard words.popFirst()?.kind == .open else {
      // A map with a name.
      conditions.append(Condition(test: .other("vmap")))
      return
    }
    var element: [Token] = []
    while let token = words.popFirst() {
      if token.kind == .comma || token.kind == .close {
        addElement(element, make)
        element = []
        if token.kind == .close { return }
      } else {
        element.append(token)
      }
    }
  }

  private mutating func addElement(_ element: [Token], _ make: ([String]) -> Condition.Test) {
    guard var key = element.first?.text else { return }
    var verdict = element.dropFirst()
    if verdict.first?.text == ":" { verdict = verdict.dropFirst() }
    if key.hasSuffix(":") { key.removeLast() }
    let names = verdict.map(\.text)
    let action: FirewallRule.Action? =
      switch names.first {
      case "accept": .accept
      case "drop": .drop
      case "return": .return
      case "jump": names.count > 1 ? .jump(names[1]) : nil
      case "goto": names.count > 1 ? .goto(names[1]) : nil
      default: nil
      }
    guard let action else { return }
    rules.append(
      FirewallRule(conditions: conditions + [Condition(test: make([key]))], action: action, origin: origin))
  }

  private mutating func skipLog() {
    while let next = words.first {
      switch next.text {
      case "prefix", "level", "group", "snaplen", "queue-threshold", "flags": words = words.dropFirst(2)
      default: return
      }
    }
  }

  private mutating func skip(while names: Set<String>, andNumbers: Bool) {
    while let next = words.first,
      names.contains(next.text) || (andNumbers && next.text.first?.isNumber == true)
        || next.text.contains("/")
    {
      words = words.dropFirst()
    }
  }

  /// Passes over the rest of an expression that is not understood: up to the next action.
  private mutating func skipExpression() {
    let ends: Set<String> = [
      "accept", "drop", "reject", "return", "jump", "goto", "counter", "log", "limit", "comment", "ip", "ip6",
      "tcp",
      "udp", "ct", "meta", "iif", "iifname", "oif", "oifname", "queue",
    ]
    var depth = 0
    while let next = words.first {
      if depth == 0, next.kind == .word, ends.contains(next.text) { return }
      if next.kind == .open { depth += 1 }
      if next.kind == .close { depth -= 1 }
      words = words.dropFirst()
    }
  }
}

/// Ports as the packet filters write them.
enum FirewallPorts {
  /// `22`, `1000-2000`, `1000:2000`, `ssh`.
  static func range(_ text: String) -> ClosedRange<Int>? {
    for separator in ["-", ":"] {
      guard let middle = text.range(of: separator) else { continue }
      let low = text[..<middle.lowerBound]
      let high = text[middle.upperBound...]
      if let low = low.isEmpty ? 0 : Int(low), let high = high.isEmpty ? 65_535 : Int(high), low <= high {
        return low...high
      }
    }
    return (Int(text) ?? names[text]).map { $0...$0 }
  }

  /// The names of services(5) that people write in rules.
  static let names = [
    "ftp": 21, "ssh": 22, "telnet": 23, "smtp": 25, "domain": 53, "bootps": 67, "bootpc": 68, "tftp": 69,
    "http": 80,
    "www": 80, "pop3": 110, "sunrpc": 111, "ntp": 123, "imap": 143, "imap2": 143, "snmp": 161, "ldap": 389,
    "https": 443,
    "microsoft-ds": 445, "submissions": 465, "smtps": 465, "ssmtp": 465, "syslog": 514, "dhcpv6-client": 546,
    "dhcpv6-server": 547,
    "submission": 587,
    "ipp": 631, "ldaps": 636, "domain-s": 853, "rsync": 873, "imaps": 993, "pop3s": 995, "nfs": 2049,
    "mysql": 3306,
    "mdns": 5353, "postgresql": 5432, "redis": 6379, "http-alt": 8080,
  ]
}
