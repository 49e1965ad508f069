import DiskImages
import Evidence

/// vsftpd: ssl_enable, who has to use it, and which versions (vsftpd.conf(5); ssl.c, ssl_init: the options turn
/// versions off, the lowest one of openssl.cnf stays). Since 3.0.5 TLS 1.0 and 1.1 are off unless somebody turns them
/// on; Debian's program calls the options ssl_tlsv11 to ssl_tlsv13, whatever its manual says.
///
/// It includes nothing: each word of its command that is no option is a configuration file, and the last value counts.
///
/// It takes the curve P-256 alone and no parameters for DHE. Red Hat's has ecdh_param_file and dh_param_file, and
/// without them the library's groups and parameters by the length of the certificate's key.
enum VsftpdTLS: TLSService {
  static let name = "vsftpd"
  static let units = ["vsftpd.service", "vsftpd.socket", "vsftpd@.service"]
  static let needs: [ContentNeed] = VsftpdListeners.needs + ["/etc/vsftpd/*.conf"] + OSRelease.needs
  private static let usual = ["/etc/vsftpd.conf", "/etc/vsftpd/vsftpd.conf"]

  static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    let named = UnitFilePaths.named(by: units, evidence)
    let parameters = (usual + named).flatMap { path -> [String] in
      guard let file = try? evidence.text(at: path) else { return [] }
      return ConfigurationLine.read(file).compactMap(\.assignment).filter { $0.key == "dh_param_file" }
        .prefix(10).map(\.value)
    }
    return (named + parameters).map { ContentNeed($0) }
  }

  static func endpoints(_ context: TLSContext) throws(EvidenceGap) -> [TLSEndpoint] {
    let usual = try context.first(usual).map { [$0] } ?? []
    let units = try context.started(units)
    if context.units == nil || units.isEmpty {
      return usual.isEmpty ? [] : [try endpoint("", try values(usual, nil, context), context)]
    }
    var ends: [TLSEndpoint] = []
    for unit in units {
      let command = try context.command(unit)
      let named = command.words.dropFirst().filter { !$0.hasPrefix("-") }
      if named.isEmpty && usual.isEmpty { continue }
      let values = try values(named.isEmpty ? usual : named, command, context)
      ends.append(try endpoint(unit.name.instance ?? "", values, context))
    }
    return ends
  }

  /// Settings of the files and the options `-oNAME=VALUE` of a command, in their order; the last counts (vsftpd(8)).
  private static func values(
    _ files: [String], _ command: ServiceCommand?, _ context: TLSContext
  ) throws(EvidenceGap) -> [String: Effective<String>] {
    var values: [String: Effective<String>] = [:]
    func set(_ key: String, _ value: String, _ origin: Origin) {
      let old = values[key].map { [Effective<String>.Candidate(value: $0.value, origin: $0.origin)] }
      values[key] = Effective(value, origin: origin, shadowed: old ?? [])
    }
    let words = command.map { Array($0.words.dropFirst()) } ?? []
    for word in words.contains(where: files.contains) ? words : words + files {
      if files.contains(word) {
        for line in try context.lines(word) {
          if let (key, value) = line.assignment { set(key, value, line.origin) }
        }
      } else if word.hasPrefix("-o"), let equals = word.firstIndex(of: "="), let command {
        set(
          String(word[..<equals].dropFirst(2)), String(word[word.index(after: equals)...]), command.origin)
      }
    }
    return values
  }

  private static func endpoint(
    _ name: String, _ values: [String: Effective<String>], _ context: TLSContext
  ) throws(EvidenceGap) -> TLSEndpoint {
    func isOn(_ key: String, _ usual: Bool) -> Effective<Bool> {
      guard let set = values[key] else {
        return Effective(usual, origin: .compiledDefault("vsftpd.conf(5), \(key)"))
      }
      return Effective(["YES", "TRUE", "1"].contains(set.value.uppercased()), origin: set.origin)
    }
    let enabled = isOn("ssl_enable", false)
    let hasLogins = isOn("local_enable", false)
    let forced = isOn("force_local_logins_ssl", true)
    let isImplicit = isOn("implicit_ssl", false)
    let use: Effective<TLSUse>
    if !enabled.value {
      use = Effective(.none, origin: enabled.origin)
    } else if isImplicit.value {
      use = Effective(.required, origin: isImplicit.origin)
    } else {
      use = Effective(forced.value ? .required : .optional, origin: forced.origin)
    }
    var end = TLSEndpoint("vsftpd", name, onNetwork: context.isOnNetwork("vsftpd"), use: use)
    if hasLogins.value {
      end.secretsInClear = Effective(
        use.value != .required, origin: enabled.value ? forced.origin : enabled.origin)
    }
    guard enabled.value else { return end }
    var versions = context.openSSL.systemVersions
    // Without a package, the older defaults, which are the weaker ones.
    let isNew = context.isAtLeast([3, 0, 5], ["vsftpd"]) ?? false
    for (keys, version, usual) in [
      (["ssl_sslv2"], TLSVersion.ssl2, false), (["ssl_sslv3"], .ssl3, false), (["ssl_tlsv1"], .tls10, !isNew),
      (["ssl_tlsv1_1", "ssl_tlsv11"], .tls11, !isNew), (["ssl_tlsv1_2", "ssl_tlsv12"], .tls12, true),
      (["ssl_tlsv1_3", "ssl_tlsv13"], .tls13, true),
    ] {
      let key = keys.first { values[$0] != nil } ?? keys[0]
      let choice = isOn(key, usual)
      if !choice.value { versions.value.remove(version) }
      if values[key] != nil { versions.origin = choice.origin }
    }
    end.take(
      context.openSSL.offer(
        versions, ciphers: values["ssl_ciphers"] ?? usualCiphers, exchange: try exchange(values, context)))
    end.certificate = values["rsa_cert_file"]
    end.key = values["rsa_private_key_file"]
    return end
  }

  private static func exchange(
    _ values: [String: Effective<String>], _ context: TLSContext
  ) throws(EvidenceGap) -> OpenSSLKeyExchange {
    var exchange = OpenSSLKeyExchange()
    let system = try context.facts.model(OSRelease.self)
    if ([system.id] + system.idLike).contains(where: { ["rhel", "fedora", "centos"].contains($0) }) {
      exchange.parameters =
        values["dh_param_file"].map { context.parameters($0) }
        ?? .automatic("vsftpd of Fedora, ssl.c: parameters by the certificate's key")
    } else {
      let curve = [TLSGroup.exactly("secp256r1")].compactMap(\.self)
      exchange.groups = .value(curve, .compiledDefault("vsftpd, ssl.c, ssl_init: prime256v1"))
    }
    return exchange
  }

  /// vsftpd 3.0.3 of Debian has this in its program; upstream's manual names DES-CBC3-SHA.
  private static let usualCiphers = Effective(
    "ECDHE-RSA-AES256-GCM-SHA384", origin: Origin.compiledDefault("vsftpd 3.0.3, ssl_ciphers"))
}

