import Facts

/// Whether a display is open on every address of the host.
enum DisplayAddressQuestion: MachineQuestion {
  static let name = "display-address"
  static let expected = "displays listen on certain addresses alone"

  static func answer(_ machine: MachineDefinition) -> [Outcome] {
    if let silent = silence(machine, .displays, "display") { return silent }
    return machine.displays.map { display in
      display.listening == .everywhere
        ? fail(display.subject, "listens on every address", display.origin)
        : pass(display.subject, display.words, display.origin)
    }
  }
}

/// Whether a display that can be reached over a network is encrypted.
enum DisplayTLSQuestion: MachineQuestion {
  static let name = "display-tls"
  static let expected = "displays on the network use TLS"

  static func answer(_ machine: MachineDefinition) -> [Outcome] {
    if let silent = silence(machine, .displays, "display") { return silent }
    return machine.displays.map { display in
      if !display.isOnNetwork { return pass(display.subject, display.words, display.origin) }
      return switch display.usesTLS {
      case true?: pass(display.subject, "TLS", display.origin)
      case false?: fail(display.subject, "in the clear, \(display.words)", display.origin)
      case nil:
        undecided(display.subject, "\(display.kind)_tls in the host's qemu.conf decides", display.origin)
      }
    }
  }
}

/// Whether a display that can be reached over a network asks for a password.
enum DisplayPasswordQuestion: MachineQuestion {
  static let name = "display-password"
  static let expected = "displays on the network ask for a password"

  static func answer(_ machine: MachineDefinition) -> [Outcome] {
    if let silent = silence(machine, .displays, "display") { return silent }
    return machine.displays.map { display in
      if !display.isOnNetwork { return pass(display.subject, display.words, display.origin) }
      return switch display.hasPassword {
      case true?: pass(display.subject, "asks for one", display.origin)
      case false?: fail(display.subject, "nobody is asked, \(display.words)", display.origin)
      case nil:
        undecided(
          display.subject,
          "dumps without --security-info leave the password out, and the host's qemu.conf can set one",
          display.origin)
      }
    }
  }
}

extension MachineDisplay {
  fileprivate var subject: String { "\(kind.uppercased()) display" }

  fileprivate var isOnNetwork: Bool { listening != .loopback && listening != .local }

  fileprivate var words: String {
    switch listening {
    case .everywhere: "on every address"
    case .loopback: isDefaultAddress ? "on 127.0.0.1, libvirt's default" : "on the loopback interface"
    case .address(let address): "on \(address)"
    case .local: "on a local socket"
    case .network(let name): "on the address of network \(name)"
    }
  }
}
