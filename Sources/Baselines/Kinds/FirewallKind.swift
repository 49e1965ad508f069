import Evidence
import Facts

/// The packet filter that the next boot would set up.
public struct FirewallKind: CheckKind {
  public static let name = "firewall"
  public static let summary =
    "Reads nftables, ufw, firewalld and saved iptables rules: which are loaded at boot, and what they do with packets."
  static let hooks: [ParameterSpecification] = FirewallHook.allCases.map {
    .init($0.rawValue, .choice(["drop", "accept"]), "what becomes of a packet that no rule names")
  }
  public static let parameters: [ParameterSpecification] = [
    .init("front_end", .textList, "judge these alone, started or not: nftables, ufw, firewalld, iptables"),
    .init("enabled", .boolean, "the next boot loads the rules of one of them"),
    .init("single", .boolean, "it loads those of no more than one"),
    .init("families", .textList, "judge packets of these alone: ip, ip6; both if left out"),
    .init("default", .mapping(hooks), "what becomes of a packet that no rule names, by hook"),
    .init("base_chains", .textList, "hooks that have a base chain: input, forward, output"),
    .init("table", .boolean, "nftables has a table"),
    .init("loopback", .boolean, "the loopback interface is open, and its addresses are dropped elsewhere"),
    .init("accepts", .textList, "new connections that the input lets in: `tcp/22`"),
    .init("drops", .textList, "new connections that the input does not let in: `tcp/23`"),
    .init("open_ports", .boolean, "a rule of the input decides about every port on which something listens"),
  ]

  let frontEnds: [FirewallFrontEnd.Kind]
  let families: [FirewallFamily]
  let enabled: Bool
  let single: Bool
  let defaults: [(hook: FirewallHook, drops: Bool)]
  let baseChains: [FirewallHook]
  let table: Bool
  let loopback: Bool
  let accepts: [FirewallPort]
  let drops: [FirewallPort]
  let openPorts: Bool

  public init(_ parameters: Parameters) throws(ParameterError) {
    frontEnds = try parameters.cases("front_end")
    let families: [FirewallFamily] = try parameters.cases("families")
    self.families = families.isEmpty ? FirewallFamily.allCases : families
    enabled = parameters.boolean("enabled") ?? false
    single = parameters.boolean("single") ?? false
    let mapping = parameters.mapping("default")
    defaults = FirewallHook.allCases.compactMap { hook in
      mapping?.text(hook.rawValue).map { (hook, $0 == "drop") }
    }
    baseChains = try parameters.cases("base_chains")
    table = parameters.boolean("table") ?? false
    loopback = parameters.boolean("loopback") ?? false
    accepts = try Self.ports(parameters, "accepts")
    drops = try Self.ports(parameters, "drops")
    openPorts = parameters.boolean("open_ports") ?? false
    for key in ["enabled", "single", "table", "loopback", "open_ports"] where parameters.boolean(key) == false
    {
      throw ParameterError(key, "'\(key)' can only be required: leave it out or say true")
    }
    let isAsking =
      enabled || single || !defaults.isEmpty || !baseChains.isEmpty || table || loopback || !accepts.isEmpty
      || !drops.isEmpty || openPorts
    if !isAsking { throw ParameterError(nil, "nothing is required of the firewall") }
  }

  private static func ports(_ parameters: Parameters, _ key: String) throws(ParameterError) -> [FirewallPort]
  {
    var ports: [FirewallPort] = []
    for text in parameters.list(key) {
      guard let port = FirewallPort(text) else {
        throw ParameterError(key, "'\(text)' is not of the form tcp/22")
      }
      ports.append(port)
    }
    return ports
  }

  public var plan: CollectionPlan {
    openPorts ? CollectionPlan([Firewall.self, Listeners.self]) : CollectionPlan([Firewall.self])
  }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    _ = try SystemdUnits.started(facts)
    let firewall: Firewall = try facts.model()
    let judged =
      frontEnds.isEmpty ? firewall.active : firewall.frontEnds.filter { frontEnds.contains($0.kind) }
    let judge = FirewallJudge(kind: self, firewall: firewall, judged: judged)
    var outcomes = judge.frontEnds()
    if !judged.isEmpty || frontEnds.isEmpty {
      outcomes += judge.packets()
      if openPorts { outcomes += judge.openPorts(try facts.model()) }
    } else if outcomes.isEmpty {
      let name = frontEnds[0].rawValue
      outcomes.append(Outcome(.fail, subject: name, expected: "\(name) set up", actual: "not installed"))
    }
    return outcomes
  }
}

/// A port as it is written in parameters: `tcp/22`.
struct FirewallPort: Sendable, Hashable {
  let transport: String
  let number: Int

  init?(_ text: String) {
    let parts = text.split(separator: "/")
    guard parts.count == 2, parts[0] == "tcp" || parts[0] == "udp", let number = UInt16(parts[1]) else {
      return nil
    }
    transport = String(parts[0])
    self.number = Int(number)
  }

  var words: String { "\(transport)/\(number)" }
}
