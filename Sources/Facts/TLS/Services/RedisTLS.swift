import DiskImages
import Evidence

/// Redis and Valkey: `port` in clear and `tls-port` (redis.conf; tls.c: tls-protocols are TLSv1.2 and TLSv1.3 where
/// nothing is said). Groups are the library's. Without tls-dh-params-file OpenSSL 3 chooses the parameters; with a file
/// that cannot be read or is refused the daemon does not start. Tried on 7.0.
enum RedisTLS: TLSService {
  static let name = "redis"
  static let units = RedisListeners.units + ["redis-server@.service", "redis@.service"]
  static let needs: [ContentNeed] = RedisListeners.needs + ["/etc/redis/*.conf", "/etc/valkey/*.conf"]

  static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    let named = UnitFilePaths.named(by: units, evidence)
    var needs = named
    for path in paths + named {
      var reader = Reader(evidence: evidence)
      try? reader.read(path, depth: 0)
      needs += reader.patterns + [reader.values["tls-dh-params-file"]?.value].compactMap(\.self)
    }
    return needs.map { ContentNeed($0) }
  }

  private static let paths = ["/etc/redis/redis.conf", "/etc/redis.conf", "/etc/valkey/valkey.conf"]

  static func endpoints(_ context: TLSContext) throws(EvidenceGap) -> [TLSEndpoint] {
    let units = try context.started(units)
    guard context.units != nil, !units.isEmpty else {
      guard let path = try context.first(paths) else { return [] }
      return try endpoints(path, ServiceCommand(noneOf: "redis"), "", context)
    }
    var ends: [TLSEndpoint] = []
    for unit in units {
      let command = try context.command(unit)
      // `redis-server FILE --name value …`.
      let named = command.words.dropFirst().first { $0.hasPrefix("/") }
      guard let path = try named == nil ? context.first(paths) : named else { continue }
      let instance = unit.name.instance.map { "\($0) " } ?? ""
      ends += try endpoints(path, command, instance, context)
    }
    return ends
  }

  /// The ends of one server: its file, then the options of its command (config.c, loadServerConfig).
  private static func endpoints(
    _ path: String, _ command: ServiceCommand, _ instance: String, _ context: TLSContext
  ) throws(EvidenceGap) -> [TLSEndpoint] {
    var reader = Reader(evidence: context.evidence)
    try reader.read(path, depth: 0)
    reader.take(command)
    let bound =
      reader.values["bind"]?.value.split(separator: " ").map { String($0.drop { $0 == "-" }) } ?? ["*"]
    // Without a password and without `bind`, protected-mode answers none but the loopback interface.
    let isProtected =
      reader.values["protected-mode"]?.value != "no" && reader.values["bind"] == nil
      && reader.values["requirepass"] == nil
    let isOpen = !isProtected && bound.contains { !Listener.isLoopback($0) }
    var ends: [TLSEndpoint] = []
    let port = reader.values["port"] ?? Effective("6379", origin: .compiledDefault("redis.conf, port: 6379"))
    if port.value != "0" {
      var end = TLSEndpoint(
        "redis", "\(instance)port", onNetwork: isOpen,
        use: Effective(.none, origin: port.origin))
      if let password = reader.values["requirepass"] {
        end.secretsInClear = Effective(true, origin: password.origin)
      }
      ends.append(end)
    }
    if let secure = reader.values["tls-port"], secure.value != "0" {
      ends.append(tls(secure, "\(instance)tls-port", isOpen, reader.values, context))
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

  /// `name value …`, the last counts; includes in place (config.c).
  private struct Reader {
    let evidence: Evidence
    var values: [String: Effective<String>] = [:]
    var patterns: [String] = []
    private var budget = ReadBudget(files: 200)

    init(evidence: Evidence) { self.evidence = evidence }

    mutating func read(_ path: String, depth: Int) throws(EvidenceGap) {
      guard depth < 8 else { throw EvidenceGap(path: path, reason: "files include each other too deeply") }
      patterns.append(path)
      for entry in try evidence.entries(matching: GlobPattern(path)) {
        let file = try evidence.text(of: entry)
        guard budget.spend(file) else { throw EvidenceGap(path: path, reason: "too much is included") }
        for line in ConfigurationLine.read(file) where line.words.count >= 2 {
          let key = line.words[0].lowercased()
          let value = line.words.dropFirst().joined(separator: " ").filter { $0 != "\"" && $0 != "'" }
          if key == "include" {
            try read(value, depth: depth + 1)
          } else {
            set(key, value, line.origin)
          }
        }
      }
    }

    /// `--name value …` up to the next option.
    mutating func take(_ command: ServiceCommand) {
      var rest = command.parts.drop { !$0.value.hasPrefix("--") }
      while let option = rest.popFirst() {
        let value = rest.prefix { !$0.value.hasPrefix("--") }
        rest = rest.dropFirst(value.count)
        let text = value.map(\.value).joined(separator: " ")
        set(option.value.dropFirst(2).lowercased(), text, value.last?.origin ?? option.origin)
      }
    }

    private mutating func set(_ key: String, _ value: String, _ origin: Origin) {
      if value.isEmpty, key == "requirepass" {
        values[key] = nil
        return
      }
      let old = values[key].map { [Effective<String>.Candidate(value: $0.value, origin: $0.origin)] }
      values[key] = Effective(value, origin: origin, shadowed: old ?? [])
    }
  }
}
