import DiskImages
import Evidence

/// Apache: SSLEngine, SSLProtocol and SSLCipherSuite of the server and of each virtual host (mod_ssl).
///
/// mod_ssl sets the lowest and the highest version itself, without holes between them, in place of MinProtocol
/// of openssl.cnf (ssl_engine_init.c, ssl_init_ctx_protocol). Since 2.4.42 a virtual host that the name selects
/// has versions of its own; before, the first host of the address decides. Tried on 2.4.71.
///
/// Parameters appended to the file of the certificate count (ssl_init_server_certs): the first of them for DHE, also
/// where they are of a curve and so leave no DHE; a curve for the groups. Without any mod_ssl asks OpenSSL 3 to choose
/// (SSL_CTX_set_dh_auto(3)), which DHParameters of SSLOpenSSLConfCmd does not change: tried too. Before, mod_ssl chooses
/// itself by the length of the certificate's key.
enum ApacheTLS: TLSService {
  static let name = "apache2"
  static let units = ApacheConfig.units
  static let needs = ApacheConfig.needs

  static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    guard let config = try? ApacheConfig(evidence) else { return [] }
    let all = [config.main] + config.hosts.map(\.directives)
    let files = all.flatMap { directives in
      (directives["sslcertificatefile"] ?? []).compactMap(\.words.first)
        + (directives["sslopensslconfcmd"] ?? []).filter {
          $0.words.count > 1 && $0.words[0].lowercased() == "dhparameters"
        }
        .map { $0.words[1] }
    }
    let paths = files.prefix(2000).compactMap { TLSContext.path($0, in: config.root) }
    return (config.patterns + paths).map { ContentNeed($0) }
  }

  static func endpoints(_ context: TLSContext) throws(EvidenceGap) -> [TLSEndpoint] {
    guard let config = try ApacheConfig(context.evidence, release: context.release(ApacheConfig.packages))
    else {
      return []
    }
    let reader = Reader(config: config, context: context)
    var ends: [TLSEndpoint] = []
    let listens = config.listens
    guard listens.count &* config.hosts.count < 100_000 else {
      throw EvidenceGap(path: "/etc/apache2", reason: "too many addresses and virtual hosts")
    }
    for (address, origin) in listens {
      let own = config.hosts.filter { host in
        host.addresses.contains { reader.matches(SocketAddress($0), address) }
      }
      // Listen's second word gives the protocol; port 443 means https (core, Listen).
      if own.isEmpty { ends.append(reader.endpoint(nil, address, origin, first: nil)) }
      ends += own.map { reader.endpoint($0, address, origin, first: own.first) }
    }
    return ends
  }

  private struct Reader {
    let config: ApacheConfig
    let context: TLSContext

    func matches(_ host: SocketAddress, _ listen: SocketAddress) -> Bool {
      let sameAddress = host.address == "*" || host.address == "_default_" || host.address == listen.address
      return (sameAddress || listen.address == "*") && (host.port == nil || host.port == listen.port)
    }

    func endpoint(
      _ host: ApacheConfig.Host?, _ address: SocketAddress, _ listen: Origin, first: ApacheConfig.Host?
    ) -> TLSEndpoint {
      let named = last("servername", host, inherits: false)?.value
      let name =
        (named?.split(separator: ":").last.map { _ in String(named?.prefix { $0 != ":" } ?? "") } ?? "default")
        + ":\(address.port ?? 80)"
      let isOpen = !Listener.isLoopback(address.address)
      let engine = last("sslengine", host)
      guard config.modules.contains("ssl_module"), let engine,
        ["on", "optional"].contains(engine.value.lowercased())
      else {
        let use: TLSUse = onlyRedirects(host) ? .redirects : .none
        return TLSEndpoint(
          "apache2", name, onNetwork: isOpen, use: Effective(use, origin: engine?.origin ?? listen))
      }
      let use: TLSUse = engine.value.lowercased() == "optional" ? .optional : .required
      var end = TLSEndpoint("apache2", name, onNetwork: isOpen, use: Effective(use, origin: engine.origin))
      let ownVersions = context.isAtLeast([2, 4, 42], ApacheConfig.packages) ?? true
      var versions = protocols(ownVersions ? host : first ?? host)
      var ciphers = ciphers(host)
      OpenSSLLibrary.apply(commands(host), &versions, &ciphers)
      var exchange = exchange(host)
      // The groups are those of the host that is asked before the name is known.
      if let first { exchange.groups = self.exchange(first).groups }
      end.take(context.openSSL.offer(versions, ciphers: ciphers, exchange: exchange))
      end.certificate = last("sslcertificatefile", host)
      end.key = last("sslcertificatekeyfile", host)
      end.verification = last("sslverifyclient", host)
      return end
    }

    private func directives(_ name: String, _ host: ApacheConfig.Host?) -> [ApacheConfig.Directive] {
      Array(host?.directives[name]?.suffix(20) ?? [])
    }

    /// The last directive of the host, or else of the server around it.
    private func last(_ name: String, _ host: ApacheConfig.Host?, inherits: Bool = true) -> Effective<String>?
    {
      let own = directives(name, host)
      let all = inherits || host == nil ? Array((config.main[name] ?? []).suffix(9)) + own : own
      guard let best = all.last else { return nil }
      return Effective(
        best.words.joined(separator: " "), origin: best.origin,
        shadowed: all.dropLast().reversed().prefix(8).map {
          .init(value: $0.words.joined(separator: " "), origin: $0.origin)
        })
    }

    /// SSLOpenSSLConfCmd of the server, then of the host (ssl_engine_init.c, ssl_init_ctx).
    private func commands(_ host: ApacheConfig.Host?) -> [(name: String, value: Effective<String>)] {
      let all = (config.main["sslopensslconfcmd"] ?? []).suffix(50) + directives("sslopensslconfcmd", host)
      return all.filter { $0.words.count > 1 }.map { command in
        // mod_ssl bars these suites here too (ssl_cmd_SSLOpenSSLConfCmd).
        let bars = command.words[0].lowercased() == "cipherstring" ? ":!aNULL:!eNULL:!EXP" : ""
        return (command.words[0], Effective(command.words[1] + bars, origin: command.origin))
      }
    }

    private func exchange(_ host: ApacheConfig.Host?) -> OpenSSLKeyExchange {
      var exchange = OpenSSLKeyExchange()
      exchange.parameters = .automatic("mod_ssl, ssl_init_server_certs: SSL_CTX_set_dh_auto")
      let file =
        (config.main["sslcertificatefile"] ?? []).prefix(1) + directives("sslcertificatefile", host).prefix(1)
      if let file = file.last, let name = file.words.first { takeAppended(name, file.origin, &exchange) }
      let isAutomatic = exchange.parameters.value == .automatic
      exchange.apply(commands(host), context.openSSL) { value in
        var given = context.parameters(value, in: config.root)
        given.isBesideChoice = isAutomatic
        return given
      }
      return exchange
    }

    private func takeAppended(_ name: String, _ origin: Origin, _ exchange: inout OpenSSLKeyExchange) {
      guard let path = TLSContext.path(name, in: config.root) else { return }
      let file: ParameterFile
      do throws(EvidenceGap) {
        guard let read = try context.parameterFiles.file(at: path) else { return }
        file = read
      } catch {
        exchange.parameters = DHSource(value: .unknown(error), origin: origin)
        return
      }
      if let curve = file.curve.flatMap({ TLSGroup.curve(identifier: $0) }) {
        exchange.groups = .value([curve], origin)
      }
      switch file.firstLabel {
      case "EC PARAMETERS", "DSA PARAMETERS":
        exchange.parameters = DHSource(
          value: .none("the certificate's file has other parameters"), origin: origin)
      case nil where !file.beginsDiffieHellman: return
      default:
        var own = context.parameters(Effective(path, origin: origin))
        own.refusal = .automatic
        exchange.parameters = own
      }
    }

    private func protocols(_ host: ApacheConfig.Host?) -> Effective<Set<TLSVersion>> {
      guard let set = last("sslprotocol", host) else {
        return Effective(
          TLSVersion.range(from: .tls10), origin: .compiledDefault("mod_ssl, SSLProtocol: all -SSLv3"))
      }
      return Effective(
        Self.versions(set.value), origin: set.origin,
        shadowed: set.shadowed.map { .init(value: Self.versions($0.value), origin: $0.origin) })
    }

    /// A word without a sign replaces what stands before it (ssl_engine_config.c, ssl_cmd_protocol_parse).
    private static func versions(_ text: String) -> Set<TLSVersion> {
      var versions: Set<TLSVersion> = []
      for word in text.split(separator: " ") {
        let name = word.drop { "+-".contains($0) }
        let some =
          name.lowercased() == "all"
          ? TLSVersion.range(from: .ssl3) : Set([TLSVersion(name)].compactMap { $0 })
        switch word.first {
        case "-": versions.subtract(some)
        case "+": versions.formUnion(some)
        default: versions = some
        }
      }
      return versions.withoutHoles
    }

    /// `SSLCipherSuite [PROTOCOL] SPEC`; a specification for TLS 1.3 is one of its own. `DEFAULT` is what mod_ssl
    /// sets, followed by `!aNULL:!eNULL:!EXP` (ssl_engine_init.c, modssl_ctx_init and ssl_cmd_SSLCipherSuite).
    private func ciphers(_ host: ApacheConfig.Host?) -> Effective<String>? {
      let all = Array((config.main["sslciphersuite"] ?? []).suffix(20)) + directives("sslciphersuite", host)
      let own = all.filter { $0.words.count < 2 || $0.words[0].uppercased() != "TLSV1.3" }
      guard let best = own.last, let text = best.words.last else {
        return Effective(
          "DEFAULT:!aNULL:!eNULL:!EXP", origin: .compiledDefault("mod_ssl, SSLCipherSuite: DEFAULT"))
      }
      return Effective(
        text + ":!aNULL:!eNULL:!EXP", origin: best.origin,
        shadowed: own.dropLast().reversed().prefix(8).map {
          .init(value: $0.words.last ?? "", origin: $0.origin)
        })
    }

    private func onlyRedirects(_ host: ApacheConfig.Host?) -> Bool {
      guard let host else { return false }
      func all(_ name: String) -> ArraySlice<ApacheConfig.Directive> {
        host.directives[name]?.suffix(200) ?? []
      }
      let isOn = all("rewriteengine").contains { $0.words.first?.lowercased() == "on" }
      let candidates = ["redirect", "redirectpermanent", "redirectmatch", "rewriterule"].flatMap(all)
      return candidates.contains { directive in
        let words = directive.words
        switch directive.name {
        case "redirect", "redirectpermanent":
          return words.contains("/") && words.last?.hasPrefix("https://") == true
        case "redirectmatch": return words.last?.hasPrefix("https://") == true
        case "rewriterule":
          let all = ["^", ".*", "^(.*)$", "^/?(.*)", "^/?(.*)$", "(.*)", "^.*$", "^/(.*)$"]
          return isOn && words.count > 1 && all.contains(words[0]) && words[1].hasPrefix("https://")
        default: return false
        }
      }
    }
  }
}
