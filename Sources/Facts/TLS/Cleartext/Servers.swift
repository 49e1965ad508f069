import DiskImages
import Evidence

/// Servers that know no encryption, by the ports that the next boot opens to the network.
enum LegacyServers: CleartextSource {
  static let protocols = ["telnet", "rsh", "tftp", "rsync", "finger", "memcached"]
  static let models: [any FactModel.Type] = [Listeners.self]

  private static let byService: [String: String] = [
    "tcp/23": "telnet", "tcp/512": "rsh", "tcp/513": "rsh", "tcp/514": "rsh", "udp/69": "tftp",
    "tcp/873": "rsync", "tcp/79": "finger", "tcp/11211": "memcached", "udp/11211": "memcached",
  ]

  static func channels(_ context: CleartextContext) throws(EvidenceGap) -> [CleartextChannel] {
    guard try context.facts.model(SystemdUnits.self).isPresent else { return [] }
    let listeners = try context.facts.model(Listeners.self)
    var channels: [CleartextChannel] = []
    for listener in listeners.listeners where listener.isOnNetwork {
      guard let name = byService[listener.service], !isLogServer(listener) else { continue }
      if name == "memcached", try usesTLS(listener, context) { continue }
      channels.append(
        CleartextChannel(
          name, "\(listener.daemon) \(listener.service)", "\(listener.words) by \(listener.unit)",
          listener.origin))
    }
    return channels
  }

  /// TCP port 514 is syslog's as well.
  private static func isLogServer(_ listener: Listener) -> Bool {
    listener.daemon == "rsyslogd" || listener.daemon.hasPrefix("syslog")
  }

  /// `-Z` (memcached(1)).
  private static func usesTLS(_ listener: Listener, _ context: CleartextContext) throws(EvidenceGap) -> Bool {
    if listener.transport == "udp" { return false }
    let lines = try context.lines("/etc/memcached.conf") + context.lines("/etc/sysconfig/memcached")
    return lines.contains {
      $0.words.contains("-Z") || $0.words.contains("--enable-ssl") || $0.text.contains(" -Z")
    }
  }
}

/// Services of xinetd whose file does not say `disable = yes` (xinetd.conf(5)), and the r-commands of inetd, whose
/// names stand in inetd.conf(5) in place of their ports.
enum SuperServers: CleartextSource {
  static let protocols = ["telnet", "rsh", "tftp", "ftp", "rsync", "finger"]
  static let needs: [ContentNeed] = ["/etc/xinetd.conf", "/etc/xinetd.d/*"] + InetdListeners.needs

  private static let byName = [
    "telnet": "telnet", "shell": "rsh", "login": "rsh", "exec": "rsh", "rsh": "rsh", "rlogin": "rsh",
    "rexec": "rsh",
    "tftp": "tftp", "ftp": "ftp", "rsync": "rsync", "finger": "finger",
  ]

  static func channels(_ context: CleartextContext) throws(EvidenceGap) -> [CleartextChannel] {
    try inetd(context) + xinetd(context)
  }

  private static func inetd(_ context: CleartextContext) throws(EvidenceGap) -> [CleartextChannel] {
    guard try context.starts(InetdListeners.units) else { return [] }
    let lines = try context.lines("/etc/inetd.conf") + context.lines(matching: "/etc/inetd.d/*")
    return lines.compactMap { line in
      let parts = line.words[0].split(separator: ":")
      guard line.words.count >= 6, let name = parts.last, ["shell", "login", "exec"].contains(name) else {
        return nil
      }
      if parts.count > 1, Listener.isLoopback(String(parts[0])) { return nil }
      return CleartextChannel("rsh", "inetd \(name)", line.text, line.origin)
    }
  }

  private static func xinetd(_ context: CleartextContext) throws(EvidenceGap) -> [CleartextChannel] {
    guard try context.starts(["xinetd.service"]) else { return [] }
    let lines = try context.lines("/etc/xinetd.conf") + context.lines(matching: "/etc/xinetd.d/*")
    var channels: [CleartextChannel] = []
    var service: (name: String, origin: Origin, isOff: Bool, isLocal: Bool)?
    for line in lines {
      if line.words[0] == "service", line.words.count > 1 {
        service = (line.words[1], line.origin, false, false)
      } else if line.text == "}", let done = service {
        service = nil
        guard !done.isOff, !done.isLocal, let name = byName[done.name] else { continue }
        channels.append(
          CleartextChannel(name, "xinetd \(done.name)", "service \(done.name) is on", done.origin))
      } else if let (key, value) = line.assignment {
        if key == "disable" { service?.isOff = value.lowercased() == "yes" }
        if key == "bind" || key == "interface" { service?.isLocal = Listener.isLoopback(value) }
      }
    }
    return channels
  }
}

