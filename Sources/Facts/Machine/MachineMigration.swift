import Evidence

/// The memory of a guest that begins in the middle of its life, taken from another host.
public struct MachineMigration: Sendable, Hashable {
  /// Where the data come from.
  public enum Source: Sendable, Hashable {
    /// Whoever connects to an address of this host.
    case network(MachineDisplay.Listening)
    /// A Unix socket or a file of the host.
    case local(String)
    /// A descriptor or a command, whose other end is not said.
    case handed(String)
    /// What the monitor is told later.
    case later
  }

  /// How the data are protected on the way.
  public enum Protection: Sendable, Hashable {
    case none
    /// TLS by which each side proves itself.
    case tls
    /// TLS by which the sender need not prove itself; the reason.
    case unverified(String)
    /// TLS is asked for and cannot work, so that nothing comes in; the reason.
    case refused(String)
  }

  public var source: Source
  public var protection: Protection
  public var origin: Origin

  public init(_ source: Source, _ protection: Protection, origin: Origin) {
    self.source = source
    self.protection = protection
    self.origin = origin
  }
}

/// `-incoming`, the migration's properties and the credentials that they name.
///
/// qemu-system(1) for the forms of `-incoming`, which is no protocol `tls:`; docs/system/tls.rst for the objects. What
/// counts is in QEMU's migration/channel.c and migration/tls.c, and was tried with QEMU 7.2: with `migration.tls-creds`
/// every channel but RDMA is TLS, and if the object is missing, is none of credentials or is for a client (which it is
/// unless `endpoint` says otherwise), each connection is refused. The last `-incoming` and the last `-global` count.
extension QEMUDefinition {
  mutating func takeIncoming(_ value: String, _ origin: Origin) {
    // The second channel of a restart in place, which carries no memory.
    if QEMUOptions(value)["channel-type"] == "cpr" { return }
    incoming = (value, origin)
  }

  /// After all arguments, since an object can stand behind `-incoming`.
  mutating func finishMigration() {
    guard let (value, origin) = incoming else { return }
    let options = QEMUOptions(value)
    let isRDMA = value.hasPrefix("rdma:") || options["addr.transport"] == "rdma"
    let source = options["addr.transport"] == nil ? Self.source(of: value) : Self.source(of: options)
    let protection =
      source.map { _ in isRDMA ? .none : self.protection }
      ?? .refused("QEMU knows no such protocol and does not start")
    machine.incoming = MachineMigration(source ?? .handed(value), protection, origin: origin)
  }

  /// `tcp:host:port`, `unix:path`, `defer`; nil for what QEMU does not know.
  private static func source(of address: String) -> MachineMigration.Source? {
    switch address.prefix(while: { $0 != ":" && $0 != "," }) {
    case "tcp", "rdma": .network(MachineDisplay.listening(at: host(inSocket: address)))
    case "unix": .local("a Unix socket")
    case "file": .local("a file")
    case "fd": .handed("the descriptor")
    case "exec": .handed("the command")
    case "vsock": .handed("the vsock socket")
    case "defer": .later
    default: nil
    }
  }

  /// The form with `channel-type` and `addr` (`MigrationChannel` in QEMU's qapi/migration.json).
  private static func source(of channel: QEMUOptions) -> MachineMigration.Source? {
    switch (channel["addr.transport"], channel["addr.type"]) {
    case ("rdma", _), ("socket", "inet"):
      .network(MachineDisplay.listening(at: channel["addr.host"] ?? ""))
    case ("socket", let type?): source(of: type)
    case (let transport?, _): source(of: transport)
    default: nil
    }
  }

  private var protection: MachineMigration.Protection {
    guard let id = globals[GlobalProperty(driver: "migration", name: "tls-creds")], !id.isEmpty else {
      return .none
    }
    guard let object = objects[id] else {
      return .refused("no -object declares the credentials \(id.prefix(60))")
    }
    guard ["tls-creds-x509", "tls-creds-psk", "tls-creds-anon"].contains(object.first) else {
      return .refused("the object \(id.prefix(60)) is none of TLS credentials")
    }
    guard object["endpoint"] == "server" else {
      return .refused("the credentials \(id.prefix(60)) are for a client")
    }
    if object.first == "tls-creds-anon" { return .unverified("the credentials are anonymous") }
    if object["verify-peer"] != nil, !object.isOn("verify-peer") { return .unverified("verify-peer is off") }
    return .tls
  }
}
