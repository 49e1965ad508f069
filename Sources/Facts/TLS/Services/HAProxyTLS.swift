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
  static let units = ["haproxy.service"]
  static let needs: [ContentNeed] = [
    "/etc/haproxy/haproxy.cfg", "/etc/haproxy/conf.d/*", "/etc/default/haproxy", "/etc/sysconfig/haproxy",
  ]

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
    var reader = Reader(context: context)
    for path in try files(context) {
      for line in try context.lines(path) { reader.take(line) }
    }
    reader.finish()
    return reader.ends
  }

  /// HAProxy includes nothing; each `-f` of its command names a file, or a folder of which it reads what ends in .cfg
  /// (management guide 3).
  private static func files(_ context: TLSContext) throws(EvidenceGap) -> [String] {
    var named: [String] = []
    if let unit = try context.unit(units) { named = try context.command(unit).values("-f").map(\.value) }
    var files: [String] = []
    for path in named.isEmpty ? ["/etc/haproxy/haproxy.cfg"] : named {
      let isFolder = try context.evidence.entry(at: path)?.type == .directory
      files += isFolder ? try context.files("\(path)/*.cfg").map(\.path) : [path]
    }
    return files
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

  private struct Reader {
    let context: TLSContext
    var ends: [TLSEndpoint] = []
    private var section = ""
    private var name = ""
    private var isHTTP = false
    private var defaultsHTTP = false
    private var bindOptions: (words: [String], origin: Origin)?
    private var ciphers: Effective<String>?
    private var curves: Effective<String>?
    private var certificates = "/etc/haproxy"
    private var parameters: Effective<String>?
    private var parameterBits: Effective<String>?
    /// Parameters in the files of certificates, by path.
    private var appended: [String: DHSource?] = [:]
    private var binds: [ConfigurationLine] = []
    private var redirects = false
    /// For each open `.if` whether its lines count; nil for a condition that the file does not tell.
    private var conditions: [Bool?] = []
    private var waiting: [(section: String, isHTTP: Bool, redirects: Bool, binds: [ConfigurationLine])] = []

    init(context: TLSContext) { self.context = context }

    mutating func take(_ line: ConfigurationLine) {
      let words = line.words.prefix { !$0.hasPrefix("#") }.map { $0.filter { $0 != "\"" } }
      guard let first = words.first else { return }
      if first.hasPrefix(".") { return condition(words) }
      if conditions.contains(false) { return }
      if ["global", "defaults", "frontend", "backend", "listen", "peers", "resolvers", "userlist"].contains(
        first)
      {
        close()
        (section, name) = (first, words.count > 1 ? words[1] : "")
        isHTTP = defaultsHTTP
        if first == "defaults" { (isHTTP, defaultsHTTP) = (false, false) }
        // The address may follow the name of a listen section in old files.
        return
      }
      switch (section, first) {
      case ("global", "ssl-default-bind-options"):
        bindOptions = ((bindOptions?.words ?? []) + words.dropFirst(), line.origin)
      case ("global", "ssl-default-bind-ciphers") where words.count > 1:
        ciphers = Effective(words[1], origin: line.origin)
      case ("global", "ssl-default-bind-curves") where words.count > 1:
        curves = Effective(words[1], origin: line.origin)
      case ("global", "crt-base") where words.count > 1: certificates = words[1]
      case ("global", "ssl-dh-param-file") where words.count > 1:
        parameters = Effective(words[1], origin: line.origin)
      case ("global", "tune.ssl.default-dh-param") where words.count > 1:
        parameterBits = Effective(words[1], origin: line.origin)
      case (_, "mode") where words.count > 1:
        isHTTP = words[1] == "http"
        if section == "defaults" { defaultsHTTP = isHTTP }
      case ("frontend", "bind"), ("listen", "bind"): binds.append(line)
      case (_, "redirect"), (_, "http-request"): if Self.leadsToTLS(words) { redirects = true }
      default: return
      }
    }

    /// `.if`, `.elif`, `.else` and `.endif` (configuration manual 2.4). What depends on the build or the environment
    /// counts in either branch; `defined(…)` is false, since nothing in the file sets a variable for it.
    private mutating func condition(_ words: [String]) {
      let text = words.dropFirst().joined(separator: " ")
      let value: Bool? =
        ["0", "false", ""].contains(text) || text.hasPrefix("defined(") && !text.contains("HAPROXY_")
        ? false : nil
      switch words[0] {
      case ".if": if conditions.count < 100 { conditions.append(value) }
      case ".elif": if !conditions.isEmpty { conditions[conditions.count - 1] = value }
      case ".else":
        if let last = conditions.last { conditions[conditions.count - 1] = last.map { !$0 } }
      case ".endif": _ = conditions.popLast()
      default: return
      }
    }

    /// `redirect scheme https [code 301] [if !{ ssl_fc }]`.
    private static func leadsToTLS(_ words: [String]) -> Bool {
      let text = words.joined(separator: " ")
      guard text.contains("redirect scheme https") else { return false }
      let parts = text.components(after: " if ") ?? text.components(after: " unless ")
      guard let condition = parts else { return true }
      return condition.filter { $0 != " " } == (text.contains(" unless ") ? "{ssl_fc}" : "!{ssl_fc}")
    }

    mutating func finish() {
      close()
      for group in waiting {
        for bind in group.binds { add(bind, group.section, group.isHTTP, group.redirects) }
      }
    }

    private mutating func close() {
      if !binds.isEmpty { waiting.append((name, isHTTP, redirects, binds)) }
      binds = []
      redirects = false
    }

    private mutating func add(_ line: ConfigurationLine, _ section: String, _ isHTTP: Bool, _ redirects: Bool)
    {
      for text in line.words[1].split(separator: ",") {
        var plain = text
        for prefix in ["ipv4@", "ipv6@"] where plain.hasPrefix(prefix) {
          plain = plain.dropFirst(prefix.count)
        }
        if plain.hasPrefix("/") || plain.contains("@") { continue }
        let address = Self.address(plain)
        let name = "\(section):\(address.port.map(String.init) ?? "0")"
        let isOpen = !Listener.isLoopback(address.address)
        let options = Array(line.words.dropFirst(2))
        guard options.contains("ssl") else {
          // In mode tcp the bytes may be TLS of the server behind.
          if !isHTTP { continue }
          let use: TLSUse = redirects ? .redirects : .none
          ends.append(
            TLSEndpoint("haproxy", name, onNetwork: isOpen, use: Effective(use, origin: line.origin)))
          continue
        }
        var end = TLSEndpoint(
          "haproxy", name, onNetwork: isOpen, use: Effective(.required, origin: line.origin))
        func option(_ key: String) -> Effective<String>? {
          guard let at = options.firstIndex(of: key), at + 1 < options.count else { return nil }
          return Effective(options[at + 1], origin: line.origin)
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
            versions(options, line.origin), ciphers: own ?? ciphers, exchange: exchange))
        end.verification = option("verify")
        ends.append(end)
      }
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

    /// `:443`, `*:443`, `10.0.0.1:443`, `:::443`, `[::]:443`; a range such as `:8001-8099` is named by its first port.
    private static func address(_ text: Substring) -> SocketAddress {
      guard !text.hasPrefix("["), let colon = text.lastIndex(of: ":") else { return SocketAddress(text) }
      let port = text[text.index(after: colon)...].prefix { $0.isNumber }
      return SocketAddress(address: String(text[..<colon]), port: Int(port))
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

extension String {
  /// What follows the first occurrence of a text.
  fileprivate func components(after mark: String) -> String? {
    range(of: mark).map { String(self[$0.upperBound...]) }
  }
}
