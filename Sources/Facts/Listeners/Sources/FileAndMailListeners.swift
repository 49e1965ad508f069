import DiskImages
import Evidence

/// cupsd: every Listen and Port; by default nothing but localhost (cupsd.conf(5)).
enum CupsListeners: ListenerSource {
  static let daemon = "cupsd"
  static let units = ["cups.service"]
  static let needs: [ContentNeed] = ["/etc/cups/cupsd.conf"]

  static func sockets(_ context: ListenerContext) throws(EvidenceGap) -> [ListenerContext.Socket] {
    try context.lines("/etc/cups/cupsd.conf").compactMap { line in
      guard line.words.count >= 2,
        ["listen", "port", "ssllisten", "sslport"].contains(line.words[0].lowercased())
      else {
        return nil
      }
      if line.words[1].hasPrefix("/") {
        return .init(transport: "unix", address: line.words[1], origin: line.origin)
      }
      let address = SocketAddress(line.words[1])
      return .init(transport: "tcp", address: address.address, port: address.port ?? 631, origin: line.origin)
    }
  }
}

/// Samba: smbd on 445 and 139, nmbd on 137 and 138; with `bind interfaces only` on the named interfaces
/// (smb.conf(5)).
enum SambaListeners: ListenerSource {
  static let daemon = "samba"
  static let units = ["smbd.service", "smb.service", "nmbd.service", "nmb.service", "samba-ad-dc.service"]
  static let needs: [ContentNeed] = ["/etc/samba/smb.conf"]

  static func sockets(_ context: ListenerContext) throws(EvidenceGap) -> [ListenerContext.Socket] {
    var interfaces: (list: [String], origin: Origin) = (["*"], .compiledDefault("smb.conf(5), interfaces"))
    var isBound = false
    for line in try context.lines("/etc/samba/smb.conf", comments: "#;") {
      guard let (key, value) = line.assignment else { continue }
      if key.lowercased() == "interfaces" {
        interfaces = (
          value.split { $0 == " " || $0 == "," }.map {
            $0.split(separator: "/").first.map(String.init) ?? "*"
          }, line.origin
        )
      }
      if key.lowercased() == "bind interfaces only" {
        isBound = ["yes", "true", "1"].contains(value.lowercased())
      }
    }
    let isNames = context.unit.name.prefix.hasPrefix("n")
    let ports = isNames ? [("udp", 137), ("udp", 138)] : [("tcp", 445), ("tcp", 139)]
    return ports.flatMap { transport, port in
      ListenerContext.Socket.each(
        transport, of: isBound ? interfaces.list : ["*"], port: port, interfaces.origin)
    }
  }
}

/// vsftpd: port 21 where `listen` or `listen_ipv6` says so (vsftpd.conf(5)).
enum VsftpdListeners: ListenerSource {
  static let daemon = "vsftpd"
  static let units = ["vsftpd.service"]
  static let needs: [ContentNeed] = ["/etc/vsftpd.conf", "/etc/vsftpd/vsftpd.conf"]

  static func sockets(_ context: ListenerContext) throws(EvidenceGap) -> [ListenerContext.Socket] {
    var values: [String: (value: String, origin: Origin)] = [:]
    for line in try context.lines("/etc/vsftpd.conf") + context.lines("/etc/vsftpd/vsftpd.conf") {
      if let (key, value) = line.assignment { values[key] = (value, line.origin) }
    }
    let isOn = ["listen", "listen_ipv6"].contains { values[$0]?.value.uppercased() == "YES" }
    guard isOn else { return [] }
    let address = values["listen_address"] ?? values["listen_address6"]
    let origin = address?.origin ?? values["listen"]?.origin ?? .compiledDefault("vsftpd.conf(5)")
    let port = values["listen_port"].flatMap { Int($0.value) } ?? 21
    return [
      .init(
        transport: "tcp", address: SocketAddress(address: address?.value ?? "*", port: nil).address,
        port: port,
        origin: origin)
    ]
  }
}

/// Dovecot: the ports of the protocols that are installed.
enum DovecotListeners: ListenerSource {
  static let daemon = "dovecot"
  static let units = ["dovecot.service"]
  static let needs = DovecotSettings.needs

