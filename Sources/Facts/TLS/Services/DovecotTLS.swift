import DiskImages
import Evidence

/// Dovecot: `ssl`, `ssl_min_protocol` and whether passwords are taken in clear, of each protocol (2.3: doc "SSL
/// configuration"; 2.4: auth_allow_cleartext). Defaults by `doveconf -d` of 2.3.19: ssl = yes, ssl_min_protocol =
/// TLSv1.2, disable_plaintext_auth = yes.
///
/// What stands in `local ADDRESS { … }` and `local_name HOST { … }` is an end of its own, for who connects there; it
/// counts before the protocol's block (`doveconf -f protocol=imap -f local=ADDRESS`).
///
/// ssl_curve_list takes the place of the library's groups. Without ssl_dh (2.4: ssl_server_dh_file) there is no DHE.
enum DovecotTLS: TLSService {
  static let name = "dovecot"
  static let units = ["dovecot.service", "dovecot.socket"]
  static let needs = DovecotConfig.needs + InstalledPackages.needs

  static func endpoints(_ context: TLSContext) throws(EvidenceGap) -> [TLSEndpoint] {
    guard let reader = try DovecotConfig(context.evidence) else { return [] }
    return reader.protocols.sorted().flatMap { name -> [TLSEndpoint] in
      let places = [nil] + reader.places(of: name)
      return reader.ports(of: name).flatMap { port in
        places.compactMap { endpoint(port, name, $0, reader, context) }
      }
    }
  }

