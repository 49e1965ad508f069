import DiskImages
import Evidence

/// sshd: every Port and ListenAddress counts, Match blocks can hold neither (sshd_config(5)).
enum SSHDListeners: ListenerSource {
  static let daemon = "sshd"
  static let units = ["ssh.service", "sshd.service"]
  static let needs: [ContentNeed] = [
    "/etc/ssh/sshd_config", "/etc/ssh/sshd_config.d/*", "/usr/etc/ssh/sshd_config",
    "/usr/etc/ssh/sshd_config.d/*",
    "/etc/default/ssh", "/etc/sysconfig/sshd",
  ]

  static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] { SshdConfiguration.furtherNeeds(evidence) }

  static func sockets(_ context: ListenerContext) throws(EvidenceGap) -> [ListenerContext.Socket] {
    let command = try SshdCommandLine(context.unit, context.evidence) ?? SshdCommandLine()
    var reader = SshdConfigReader(evidence: context.evidence)
    try reader.read(SshdConfiguration.mainFile(command, context.evidence))
    let directives = (command.directives + reader.directives).filter { $0.conditions.isEmpty }
    func values(_ keyword: String) -> [(String, Origin)] {
      directives.filter { $0.line.keyword == keyword }.compactMap { directive in
        directive.line.arguments.first.map { ($0, directive.origin) }
      }
    }
    let addresses = values("listenaddress").map { (SocketAddress($0), $1) }
    // -p on the command line beats every Port, which then counts for no ListenAddress either.
    let options = command.ports.compactMap { port in Int(port.value).map { ($0, port.origin) } }
    var ports =
      options.isEmpty ? values("port").compactMap { text, origin in Int(text).map { ($0, origin) } } : options
    if ports.isEmpty { ports = [(22, .compiledDefault("sshd_config(5), Port"))] }
    if addresses.isEmpty {
      return ports.map { .init(transport: "tcp", address: "*", port: $0.0, origin: $0.1) }
    }
    return addresses.flatMap { address, origin -> [ListenerContext.Socket] in
      let own = options.isEmpty ? address.port.map { [$0] } ?? ports.map(\.0) : options.map(\.0)
      return own.map { .init(transport: "tcp", address: address.address, port: $0, origin: origin) }
    }
  }
}
