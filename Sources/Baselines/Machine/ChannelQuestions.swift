import Facts

/// Serial ports and channels that go over the network.
enum ChannelEncryptionQuestion: MachineQuestion {
  static let name = "channel-encryption"
  static let expected = "ports over the network are encrypted"

  static func answer(_ machine: MachineDefinition) -> [Outcome] {
    machine.channels.compactMap { channel in
      guard channel.purpose != .monitor,
        case .network(let listening, let usesTLS) = channel.backend, listening != .loopback
      else { return nil }
      switch usesTLS {
      case true?: return pass(channel.name, "TLS", channel.origin)
      case false?: return fail(channel.name, "in the clear over the network", channel.origin)
      case nil: return undecided(channel.name, "chardev_tls in the host's qemu.conf decides", channel.origin)
      }
    }
  }
}

/// Ports that end at a device of the host.
enum HostPortsQuestion: MachineQuestion {
  static let name = "host-ports"
  static let expected = "no port ends at a device of the host"

  static func answer(_ machine: MachineDefinition) -> [Outcome] {
    machine.channels.compactMap { channel in
      guard case .device(let device) = channel.backend else { return nil }
      return fail(channel.name, device.isEmpty ? "a device of the host" : device, channel.origin)
    }
  }
}

/// QEMU's monitor and debugger stub rule the whole machine and, through `migrate exec:` and host paths, the user that it
/// runs as (qemu docs, "Monitor console (QMP and HMP)").
enum MonitorQuestion: MachineQuestion {
  static let name = "monitor"
  static let expected = "no monitor listens on the network"

  static func answer(_ machine: MachineDefinition) -> [Outcome] {
    machine.channels.compactMap { channel in
      guard channel.purpose == .monitor, case .network(let listening, let usesTLS) = channel.backend else {
        return nil
      }
      let place =
        listening == .loopback ? "on the loopback interface, for every user of the host" : "on the network"
      return fail(channel.name, "listens \(place)\(usesTLS == true ? " with TLS" : "")", channel.origin)
    }
  }
}

/// The agent does what the host asks: reads files, runs commands, changes passwords. Who rules the host rules the guest
/// anyway; with an agent also without a trace.
enum GuestAgentQuestion: MachineQuestion {
  static let name = "guest-agent"
  static let expected = "no channel to an agent in the guest"

  static func answer(_ machine: MachineDefinition) -> [Outcome] {
    machine.channels.compactMap { channel in
      guard case .named(let name) = channel.purpose, name.hasPrefix("org.qemu.guest_agent") else {
        return nil
      }
      return fail(channel.name, "the host can run commands in the guest", channel.origin)
    }
  }
}
