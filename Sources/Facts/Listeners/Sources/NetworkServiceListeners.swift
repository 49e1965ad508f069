import DiskImages
import Evidence

/// rpcbind: port 111 on every address, but where `-h ADDRESS` is given (rpcbind(8)).
enum RpcbindListeners: ListenerSource {
  static let daemon = "rpcbind"
  static let units = ["rpcbind.service"]
  static let needs: [ContentNeed] = ["/etc/default/rpcbind", "/etc/rpcbind.conf", "/etc/sysconfig/rpcbind"]

  static func sockets(_ context: ListenerContext) throws(EvidenceGap) -> [ListenerContext.Socket] {
    let command = try context.command(["/etc/default/rpcbind"])
    let hosts = command.values("-h")
    return ["tcp", "udp"].flatMap { transport in
      (hosts.isEmpty ? [Effective("*", origin: command.origin)] : hosts).map {
        .init(transport: transport, address: $0.value, port: 111, origin: $0.origin)
      }
    }
  }
}

/// The NFS server: port 2049; mountd has a port of its own each time.
enum NFSListeners: ListenerSource {
  static let daemon = "nfsd"
  static let units = ["nfs-server.service", "nfs-kernel-server.service"]
  static let needs: [ContentNeed] = ["/etc/nfs.conf", "/etc/nfs.conf.d/*.conf"]

  static func sockets(_ context: ListenerContext) throws(EvidenceGap) -> [ListenerContext.Socket] {
    [context.usual("tcp", "*", 2049, "nfsd(8)")]
  }
}

/// avahi-daemon: multicast DNS on port 5353 of every interface (avahi-daemon(8)).
enum AvahiListeners: ListenerSource {
  static let daemon = "avahi-daemon"
  static let units = ["avahi-daemon.service"]
  static let needs: [ContentNeed] = []

  static func sockets(_ context: ListenerContext) throws(EvidenceGap) -> [ListenerContext.Socket] {
    [context.usual("udp", "*", 5353, "avahi-daemon(8)")]
  }
}

/// DHCP servers: port 67, for version 6 port 547.
enum DHCPServerListeners: ListenerSource {
  static let daemon = "dhcpd"
  static let units = [
    "isc-dhcp-server.service", "dhcpd.service", "dhcpd6.service", "isc-dhcp-server6.service",
    "kea-dhcp4-server.service",
    "kea-dhcp6-server.service", "kea-dhcp4.service", "kea-dhcp6.service",
  ]
  static let needs: [ContentNeed] = []

  static func sockets(_ context: ListenerContext) throws(EvidenceGap) -> [ListenerContext.Socket] {
    [context.usual("udp", "*", context.unit.name.prefix.contains("6") ? 547 : 67, "dhcpd(8)")]
  }
}

/// The older NTP daemons: ntpd answers on port 123 of every address, openntpd where `listen on` says so.
enum NTPListeners: ListenerSource {
  static let daemon = "ntpd"
  static let units = ["ntpsec.service", "ntp.service", "ntpd.service", "openntpd.service"]
  static let needs: [ContentNeed] = NtpConfiguration.needs

  static func sockets(_ context: ListenerContext) throws(EvidenceGap) -> [ListenerContext.Socket] {
    guard context.unit.name.prefix == "openntpd" else { return [context.usual("udp", "*", 123, "ntpd(8)")] }
    let lines = try context.lines("/etc/openntpd/ntpd.conf") + context.lines("/etc/ntpd.conf")
    return lines.filter { $0.words.count >= 3 && $0.words[0] == "listen" }.map {
      .init(
        transport: "udp", address: SocketAddress(address: $0.words[2], port: nil).address, port: 123,
        origin: $0.origin)
    }
  }
}

/// tftpd-hpa: TFTP_ADDRESS, by default port 69 of every address (tftpd(8)).
enum TFTPListeners: ListenerSource {
  static let daemon = "tftpd"
  static let units = ["tftpd-hpa.service", "atftpd.service", "tftp.service"]
  static let needs: [ContentNeed] = ["/etc/default/tftpd-hpa"]

  static func sockets(_ context: ListenerContext) throws(EvidenceGap) -> [ListenerContext.Socket] {
    for line in try context.lines("/etc/default/tftpd-hpa") {
      guard let (key, value) = line.assignment, key == "TFTP_ADDRESS" else { continue }
      let address = SocketAddress(value)
      return [
        .init(transport: "udp", address: address.address, port: address.port ?? 69, origin: line.origin)
      ]
    }
    return [context.usual("udp", "*", 69, "tftpd(8)")]
  }
}

/// The internet super-server: every line of inetd.conf(5) that offers a service of services(5), without which it says so
/// and goes on.
enum InetdListeners: ListenerSource {
  static let daemon = "inetd"
  static let units = ["inetd.service", "inetutils-inetd.service", "openbsd-inetd.service"]
  static let needs: [ContentNeed] = ["/etc/inetd.conf", "/etc/inetd.d/*"] + ServiceNames.needs

  static func sockets(_ context: ListenerContext) throws(EvidenceGap) -> [ListenerContext.Socket] {
    var names: [String: ServiceNames] = [:]
    for transport in ["tcp", "udp"] {
      names[transport] = try ServiceNames(context.evidence, transport: transport)
    }
    let lines = try context.lines("/etc/inetd.conf") + context.lines(matching: "/etc/inetd.d/*")
    return lines.compactMap { line in
      guard line.words.count >= 6 else { return nil }
      let transport = line.words[2].hasPrefix("udp") ? "udp" : "tcp"
      // `host:service`.
      let (host, service) =
        line.words[0].lastIndex(of: ":").map { (line.words[0][..<$0], line.words[0][$0...].dropFirst()) }
        ?? ("*", line.words[0][...])
      guard let port = try? names[transport]?.port(String(service)) else { return nil }
      let address = SocketAddress(address: host.filter { $0 != "[" && $0 != "]" }, port: port).address
      return .init(transport: transport, address: address, port: port, origin: line.origin)
    }
  }
}

/// rsync as a daemon: port 873 of every address, or `port` and `address` of rsyncd.conf(5).
enum RsyncListeners: ListenerSource {
  static let daemon = "rsyncd"
  static let units = ["rsync.service", "rsyncd.service"]
  static let needs: [ContentNeed] = ["/etc/rsyncd.conf"]

  static func sockets(_ context: ListenerContext) throws(EvidenceGap) -> [ListenerContext.Socket] {
    var address = "*"
    var port = 873
    var origin = Origin.compiledDefault("rsyncd.conf(5)")
    for line in try context.lines("/etc/rsyncd.conf", comments: "#;") {
      // Global settings come before the first module.
      if line.text.hasPrefix("[") { break }
      guard let (key, value) = line.assignment else { continue }
      if key.lowercased() == "address" { (address, origin) = (value, line.origin) }
      if key.lowercased() == "port" { (port, origin) = (Int(value) ?? port, line.origin) }
    }
    return [.init(transport: "tcp", address: address, port: port, origin: origin)]
  }
}
