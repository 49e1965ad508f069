import DiskImages
import Evidence

/// Exim as Debian sets it up: the addresses of update-exim4.conf.conf, or of a configuration that replaces it
/// (update-exim4.conf(8)). Without any it listens on every address.
enum EximListeners: ListenerSource {
  static let daemon = "exim4"
  static let units = ["exim4.service", "exim.service"]
  static let needs: [ContentNeed] = [
    "/etc/exim4/update-exim4.conf.conf", "/etc/exim4/exim4.conf", "/etc/exim/exim.conf",
    "/etc/exim4/conf.d/main/*",
    "/etc/exim4/exim4.conf.localmacros", "/etc/default/exim4",
  ]

  static func sockets(_ context: ListenerContext) throws(EvidenceGap) -> [ListenerContext.Socket] {
    var interfaces: (text: String, origin: Origin)?
    for path in ["/etc/exim4/exim4.conf", "/etc/exim/exim.conf"] where interfaces == nil {
      guard try context.evidence.entry(at: path) != nil else { continue }
      interfaces = ("", .compiledDefault("exim: local_interfaces"))
      for line in try context.lines(path) {
        if let (key, value) = line.assignment, key == "local_interfaces" { interfaces = (value, line.origin) }
      }
    }
    if interfaces == nil {
      for line in try context.lines("/etc/exim4/update-exim4.conf.conf") {
        if let (key, value) = line.assignment, key == "dc_local_interfaces" {
          interfaces = (value, line.origin)
        }
      }
    }
    let (text, origin) = interfaces ?? ("", .compiledDefault("exim: local_interfaces"))
    // `<; 127.0.0.1 ; ::1` names its separator.
    let list = text.hasPrefix("<") ? text.dropFirst(2) : text[...]
    let addresses = list.split { $0 == ";" || $0 == " " }.map(String.init)
    return (addresses.isEmpty ? ["*"] : addresses).map { address in
      // A port follows the last dot of an address: 127.0.0.1.25.
      let parts = address.split(separator: ".")
      let isWithPort = parts.count == 5
      let bare = isWithPort ? parts.prefix(4).joined(separator: ".") : address
      let port = isWithPort ? Int(parts[4]) : 25
      return .init(
        transport: "tcp", address: SocketAddress(address: bare, port: nil).address, port: port, origin: origin
      )
    }
  }
}
