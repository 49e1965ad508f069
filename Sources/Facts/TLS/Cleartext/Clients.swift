import DiskImages
import Evidence

/// Accounts that are asked of a directory without TLS.
enum DirectoryClients: CleartextSource {
  static let protocols = ["ldap"]
  private static let files = ["/etc/nslcd.conf", "/etc/libnss-ldap.conf", "/etc/pam_ldap.conf"]
  static let needs: [ContentNeed] =
    files.map { ContentNeed($0) } + [
      "/etc/sssd/sssd.conf", "/etc/sssd/conf.d/*.conf", "/etc/ldap/ldap.conf", "/etc/openldap/ldap.conf",
    ]

  static func channels(_ context: CleartextContext) throws(EvidenceGap) -> [CleartextChannel] {
    var channels: [CleartextChannel] = []
    for path in files {
      if path == "/etc/nslcd.conf", try !context.starts(["nslcd.service"]) { continue }
      channels += try lookups(path, context)
    }
    if try context.starts(["sssd.service"]) { channels += try sssd(context) }
    for path in ["/etc/ldap/ldap.conf", "/etc/openldap/ldap.conf"] {
      for line in try context.lines(path)
      where line.words[0].uppercased() == "TLS_REQCERT" && line.words.count > 1
        && ["never", "allow"].contains(line.words[1].lowercased())
      {
        channels.append(CleartextChannel("ldap", path, "any certificate of the server is taken", line.origin))
      }
    }
    return channels
  }

  /// nslcd.conf(5) and its ancestors: `uri ldap://…` and `ssl start_tls`.
  private static func lookups(_ path: String, _ context: CleartextContext) throws(EvidenceGap)
    -> [CleartextChannel]
  {
    let lines = try context.lines(path)
    let last = { (key: String) in lines.last { $0.words.count > 1 && $0.words[0].lowercased() == key } }
    let ssl = last("ssl")?.words[1].lowercased()
    let isEncrypted = ssl == "start_tls" || ssl == "on"
    let open = lines.filter { $0.words.count > 1 && $0.words[0].lowercased() == "uri" }.first { line in
      line.words.dropFirst().contains { isOpen($0) }
    }
    var channels: [CleartextChannel] = []
    if let open, !isEncrypted {
      channels.append(CleartextChannel("ldap", path, "ldap:// without ssl start_tls", open.origin))
    }
    if let check = last("tls_reqcert"), ["never", "allow"].contains(check.words[1].lowercased()),
      open != nil || isEncrypted
    {
      channels.append(CleartextChannel("ldap", path, "any certificate of the server is taken", check.origin))
    }
    return channels
  }

  private static func isOpen(_ uri: String) -> Bool {
    guard uri.lowercased().hasPrefix("ldap://") else { return false }
    return !Listener.isLoopback(SocketAddress(uri.dropFirst(7).prefix { $0 != "/" }).address)
  }

  /// sssd-ldap(5): ldap_id_use_start_tls; passwords it sends with TLS alone, but ldap_auth_disable_tls_never_use_
  /// in_production.
  private static func sssd(_ context: CleartextContext) throws(EvidenceGap) -> [CleartextChannel] {
    var values: [String: [String: (value: String, origin: Origin)]] = [:]
    var paths = ["/etc/sssd/sssd.conf"]
    paths += try context.evidence.entries(matching: GlobPattern("/etc/sssd/conf.d/*.conf")).map(\.path)
    for path in paths {
      guard let file = try context.evidence.text(at: path) else { continue }
      for item in IniFormat.parse(file) {
        let origin = Origin(path: path, line: item.line, kind: .explicit, text: "\(item.key) = \(item.value)")
        values[item.section, default: [:]][item.key.lowercased()] = (item.value, origin)
      }
    }
    return values.sorted { $0.key < $1.key }.compactMap { section, keys in
      guard section.hasPrefix("domain/"), let uri = keys["ldap_uri"] else { return nil }
      let targets = uri.value.split(separator: ",").map { String($0.trimmingBlanks()) }
      guard targets.contains(where: isOpen) else { return nil }
      let name = "sssd \(section.dropFirst(7))"
      if let off = keys["ldap_auth_disable_tls_never_use_in_production"], off.value.lowercased() == "true" {
        return CleartextChannel("ldap", name, "passwords are sent without TLS", off.origin)
      }
      // With Kerberos the connection is signed and sealed (GSSAPI, ldap_sasl_mech).
      if keys["ldap_sasl_mech"] != nil || keys["ldap_id_use_start_tls"]?.value.lowercased() == "true" {
        return nil
      }
      return CleartextChannel("ldap", name, "accounts are looked up without TLS", uri.origin)
    }
  }
}

/// Messages that are sent to, or taken from, other machines in clear.
enum LogSenders: CleartextSource {
  static let protocols = ["syslog", "syslog-server"]
  static let models: [any FactModel.Type] = [TLSServices.self, RsyslogConfiguration.self]
  static let needs: [ContentNeed] =
    ["/etc/syslog-ng/syslog-ng.conf", "/etc/syslog-ng/conf.d/*.conf"]
    + ProgramSettings.needs("journal-upload.conf")

