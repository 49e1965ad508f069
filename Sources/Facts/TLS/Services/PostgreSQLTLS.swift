import DiskImages
import Evidence

/// PostgreSQL: `ssl` and ssl_min_protocol_version of each cluster, and whether pg_hba.conf lets clients in without
/// TLS (PostgreSQL manual, "Connections and Authentication", "The pg_hba.conf File").
///
/// The server sets the lowest version itself (be-secure-openssl.c): TLSv1.2 since 13, TLSv1 in 12. In
/// pg_hba.conf the first line that fits decides; lines for the loopback addresses concern no network.
///
/// ssl_ecdh_curve names one curve, prime256v1 where nothing is said; since 18 it is a list, ssl_groups, X25519 and
/// prime256v1. Parameters of its own have 2048 bits. It hands over those of ssl_dh_params_file before its suites, and
/// ends where they are missing, no prime, or refused at the level of openssl.cnf. Tried on 15.
enum PostgreSQLTLS: TLSService {
  static let name = "postgresql"
  static let units = PostgreSQLConfig.units
  static let needs = PostgreSQLConfig.needs

  static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    PostgreSQLConfig.furtherNeeds(evidence)
      + PostgreSQLConfig.clusters(evidence).flatMap { cluster -> [ContentNeed] in
        guard let config = try? PostgreSQLConfig(cluster, evidence) else { return [] }
        let files = [config.values["hba_file"], parameterFile(cluster, config.values)]
        return files.compactMap { $0.map { ContentNeed($0.value) } }
      }
  }

  private typealias Cluster = PostgreSQLConfig.Cluster

  static func endpoints(_ context: TLSContext) throws(EvidenceGap) -> [TLSEndpoint] {
    // A folder that could not be listed is no folder without clusters.
    _ = try context.evidence.entries(matching: GlobPattern("/etc/postgresql/*/*/postgresql.conf"))
    var ends: [TLSEndpoint] = []
    for cluster in PostgreSQLConfig.clusters(context.evidence) {
      let start = try context.lines("\(cluster.folder)/start.conf").first?.text
      if start == "manual" || start == "disabled" { continue }
      ends.append(try endpoint(cluster, PostgreSQLConfig(cluster, context.evidence), context))
    }
    return ends
  }

  private static func endpoint(
    _ cluster: Cluster, _ config: PostgreSQLConfig, _ context: TLSContext
  ) throws(EvidenceGap) -> TLSEndpoint {
    let values = config.values
    let isOpen = config.addresses.contains { !Listener.isLoopback($0) }
    let ssl = values["ssl"] ?? Effective("off", origin: .compiledDefault("postgresql.conf, ssl: off"))
    let isOn = isOn(ssl.value)
    let path = values["hba_file"]?.value ?? "\(cluster.folder)/pg_hba.conf"
    let rules = try HostRules(context, path)
    let shadowed = ssl.shadowed.map {
      Effective<TLSUse>.Candidate(value: Self.isOn($0.value) ? .optional : .none, origin: $0.origin)
    }
    let use: Effective<TLSUse>
    if !isOn {
      use = Effective(.none, origin: ssl.origin, shadowed: shadowed)
    } else if let plain = rules.plain {
      use = Effective(.optional, origin: plain.origin)
    } else {
      use = Effective(.required, origin: rules.origin ?? ssl.origin)
    }
    // Without a line that lets somebody in from the network nobody gets in, whatever the address says.
    let name = cluster.name
    var end = TLSEndpoint("postgresql", name, onNetwork: isOpen && rules.admitsNetwork(isTLS: isOn), use: use)
    if isOn {
      let isOld = context.isAtLeast([13], ["postgresql-server"]) == false || cluster.folder.contains("/12/")
      func range(_ text: String) -> Set<TLSVersion> {
        TLSVersion.range(
          from: text.isEmpty ? nil : TLSVersion(text),
          to: values["ssl_max_protocol_version"].flatMap { TLSVersion($0.value) })
      }
      let minimum = values["ssl_min_protocol_version"]
      let versions = minimum.map { set in
        Effective(
          range(set.value), origin: set.origin,
          shadowed: set.shadowed.map { .init(value: range($0.value), origin: $0.origin) })
      }
      let source = Origin.compiledDefault(
        "postgresql.conf, ssl_min_protocol_version: \(isOld ? "TLSv1" : "TLSv1.2")")
      let ciphers =
        values["ssl_ciphers"]
        ?? Effective("HIGH:MEDIUM:+3DES:!aNULL", origin: .compiledDefault("postgresql.conf, ssl_ciphers"))
      end.take(
        context.openSSL.offer(
          versions ?? Effective(range(isOld ? "TLSv1" : "TLSv1.2"), origin: source), ciphers: ciphers,
          exchange: exchange(cluster, values, context)))
      end.certificate = file("ssl_cert_file", "server.crt", cluster, values)
      end.key = file("ssl_key_file", "server.key", cluster, values)
      end.verification = values["ssl_ca_file"]
    }
    if let line = rules.password(isTLS: isOn) { end.secretsInClear = Effective(true, origin: line.origin) }
    return end
  }

  private static func parameterFile(
    _ cluster: Cluster, _ values: [String: Effective<String>]
  ) -> Effective<String>? {
    guard let set = values["ssl_dh_params_file"], !set.value.isEmpty else { return nil }
    return file("ssl_dh_params_file", "", cluster, values)
  }

  private static func exchange(
    _ cluster: Cluster, _ values: [String: Effective<String>], _ context: TLSContext
  ) -> OpenSSLKeyExchange {
    var exchange = OpenSSLKeyExchange()
    exchange.groups = groups(values, context)
    exchange.parameters =
      parameterFile(cluster, values).map { context.parameters($0) }
      ?? .builtIn(2048, "PostgreSQL, FILE_DH2048 of libpq-be.h")
    exchange.parameters.isSetBeforeCiphers = true
    return exchange
  }

  /// be-secure-openssl.c, initialize_ecdh.
  private static func groups(
    _ values: [String: Effective<String>], _ context: TLSContext
  ) -> TLSAnswer<[TLSGroup]> {
    if let list = values["ssl_groups"] { return context.openSSL.choice(list) }
    let set = values["ssl_ecdh_curve"]
    let isNew = context.isAtLeast([18], ["postgresql-18", "postgresql-server"]) == true
    if isNew { return context.openSSL.choice(set ?? usualGroups) }
    let curve =
      set ?? Effective("prime256v1", origin: .compiledDefault("postgresql.conf, ssl_ecdh_curve: prime256v1"))
    guard let group = TLSGroup.curve(ofObject: curve.value) else {
      return .unknown(
        EvidenceGap(
          path: curve.origin.path ?? "",
          reason: "no curve '\(curve.value.prefix(100))': \(TLSContext.failure)"))
    }
    return .known(Effective([group], origin: curve.origin, shadowed: []))
  }

  private static let usualGroups = Effective(
    "X25519:prime256v1", origin: Origin.compiledDefault("postgresql.conf, ssl_groups: X25519:prime256v1"))

  /// A file that is named relative to the data directory.
  private static func file(
    _ key: String, _ usual: String, _ cluster: Cluster, _ values: [String: Effective<String>]
  ) -> Effective<String> {
    var file = values[key] ?? Effective(usual, origin: .compiledDefault("postgresql.conf, \(key): \(usual)"))
    let folder = values["data_directory"]?.value ?? cluster.data
    if !file.value.hasPrefix("/") { file.value = "\(folder)/\(file.value)" }
    return file
  }

  /// A truth value, of which unique beginnings suffice.
  private static func isOn(_ text: String) -> Bool {
    let text = text.lowercased()
    return ["on", "true", "yes", "1"].contains { text == $0 } || ["t", "tr", "tru", "y", "ye"].contains(text)
  }

  /// The lines of pg_hba.conf that concern other machines.
  private struct HostRules {
    struct Line {
      var type: String
      var method: String
      var origin: Origin
    }

    private(set) var lines: [Line] = []

    init(_ context: TLSContext, _ path: String) throws(EvidenceGap) {
      // Types that a line for everybody from everywhere has settled before.
      var settled: [String: Set<String>] = [:]
      for line in Self.continued(try context.lines(path)) {
        let words = line.words.map { $0.filter { $0 != "\"" } }
        guard words.count >= 5, ["host", "hostssl", "hostnossl"].contains(words[0]) else { continue }
        let hasMask = words[4].contains(".") && words[4].allSatisfy { $0.isNumber || $0 == "." }
        let method = hasMask ? (words.count > 5 ? words[5] : "") : words[4]
        let address = words[3]
        if ["127.0.0.1", "::1", "localhost"].contains(String(address.prefix { $0 != "/" })) { continue }
        let families = Self.families(address, hasMask ? words[4] : nil)
        let kinds = words[0] == "host" ? ["ssl", "nossl"] : [String(words[0].dropFirst(4))]
        // What an earlier line for everybody has settled, a later one does not change.
        for kind in kinds where method != "reject" && !Self.isSettled(settled[kind] ?? [], families) {
          lines.append(Line(type: kind, method: method, origin: line.origin))
        }
        if words[1] == "all", words[2] == "all" {
          for kind in kinds { settled[kind, default: []].formUnion(families) }
        }
      }
    }

    /// Since 14 a backslash at the end of a line continues it (pg_hba.conf).
    private static func continued(_ lines: [ConfigurationLine]) -> [ConfigurationLine] {
      var joined: [ConfigurationLine] = []
      var isOpen = false
      for var line in lines {
        let continues = line.words.last?.hasSuffix("\\") == true
        if continues, let last = line.words.popLast(), last != "\\" {
          line.words.append(String(last.dropLast()))
        }
        if isOpen, let last = joined.indices.last, joined[last].words.count < 10_000 {
          joined[last].words += line.words
        } else {
          joined.append(line)
        }
        isOpen = continues
      }
      return joined
    }

    private static func isSettled(_ settled: Set<String>, _ families: Set<String>) -> Bool {
      settled.isSuperset(of: families.isEmpty ? ["4", "6"] : families)
    }

    /// Address families that an address covers as a whole.
    private static func families(_ address: String, _ mask: String?) -> Set<String> {
      switch address {
      case "all": ["4", "6"]
      case "0.0.0.0/0": ["4"]
      case "::/0": ["6"]
      case "0.0.0.0" where mask == "0.0.0.0": ["4"]
      default: []
      }
    }

    var plain: Line? { lines.first { $0.type == "nossl" } }
    var origin: Origin? { lines.first?.origin }

    func admitsNetwork(isTLS: Bool) -> Bool { isTLS ? !lines.isEmpty : plain != nil }

    /// A line that has the password itself sent without TLS.
    func password(isTLS: Bool) -> Line? {
      lines.first {
        $0.type == "nossl" && ["password", "ldap", "pam", "radius", "bsd"].contains($0.method)
      }
    }
  }
}
