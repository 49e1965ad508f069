import DiskImages
import Evidence

/// Exim: local_interfaces and daemon_smtp_ports, by default port 25 of every address. Where Debian's start makes the
/// configuration, the addresses that it puts into it (update-exim4.conf(8)).
enum EximListeners: ListenerSource {
  static let daemon = "exim4"
  static let units = EximConfiguration.units
  static let needs = EximConfiguration.needs

  static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] { EximConfiguration.furtherNeeds(evidence) }

  static func sockets(_ context: ListenerContext) throws(EvidenceGap) -> [ListenerContext.Socket] {
    let command = try EximConfiguration.portsOfCommand(context.evidence)
    var listens: [EximConfiguration.Listen] = []
    if try EximConfiguration.isMadeAtStart(context.evidence) != nil {
      let usual = Effective([25], origin: Origin.compiledDefault("Exim specification, daemon_smtp_ports"))
      listens = EximConfiguration.listens(try debian(context), command ?? usual)
    } else if let file = try EximConfiguration(of: context.evidence, builtIn: []) {
      listens = file.listens(command)
    }
    return listens.map {
      .init(
        transport: "tcp", address: SocketAddress(address: $0.address, port: nil).address, port: $0.port,
        origin: $0.origin)
    }
  }

  private static func debian(_ context: ListenerContext) throws(EvidenceGap) -> Effective<String>? {
    for line in try context.lines(EximConfiguration.debian).reversed() {
      guard let (key, value) = line.assignment, key == "dc_local_interfaces" else { continue }
      return Effective("<; \(value)", origin: line.origin)
    }
    return nil
  }
}
