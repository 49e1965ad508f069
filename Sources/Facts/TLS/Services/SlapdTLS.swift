import DiskImages
import Evidence

/// slapd: the ldap and ldaps addresses that it serves, its certificate, and whether `security` asks for encryption
/// (slapd.conf(5), slapd-config(5)).
///
/// Debian and Ubuntu built it with GnuTLS until 2.6.9 (Debian 12, Ubuntu 24.04), which ignores TLSProtocolMin and takes
/// a priority string as TLSCipherSuite. There TLSECName counts for nothing, and TLSDHParamFile only tells how strong a
/// group of RFC 7919 is to be: 2048 bits below 3072, 3072 below 8192, else 8192, and no weaker one (tried on 2.5.13 with
/// GnuTLS 3.7.9). Without it who names no such group gets no DHE.
///
/// With OpenSSL, TLSProtocolMin turns versions off one by one (tls_o.c, tlso_ctx_init): the bounds of openssl.cnf stay.
/// Tried on 2.5.13 and 2.6.10.
enum SlapdTLS: TLSService {
  static let name = "slapd"
  static let units = ["slapd.service"]
  static let needs: [ContentNeed] =
    OpenLDAPListeners.needs + [
      "/etc/ldap/*.conf", "/etc/openldap/*.conf", "/etc/ldap/slapd.d/cn=config.ldif",
      "/etc/openldap/slapd.d/cn=config.ldif", "/etc/ldap/slapd.d/cn=config/*.ldif",
    ] + InstalledPackages.needs + OSRelease.needs

  static func endpoints(_ context: TLSContext) throws(EvidenceGap) -> [TLSEndpoint] {
    let values = try settings(context)
    guard let unit = try context.unit(units) else {
      return values.isEmpty ? [] : [endpoint(nil, values, context, try isGnuTLS(context))]
    }
    let sockets = try OpenLDAPListeners.sockets(ListenerContext(evidence: context.evidence, unit: unit))
    let isGnuTLS = try isGnuTLS(context)
    return sockets.map { endpoint($0, values, context, isGnuTLS) }
  }

  private static func isGnuTLS(_ context: TLSContext) throws(EvidenceGap) -> Bool {
    let system = try context.facts.model(OSRelease.self)
    let isDebian = ([system.id] + system.idLike).contains { $0 == "debian" || $0 == "ubuntu" }
    return isDebian && context.isAtLeast([2, 6, 9], [name]) != true
  }

  private static func endpoint(
    _ socket: ListenerContext.Socket?, _ values: [String: Effective<String>], _ context: TLSContext,
    _ isGnuTLS: Bool
  ) -> TLSEndpoint {
    let origin = socket?.origin ?? .compiledDefault("slapd(8): ldap:///")
    let port = socket?.port ?? 389
    let isOpen = socket.map { !Listener.isLoopback($0.address) } ?? true
    let isTLS = origin.text.map { $0.contains("ldaps://") } == true && port == 636
    let certificate = values["tlscertificatefile"]
    let use: Effective<TLSUse>
    if isTLS {
      use = Effective(.required, origin: origin)
    } else if certificate == nil {
      use = Effective(.none, origin: origin)
    } else if let security = values["security"], let factor = strength(security.value), factor > 1 {
      use = Effective(.required, origin: security.origin)
    } else {
      use = Effective(.optional, origin: values["security"]?.origin ?? origin)
    }
    var end = TLSEndpoint("slapd", isTLS ? "ldaps:\(port)" : "ldap:\(port)", onNetwork: isOpen, use: use)
    // A simple bind sends the password.
    end.secretsInClear = Effective(use.value != .required, origin: use.origin)
    guard end.speaksTLS else { return end }
    if isGnuTLS {
      // OpenLDAP asks for NORMAL by name, so that default-priority-string does not count (tls_g.c, tlsg_ctx_new).
      let usual = Effective("NORMAL", origin: Origin.compiledDefault("OpenLDAP, tls_g.c: NORMAL"))
      let field = values["tlsdhparamfile"].map { GnuTLSField($0, context) } ?? .negotiated
      end.take(context.gnuTLS.offer(values["tlsciphersuite"] ?? usual, field: field))
    } else {
      let minimum = values["tlsprotocolmin"]
      let versions = minimum.map {
        context.openSSL.bounded(Effective(Self.versions($0.value), origin: $0.origin))
      }
      var exchange = OpenSSLKeyExchange()
      if let name = values["tlsecname"] { exchange.groups = context.openSSL.choice(name) }
      if let file = values["tlsdhparamfile"] { exchange.parameters = context.parameters(file) }
      end.take(context.openSSL.offer(versions, ciphers: values["tlsciphersuite"], exchange: exchange))
    }
    end.certificate = certificate
    end.key = values["tlscertificatekeyfile"]
    end.verification = values["tlsverifyclient"]
    return end
  }

