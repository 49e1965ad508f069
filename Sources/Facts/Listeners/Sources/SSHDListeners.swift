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

  static func sockets(_ context: ListenerContext) throws(EvidenceGap) -> [ListenerContext.Socket] {
    var ports: [(Int, Origin)] = []
    var addresses: [(SocketAddress, Origin)] = []
    var isDone = false
    for path in ["/etc/ssh/sshd_config", "/usr/etc/ssh/sshd_config"] where !isDone {
      guard try context.evidence.entry(at: path) != nil else { continue }
      try read(context.lines(path), context, depth: 0, &ports, &addresses)
      isDone = true
    }
    // -p on the command line beats every Port, which then counts for no ListenAddress either.
    let (words, origin) = try context.command(["/etc/default/ssh", "/etc/sysconfig/sshd"])
    let options = words.indices.filter { words[$0] == "-p" && $0 + 1 < words.count }.compactMap {
      Int(words[$0 + 1])
    }
    if !options.isEmpty { ports = options.map { ($0, origin) } }
    if ports.isEmpty { ports = [(22, .compiledDefault("sshd_config(5), Port"))] }
    if addresses.isEmpty {
      return ports.map { .init(transport: "tcp", address: "*", port: $0.0, origin: $0.1) }
    }
    return addresses.flatMap { address, origin -> [ListenerContext.Socket] in
      let own = options.isEmpty ? address.port.map { [$0] } ?? ports.map(\.0) : options
      return own.map { .init(transport: "tcp", address: address.address, port: $0, origin: origin) }
    }
  }

  private static func read(
    _ lines: [ConfigurationLine], _ context: ListenerContext, depth: Int, _ ports: inout [(Int, Origin)],
    _ addresses: inout [(SocketAddress, Origin)]
  ) throws(EvidenceGap) {
    for line in lines {
      let words = line.text.split { " \t=\"".contains($0) }.map(String.init)
      guard words.count >= 2 else { continue }
      switch words[0].lowercased() {
      case "match": return
      case "port": if let port = Int(words[1]) { ports.append((port, line.origin)) }
      case "listenaddress": addresses.append((SocketAddress(words[1]), line.origin))
      case "include" where depth < 16:
        for target in words.dropFirst() {
          let path = target.hasPrefix("/") ? target : "/etc/ssh/\(target)"
          try read(context.lines(matching: path), context, depth: depth + 1, &ports, &addresses)
        }
      default: continue
      }
    }
  }
}