  static func sockets(_ context: ListenerContext) throws(EvidenceGap) -> [ListenerContext.Socket] {
    try context.requireUsual([DovecotSettings.main], option: "-c")
    let release = context.packages?.release(DovecotSettings.packages)
    guard let reader = try DovecotSettings(of: context.evidence, release: release) else { return [] }
    var sockets: [ListenerContext.Socket] = []
    for name in reader.protocols.sorted() {
      let mode = DovecotSettings.mode(try reader.settings(of: name, at: DovecotFilter()))
      // Ports for TLS alone stay closed without it.
      for port in reader.ports(of: name) where !port.isTLS || mode.value != "no" {
        let addresses = reader.addresses(of: port)
        sockets += ListenerContext.Socket.each(
          "tcp", of: addresses.value, port: port.number, addresses.origin)
      }
    }
    return sockets
  }
}

/// Squid: every http_port and https_port (squid.conf).
enum SquidListeners: ListenerSource {
  static let daemon = "squid"
  static let units = ["squid.service"]
  static let needs: [ContentNeed] = ["/etc/squid/squid.conf", "/etc/squid/conf.d/*.conf"]

  static func sockets(_ context: ListenerContext) throws(EvidenceGap) -> [ListenerContext.Socket] {
    try (context.lines("/etc/squid/squid.conf") + context.lines(matching: "/etc/squid/conf.d/*.conf"))
      .compactMap { line in
        guard line.words.count >= 2, ["http_port", "https_port", "ftp_port"].contains(line.words[0]) else {
          return nil
        }
        let address = SocketAddress(line.words[1])
        return .init(
          transport: "tcp", address: address.address, port: address.port ?? 3128, origin: line.origin)
      }
  }
}

/// snmpd: the addresses of agentAddress, by default port 161 of every one (snmpd.conf(5)).
enum SNMPListeners: ListenerSource {
  static let daemon = "snmpd"
  static let units = ["snmpd.service"]
  static let needs: [ContentNeed] = ["/etc/snmp/snmpd.conf", "/etc/snmp/snmpd.conf.d/*.conf"]

  static func sockets(_ context: ListenerContext) throws(EvidenceGap) -> [ListenerContext.Socket] {
    let lines =
      try context.lines("/etc/snmp/snmpd.conf") + context.lines(matching: "/etc/snmp/snmpd.conf.d/*.conf")
    let set = lines.filter { $0.words.count >= 2 && $0.words[0].lowercased() == "agentaddress" }
    let sockets = set.flatMap { line in
      line.words.dropFirst().flatMap { $0.split(separator: ",") }.map { item -> ListenerContext.Socket in
        var text = item[...]
        var transport = "udp"
        for name in ["udp6:", "udp:", "tcp6:", "tcp:"] where text.hasPrefix(name) {
          transport = String(name.prefix(3))
          text = text.dropFirst(name.count)
        }
        let address = SocketAddress(text)
        return .init(
          transport: transport, address: address.address, port: address.port ?? 161, origin: line.origin)
      }
    }
    return sockets.isEmpty ? [context.usual("udp", "*", 161, "snmpd.conf(5), agentAddress")] : sockets
  }
}

/// rsyslogd: the inputs imudp, imtcp and imrelp, in both forms of its configuration.
enum RsyslogListeners: ListenerSource {
  static let daemon = "rsyslogd"
  static let units = ["rsyslog.service"]
  static let needs: [ContentNeed] = ["/etc/rsyslog.conf", "/etc/rsyslog.d/*.conf"]
  private static let inputs = ["imudp": "udp", "imtcp": "tcp", "imrelp": "tcp", "imptcp": "tcp"]

  static func sockets(_ context: ListenerContext) throws(EvidenceGap) -> [ListenerContext.Socket] {
    try (context.lines("/etc/rsyslog.conf") + context.lines(matching: "/etc/rsyslog.d/*.conf")).compactMap(
      socket)
  }

  private static func socket(_ line: ConfigurationLine) -> ListenerContext.Socket? {
    let first = line.words[0].lowercased()
    if let transport = ["$udpserverrun": "udp", "$inputtcpserverrun": "tcp", "$inputrelpserverrun": "tcp"][
      first],
      line.words.count >= 2
    {
      return .init(transport: transport, address: "*", port: Int(line.words[1]) ?? 514, origin: line.origin)
    }
    guard line.text.lowercased().hasPrefix("input(") else { return nil }
    var values: [String: String] = [:]
    for word in line.text.dropFirst(6).split(whereSeparator: { $0 == " " || $0 == ")" || $0 == "(" }) {
      let pair = word.split(separator: "=", maxSplits: 1)
      if pair.count == 2 { values[pair[0].lowercased()] = pair[1].filter { $0 != "\"" } }
    }
    guard let transport = inputs[values["type"] ?? ""] else { return nil }
    return .init(
      transport: transport, address: SocketAddress(address: values["address"] ?? "*", port: nil).address,
      port: values["port"].flatMap { Int($0) } ?? 514, origin: line.origin)
  }
}
