import DiskImages
import Evidence

/// Redis and Valkey: `port` in clear and `tls-port` (redis.conf; tls.c: tls-protocols are TLSv1.2 and TLSv1.3 where
/// nothing is said). Groups are the library's. Without tls-dh-params-file OpenSSL 3 chooses the parameters; with a file
/// that cannot be read or is refused the daemon does not start. Tried on 7.0.
enum RedisTLS: TLSService {
  static let name = "redis"
  static let units = RedisConfig.units
  static let needs = RedisConfig.needs

  static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] { RedisConfig.furtherNeeds(evidence) }

  static func endpoints(_ context: TLSContext) throws(EvidenceGap) -> [TLSEndpoint] {
    let units = try context.started(units)
    guard context.units != nil, !units.isEmpty else {
      return try endpoints(ServiceCommand(noneOf: "redis"), "", context)
    }
    var ends: [TLSEndpoint] = []
    for unit in units {
      let instance = unit.name.instance.map { "\($0) " } ?? ""
      ends += try endpoints(try context.command(unit), instance, context)
    }
    return ends
  }

  /// The ends of one server.
  private static func endpoints(
    _ command: ServiceCommand, _ instance: String, _ context: TLSContext
  ) throws(EvidenceGap) -> [TLSEndpoint] {
    guard let config = try RedisConfig(command, context.evidence) else { return [] }
    let values = config.values
    // Without a password and without `bind`, protected-mode answers none but the loopback interface.
    let isProtected =
      values["protected-mode"]?.value != "no" && values["bind"] == nil && values["requirepass"] == nil
    let isOpen = !isProtected && config.addresses.contains { !Listener.isLoopback($0) }
    var ends: [TLSEndpoint] = []
    let port = values["port"] ?? Effective("6379", origin: .compiledDefault("redis.conf, port: 6379"))
    if port.value != "0" {
      var end = TLSEndpoint(
        "redis", "\(instance)port", onNetwork: isOpen,
        use: Effective(.none, origin: port.origin))
      if let password = values["requirepass"] {
        end.secretsInClear = Effective(true, origin: password.origin)
      }
      ends.append(end)
    }
    if let secure = values["tls-port"], secure.value != "0" {
      ends.append(tls(secure, "\(instance)tls-port", isOpen, values, context))
    }
    return ends
  }

  private static func tls(
    _ port: Effective<String>, _ name: String, _ isOpen: Bool, _ values: [String: Effective<String>],
    _ context: TLSContext
  ) -> TLSEndpoint {
    var end = TLSEndpoint(
      "redis", name, onNetwork: isOpen, use: Effective(.required, origin: port.origin))
    let set = values["tls-protocols"].flatMap { $0.value.isEmpty ? nil : $0 }
    func read(_ text: String) -> Set<TLSVersion> {
      Set(text.split { " \"".contains($0) }.compactMap { TLSVersion($0) })
    }
    let versions = set.map {
      Effective(
        read($0.value), origin: $0.origin,
        shadowed: $0.shadowed.map { .init(value: read($0.value), origin: $0.origin) })
    }
    let usual = Effective<Set<TLSVersion>>(
      [.tls12, .tls13], origin: .compiledDefault("redis.conf, tls-protocols: TLSv1.2 TLSv1.3"))
    // Versions are turned off one by one (tls.c, createSSLContext), so the bounds of openssl.cnf stay.
    let bounded = context.openSSL.bounded(versions ?? usual)
    var exchange = OpenSSLKeyExchange()
    if let file = values["tls-dh-params-file"], !file.value.isEmpty {
      exchange.parameters = context.parameters(file)
    } else if context.openSSL.isAtLeast(3, 0) {
      exchange.parameters = .automatic("tls.c, createSSLContext: SSL_CTX_set_dh_auto")
    }
    end.take(context.openSSL.offer(bounded, ciphers: values["tls-ciphers"], exchange: exchange))
    end.certificate = values["tls-cert-file"]
    end.key = values["tls-key-file"]
    end.verification =
      values["tls-auth-clients"] ?? Effective("yes", origin: .compiledDefault("redis.conf, tls-auth-clients"))
    return end
  }
}
