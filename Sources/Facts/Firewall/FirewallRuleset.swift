/// What the kernel's packet filter would hold, whatever language wrote it.
public struct FirewallRuleset: Sendable, Hashable {
  /// In the order in which they are declared.
  public var chains: [FirewallChain]

  /// Puts chains together.
  public init(chains: [FirewallChain] = []) { self.chains = chains }

  /// The base chains of type filter that see packets of the family at the hook, by priority.
  public func baseChains(_ hook: FirewallHook, _ family: FirewallFamily) -> [FirewallChain] {
    chains.filter { $0.hook == hook && $0.isFilter && $0.families.contains(family) }
      .sorted { $0.priority < $1.priority }
  }
}

/// Where in a packet's way a base chain stands.
public enum FirewallHook: String, Sendable, Hashable, CaseIterable {
  case input, forward, output
}

/// The families of addresses that matter.
public enum FirewallFamily: String, Sendable, Hashable, CaseIterable {
  case ip, ip6
}

/// A chain of rules.
public struct FirewallChain: Sendable, Hashable {
  public var families: Set<FirewallFamily>
  public var table: String
  public var name: String
  /// Nil for a chain that is only jumped to.
  public var hook: FirewallHook?
  /// Whether it is a base chain of another hook or type, such as nat.
  public var isFilter = true
  public var priority = 0
  /// What becomes of a packet that no rule decides.
  public var dropsByDefault = false
  public var rules: [FirewallRule] = []
  /// Rules that were put before all others, the last one first in effect; `settle` moves them to `rules`.
  var prepended: [FirewallRule] = []
  /// Where the chain or its policy is declared.
  public var origin: Origin
}

/// A rule: what it asks of a packet, and what it does with one that has it.
public struct FirewallRule: Sendable, Hashable {
  /// What happens to a packet.
  public enum Action: Sendable, Hashable {
    case accept
    /// Also reject: the packet does not get through.
    case drop
    case jump(String)
    /// Like a jump that never comes back.
    case goto(String)
    case `return`
    /// Counting, logging, marking: the next rule follows.
    case nothing
  }

  public var conditions: [Condition]
  public var action: Action
  public var origin: Origin

  /// One thing that a rule asks.
  public struct Condition: Sendable, Hashable {
    public var test: Test
    public var isNegated = false

    /// What is compared.
    public enum Test: Sendable, Hashable {
      case inInterface([String])
      case outInterface([String])
      /// Networks, addresses or names of sets, as written.
      case source([String])
      case destination([String])
      /// `tcp`, `udp`, `icmp` …
      case transport([String])
      case destinationPort([ClosedRange<Int>])
      case sourcePort([ClosedRange<Int>])
      /// `new`, `established` …
      case state([String])
      case family(FirewallFamily)
      /// `local` for the machine's own addresses, `multicast`, `broadcast` …
      case destinationType([String])
      /// Rates: the rule may match or not.
      case rate
      /// Something that is not understood here.
      case other(String)
    }
  }
}

extension FirewallChain {
  /// The chain with the rules that were put before all others in their place.
  var settled: FirewallChain {
    guard !prepended.isEmpty else { return self }
    var chain = self
    chain.rules = prepended.reversed() + rules
    chain.prepended = []
    return chain
  }

  /// Whether the last rule takes every packet that comes so far, so that the policy does not count.
  var hasFinalDrop: Bool { rules.last.map { $0.conditions.isEmpty && $0.action == .drop } ?? false }
}