  /// The factor for TLS or for everything: `ssf=128 tls=1`; a simple bind of its own does not guard what follows.
  private static func strength(_ text: String) -> Int? {
    text.split(separator: " ").compactMap { word -> Int? in
      let parts = word.split(separator: "=")
      guard parts.count == 2, ["ssf", "tls", "transport"].contains(parts[0]) else { return nil }
      return Int(parts[1]).map { parts[0] == "tls" ? max($0, 0) + 1 : $0 }
    }.max()
  }

  /// `3.3` is TLS 1.2.
  private static func versions(_ text: String) -> Set<TLSVersion> {
    let parts = text.split(separator: ".").compactMap { Int($0) }
    guard parts.first == 3 else { return TLSVersion.range(from: nil) }
    let number = 0x300 + min(parts.count > 1 ? parts[1] : 0, 4)
    return TLSVersion.range(from: TLSVersion(rawValue: number))
  }

  /// Names in small letters, without the `olc` of cn=config.
  private static func settings(_ context: TLSContext) throws(EvidenceGap) -> [String: Effective<String>] {
    var values: [String: Effective<String>] = [:]
    var budget = ReadBudget(files: 500)
    for path in try configurations(context) {
      let isFolder = try context.evidence.entry(at: path)?.type == .directory
      let file = isFolder ? "\(path)/cn=config.ldif" : path
      guard try context.evidence.entry(at: file) != nil else { continue }
      try read(file, context, isLDIF: isFolder, depth: 0, &values, &budget)
      break
    }
    return values
  }

  /// `-F` or `-f` of the command, or else SLAPD_CONF of Debian's defaults; without either, the folder of cn=config
  /// counts before the file (slapd(8)).
  private static func configurations(_ context: TLSContext) throws(EvidenceGap) -> [String] {
    var named: [String] = []
    if let unit = try context.unit(units) {
      let command = try context.command(unit, ["/etc/default/slapd", "/etc/sysconfig/slapd"])
      named = [command.values("-F").last, command.values("-f").last].compactMap { $0?.value }
      if named.isEmpty {
        let lines = try context.lines("/etc/default/slapd")
        named = lines.compactMap(\.assignment).filter { $0.key == "SLAPD_CONF" && !$0.value.isEmpty }.map(
          \.value)
      }
    }
    named.removeAll { !$0.hasPrefix("/") }
    if !named.isEmpty { return named }
    return ["/etc/ldap", "/etc/openldap"].flatMap { ["\($0)/slapd.d", "\($0)/slapd.conf"] }
  }

  static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    let named = UnitFilePaths.named(by: units, evidence)
    let folders = ["/etc/ldap", "/etc/openldap"].flatMap { ["\($0)/slapd.d", "\($0)/slapd.conf"] } + named
    let files = folders.flatMap { [$0, "\($0)/cn=config.ldif"] }
    return (named + files).map { ContentNeed($0) } + files.flatMap { filesNamed(in: $0, evidence) }
  }

  /// Files that a configuration names.
  private static func filesNamed(in path: String, _ evidence: Evidence) -> [ContentNeed] {
    guard let file = try? evidence.text(at: path) else { return [] }
    let keys = ["include", "tlsdhparamfile", "olctlsdhparamfile:"]
    return joined(file, isLDIF: path.hasSuffix("ldif"))
      .filter { $0.words.count > 1 && keys.contains($0.words[0].lowercased()) }
      .prefix(100).map {
        ContentNeed($0.words[1].filter { $0 != "\"" })
      }
  }

  private static func read(
    _ path: String, _ context: TLSContext, isLDIF: Bool, depth: Int,
    _ values: inout [String: Effective<String>], _ budget: inout ReadBudget
  ) throws(EvidenceGap) {
    guard depth < 8 else { throw EvidenceGap(path: path, reason: "files include each other too deeply") }
    guard let file = try context.evidence.text(at: path) else { return }
    guard budget.spend(file) else { throw EvidenceGap(path: path, reason: "too much is included") }
    for line in joined(file, isLDIF: isLDIF) where line.words.count >= 2 {
      var key = line.words[0].lowercased()
      if isLDIF, key.hasPrefix("olc"), key.hasSuffix(":") { key = String(key.dropFirst(3).dropLast()) }
      let value = line.words.dropFirst().joined(separator: " ").filter { $0 != "\"" }
      if !isLDIF, key == "include" {
        try read(value, context, isLDIF: false, depth: depth + 1, &values, &budget)
        continue
      }
      let joined = key == "security" ? (values[key].map { $0.value + " " } ?? "") + value : value
      values[key] = Effective(joined, origin: line.origin)
    }
  }

  /// A line that starts with a blank goes on with the line above: in LDIF without the blank (ldif(5)), in slapd.conf
  /// with it.
  private static func joined(_ file: TextFile, isLDIF: Bool) -> [ConfigurationLine] {
    var whole = file
    whole.lines = []
    for line in file.lines {
      if line.text.first == " " || !isLDIF && line.text.first == "\t", let last = whole.lines.indices.last,
        whole.lines[last].text.utf8.count < 1 << 16
      {
        whole.lines[last].text += isLDIF ? line.text.dropFirst() : line.text[...]
      } else {
        whole.lines.append(line)
      }
    }
    return ConfigurationLine.read(whole)
  }
}
