import DiskImages
import Evidence

/// One program that sets up the packet filter at boot.
public struct FirewallFrontEnd: Sendable, Hashable {
  /// The programs that are known.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    case nftables, ufw, firewalld, iptables
  }

  public var kind: Kind
  /// The unit by which the boot starts it, or would.
  public var unit: String
  /// Why the next boot starts it; nil if it does not.
  public var start: StartReason?
  /// Why it does nothing although it is started, in words.
  public var obstacle: Origin?
  /// What it would load.
  public var ruleset: FirewallRuleset
  /// Names of nftables' tables; empty for the others.
  public var tables: [String]

  /// Whether the next boot loads its rules.
  public var isActive: Bool { start != nil && obstacle == nil }
}

/// The packet filter that the next boot would set up, by whatever front end.
///
/// Rules that scripts of the network configuration or other programs (container engines, fail2ban) add are not seen.
public struct Firewall: FactModel {
  public static let needs: [ContentNeed] =
    [
      ContentNeed("/etc/nftables.conf", limit: 16 << 20),
      ContentNeed("/etc/sysconfig/nftables.conf", limit: 16 << 20),
      "/etc/nftables.d/**", "/etc/nftables/**", "/usr/share/nftables/*",
    ]
    + [
      "/etc/iptables/rules.v4", "/etc/iptables/rules.v6", "/etc/sysconfig/iptables",
      "/etc/sysconfig/ip6tables",
      "/etc/iptables/iptables.rules", "/etc/iptables/ip6tables.rules",
    ].map { ContentNeed($0, limit: 16 << 20) }
    + UfwFirewall.needs + FirewalldFirewall.needs + SystemdUnits.needs

  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    ["/etc/nftables.conf", "/etc/sysconfig/nftables.conf"].flatMap { path -> [ContentNeed] in
      guard let file = try? evidence.text(at: path) else { return [] }
      return file.lines.compactMap { line in
        let words = line.text.split { $0 == " " || $0 == "\t" || $0 == "\"" }
        guard words.count >= 2, words[0] == "include" else { return nil }
        return ContentNeed(NftablesParser.absolute(String(words[1])), limit: 16 << 20)
      }
    }
  }

  /// Those that are installed.
  public let frontEnds: [FirewallFrontEnd]

  /// Those whose rules the next boot loads.
  public var active: [FirewallFrontEnd] { frontEnds.filter(\.isActive) }

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let units: SystemdUnits = try facts.model()
    var frontEnds: [FirewallFrontEnd] = []
    for kind in FirewallFrontEnd.Kind.allCases {
      if let frontEnd = try Self.frontEnd(kind, units, facts.evidence) { frontEnds.append(frontEnd) }
    }
    self.frontEnds = frontEnds
  }

  private static func names(_ kind: FirewallFrontEnd.Kind) -> [String] {
    switch kind {
    case .nftables: ["nftables.service"]
    case .ufw: ["ufw.service"]
    case .firewalld: ["firewalld.service"]
    case .iptables: ["netfilter-persistent.service", "iptables.service", "iptables-persistent.service"]
    }
  }

  private static func frontEnd(_ kind: FirewallFrontEnd.Kind, _ units: SystemdUnits, _ evidence: Evidence)
    throws(EvidenceGap) -> FirewallFrontEnd?
  {
    var found: (name: String, unit: LoadedUnit?)?
    for name in names(kind) where found == nil {
      switch try units.state(of: name) {
      case .absent: continue
      case .masked: found = (name, nil)
      case .loaded(let unit): found = (name, unit)
      }
    }
    guard let found else { return nil }
    var frontEnd = FirewallFrontEnd(
      kind: kind, unit: found.name, start: units.startReason(of: found.name), ruleset: FirewallRuleset(),
      tables: [])
    switch kind {
    case .nftables:
      var parser = NftablesParser(evidence)
      let path = configuration(of: found.unit)
      if let file = try evidence.text(at: path) {
        try parser.read(file)
      } else {
        frontEnd.obstacle = Origin(
          path: path, kind: .explicit, text: "the file that the unit loads is not there")
      }
      frontEnd.ruleset = parser.ruleset
      frontEnd.tables = parser.tables
    case .ufw:
      let enabled = try UfwFirewall.enabled(evidence)
      if !enabled.value { frontEnd.obstacle = enabled.origin }
      frontEnd.ruleset = try UfwFirewall.ruleset(evidence)
    case .firewalld: frontEnd.ruleset = try FirewalldFirewall.ruleset(evidence)
    case .iptables: frontEnd.ruleset = try savedRules(units, evidence)
    }
    return frontEnd
  }

  /// The file that the unit gives to `nft -f`: Debian's and Red Hat's differ.
  private static func configuration(of unit: LoadedUnit?) -> String {
    for command in unit?.commands() ?? [] {
      // `nft 'flush ruleset; include "/etc/sysconfig/nftables.conf";'` is one word.
      let words = command.arguments.flatMap { $0.split { " ;".contains($0) } }.map(String.init)
      if let option = words.firstIndex(of: "-f"), option + 1 < words.count { return words[option + 1] }
      if let include = words.firstIndex(of: "include"), include + 1 < words.count {
        return words[include + 1].filter { $0 != "\"" }
      }
    }
    return "/etc/nftables.conf"
  }

  private static func savedRules(_ units: SystemdUnits, _ evidence: Evidence) throws(EvidenceGap)
    -> FirewallRuleset
  {
    var ruleset = FirewallRuleset()
    for (family, paths) in [
      (
        FirewallFamily.ip,
        ["/etc/iptables/rules.v4", "/etc/sysconfig/iptables", "/etc/iptables/iptables.rules"]
      ),
      (.ip6, ["/etc/iptables/rules.v6", "/etc/sysconfig/ip6tables", "/etc/iptables/ip6tables.rules"]),
    ] {
      for path in paths {
        guard let file = try evidence.text(at: path) else { continue }
        var parser = IptablesParser(family)
        parser.read(file)
        ruleset.chains += parser.chains
        break
      }
    }
    return ruleset
  }
}
