import Evidence
import Facts

/// Answers the questions of `FirewallKind` from the front ends that it judges.
struct FirewallJudge {
  let kind: FirewallKind
  let firewall: Firewall
  let judged: [FirewallFrontEnd]

  /// The rules of all judged front ends together, as the kernel would hold them.
  private var ruleset: FirewallRuleset { FirewallRuleset(chains: judged.flatMap(\.ruleset.chains)) }

  /// Which front ends there are, and which of them the boot starts.
  func frontEnds() -> [Outcome] {
    var outcomes: [Outcome] = []
    let active = firewall.active
    if kind.enabled {
      let wanted = kind.frontEnds.isEmpty ? active : active.filter { kind.frontEnds.contains($0.kind) }
      let names =
        kind.frontEnds.isEmpty ? "a firewall" : kind.frontEnds.map(\.rawValue).joined(separator: " or ")
      outcomes.append(
        Outcome(
          wanted.isEmpty ? .fail : .pass, subject: "firewall", expected: "\(names) loaded at boot",
          actual: words(firewall.frontEnds), evidence: evidence(firewall.frontEnds)))
    }
    if kind.single {
      outcomes.append(
        Outcome(
          active.count <= 1 ? .pass : .fail, subject: "firewall",
          expected: "no more than one firewall loaded at boot",
          actual: words(firewall.frontEnds), evidence: evidence(active)))
    }
    if kind.table {
      let tables = judged.flatMap(\.tables)
      outcomes.append(
        Outcome(
          tables.isEmpty ? .fail : .pass, subject: "nftables tables", expected: "a table",
          actual: tables.isEmpty ? "none" : tables.joined(separator: ", ")))
    }
    return outcomes
  }

  private func words(_ frontEnds: [FirewallFrontEnd]) -> String {
    if frontEnds.isEmpty { return "none is installed" }
    return frontEnds.map { frontEnd in
      let name = frontEnd.kind.rawValue
      if let obstacle = frontEnd.obstacle, frontEnd.start != nil {
        return "\(name) started but not in effect (\(obstacle.text ?? ""))"
      }
      guard let start = frontEnd.start else { return "\(name) not started" }
      return "\(name) started" + (start.isFirstBootOnly ? " by the presets of the first boot" : "")
    }.joined(separator: ", ")
  }

  private func evidence(_ frontEnds: [FirewallFrontEnd]) -> [EvidenceLine] {
    frontEnds.compactMap { $0.obstacle ?? $0.start?.origin }.map { EvidenceLine($0) }
  }

  /// What becomes of packets.
  func packets() -> [Outcome] {
    let rules = ruleset
    var outcomes: [Outcome] = []
    for hook in kind.baseChains { outcomes.append(baseChain(hook, rules)) }
    for family in kind.families {
      for (hook, drops) in kind.defaults {
        outcomes.append(
          outcome("default of \(hook.rawValue)", FirewallPacket(hook, family), rules, accepted: !drops))
      }
      if kind.loopback { outcomes += loopback(family, rules) }
      for (ports, accepted) in [(kind.accepts, true), (kind.drops, false)] {
        for port in ports {
          let packet = FirewallPacket(.input, family, transport: port.transport, destinationPort: port.number)
          outcomes.append(outcome(port.words, packet, rules, accepted: accepted))
        }
      }
    }
    return outcomes
  }

  private func baseChain(_ hook: FirewallHook, _ rules: FirewallRuleset) -> Outcome {
    let missing = kind.families.filter { rules.baseChains(hook, $0).isEmpty }
    let chains = kind.families.flatMap { rules.baseChains(hook, $0) }
    return Outcome(
      missing.isEmpty ? .pass : .fail, subject: "base chain \(hook.rawValue)",
      expected: "a base chain at the hook",
      actual: missing.isEmpty
        ? chains.prefix(2).map { "\($0.table) \($0.name)" }.joined(separator: ", ")
        : "none for \(missing.map(\.rawValue).joined(separator: ", "))",
      evidence: chains.prefix(2).map { EvidenceLine($0.origin) })
  }

  /// Open on lo, in both directions; closed for a loopback address that comes from elsewhere.
  private func loopback(_ family: FirewallFamily, _ rules: FirewallRuleset) -> [Outcome] {
    let source = family == .ip ? "127.0.0.0/8" : "::1"
    return [
      outcome(
        "loopback input", FirewallPacket(.input, family, isOnLoopback: true, hasLoopbackSource: true), rules,
        accepted: true),
      outcome(
        "loopback output", FirewallPacket(.output, family, isOnLoopback: true, hasLoopbackSource: true),
        rules,
        accepted: true),
      outcome(
        "\(source) from outside", FirewallPacket(.input, family, hasLoopbackSource: true), rules,
        accepted: false),
    ]
  }

  private func outcome(_ what: String, _ packet: FirewallPacket, _ rules: FirewallRuleset, accepted: Bool)
    -> Outcome
  {
    let answer = rules.answer(packet)
    let how = answer.origin == nil ? "no chain" : answer.rule != nil ? "by a rule" : "by the policy"
    return Outcome(
      answer.isAccepted == accepted ? .pass : .fail, subject: "\(packet.family.rawValue) \(what)",
      expected: accepted ? "accepted" : "dropped",
      actual: "\(answer.isAccepted ? "accepted" : "dropped"), \(how)",
      evidence: answer.origin.map { [EvidenceLine($0)] } ?? [])
  }

  /// A rule of the input decides about every port on which something listens beyond the loopback interface.
  func openPorts(_ listeners: Listeners) -> [Outcome] {
    let rules = ruleset
    var seen: Set<String> = []
    return listeners.listeners.filter { $0.isOnNetwork && seen.insert($0.service).inserted }.compactMap {
      listener in
      guard let port = listener.port else { return nil }
      let families = kind.families.filter {
        listener.address == "*" || ($0 == .ip6) == listener.address.contains(":")
      }
      let undecided = families.filter { family in
        let packet = FirewallPacket(.input, family, transport: listener.transport, destinationPort: port)
        return rules.answer(packet).rule?.namesPorts != true
      }
      return Outcome(
        undecided.isEmpty ? .pass : .fail, subject: "\(listener.daemon) \(listener.service)",
        expected: "a rule of the input decides about \(listener.service)",
        actual: undecided.isEmpty
          ? "a rule does" : "none for \(undecided.map(\.rawValue).joined(separator: ", "))",
        evidence: [EvidenceLine(listener.origin)])
    }
  }
}
