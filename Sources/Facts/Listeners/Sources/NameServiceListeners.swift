import DiskImages
import Evidence

/// systemd-resolved: its stub on 127.0.0.53 and .54, LLMNR and multicast DNS where they are on (resolved.conf(5)).
///
/// The compiled default of the latter two differs between distributions; the vendor's file shows it as a comment.
enum ResolvedListeners: ListenerSource {
  static let daemon = "systemd-resolved"
  static let units = ["systemd-resolved.service"]
  static let needs: [ContentNeed] = ProgramSettings.needs("resolved.conf")

  static func sockets(_ context: ListenerContext) throws(EvidenceGap) -> [ListenerContext.Socket] {
    let settings = try ProgramSettings("resolved.conf", context.evidence)
    var sockets: [ListenerContext.Socket] = []
    let stub = settings.value("Resolve", "DNSStubListener")
    let mode = stub?.value.lowercased() ?? "yes"
    for (transport, word) in [("udp", "udp"), ("tcp", "tcp")]
    where mode == word || ["yes", "true", "1", "on"].contains(mode) {
      for address in ["127.0.0.53", "127.0.0.54"] {
        sockets.append(
          .init(
            transport: transport, address: address, port: 53,
            origin: stub?.origin ?? .compiledDefault("resolved.conf(5), DNSStubListener")))
      }
    }
    for extra in settings.list("Resolve", "DNSStubListenerExtra") {
      let text = extra.value.split(separator: ":", maxSplits: 1).last ?? ""
      let hasTransport = extra.value.hasPrefix("udp:") || extra.value.hasPrefix("tcp:")
      let address = SocketAddress(hasTransport ? String(text) : extra.value)
      for transport in hasTransport ? [String(extra.value.prefix(3))] : ["udp", "tcp"] {
        sockets.append(
          .init(
            transport: transport, address: address.address, port: address.port ?? 53, origin: extra.origin))
      }
    }
    for (key, port, transports) in [("LLMNR", 5355, ["udp", "tcp"]), ("MulticastDNS", 5353, ["udp"])] {
      let (isOn, origin) = try switchOf(key, settings, context)
      guard isOn else { continue }
      sockets += transports.map { .init(transport: $0, address: "*", port: port, origin: origin) }
    }
    return sockets
  }

  private static func switchOf(_ key: String, _ settings: ProgramSettings, _ context: ListenerContext)
    throws(EvidenceGap)
    -> (Bool, Origin)
  {
    if let set = settings.value("Resolve", key) {
      return (ProgramSettings.boolean(set.value) ?? (set.value == "resolve"), set.origin)
    }
    for path in ["/etc/systemd/resolved.conf", "/usr/lib/systemd/resolved.conf"] {
      for line in try context.evidence.text(at: path)?.lines ?? [] where line.text.hasPrefix("#\(key)=") {
        let origin = Origin(path: path, line: line.number, kind: .compiledDefault, text: line.text)
        return (ProgramSettings.boolean(String(line.text.dropFirst(key.utf8.count + 2))) ?? false, origin)
      }
    }
    return (true, .compiledDefault("resolved.conf(5), \(key)"))
  }
}

/// dnsmasq: DNS on port 53, and 67 where it serves DHCP, on the addresses or interfaces that are named (dnsmasq(8)).
enum DnsmasqListeners: ListenerSource {
  static let daemon = "dnsmasq"
  static let units = ["dnsmasq.service", "dnsmasq@.service"]
  static let needs: [ContentNeed] = ["/etc/dnsmasq.conf", "/etc/dnsmasq.d/*"]

  static func sockets(_ context: ListenerContext) throws(EvidenceGap) -> [ListenerContext.Socket] {
    var addresses: [(String, Origin)] = []
    var port = (number: 53, origin: Origin.compiledDefault("dnsmasq(8), port"))
    var dhcp: Origin?
    for line in try context.lines("/etc/dnsmasq.conf") + context.lines(matching: "/etc/dnsmasq.d/*") {
      let key = line.assignment?.key ?? line.text
      let value = line.assignment?.value ?? ""
      switch key {
      case "port": port = (Int(value) ?? 53, line.origin)
      case "listen-address", "interface":
        addresses += value.split(separator: ",").map { (String($0.trimmingBlanks()), line.origin) }
      case "dhcp-range": dhcp = line.origin
      default: continue
      }
    }
    if addresses.isEmpty { addresses = [("*", port.origin)] }
    var sockets: [ListenerContext.Socket] = []
    for (address, origin) in addresses where port.number != 0 {
      for transport in ["udp", "tcp"] {
        sockets.append(
          .init(
            transport: transport, address: SocketAddress(address: address, port: nil).address,
            port: port.number,
            origin: origin))
      }
    }
    if let dhcp { sockets.append(.init(transport: "udp", address: "*", port: 67, origin: dhcp)) }
    return sockets
  }
}

/// BIND: port 53 of every address, or those of listen-on and listen-on-v6 (named.conf(5)).
enum BindListeners: ListenerSource {
  static let daemon = "named"
  static let units = NamedConfig.units
  static let needs = NamedConfig.needs

  static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    ((try? NamedConfig(evidence))?.patterns ?? []).map { ContentNeed($0) }
  }

  static func sockets(_ context: ListenerContext) throws(EvidenceGap) -> [ListenerContext.Socket] {
    try context.requireUsual(NamedConfig.paths, option: "-c")
    guard let config = try NamedConfig(context.evidence) else { return [] }
    return config.listens.flatMap { listen in
      listen.addresses.flatMap { address in
        (listen.kind == .plain ? ["udp", "tcp"] : ["tcp"]).map {
          .init(transport: $0, address: address, port: listen.port, origin: listen.origin)
        }
      }
    }
  }
}

/// chronyd: commands on port 323 of the loopback addresses, and port 123 only where `allow` makes it a server
/// (chrony.conf(5)).
enum ChronyListeners: ListenerSource {
  static let daemon = "chronyd"
  static let units = ["chrony.service", "chronyd.service"]
  static let needs: [ContentNeed] = ChronyConfiguration.needs

  static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    ChronyConfiguration.furtherNeeds(evidence)
  }

  static func sockets(_ context: ListenerContext) throws(EvidenceGap) -> [ListenerContext.Socket] {
    let configuration = try ChronyConfiguration(context.evidence)
    var sockets: [ListenerContext.Socket] = []
    let command = configuration.last("cmdport")
    let commandPort = command?.words.first.flatMap { Int($0) } ?? 323
    if commandPort != 0 {
      let set = configuration.directives.filter {
        $0.name == "bindcmdaddress" && $0.words.first?.hasPrefix("/") == false
      }
      let addresses = set.isEmpty ? ["127.0.0.1", "::1"] : set.compactMap { $0.words.first }
      let origin = set.last?.origin ?? command?.origin ?? .compiledDefault("chrony.conf(5), cmdport")
      sockets += ListenerContext.Socket.each("udp", of: addresses, port: commandPort, origin)
    }
    let port = configuration.last("port")?.words.first.flatMap { Int($0) } ?? 123
    if port != 0, let allow = configuration.last("allow") {
      let bound = configuration.directives.filter { $0.name == "bindaddress" }.compactMap { $0.words.first }
      sockets += ListenerContext.Socket.each(
        "udp", of: bound.isEmpty ? ["*"] : bound, port: port, allow.origin)
    }
    return sockets
  }
}
