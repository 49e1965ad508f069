import DiskImages
import Evidence

/// MySQL and MariaDB: ssl_cert, tls_version, require_secure_transport and skip_ssl of the server's groups in the
/// order of the option files (MariaDB: "Configuring MariaDB with Option Files", "Securing Connections"; MySQL
/// manual 6.3 and 4.2.2.2).
///
/// MySQL since 5.7 and MariaDB since 11.4 make a certificate of their own where none is named; MariaDB before
/// that speaks no TLS then.
enum MySQLTLS: TLSService {
  static let name = "mysqld"
  static let units = MariaDBListeners.units
  static let needs: [ContentNeed] =
    MariaDBListeners.needs + ["/etc/mysql/my.cnf", "/etc/my.cnf.d/*", "/usr/etc/my.cnf"]
    + InstalledPackages.needs
  private static let mariaDB = ["mariadb-server", "mariadb-server-core", "mariadb-server-10.5", "mariadb"]

  static func endpoints(_ context: TLSContext) throws(EvidenceGap) -> [TLSEndpoint] {
    var reader = Reader(evidence: context.evidence)
    var isConfigured = false
    for path in ["/etc/my.cnf", "/etc/mysql/my.cnf"] where try context.evidence.entry(at: path) != nil {
      isConfigured = true
      try reader.read(path, depth: 0)
    }
    let release = context.release(mariaDB)
    guard isConfigured || release != nil else { return [] }
    let values = reader.values
    let addresses = values["bind-address"]?.value ?? "*"
    let isSilent = values["skip-networking"].map { isOn($0.value) } ?? false
    let isOpen =
      !isSilent
      && addresses.split(separator: ",").contains { !Listener.isLoopback(String($0.trimmingBlanks())) }
    let use = use(values, release)
    var end = TLSEndpoint("mysqld", "", onNetwork: isOpen, use: use)
    guard end.speaksTLS else { return [end] }
    let ciphers = values["ssl-cipher"].flatMap { $0.value.isEmpty ? nil : $0 }
    end.take(context.openSSL.offer(versions(values, release), ciphers: ciphers))
    end.certificate = values["ssl-cert"]
    end.key = values["ssl-key"]
    end.verification = values["ssl-ca"]
    return [end]
  }

  private static func isOn(_ text: String) -> Bool {
    !["0", "off", "false", "no"].contains(text.lowercased())
  }

  private static func use(_ values: [String: Effective<String>], _ mariaDB: [Int]?) -> Effective<TLSUse> {
    if let off = values["skip-ssl"], isOn(off.value) { return Effective(.none, origin: off.origin) }
    if let ssl = values["ssl"], !isOn(ssl.value) { return Effective(.none, origin: ssl.origin) }
    let makesItsOwn = mariaDB.map { !$0.lexicographicallyPrecedes([11, 4]) } ?? true
    let certificate = values["ssl-cert"].flatMap { $0.value.isEmpty ? nil : $0 }
    guard certificate != nil || makesItsOwn else {
      return Effective(.none, origin: .compiledDefault("MariaDB before 11.4: no TLS without ssl_cert"))
    }
    if let must = values["require-secure-transport"] {
      let shadowed = must.shadowed.map {
        Effective<TLSUse>.Candidate(value: isOn($0.value) ? .required : .optional, origin: $0.origin)
      }
      return Effective(isOn(must.value) ? .required : .optional, origin: must.origin, shadowed: shadowed)
    }
    return Effective(.optional, origin: .compiledDefault("require_secure_transport: OFF"))
  }

  /// MariaDB's default has TLSv1.1 from 10.4 on; MySQL's since 8.0.28 and MariaDB's since 11.4 start at TLSv1.2.
  private static func versions(
    _ values: [String: Effective<String>], _ mariaDB: [Int]?
  ) -> Effective<Set<TLSVersion>> {
    func read(_ text: String) -> Set<TLSVersion> {
      Set(text.split { $0 == "," || $0 == " " }.compactMap { TLSVersion($0) }).withoutHoles
    }
    if let set = values["tls-version"] {
      return Effective(
        read(set.value), origin: set.origin,
        shadowed: set.shadowed.map { .init(value: read($0.value), origin: $0.origin) })
    }
    let isOld = mariaDB.map { $0.lexicographicallyPrecedes([11, 4]) } ?? false
    return Effective(
      TLSVersion.range(from: isOld ? .tls11 : .tls12),
      origin: .compiledDefault("tls_version: \(isOld ? "TLSv1.1,TLSv1.2,TLSv1.3" : "TLSv1.2,TLSv1.3")"))
  }

  private struct Reader {
    private static let groups: Set<String> = ["mysqld", "server", "mariadb", "mariadbd", "client-server"]
    let evidence: Evidence
    var values: [String: Effective<String>] = [:]
    private var budget = ReadBudget(files: 1000)

    init(evidence: Evidence) { self.evidence = evidence }

    mutating func read(_ path: String, depth: Int) throws(EvidenceGap) {
      guard depth < 8 else { throw EvidenceGap(path: path, reason: "files include each other too deeply") }
      guard let file = try evidence.text(at: path) else { return }
      guard budget.spend(file) else { throw EvidenceGap(path: path, reason: "too much is included") }
      var group = ""
      for line in ConfigurationLine.read(file, comments: "#;") {
        if line.text.hasPrefix("[") {
          group = String(line.text.dropFirst().prefix { $0 != "]" })
        } else if line.words.count >= 2, line.words[0] == "!includedir" {
          for entry in try evidence.entries(matching: GlobPattern("\(line.words[1])/*.cnf")) {
            try read(entry.path, depth: depth + 1)
          }
        } else if line.words.count >= 2, line.words[0] == "!include" {
          try read(line.words[1], depth: depth + 1)
        } else if Self.groups.contains(group) || group.hasPrefix("mariadb-") || group.hasPrefix("mysqld-") {
          set(line)
        }
      }
    }

    private mutating func set(_ line: ConfigurationLine) {
      var (key, value) = line.assignment ?? (line.text, "1")
      key = key.replacing("_", with: "-").lowercased()
      for prefix in ["loose-"] where key.hasPrefix(prefix) { key = String(key.dropFirst(prefix.count)) }
      value = String(value.prefix { $0 != "#" }.trimmingBlanks())
      let old = values[key]
      let shadowed =
        old.map { [Effective<String>.Candidate(value: $0.value, origin: $0.origin)] + $0.shadowed } ?? []
      values[key] = Effective(value, origin: line.origin, shadowed: Array(shadowed.prefix(8)))
    }
  }
}