  static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    guard let reader = try? DovecotConfig(evidence) else { return [] }
    return reader.all(["ssl_dh", "ssl_server_dh_file"]).prefix(100).map {
      ContentNeed(String($0.drop { $0 == "<" }))
    }
  }

  private static func endpoint(
    _ port: DovecotConfig.Port, _ name: String, _ place: String?, _ reader: DovecotConfig,
    _ context: TLSContext
  ) -> TLSEndpoint? {
    let scope = (place.map { [[$0, "protocol \(name)"], [$0]] } ?? []) + [["protocol \(name)"], []]
    let ssl = reader.mode(scope)
    if port.isTLS, ssl.value == "no" { return nil }
    let use: TLSUse =
      port.isTLS || ssl.value == "required" ? .required : ssl.value == "no" ? .none : .optional
    var end = TLSEndpoint(
      "dovecot", port.listener + (place.map { " \($0)" } ?? ""),
      onNetwork: reader.addresses(of: port).value.contains { !Listener.isLoopback($0) },
      use: Effective(use, origin: ssl.origin, shadowed: ssl.shadowed.map { shadow($0) }))
    if end.speaksTLS {
      end.take(offer(scope, place, reader, context))
      end.certificate = reader.value("ssl_cert", scope) ?? reader.value("ssl_server_cert_file", scope)
      end.key = reader.value("ssl_key", scope) ?? reader.value("ssl_server_key_file", scope)
    }
    end.secretsInClear = secrets(use, reader, scope)
    return end
  }

  /// Version and group are agreed on before the client's name is looked at, so a `local_name` block changes the suites
  /// and the parameters for DHE alone (tried on 2.3.19 and 2.4.1).
  private static func offer(
    _ scope: [[String]], _ place: String?, _ reader: DovecotConfig, _ context: TLSContext
  ) -> TLSOffer {
    let own = ciphers(reader, scope)
    var exchange = exchange(reader, scope, context)
    guard place?.hasPrefix("local_name ") == true else {
      return context.openSSL.offer(versions(reader, scope, context), ciphers: own, exchange: exchange)
    }
    let outside = Array(scope.suffix(2))
    let asked = versions(reader, outside, context)
    let outer = Self.exchange(reader, outside, context)
    let gate = context.openSSL.offer(asked, ciphers: ciphers(reader, outside), exchange: outer)
    exchange.groups = outer.groups
    var offer = context.openSSL.offer(
      gate.protocols.effective ?? asked, ciphers: own, exchange: exchange)
    offer.refused = offer.refused ?? gate.refused
    return offer
  }

  private static func versions(
    _ reader: DovecotConfig, _ scope: [[String]], _ context: TLSContext
  ) -> Effective<Set<TLSVersion>> {
    guard let set = reader.value("ssl_min_protocol", scope) else { return compiled(reader, scope, context) }
    // Tried on 2.4.1: LATEST leaves TLS 1.2 on.
    let latest: TLSVersion = context.isAtLeast([2, 4], DovecotConfig.packages) == true ? .tls12 : .tls13
    return Effective(
      versions(set.value, latest), origin: set.origin,
      shadowed: set.shadowed.map { .init(value: versions($0.value, latest), origin: $0.origin) })
  }

  private static func exchange(
    _ reader: DovecotConfig, _ scope: [[String]], _ context: TLSContext
  ) -> OpenSSLKeyExchange {
    var exchange = OpenSSLKeyExchange()
    if let list = reader.value("ssl_curve_list", scope), !list.value.isEmpty {
      exchange.groups = context.openSSL.choice(list)
    }
    if var file = reader.value("ssl_dh", scope) ?? reader.value("ssl_server_dh_file", scope),
      !file.value.isEmpty
    {
      file.value = String(file.value.drop { $0 == "<" })
      // A file without content is as good as no setting.
      let isEmpty = (try? context.parameterFiles.file(at: file.value))?.isEmpty == true
      exchange.parameters = isEmpty ? .notSet : context.parameters(file)
    }
    return exchange
  }

  private static func shadow(_ item: Effective<String>.Candidate) -> Effective<TLSUse>.Candidate {
    let use: TLSUse = ["required": .required, "no": .none][item.value.lowercased()] ?? .optional
    return .init(value: use, origin: item.origin)
  }

  /// `ANY` is every version that the library takes.
  private static func versions(_ text: String, _ latest: TLSVersion) -> Set<TLSVersion> {
    switch text.uppercased() {
    case "ANY": TLSVersion.range(from: nil)
    case "LATEST": TLSVersion.range(from: latest)
    default: TLSVersion.range(from: TLSVersion(text) ?? .tls12)
    }
  }

  private static func compiled(_ reader: DovecotConfig, _ scope: [[String]], _ context: TLSContext)
    -> Effective<
      Set<TLSVersion>
    >
  {
    if let old = reader.value("ssl_protocols", scope) {
      let off = old.value.split(separator: " ").filter { $0.hasPrefix("!") }.compactMap {
        TLSVersion($0.dropFirst())
      }
      return Effective(TLSVersion.range(from: .tls10).subtracting(off), origin: old.origin)
    }
    let isOld = context.isAtLeast([2, 3, 15], DovecotConfig.packages) == false
    return Effective(
      TLSVersion.range(from: isOld ? .tls10 : .tls12),
      origin: .compiledDefault("doveconf -d: ssl_min_protocol = \(isOld ? "TLSv1" : "TLSv1.2")"))
  }

  private static func ciphers(_ reader: DovecotConfig, _ scope: [[String]]) -> Effective<String> {
    reader.value("ssl_cipher_list", scope)
      ?? Effective(
        "ALL:!kRSA:!SRP:!kDHd:!DSS:!aNULL:!eNULL:!EXPORT:!DES:!3DES:!MD5:!PSK:!RC4:!ADH:!LOW@STRENGTH",
        origin: .compiledDefault("doveconf -d: ssl_cipher_list"))
  }

  private static func secrets(_ use: TLSUse, _ reader: DovecotConfig, _ scope: [[String]]) -> Effective<Bool>
  {
    if let new = reader.value("auth_allow_cleartext", scope) {
      return Effective(new.value.lowercased() == "yes" && use != .required, origin: new.origin)
    }
    guard let old = reader.value("disable_plaintext_auth", scope) else {
      return Effective(false, origin: .compiledDefault("doveconf -d: disable_plaintext_auth = yes"))
    }
    return Effective(
      old.value.lowercased() == "no" && use != .required, origin: old.origin,
      shadowed: old.shadowed.map { .init(value: $0.value.lowercased() == "no", origin: $0.origin) })
  }
}
