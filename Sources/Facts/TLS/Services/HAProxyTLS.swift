import DiskImages
import Evidence

/// HAProxy: `bind … ssl` of each frontend and listen section (configuration manual 5.1; src/ssl_sock.c,
/// ssl_sock_prepare_ctx).
///
/// It sets the lowest and the highest version itself, in place of openssl.cnf. With ssl-min-ver or ssl-max-ver
/// the older no-tlsv1x count for nothing. Tried on 2.6.12.
///
/// `curves` of the line count before ssl-default-bind-curves, and these before `ecdhe` of the line. Parameters for DHE
/// are those of the certificate's file, of ssl-dh-param-file, or of the length that tune.ssl.default-dh-param asks for;
/// without any there is no DHE. They are handed over before the suites, and what the level of openssl.cnf refuses is
/// left out.
enum HAProxyTLS: TLSService {
  static let name = "haproxy"
  static let units = HAProxyConfig.units
  static let needs = HAProxyConfig.needs

  static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    let files = UnitFilePaths.named(by: units, evidence).flatMap { [$0, "\($0)/*.cfg"] }
    let configurations = (["/etc/haproxy/haproxy.cfg", "/etc/haproxy/conf.d/*.cfg"] + files)
      .flatMap { (try? evidence.entries(matching: GlobPattern($0))) ?? [] }
    let named = configurations.prefix(1000).compactMap { try? evidence.text(of: $0) }.flatMap {
      filesNamed(in: $0)
    }
    return (files + named.prefix(2000).flatMap { [$0, "\($0)/*"] }).map { ContentNeed($0) }
  }

  static func endpoints(_ context: TLSContext) throws(EvidenceGap) -> [TLSEndpoint] {
    let command = try context.unit(units).map { unit throws(EvidenceGap) in try context.command(unit) }
    var reader = Reader(context: context)
    let config = try HAProxyConfig(command, context.evidence)
    for line in config.global { reader.take(line) }
    return config.binds.compactMap { $0.transport == "tcp" ? reader.endpoint($0) : nil }
  }

  /// Files of certificates and of parameters that a configuration names.
  private static func filesNamed(in file: TextFile) -> [String] {
    var base = "/etc/haproxy"
    var found: [String] = []
    for line in ConfigurationLine.read(file) where found.count < 2000 {
      let words = line.words.map { $0.filter { $0 != "\"" } }
      if words[0] == "crt-base", words.count > 1 { base = words[1] }
      for (word, name) in zip(words, words.dropFirst()) where ["crt", "ssl-dh-param-file"].contains(word) {
        if let path = TLSContext.path(name, in: base) { found.append(path) }
      }
    }
    return found
  }

  /// What `global` says for all binds.
  private struct Reader {
    let context: TLSContext
    private var bindOptions: (words: [String], origin: Origin)?
    private var ciphers: Effective<String>?
    private var curves: Effective<String>?
    private var certificates = "/etc/haproxy"
    private var parameters: Effective<String>?
    private var parameterBits: Effective<String>?
    /// Parameters in the files of certificates, by path.
    private var appended: [String: DHSource?] = [:]

    init(context: TLSContext) { self.context = context }

    mutating func take(_ line: HAProxyConfig.Line) {
      guard line.words.count > 1 else { return }
      let value = Effective(line.words[1], origin: line.origin)
      switch line.words[0] {
      case "ssl-default-bind-options":
        bindOptions = ((bindOptions?.words ?? []) + line.words.dropFirst(), line.origin)
      case "ssl-default-bind-ciphers": ciphers = value
      case "ssl-default-bind-curves": curves = value
      case "crt-base": certificates = value.value
      case "ssl-dh-param-file": parameters = value
      case "tune.ssl.default-dh-param": parameterBits = value
      default: return
      }
    }

    mutating func endpoint(_ bind: HAProxyConfig.Bind) -> TLSEndpoint? {
      let name = "\(bind.section):\(bind.ports?.lowerBound ?? 0)"
      let isOpen = !Listener.isLoopback(bind.address)
      guard bind.options.contains("ssl") else {
        // In mode tcp the bytes may be TLS of the server behind.
        if !bind.isHTTP { return nil }
        let use: TLSUse = bind.redirects ? .redirects : .none
        return TLSEndpoint("haproxy", name, onNetwork: isOpen, use: Effective(use, origin: bind.origin))
      }
      var end = TLSEndpoint(
        "haproxy", name, onNetwork: isOpen, use: Effective(.required, origin: bind.origin))
      func option(_ key: String) -> Effective<String>? {
        guard let at = bind.options.firstIndex(of: key), at + 1 < bind.options.count else { return nil }
        return Effective(bind.options[at + 1], origin: bind.origin)
      }
      let own = option("ciphers").map {
        Effective(
          $0.value, origin: $0.origin,
          shadowed: ciphers.map { [.init(value: $0.value, origin: $0.origin)] } ?? [])
      }
      end.certificate = option("crt")
      var exchange = OpenSSLKeyExchange()
      if let list = option("curves") ?? curves ?? option("ecdhe") {
        exchange.groups = context.openSSL.choice(list)
      }
      exchange.parameters = parameters(end.certificate)
      end.take(
        context.openSSL.offer(
          versions(bind.options, bind.origin), ciphers: own ?? ciphers, exchange: exchange))
      end.verification = option("verify")
      return end
    }

    /// Those of the certificate's file count first (ssl_sock.c, ssl_sock_load_dh_params); of a folder's files those
    /// of the last one that has any.
    private mutating func parameters(_ certificate: Effective<String>?) -> DHSource {
      var source = configured
      if let certificate, let path = TLSContext.path(certificate.value, in: certificates) {
        let found = appended[path] ?? read(path, certificate.origin)
        appended[path] = .some(found)
        source = found ?? source
      }
      source.refusal = .without
      source.isSetBeforeCiphers = true
      return source
    }

    private func read(_ path: String, _ origin: Origin) -> DHSource? {
      guard case .found(let entry) = context.evidence.index.resolve(path) else { return nil }
      var found: DHSource?
      for file in entry.type == .directory ? entry.children.prefix(1000).map(\.path) : [path] {
        do throws(EvidenceGap) {
          guard let own = try context.parameterFiles.file(at: file)?.diffieHellman else { continue }
          found = DHSource(value: .parameters(own), origin: origin)
        } catch {
          return DHSource(value: .unknown(error), origin: origin)
        }
      }
      return found
    }

    private var configured: DHSource {
      if let parameters { return context.parameters(parameters) }
      guard let asked = parameterBits, let bits = Int(asked.value) else { return .notSet }
      // The length of the certificate's key, but no more than what is asked for (ssl_get_tmp_dh).
      return bits >= 2048
        ? DHSource(value: .automatic, origin: asked.origin)
        : DHSource(value: .parameters(DHParameters(bits: 1024)), origin: asked.origin)
    }

    private func versions(_ own: [String], _ origin: Origin) -> Effective<Set<TLSVersion>> {
      let global = bindOptions?.words ?? []
      func bounds(_ words: [String]) -> Bounds { Bounds(words) }
      let mine = bounds(own)
      let base = bounds(global)
      let isOwn = !mine.isEmpty
      let merged = mine.over(base)
      let isOld = context.isAtLeast([2, 2], ["haproxy"]) == false
      let versions = merged.versions(floor: isOld ? .tls10 : .tls12)
      if isOwn {
        let shadowed = bindOptions.map {
          [
            Effective<Set<TLSVersion>>.Candidate(
              value: base.versions(floor: isOld ? .tls10 : .tls12), origin: $0.origin)
          ]
        }
        return Effective(versions, origin: origin, shadowed: shadowed ?? [])
      }
      let source = Origin.compiledDefault("HAProxy manual, ssl-min-ver: TLSv1.2 since 2.2")
      return Effective(versions, origin: base.isEmpty ? source : bindOptions?.origin ?? source)
    }
  }

  private struct Bounds {
    var minimum: TLSVersion?
    var maximum: TLSVersion?
    var off: Set<TLSVersion> = []

    var isEmpty: Bool { minimum == nil && maximum == nil && off.isEmpty }

    init(_ words: [String]) {
      for (position, word) in words.enumerated() {
        let next = position + 1 < words.count ? TLSVersion(words[position + 1]) : nil
        switch word {
        case "ssl-min-ver": minimum = next
        case "ssl-max-ver": maximum = next
        case _ where word.hasPrefix("no-"):
          if let version = TLSVersion(word.dropFirst(3)) { off.insert(version) }
        case _ where word.hasPrefix("force-"):
          if let version = TLSVersion(word.dropFirst(6)) { (minimum, maximum) = (version, version) }
        default: continue
        }
      }
    }

    func over(_ base: Bounds) -> Bounds {
      var result = self
      result.minimum = minimum ?? base.minimum
      result.maximum = maximum ?? base.maximum
      result.off.formUnion(base.off)
      return result
    }

    func versions(floor: TLSVersion) -> Set<TLSVersion> {
      if minimum != nil || maximum != nil {
        return TLSVersion.range(from: minimum ?? min(floor, maximum ?? floor), to: maximum)
      }
      // no-tlsv10 and its like: the lowest that is left, but not below the default where none speaks of it.
      let left = TLSVersion.range(from: floor).subtracting(off)
      return left.isEmpty ? [] : left.withoutHoles
    }
  }
}
