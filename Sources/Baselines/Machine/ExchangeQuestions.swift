import Facts

/// Whether the clipboard passes between the guest and who looks at its display.
enum ClipboardQuestion: MachineQuestion {
  static let name = "clipboard"
  static let expected = "the clipboard is not shared"

  static func answer(_ machine: MachineDefinition) -> [Outcome] { answer(machine, .clipboard) }
}

/// Whether files pass the same way.
enum FileTransferQuestion: MachineQuestion {
  static let name = "file-transfer"
  static let expected = "no files pass through the display"

  static func answer(_ machine: MachineDefinition) -> [Outcome] { answer(machine, .files) }
}

extension MachineQuestion {
  fileprivate static func answer(_ machine: MachineDefinition, _ kind: MachineExchange.Kind) -> [Outcome] {
    let exchanges = machine.exchanges.filter { $0.kind == kind }
    if exchanges.isEmpty, let silent = silence(machine, .clipboard, kind.rawValue) { return silent }
    return exchanges.map { exchange in
      switch exchange.isAllowed {
      case true?: fail(exchange.name, "allowed", exchange.origin)
      case false?: pass(exchange.name, "off", exchange.origin)
      case nil:
        undecided(exchange.name, "the setting is not made, and VMware's products differ", exchange.origin)
      }
    }
  }
}