  static func channels(_ context: CleartextContext) throws(EvidenceGap) -> [CleartextChannel] {
    let services = try context.facts.model(TLSServices.self)
    if let gap = services.gaps["rsyslog"] { throw gap }
    var channels = services.endpoints.filter {
      $0.service == "rsyslog" && $0.isOnNetwork && $0.use.value == .none
    }.map {
      CleartextChannel($0.role == .client ? "syslog" : "syslog-server", $0.subject, "no TLS", $0.use.origin)
    }
    if try context.starts(["systemd-journal-upload.service"]) {
      let url = try ProgramSettings("journal-upload.conf", context.evidence).value("Upload", "URL")
      if let url, url.value.hasPrefix("http://") {
        channels.append(CleartextChannel("syslog", "journal-upload", url.value, url.origin))
      }
    }
    if try context.starts(["syslog-ng.service"]) { channels += try syslogNG(context) }
    return channels
  }

  /// `udp("host")`, `tcp("host")`, `network("host" transport("tcp"))`, `syslog("host")` of a destination that is
  /// written on one line; transport("tls") encrypts.
  private static func syslogNG(_ context: CleartextContext) throws(EvidenceGap) -> [CleartextChannel] {
    let lines =
      try context.lines("/etc/syslog-ng/syslog-ng.conf")
      + context.lines(matching: "/etc/syslog-ng/conf.d/*.conf")
    return lines.compactMap { line in
      guard line.text.hasPrefix("destination ") else { return nil }
      let text = line.text.filter { $0 != " " }
      guard let driver = ["udp(", "tcp(", "network(", "syslog("].first(where: { text.contains("{" + $0) })
      else { return nil }
      if text.contains("transport(\"tls\")") || text.contains("transport(tls)") { return nil }
      let name = line.words.count > 1 ? line.words[1] : "destination"
      return CleartextChannel("syslog", "syslog-ng \(name)", "\(driver.dropLast()) without TLS", line.origin)
    }
  }
}

/// Time that nobody signs: sources without NTS (chrony.conf(5), `nts`; ntp.conf(5) of ntpsec).
enum TimeSources: CleartextSource {
  static let protocols = ["ntp"]
  static let models: [any FactModel.Type] = [TimeServices.self]

  static func channels(_ context: CleartextContext) throws(EvidenceGap) -> [CleartextChannel] {
    guard try context.facts.model(SystemdUnits.self).isPresent else { return [] }
    return try context.facts.model(TimeServices.self).services.filter { $0.start != nil }.compactMap {
      service in
      let open = service.sources.filter { source in
        ["server", "pool", "peer"].contains(source.kind.lowercased()) && !Listener.isLoopback(source.address)
          && !(source.origin.text ?? "").split(whereSeparator: { $0 == " " || $0 == "\t" }).contains("nts")
      }
      // One line for a service, not one for each of its servers.
      guard let first = open.first ?? (service.name.contains("timesyncd") ? service.sources.first : nil)
      else { return nil }
      return CleartextChannel("ntp", service.name, "\(first.address) without NTS", first.origin)
    }
  }
}

/// Names that are asked of a resolver in clear: neither systemd-resolved nor unbound nor stubby is told to use TLS.
enum Resolvers: CleartextSource {
  static let protocols = ["dns"]
  static let models: [any FactModel.Type] = [NameResolution.self]
  static let needs: [ContentNeed] =
    ProgramSettings.needs("resolved.conf") + [
      "/etc/unbound/unbound.conf", "/etc/unbound/unbound.conf.d/*.conf", "/etc/resolv.conf",
    ]

  static func channels(_ context: CleartextContext) throws(EvidenceGap) -> [CleartextChannel] {
    guard try context.facts.model(SystemdUnits.self).isPresent else { return [] }
    if try context.starts(["systemd-resolved.service"]) {
      let set = try ProgramSettings("resolved.conf", context.evidence).value("Resolve", "DNSOverTLS")
      if set.map({ ProgramSettings.boolean($0.value) == true }) == true { return [] }
      let isTried = set?.value.lowercased() == "opportunistic"
      return [
        CleartextChannel(
          "dns", "systemd-resolved", isTried ? "TLS only where it happens to work" : "no DNS over TLS",
          set?.origin ?? .compiledDefault("resolved.conf(5), DNSOverTLS: no"))
      ]
    }
    let names = try context.facts.model(NameResolution.self)
    let open = names.nameservers.first { !Listener.isLoopback($0.value) }
    if let open {
      return [CleartextChannel("dns", "/etc/resolv.conf", "nameserver \(open.value)", open.origin)]
    }
    if try context.starts(["stubby.service"]) { return [] }
    guard try context.starts(["unbound.service"]), !names.nameservers.isEmpty else { return [] }
    let lines =
      try context.lines("/etc/unbound/unbound.conf")
      + context.lines(matching: "/etc/unbound/unbound.conf.d/*.conf")
    let isTLS = lines.contains { line in
      line.words.count > 1
        && ["forward-tls-upstream:", "tls-upstream:", "forward-ssl-upstream:"].contains(line.words[0])
        && line.words[1] == "yes"
    }
    let source = Origin.compiledDefault("unbound.conf(5), tls-upstream: no")
    return isTLS ? [] : [CleartextChannel("dns", "unbound", "no DNS over TLS", source)]
  }
}
