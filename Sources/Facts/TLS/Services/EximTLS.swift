import DiskImages
import Evidence

/// Exim: the main options `tls_*` for what it takes, the transports that its routers use for what it sends (Exim
/// specification, chapter 43, "Encrypted SMTP connections using TLS/SSL").
///
/// Debian's is built with GnuTLS and asks for NORMAL where `tls_require_ciphers` is not set; others' are built with
/// OpenSSL. Without a certificate a server makes one for itself and offers STARTTLS all the same. Tried on 4.96.
///
/// With GnuTLS tls_eccurve and tls_dh_max_bits count for nothing here, and tls_dhparam tells no more than how long the
/// prime is to be.
enum EximTLS: TLSService {
  static let name = "exim4"
  static let units = EximConfiguration.units
  static let needs = EximConfiguration.needs + InstalledPackages.needs

  static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    EximConfiguration.furtherNeeds(evidence)
  }

  static func endpoints(_ context: TLSContext) throws(EvidenceGap) -> [TLSEndpoint] {
    let usesGnuTLS = ["exim4-daemon-light", "exim4-daemon-heavy"].contains {
      context.packages.installed($0) != nil
    }
    guard
      let file = try EximConfiguration(
        of: context.evidence, builtIn: ["_HAVE_TLS", usesGnuTLS ? "_HAVE_GNUTLS" : "_HAVE_OPENSSL"])
    else { return [] }
    let reader = Reader(file: file, usesGnuTLS: usesGnuTLS, context: context)
    return try reader.servers() + reader.senders()
  }

  private struct Reader {
    let file: EximConfiguration
    let usesGnuTLS: Bool
    let context: TLSContext

    func servers() throws(EvidenceGap) -> [TLSEndpoint] {
      let wrapped = file.ports("tls_on_connect_ports", usual: [])
      return try addresses().map { port, isOpen throws(EvidenceGap) in
        var end = TLSEndpoint("exim4", "smtp \(port)", onNetwork: isOpen, use: use(wrapped, port))
        if end.speaksTLS {
          end.take(offer(file.options["tls_require_ciphers"]))
          end.certificate = file.options["tls_certificate"].flatMap { $0.value.contains("$") ? nil : $0 }
          end.key = file.options["tls_privatekey"].flatMap { $0.value.contains("$") ? nil : $0 }
          end.verification = file.options["tls_verify_hosts"]
        }
        if let inClear = passwordsInClear() {
          end.secretsInClear =
            end.use.value == .required ? Effective(false, origin: end.use.origin) : inClear
        }
        end.isOpportunistic = end.use.value == .optional && end.secretsInClear == nil
        return end
      }
    }

    private func use(_ wrapped: Effective<[Int]>, _ port: Int) -> Effective<TLSUse> {
      if wrapped.value.contains(port) { return Effective(.required, origin: wrapped.origin) }
      guard let hosts = file.options["tls_advertise_hosts"] else {
        return Effective(.optional, origin: .compiledDefault("Exim specification, tls_advertise_hosts: *"))
      }
      let isOffered = EximConfiguration.list(hosts.value).contains { !$0.hasPrefix("!") }
      return Effective(isOffered ? .optional : .none, origin: hosts.origin)
    }

    /// Each port once, with whether other machines reach it.
    private func addresses() throws(EvidenceGap) -> [(port: Int, isOpen: Bool)] {
      var open: [Int: Bool] = [:]
      for listen in file.listens(try EximConfiguration.portsOfCommand(context.evidence)) {
        open[listen.port] = open[listen.port] == true || !Listener.isLoopback(listen.address)
      }
      return open.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// nil where no authenticator takes a password.
    private func passwordsInClear() -> Effective<Bool>? {
      let takers = (file.drivers["authenticators"] ?? []).filter {
        $0.options["driver"]?.value == "plaintext"
          && ($0.options["server_condition"] != nil || $0.options["server_prompts"] != nil)
      }
      let hosts = file.options["auth_advertise_hosts"]
      guard let first = takers.first, hosts?.value.isEmpty != true else { return nil }
      if let hosts, Self.asksForTLS(hosts.value) { return Effective(false, origin: hosts.origin) }
      let open = takers.first { !Self.asksForTLS($0.options["server_advertise_condition"]?.value ?? "") }
      let shown = (open ?? first).options["driver"]?.origin ?? .compiledDefault("Exim specification")
      return Effective(open != nil, origin: shown)
    }

    private static func asksForTLS(_ condition: String) -> Bool {
      ["tls_in_cipher", "tls_cipher", "tls_in_ver"].contains { condition.contains($0) }
    }

    func senders() -> [TLSEndpoint] {
      let used = Set((file.drivers["routers"] ?? []).compactMap { $0.options["transport"]?.value })
      return (file.drivers["transports"] ?? []).filter {
        $0.options["driver"]?.value == "smtp" && used.contains($0.name)
      }
      .map { transport in
        let none = EximConfiguration.list(transport.options["hosts_avoid_tls"]?.value ?? "").contains("*")
        let must = EximConfiguration.list(transport.options["hosts_require_tls"]?.value ?? "").contains("*")
        let origin =
          transport.options[none ? "hosts_avoid_tls" : "hosts_require_tls"]?.origin
          ?? transport.options["driver"]?.origin ?? .compiledDefault("Exim specification, hosts_require_tls")
        var end = TLSEndpoint(
          "exim4", transport.name, .client, onNetwork: true,
          use: Effective(none ? .none : must ? .required : .optional, origin: origin))
        if end.speaksTLS { end.take(offer(transport.options["tls_require_ciphers"])) }
        end.verification = transport.options["tls_verify_hosts"]
        end.isOpportunistic = !must
        return end
      }
    }

    private func offer(_ ciphers: Effective<String>?) -> TLSOffer {
      if let ciphers, ciphers.value.contains("$") {
        return .unknown(
          EvidenceGap(
            path: ciphers.origin.path ?? "", reason: "tls_require_ciphers depends on the connection"))
      }
      if usesGnuTLS {
        let usual = Effective("NORMAL", origin: .compiledDefault("Exim, tls-gnu.c: NORMAL"))
        return context.gnuTLS.offer(ciphers ?? usual, field: field)
      }
      return context.openSSL.offer(versions, ciphers: ciphers, exchange: exchange)
    }

    private var exchange: OpenSSLKeyExchange {
      var exchange = OpenSSLKeyExchange()
      if let curve = file.options["tls_eccurve"], curve.value.lowercased() != "auto" {
        exchange.groups = context.openSSL.choice(curve)
      }
      let usual = Origin.compiledDefault("Exim specification, tls_dhparam")
      switch parameters {
      case .usual: exchange.parameters = .builtIn(2048, "Exim specification, tls_dhparam")
      case .none: break
      case .bits(let bits):
        exchange.parameters = DHSource(
          value: .parameters(DHParameters(bits: bits)), origin: file.options["tls_dhparam"]?.origin ?? usual)
      case .file(let name): exchange.parameters = context.parameters(name)
      case .unknown(let gap): exchange.parameters = DHSource(value: .unknown(gap), origin: usual)
      }
      // Longer primes are left out, since clients refuse them.
      let most = file.options["tls_dh_max_bits"].flatMap { Int($0.value) } ?? 2236
      if case .parameters(let found) = exchange.parameters.value, found.bits > most {
        exchange.parameters.value = .none("\(found.bits) bits are more than tls_dh_max_bits")
      }
      return exchange
    }

    private enum Parameters {
      case usual, none
      case bits(Int)
      case file(Effective<String>)
      case unknown(EvidenceGap)
    }

    /// A file, `none`, or the name of a prime with its number (std-crypto.c).
    private var parameters: Parameters {
      guard let set = file.options["tls_dhparam"], !set.value.isEmpty else { return .usual }
      if set.value.hasPrefix("/") { return .file(set) }
      let name = set.value.lowercased()
      if name == "none" { return .none }
      if ["default", "historic"].contains(name) { return .usual }
      let groups = [
        "ike1": 768, "ike2": 1024, "ike5": 1536, "ike14": 2048, "ike15": 3072, "ike16": 4096, "ike17": 6144,
        "ike18": 8192, "ike22": 1024, "ike23": 2048, "ike24": 2048, "ffdhe2048": 2048, "ffdhe3072": 3072,
        "ffdhe4096": 4096, "ffdhe6144": 6144, "ffdhe8192": 8192,
      ]
      if let bits = groups[name] { return .bits(bits) }
      return .unknown(
        EvidenceGap(path: set.origin.path ?? "", reason: "tls_dhparam names no prime that is known"))
    }

    private var field: GnuTLSField {
      let origin = file.options["tls_dhparam"]?.origin ?? .compiledDefault("Exim specification, tls_dhparam")
      switch parameters {
      case .usual: return .smallest
      case .none: return .none(origin)
      case .bits(let bits): return .bits(bits, origin)
      case .file(let name): return GnuTLSField(name, context)
      case .unknown(let gap): return .unknown(gap)
      }
    }

    /// `openssl_options = +no_tlsv1 -no_sslv3`.
    private var versions: Effective<Set<TLSVersion>>? {
      guard let set = file.options["openssl_options"] else { return nil }
      var versions = TLSVersion.range(from: .tls10)
      for word in set.value.split(whereSeparator: { $0 == " " || $0 == "\t" }).prefix(100) {
        guard let version = TLSVersion(word.dropFirst().lowercased().replacing("no_", with: "")) else {
          continue
        }
        if word.hasPrefix("-") { versions.insert(version) } else { versions.remove(version) }
      }
      return context.openSSL.bounded(Effective(versions, origin: set.origin))
    }
  }
}
