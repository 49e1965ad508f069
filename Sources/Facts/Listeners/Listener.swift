/// One address on which something would listen after the next boot.
public struct Listener: Sendable, Hashable {
  /// `tcp`, `udp`, `unix`, `vsock`.
  public var transport: String
  /// `*` for every address, an address, a name, or the path of a Unix socket.
  public var address: String
  /// Nil for Unix sockets.
  public var port: Int?
  /// The unit that opens it.
  public var unit: String
  /// The program, e.g. `sshd`; the unit's name without its type where it is not known.
  public var daemon: String
  public var origin: Origin

  public init(
    transport: String, address: String, port: Int?, unit: String, daemon: String, origin: Origin
  ) {
    self.transport = transport
    self.address = address
    self.port = port
    self.unit = unit
    self.daemon = daemon
    self.origin = origin
  }

  /// Whether other machines could reach it, as far as its address goes.
  public var isOnNetwork: Bool {
    guard transport == "tcp" || transport == "udp" else { return false }
    return !Self.isLoopback(address)
  }

  /// Whether an address, or a name that every hosts file has, is the machine's own.
  static func isLoopback(_ address: String) -> Bool {
    let address = address.lowercased()
    return address.hasPrefix("127.") || address == "::1" || address.hasPrefix("::ffff:127.")
      || ["localhost", "ip6-localhost", "localhost4", "localhost6", "lo", "ip6-loopback"].contains(address)
  }

  /// `tcp/22`.
  public var service: String { transport + (port.map { "/\($0)" } ?? "") }
  /// `tcp *:22`.
  public var words: String {
    guard let port else { return "\(transport) \(address)" }
    return "\(transport) " + (address.contains(":") ? "[\(address)]" : address) + ":\(port)"
  }
}
