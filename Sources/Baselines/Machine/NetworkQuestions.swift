import Facts

/// Whether the host drops frames in which the guest takes the address of another.
enum NetworkFilterQuestion: MachineQuestion {
  static let name = "network-filter"
  static let expected = "a filter stops forged addresses"

  static func answer(_ machine: MachineDefinition) -> [Outcome] {
    let bridged = machine.interfaces.filter { if case .bridged = $0.connection { true } else { false } }
    if !bridged.isEmpty, let silent = silence(machine, .network, "network cards") { return silent }
    return machine.interfaces.map { card in
      let subject = "network card \(card.name)"
      switch card.connection {
      case .disconnected: return pass(subject, "not connected", card.origin)
      case .translated(let how): return pass(subject, how, card.origin)
      case .bridged(let network):
        if let filter = card.filter { return pass(subject, "filter \(filter.value)", filter.origin) }
        if machine.format == .qemu {
          return undecided(subject, "the host's own rules decide on \(network)", card.origin)
        }
        return fail(subject, "no filter, \(network)", card.origin)
      }
    }
  }
}

/// Whether a card may listen to what is not for it or send as another.
enum NetworkTrustQuestion: MachineQuestion {
  static let name = "network-trust"
  static let expected = "the guest cannot open its network card to foreign frames"

  static func answer(_ machine: MachineDefinition) -> [Outcome] {
    machine.interfaces.map { card in
      let subject = "network card \(card.name)"
      return card.trust.map { fail(subject, $0.text ?? "trusted", $0) }
        ?? pass(subject, "not trusted", card.origin)
    }
  }
}