/// FTP servers that take passwords without TLS.
enum FTPServers: CleartextSource {
  static let protocols = ["ftp"]
  static let needs: [ContentNeed] = [
    "/etc/pure-ftpd/conf/*", "/etc/pure-ftpd.conf", "/etc/pure-ftpd/pure-ftpd.conf",
  ]
  static let models: [any FactModel.Type] = [TLSServices.self, Listeners.self]

  static func channels(_ context: CleartextContext) throws(EvidenceGap) -> [CleartextChannel] {
    let services = try context.facts.model(TLSServices.self)
    for daemon in ["vsftpd", "proftpd"] { if let gap = services.gaps[daemon] { throw gap } }
    var channels = services.endpoints.filter {
      ["vsftpd", "proftpd"].contains($0.service) && $0.isOnNetwork && $0.use.value != .required
    }.map {
      CleartextChannel(
        "ftp", $0.subject, $0.use.value == .none ? "no TLS" : "TLS may be left out", $0.use.origin)
    }
    channels += try pureFTPd(context)
    // Any other program on the port, such as one that inetd starts.
    guard try context.facts.model(SystemdUnits.self).isPresent else { return channels }
    for listener in try context.facts.model(Listeners.self).listeners
    where listener.isOnNetwork && listener.service == "tcp/21" && listener.daemon != "vsftpd" {
      channels.append(CleartextChannel("ftp", "\(listener.daemon) tcp/21", listener.words, listener.origin))
    }
    return channels
  }

  /// TLS 0: none, 1: both, 2: for logins, 3: for everything (pure-ftpd(8), -Y).
  private static func pureFTPd(_ context: CleartextContext) throws(EvidenceGap) -> [CleartextChannel] {
    let path = "/etc/pure-ftpd/conf"
    let main = ["/etc/pure-ftpd.conf", "/etc/pure-ftpd/pure-ftpd.conf"]
    var isThere = try context.evidence.entry(at: path) != nil
    for file in main where try context.evidence.entry(at: file) != nil { isThere = true }
    guard isThere, try context.starts(["pure-ftpd.service"]) else { return [] }
    var mode = (value: "0", origin: Origin.compiledDefault("pure-ftpd(8), -Y: 0"))
    if let line = try context.lines("\(path)/TLS").first { mode = (line.text, line.origin) }
    for file in main {
      for line in try context.lines(file) where line.words[0].lowercased() == "tls" && line.words.count > 1 {
        mode = (line.words[1], line.origin)
      }
    }
    if ["2", "3"].contains(mode.value) { return [] }
    return [
      CleartextChannel("ftp", "pure-ftpd", mode.value == "1" ? "TLS may be left out" : "no TLS", mode.origin)
    ]
  }
}

/// snmpd that answers to communities, the words of versions 1 and 2c that stand in every packet (snmpd.conf(5)).
enum SNMPAgents: CleartextSource {
  static let protocols = ["snmp"]
  static let needs: [ContentNeed] = [
    "/etc/snmp/snmpd.conf", "/etc/snmp/snmpd.conf.d/*.conf", "/etc/snmp/snmpd.local.conf",
  ]
  static let models: [any FactModel.Type] = [Listeners.self]

  private static let words: Set<String> = [
    "rocommunity", "rwcommunity", "rocommunity6", "rwcommunity6", "com2sec", "com2sec6",
  ]

  static func channels(_ context: CleartextContext) throws(EvidenceGap) -> [CleartextChannel] {
    guard try context.starts(["snmpd.service"]) else { return [] }
    if try context.facts.model(SystemdUnits.self).isPresent {
      let own = try context.facts.model(Listeners.self).listeners.filter { $0.daemon == "snmpd" }
      if !own.isEmpty && !own.contains(where: \.isOnNetwork) { return [] }
    }
    let lines =
      try context.lines("/etc/snmp/snmpd.conf") + context.lines(matching: "/etc/snmp/snmpd.conf.d/*.conf")
      + context.lines("/etc/snmp/snmpd.local.conf")
    return lines.filter { words.contains($0.words[0].lowercased()) && !isLocal($0) }.map {
      let word = $0.words[0].lowercased()
      // The community itself stays out of reports.
      var origin = $0.origin
      origin.text = word
      let right = word.hasPrefix("rw") ? "reads and writes" : "reads"
      return CleartextChannel("snmp", "snmpd \(word)", "a community \(right) without encryption", origin)
    }
  }

