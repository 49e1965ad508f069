/// A network card.
public struct MachineInterface: Sendable, Hashable {
  /// How the host connects it.
  public enum Connection: Sendable, Hashable {
    /// On a network of the host where frames pass as the guest sends them.
    case bridged(String)
    /// Through QEMU's own network stack or a NAT, which makes the frames itself.
    case translated(String)
    case disconnected
  }

  /// The MAC address, or the card's name if there is none.
  public var name: String
  /// The device in the definition, such as `ethernet0`.
  public var device: String?
  public var connection: Connection
  /// The packet filter of the host that is bound to it.
  public var filter: Effective<String>?
  /// Why the card receives or sends what is not its own; nil if the definition does not allow it.
  public var trust: Origin?
  public var origin: Origin

  public init(name: String, connection: Connection, origin: Origin) {
    self.name = name
    self.connection = connection
    self.origin = origin
  }
}

/// The processor that the guest sees.
public struct MachineProcessor: Sendable, Hashable {
  public enum Model: Sendable, Hashable {
    /// The host's own, with its mitigations.
    case host(String)
    case named(String)
  }

  public var model: Model
  /// Features that the definition adds (true) or takes away (false), by QEMU's name with hyphens.
  public var features: [String: Bool]
  public var origin: Origin

  public init(_ model: Model, features: [String: Bool] = [:], origin: Origin) {
    self.model = model
    self.features = features
    self.origin = origin
  }

  /// Features by whatever spelling: QEMU takes `spec_ctrl` for `spec-ctrl`.
  static func featureName(_ text: some StringProtocol) -> String {
    text.lowercased().replacing("_", with: "-")
  }
}

/// A serial port, a channel or a monitor.
public struct MachineChannel: Sendable, Hashable {
  /// What is at the guest's or the machine's end.
  public enum Purpose: Sendable, Hashable {
    case serial
    case parallel
    /// A port of virtio-serial by its name: `org.qemu.guest_agent.0`.
    case named(String)
    /// QEMU's own monitor or debugger, which rules the machine.
    case monitor
  }

  /// What is at the host's end.
  public enum Backend: Sendable, Hashable {
    /// A terminal, a file, a Unix socket, or nothing.
    case local(String)
    /// A device of the host.
    case device(String)
    /// TCP, UDP or telnet; whether it is encrypted, nil if a host's setting decides.
    case network(MachineDisplay.Listening, usesTLS: Bool?)
  }

  public var purpose: Purpose
  public var backend: Backend
  public var origin: Origin

  public init(_ purpose: Purpose, _ backend: Backend, origin: Origin) {
    self.purpose = purpose
    self.backend = backend
    self.origin = origin
  }

  /// `serial port`, `channel org.qemu.guest_agent.0`.
  public var name: String {
    switch purpose {
    case .serial: "serial port"
    case .parallel: "parallel port"
    case .named(let name): "channel \(name)"
    case .monitor: "monitor"
    }
  }
}

/// A label of sVirt.
public struct MachineLabel: Sendable, Hashable {
  /// `selinux`, `apparmor`, `dac`; nil: every driver.
  public var driver: String?
  /// `dynamic`, `static`, `none`.
  public var type: String
  public var origin: Origin

  public init(driver: String?, type: String, origin: Origin) {
    self.driver = driver
    self.type = type
    self.origin = origin
  }
}

/// How the guest's memory is held.
public struct MachineMemory: Sendable, Hashable {
  /// Whether the host may merge its pages with equal ones of other guests; nil: nothing says it.
  public var mayMerge: Effective<Bool>?

  public init() {}
}

/// A password that stands in a definition in the clear; the value is not kept.
public struct MachineSecret: Sendable, Hashable {
  /// `password of the VNC display`.
  public var name: String
  public var origin: Origin

  public init(name: String, origin: Origin) {
    self.name = name
    self.origin = origin
  }

  /// Whether something of this name is meant to be kept secret.
  static func isNamed(by key: some StringProtocol) -> Bool {
    let key = key.lowercased()
    if key.hasSuffix(".valid") || key.contains("policy") || key.contains("length") { return false }
    return [
      "password", "passwd", "passphrase", "secret", "privatekey", "private_key", "apikey", "api_key", "token",
    ]
    .contains(where: key.contains)
  }
}
