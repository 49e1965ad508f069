import DiskImages
import Evidence

/// Builds the rules that ufw would load: policies of /etc/default/ufw, the before, user and after rules, and the
/// jumps between them (ufw(8), ufw-framework(8), ufw-init-functions).
enum UfwFirewall {
  static let needs: [ContentNeed] = [
    "/etc/ufw/*", "/etc/default/ufw", ContentNeed("/etc/ufw/*.rules", limit: 16 << 20),
    ContentNeed("/var/lib/ufw/*.rules", limit: 16 << 20), ContentNeed("/lib/ufw/*.rules", limit: 16 << 20),
  ]

  /// Whether /etc/ufw/ufw.conf says ENABLED=yes.
  static func enabled(_ evidence: Evidence) throws(EvidenceGap) -> Effective<Bool> {
    guard let (value, origin) = try setting("ENABLED", "/etc/ufw/ufw.conf", evidence) else {
      return Effective(false, origin: .compiledDefault("ufw(8): disabled"))
    }
    return Effective(value.lowercased() == "yes", origin: origin)
  }

  static func ruleset(_ evidence: Evidence) throws(EvidenceGap) -> FirewallRuleset {
    var ruleset = FirewallRuleset()
    let ipv6 = try setting("IPV6", "/etc/default/ufw", evidence)
    for family in FirewallFamily.allCases {
      var parser = IptablesParser(family)
      let isManaged = family == .ip || ipv6.map { $0.value.lowercased() == "yes" } ?? true
      if isManaged {
        try load(family, &parser, evidence)
      } else if let ipv6 {
        // Without IPv6 ufw lets nothing through but what is on lo.
        for chain in ["INPUT", "FORWARD", "OUTPUT"] { parser.declare(chain, policy: "DROP", ipv6.origin) }
        parser.add(["-A", "INPUT", "-i", "lo", "-j", "ACCEPT"], ipv6.origin)
        parser.add(["-A", "OUTPUT", "-o", "lo", "-j", "ACCEPT"], ipv6.origin)
      }
      ruleset.chains += parser.chains
    }
    return ruleset
  }

  private static func load(_ family: FirewallFamily, _ parser: inout IptablesParser, _ evidence: Evidence)
    throws(EvidenceGap)
  {
    let six = family == .ip6 ? "6" : ""
    for (chain, key, usual) in [
      ("INPUT", "DEFAULT_INPUT_POLICY", "DROP"), ("FORWARD", "DEFAULT_FORWARD_POLICY", "DROP"),
      ("OUTPUT", "DEFAULT_OUTPUT_POLICY", "ACCEPT"),
    ] {
      let found = try setting(key, "/etc/default/ufw", evidence)
      let value = found?.value ?? usual
      let origin = found?.origin ?? .compiledDefault("ufw(8)")
      // REJECT is a policy of DROP with a chain that rejects.
      parser.declare(chain, policy: value == "ACCEPT" ? "ACCEPT" : "DROP", origin)
      for stage in ["before", "after"] {
        parser.add(["-A", chain, "-j", "ufw\(six)-\(stage)-\(chain.lowercased())"], origin)
      }
    }
    for stage in ["before", "user", "after"] {
      for folder in ["/etc/ufw", "/var/lib/ufw", "/lib/ufw"] {
        guard let file = try evidence.text(at: "\(folder)/\(stage)\(six).rules") else { continue }
        parser.read(file)
        break
      }
      guard stage == "before" else { continue }
      for direction in ["input", "forward", "output"] {
        parser.add(
          ["-A", "ufw\(six)-before-\(direction)", "-j", "ufw\(six)-user-\(direction)"],
          .compiledDefault("ufw-init-functions"))
      }
    }
  }

  /// The last assignment of a name, as a shell would read it.
  private static func setting(_ name: String, _ path: String, _ evidence: Evidence) throws(EvidenceGap)
    -> (value: String, origin: Origin)?
  {
    var found: (String, Origin)?
    for line in try evidence.text(at: path)?.lines ?? [] {
      let text = line.text.trimmingBlanks()
      guard text.hasPrefix(name + "=") else { continue }
      let value = text.dropFirst(name.count + 1).prefix { $0 != "#" }.trimmingBlanks().filter {
        $0 != "\"" && $0 != "'"
      }
      found = (value, Origin(path: path, line: line.number, kind: .explicit, text: line.text))
    }
    return found
  }
}
