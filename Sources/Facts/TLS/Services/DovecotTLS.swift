import DiskImages
import Evidence

/// Dovecot: `ssl`, `ssl_min_protocol` and whether passwords are taken in clear, of each protocol (2.3: doc "SSL
/// configuration"; 2.4: auth_allow_cleartext). Defaults by `doveconf -d` of 2.3.19: ssl = yes, ssl_min_protocol =
/// TLSv1.2, disable_plaintext_auth = yes.
///
/// What stands in `local NET { … }`, `local_name HOST { … }` and `remote NET { … }`, also within each other, is an end of
/// its own, for who connects there (doveconf(1), `-f`). Which of several blocks counts `DovecotSettings` knows.
///
/// ssl_curve_list takes the place of the library's groups. Without ssl_dh (2.4: ssl_server_dh_file) there is no DHE.
enum DovecotTLS: TLSService {
  static let name = "dovecot"
  static let units = ["dovecot.service", "dovecot.socket"]
  static let needs = DovecotSettings.needs + InstalledPackages.needs

  static func endpoints(_ context: TLSContext) throws(EvidenceGap) -> [TLSEndpoint] {
    let release = context.release(DovecotSettings.packages)
    guard let reader = try DovecotSettings(of: context.evidence, release: release) else { return [] }
    var ends: [TLSEndpoint] = []
    for name in reader.protocols.sorted() {
      for port in reader.ports(of: name) {
        for place in [DovecotFilter()] + (try reader.places(of: name)) {
          if let end = try endpoint(port, name, place, reader, context) { ends.append(end) }
        }
      }
    }
    return ends
  }

  static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    guard let reader = try? DovecotSettings(of: evidence, release: nil) else { return [] }
    return reader.all(["ssl_dh", "ssl_server_dh_file"]).prefix(100).map {
      ContentNeed(String($0.drop { $0 == "<" }))
    }
  }

  private static func endpoint(
    _ port: DovecotSettings.Port, _ name: String, _ place: DovecotFilter, _ reader: DovecotSettings,
    _ context: TLSContext
  ) throws(EvidenceGap) -> TLSEndpoint? {
    let settings = try reader.settings(of: name, at: place)
    let ssl = DovecotSettings.mode(settings)
    if port.isTLS, ssl.value == "no" { return nil }
    let use: TLSUse =
      port.isTLS || ssl.value == "required" ? .required : ssl.value == "no" ? .none : .optional
    let isReached = ![place.local, place.remote].contains { $0.map(Listener.isLoopback) ?? false }
    let isOpen = reader.addresses(of: port).value.contains { !Listener.isLoopback($0) }
    var end = TLSEndpoint(
      "dovecot", [port.listener, place.words].filter { !$0.isEmpty }.joined(separator: " "),
      onNetwork: isOpen && isReached,
      use: Effective(use, origin: ssl.origin, shadowed: ssl.shadowed.map { shadow($0) }))
    if end.speaksTLS {
      end.take(try offer(settings, name, place, reader, context))
      end.certificate = settings["ssl_cert"] ?? settings["ssl_server_cert_file"]
      end.key = settings["ssl_key"] ?? settings["ssl_server_key_file"]
    }
    end.secretsInClear = secrets(use, settings)
    return end
  }

  /// Version and group are agreed on before the client's name is looked at, so a `local_name` block changes the suites
  /// and the parameters for DHE alone (tried on 2.3.19 and 2.4.1).
  private static func offer(
    _ settings: DovecotSettings.Values, _ name: String, _ place: DovecotFilter, _ reader: DovecotSettings,
    _ context: TLSContext
  ) throws(EvidenceGap) -> TLSOffer {
    let own = ciphers(settings)
    var exchange = exchange(settings, context)
    guard place.name != nil else {
      return context.openSSL.offer(versions(settings, context), ciphers: own, exchange: exchange)
    }
    var outside = place
    outside.name = nil
    let before = try reader.settings(of: name, at: outside)
    let asked = versions(before, context)
    let outer = Self.exchange(before, context)
    let gate = context.openSSL.offer(asked, ciphers: ciphers(before), exchange: outer)
    exchange.groups = outer.groups
    var offer = context.openSSL.offer(
      gate.protocols.effective ?? asked, ciphers: own, exchange: exchange)
    offer.refused = offer.refused ?? gate.refused
    return offer
  }

  private static func versions(
    _ settings: DovecotSettings.Values, _ context: TLSContext
  ) -> Effective<Set<TLSVersion>> {
    guard let set = settings["ssl_min_protocol"] else { return compiled(settings, context) }
    // Tried on 2.4.1: LATEST leaves TLS 1.2 on.
    let latest: TLSVersion = context.isAtLeast([2, 4], DovecotSettings.packages) == true ? .tls12 : .tls13
    return Effective(
      versions(set.value, latest), origin: set.origin,
      shadowed: set.shadowed.map { .init(value: versions($0.value, latest), origin: $0.origin) })
  }

  private static func exchange(
    _ settings: DovecotSettings.Values, _ context: TLSContext
  ) -> OpenSSLKeyExchange {
    var exchange = OpenSSLKeyExchange()
    if let list = settings["ssl_curve_list"], !list.value.isEmpty {
      exchange.groups = context.openSSL.choice(list)
    }
    if var file = settings["ssl_dh"] ?? settings["ssl_server_dh_file"],
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

  private static func compiled(_ settings: DovecotSettings.Values, _ context: TLSContext) -> Effective<
    Set<TLSVersion>
  > {
    if let old = settings["ssl_protocols"] {
      let off = old.value.split(separator: " ").filter { $0.hasPrefix("!") }.compactMap {
        TLSVersion($0.dropFirst())
      }
      return Effective(TLSVersion.range(from: .tls10).subtracting(off), origin: old.origin)
    }
    let isOld = context.isAtLeast([2, 3, 15], DovecotSettings.packages) == false
    return Effective(
      TLSVersion.range(from: isOld ? .tls10 : .tls12),
      origin: .compiledDefault("doveconf -d: ssl_min_protocol = \(isOld ? "TLSv1" : "TLSv1.2")"))
  }

  private static func ciphers(_ settings: DovecotSettings.Values) -> Effective<String> {
    settings["ssl_cipher_list"]
      ?? Effective(
        "ALL:!kRSA:!SRP:!kDHd:!DSS:!aNULL:!eNULL:!EXPORT:!DES:!3DES:!MD5:!PSK:!RC4:!ADH:!LOW@STRENGTH",
        origin: .compiledDefault("doveconf -d: ssl_cipher_list"))
  }

  private static func secrets(_ use: TLSUse, _ settings: DovecotSettings.Values) -> Effective<Bool> {
    if let new = settings["auth_allow_cleartext"] {
      return Effective(new.value.lowercased() == "yes" && use != .required, origin: new.origin)
    }
    guard let old = settings["disable_plaintext_auth"] else {
      return Effective(false, origin: .compiledDefault("doveconf -d: disable_plaintext_auth = yes"))
    }
    return Effective(
      old.value.lowercased() == "no" && use != .required, origin: old.origin,
      shadowed: old.shadowed.map { .init(value: $0.value.lowercased() == "no", origin: $0.origin) })
  }
}