  /// Sources that are the machine itself: `rocommunity public localhost`, `com2sec name localhost public`.
  private static func isLocal(_ line: ConfigurationLine) -> Bool {
    line.words.count > 2 && Listener.isLoopback(String(line.words[2].prefix { $0 != "/" }))
  }
}

/// Search engines and databases of documents that answer on the network without TLS.
enum SearchServers: CleartextSource {
  static let protocols = ["elasticsearch", "mongodb"]
  static let needs: [ContentNeed] = [
    "/etc/elasticsearch/elasticsearch.yml", "/etc/opensearch/opensearch.yml", "/etc/mongod.conf",
    "/etc/mongodb.conf",
  ]

  static func channels(_ context: CleartextContext) throws(EvidenceGap) -> [CleartextChannel] {
    var channels: [CleartextChannel] = []
    if let path = try first(["/etc/elasticsearch/elasticsearch.yml"], context),
      try context.starts(["elasticsearch.service"])
    {
      channels += try elastic(path, "xpack.security.http.ssl.enabled", context)
    }
    if let path = try first(["/etc/mongod.conf", "/etc/mongodb.conf"], context),
      try context.starts(["mongod.service", "mongodb.service"])
    {
      channels += try mongo(path, context)
    }
    return channels
  }

  private static func first(_ paths: [String], _ context: CleartextContext) throws(EvidenceGap) -> String? {
    for path in paths where try context.evidence.entry(at: path) != nil { return path }
    return nil
  }

  private static func tree(_ path: String, _ context: CleartextContext) throws(EvidenceGap) -> ConfigValue? {
    guard let file = try context.evidence.text(at: path) else { return nil }
    do { return try YAMLFormat.parse(file) } catch {
      throw EvidenceGap(path: path, reason: "cannot be read: \(error)")
    }
  }

  /// Without network.host it listens on the loopback interface (Elasticsearch guide, "Networking"). Keys may be
  /// written with dots.
  private static func elastic(
    _ path: String, _ key: String, _ context: CleartextContext
  ) throws(EvidenceGap) -> [CleartextChannel] {
    guard let root = try tree(path, context) else { return [] }
    func value(_ key: String) -> ConfigValue? {
      root[key] ?? root.value(at: key.split(separator: ".").map(String.init))
    }
    let hosts = (value("http.host") ?? value("network.host"))?.texts ?? []
    guard hosts.contains(where: { !Listener.isLoopback($0) && $0 != "_local_" }) else { return [] }
    if value(key)?.texts.first == "true" { return [] }
    let line = (value(key) ?? value("network.host"))?.line
    let origin = Origin(path: path, line: line, kind: .explicit, text: key)
    return [
      CleartextChannel(
        "elasticsearch", "elasticsearch", "answers on \(hosts.joined(separator: ", ")) without TLS", origin)
    ]
  }

  /// net.bindIp is localhost since 3.6; net.tls.mode, before 4.2 net.ssl.mode (MongoDB manual, "Configuration File
  /// Options").
  private static func mongo(_ path: String, _ context: CleartextContext) throws(EvidenceGap)
    -> [CleartextChannel]
  {
    guard let root = try tree(path, context) else { return [] }
    let all = root.value(at: ["net", "bindIpAll"])?.texts.first == "true"
    let addresses = (root.value(at: ["net", "bindIp"])?.texts.first ?? "localhost").split(separator: ",")
    guard all || addresses.contains(where: { !Listener.isLoopback(String($0.trimmingBlanks())) }) else {
      return []
    }
    let mode = root.value(at: ["net", "tls", "mode"]) ?? root.value(at: ["net", "ssl", "mode"])
    if ["requireTLS", "requireSSL"].contains(mode?.texts.first ?? "") { return [] }
    let line = (mode ?? root["net"])?.line
    let origin = Origin(
      path: path, line: line, kind: .explicit, text: "net.tls.mode \(mode?.texts.first ?? "disabled")")
    return [CleartextChannel("mongodb", "mongod", "answers on the network without TLS", origin)]
  }
}