/// ProFTPD: TLSEngine, TLSRequired and TLSProtocol of mod_tls, of the server and each virtual host (doc
/// "mod_tls"). The first directive of a name counts, and one of the server before one of Global, wherever that stands.
/// Versions are turned off one by one, so the bounds of openssl.cnf stay. Tried on 1.3.8.
///
/// TLSECDHCurve names one curve or a list. Parameters of TLSDHParamFile count from 1024 bits on, which is what OpenSSL
/// asks for (tls_dh_cb); else those of the module with 2048 bits do.
enum ProFTPDTLS: TLSService {
  static let name = "proftpd"
  static let units = ProFTPDConfig.units + ["proftpd.socket"]
  static let needs = ProFTPDConfig.needs

  static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    guard let config = try? ProFTPDConfig(evidence) else { return [] }
    return ([config.main, config.global] + config.hosts.values).prefix(1000).compactMap {
      $0["tlsdhparamfile"].map { ContentNeed($0.value) }
    }
  }

  static func endpoints(_ context: TLSContext) throws(EvidenceGap) -> [TLSEndpoint] {
    guard let config = try ProFTPDConfig(context.evidence) else { return [] }
    let hosts = [("", [:])] + config.hosts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    return hosts.map { name, own in
      // Directives outside of a virtual host do not count within it, those of Global do.
      let values = config.global.merging(name.isEmpty ? config.main : own) { $1 }
      return endpoint(name, values, context)
    }
  }

  private static func endpoint(
    _ name: String, _ values: [String: Effective<String>], _ context: TLSContext
  ) -> TLSEndpoint {
    let engine = values["tlsengine"] ?? Effective("off", origin: .compiledDefault("mod_tls, TLSEngine: off"))
    let must =
      values["tlsrequired"] ?? Effective("off", origin: .compiledDefault("mod_tls, TLSRequired: off"))
    let isOn = engine.value.lowercased() == "on"
    // `auth` and `ctrl` guard the password, `data` alone does not.
    let guarded = ["on", "ctrl", "auth", "auth+data", "ctrl+auth"].contains(must.value.lowercased())
    let options = values["tlsoptions"]?.value.lowercased().split(separator: " ") ?? []
    let isImplicit = options.contains("useimplicitssl")
    let use: TLSUse = !isOn ? .none : guarded || isImplicit ? .required : .optional
    var end = TLSEndpoint(
      "proftpd", name, onNetwork: true, use: Effective(use, origin: isOn ? must.origin : engine.origin))
    end.secretsInClear = Effective(use != .required, origin: end.use.origin)
    guard isOn else { return end }
    func read(_ text: String) -> Set<TLSVersion> {
      var versions: Set<TLSVersion> = []
      for word in text.split(separator: " ") {
        let name = word.drop { "+-".contains($0) }
        let some =
          name.lowercased() == "all"
          ? TLSVersion.range(from: .tls10) : Set([TLSVersion(name)].compactMap { $0 })
        if word.first == "-" { versions.subtract(some) } else { versions.formUnion(some) }
      }
      return versions
    }
    let set = values["tlsprotocol"]
    let usual = Effective(
      TLSVersion.range(from: .tls10), origin: Origin.compiledDefault("mod_tls, TLSProtocol"))
    let versions = set.map { Effective(read($0.value), origin: $0.origin) } ?? usual
    let ciphers =
      values["tlsciphersuite"]
      ?? Effective("DEFAULT:!ADH:!EXPORT:!DES", origin: .compiledDefault("mod_tls, TLSCipherSuite"))
    end.take(
      context.openSSL.offer(
        context.openSSL.bounded(versions), ciphers: ciphers, exchange: exchange(values, context)))
    end.certificate = values["tlsrsacertificatefile"]
    end.key = values["tlsrsacertificatekeyfile"]
    end.verification = values["tlsverifyclient"]
    return end
  }

  private static func exchange(
    _ values: [String: Effective<String>], _ context: TLSContext
  ) -> OpenSSLKeyExchange {
    var exchange = OpenSSLKeyExchange()
    if let list = values["tlsecdhcurve"], list.value.lowercased() != "auto" {
      exchange.groups = context.openSSL.choice(list)
    }
    exchange.parameters = .builtIn(2048, "mod_tls, tls_dh_cb: parameters of 2048 bits")
    if let file = values["tlsdhparamfile"] {
      let given = context.parameters(file, whereDamaged: exchange.parameters)
      if case .parameters(let found) = given.value, found.bits < 1024 { return exchange }
      exchange.parameters = given
    }
    exchange.parameters.refusal = .without
    return exchange
  }
}
