import DiskImages
import Evidence

/// ProFTPD: the port of the server and of each virtual host, 21 where none is named and none with 0 (ProFTPD, mod_core:
/// Port, DefaultAddress). Without SocketBindTight the sockets are those of every address (doc "howto/Sockets").
enum ProFTPDListeners: ListenerSource {
  static let daemon = "proftpd"
  static let units = ProFTPDConfig.units
  static let needs = ProFTPDConfig.needs

  static func sockets(_ context: ListenerContext) throws(EvidenceGap) -> [ListenerContext.Socket] {
    try context.requireUsual(ProFTPDConfig.paths, option: "-c")
    guard let config = try ProFTPDConfig(context.evidence) else { return [] }
    if config.main["servertype"]?.value.lowercased() == "inetd" { return [] }
    let isTight = config.main["socketbindtight"].map { $0.value.lowercased() == "on" } ?? false
    let servers =
      [(config.main["defaultaddress"]?.value ?? "*", config.main)] + config.hosts.sorted { $0.key < $1.key }
    var seen: Set<SocketAddress> = []
    return servers.flatMap { addresses, own -> [ListenerContext.Socket] in
      let port = own["port"] ?? config.global["port"]
      let number = port.flatMap { Int($0.value) } ?? 21
      let origin = port?.origin ?? .compiledDefault("mod_core, Port: 21")
      if number == 0 { return [] }
      return ListenerContext.Socket.each(
        "tcp", of: isTight ? addresses.split(separator: " ").map(String.init) : ["*"], port: number, origin
      )
      .filter { seen.insert(SocketAddress(address: $0.address, port: $0.port)).inserted }
    }
  }
}
