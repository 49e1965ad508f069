/// A packet to ask a ruleset about: the first of a connection, from or to somewhere outside unless it says else.
public struct FirewallPacket: Sendable, Hashable {
  public var hook: FirewallHook
  public var family: FirewallFamily
  /// Whether it comes in, or goes out, by the loopback interface.
  public var isOnLoopback = false
  /// Whether it carries a loopback address as its source.
  public var hasLoopbackSource = false
  public var transport = "tcp"
  /// Nil for one that no rule names.
  public var destinationPort: Int?

  public init(
    _ hook: FirewallHook, _ family: FirewallFamily, isOnLoopback: Bool = false,
    hasLoopbackSource: Bool = false,
    transport: String = "tcp", destinationPort: Int? = nil
  ) {
    self.hook = hook
    self.family = family
    self.isOnLoopback = isOnLoopback
    self.hasLoopbackSource = hasLoopbackSource
    self.transport = transport
    self.destinationPort = destinationPort
  }
}

/// What becomes of a packet.
public struct FirewallAnswer: Sendable, Hashable {
  public var isAccepted: Bool
  /// The rule or the policy that decides; nil where there is no chain at all.
  public var origin: Origin?
  /// The rule that decides; nil where the policy does.
  public var rule: FirewallRule?
}

extension FirewallRule {
  /// How many comparisons the rule may cost.
  fileprivate var weight: Int {
    conditions.reduce(1) { sum, condition in
      switch condition.test {
      case .inInterface(let list), .outInterface(let list), .source(let list), .destination(let list),
        .transport(let list), .state(let list), .destinationType(let list):
        sum + list.count
      case .destinationPort(let list), .sourcePort(let list): sum + list.count
      case .family, .rate, .other: sum + 1
      }
    }
  }

  /// Whether the rule names the ports that packets go to.
  public var namesPorts: Bool {
    conditions.contains { if case .destinationPort = $0.test { true } else { false } }
  }
}

extension FirewallRuleset {
  /// What becomes of a packet: dropped if one of the base chains drops it (nft(8), "Chains"; iptables(8)).
  ///
  /// Where a rule asks for something that a packet from anywhere need not have (an address, a set, a mark, a rate),
  /// it does not match. The name of an interface other than lo matches every packet that is not on lo.
  public func answer(_ packet: FirewallPacket) -> FirewallAnswer {
    var last = FirewallAnswer(isAccepted: true, origin: nil, rule: nil)
    let walker = Walker(chains)
    for chain in baseChains(packet.hook, packet.family) {
      var steps = 0
      switch walker.walk(chain, packet, depth: 0, &steps) {
      case .decided(let isAccepted, let rule):
        last = FirewallAnswer(isAccepted: isAccepted, origin: rule.origin, rule: rule)
      case .undecided:
        // A rule of an earlier chain that lets the packet in is of more interest than a policy that does.
        if !chain.dropsByDefault && last.rule != nil { continue }
        last = FirewallAnswer(isAccepted: !chain.dropsByDefault, origin: chain.origin, rule: nil)
      }
      if !last.isAccepted { return last }
    }
    return last
  }
}

private struct Walker {
  enum Decision {
    case decided(Bool, FirewallRule)
    case undecided
  }

  private struct Key: Hashable {
    var table: String
    var name: String
  }

  private let byName: [Key: FirewallChain]

  init(_ chains: [FirewallChain]) {
    byName = Dictionary(
      chains.map { (Key(table: $0.table, name: $0.name), $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The kernel refuses rulesets whose chains jump in a circle; the limits are for hostile ones.
  func walk(_ chain: FirewallChain, _ packet: FirewallPacket, depth: Int, _ steps: inout Int) -> Decision {
    guard depth < 32 else { return .undecided }
    for rule in chain.rules {
      steps += rule.weight
      guard steps < 5_000_000 else { return .undecided }
      guard rule.conditions.allSatisfy({ $0.holds(for: packet) }) else { continue }
      switch rule.action {
      case .accept: return .decided(true, rule)
      case .drop: return .decided(false, rule)
      case .return: return .undecided
      case .nothing: continue
      case .jump(let name), .goto(let name):
        guard let target = byName[Key(table: chain.table, name: name)] else { continue }
        let decision = walk(target, packet, depth: depth + 1, &steps)
        if case .decided = decision { return decision }
        if case .goto = rule.action { return .undecided }
      }
    }
    return .undecided
  }
}

extension FirewallRule.Condition {
  func holds(for packet: FirewallPacket) -> Bool {
    switch test {
    case .rate, .other: return false
    case .source(let addresses):
      // A packet from somewhere outside has none of the addresses that are named, and all that are not.
      return covers(addresses, packet.family, isLoopback: packet.hasLoopbackSource) != isNegated
    case .destination(let addresses): return covers(addresses, packet.family, isLoopback: false) != isNegated
    case .inInterface(let names):
      guard packet.hook != .output else { return isNegated }
      return matches(names, packet) != isNegated
    case .outInterface(let names):
      guard packet.hook != .input else { return isNegated }
      return matches(names, packet) != isNegated
    case .transport(let names):
      let own = packet.transport
      return names.contains { $0 == own || $0 == "all" || Self.numbers[$0] == own } != isNegated
    case .destinationPort(let ranges):
      guard let port = packet.destinationPort else { return ranges.contains(0...65_535) != isNegated }
      return ranges.contains { $0.contains(port) } != isNegated
    case .sourcePort(let ranges):
      return ranges.contains { $0.lowerBound <= 1024 && $0.upperBound == 65_535 } != isNegated
    case .destinationType(let types):
      let own = packet.hook == .input ? "local" : "unicast"
      return types.contains(own) != isNegated
    case .state(let states): return states.contains("new") != isNegated
    case .family(let family): return (family == packet.family) != isNegated
    }
  }

  private static let numbers = ["6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6", "ipv6-icmp": "icmpv6"]

  /// `lo` names the loopback interface; every other name may be the one that leads outside.
  private func matches(_ names: [String], _ packet: FirewallPacket) -> Bool {
    packet.isOnLoopback ? names.contains { $0 == "lo" || $0 == "*" } : names.contains { $0 != "lo" }
  }

  private func covers(_ addresses: [String], _ family: FirewallFamily, isLoopback: Bool) -> Bool {
    addresses.contains { address in
      if ["0.0.0.0/0", "::/0", "0/0"].contains(address) { return true }
      guard isLoopback else { return false }
      return family == .ip ? address.hasPrefix("127.") : address == "::1" || address.hasPrefix("::1/")
    }
  }
}
