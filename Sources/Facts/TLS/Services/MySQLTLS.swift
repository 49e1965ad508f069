import DiskImages
import Evidence

/// MySQL and MariaDB: ssl_cert, tls_version, require_secure_transport and skip_ssl of the server's groups in the
/// order of the option files (MariaDB: "Configuring MariaDB with Option Files", "Securing Connections"; MySQL
/// manual 6.3 and 4.2.2.2).
///
/// MySQL since 5.7 and MariaDB since 11.4 make a certificate of their own where none is named; MariaDB before
/// that speaks no TLS then. Neither has a setting for groups, which are the library's, or for parameters, which are
/// built in with 2048 bits (vio/viosslfactories.c; tried on 10.11).
enum MySQLTLS: TLSService {
  static let name = "mysqld"
  static let units = MariaDBListeners.units + ["mariadb@.service", "mysqld@.service"]
  static let needs: [ContentNeed] =
    MariaDBListeners.needs + ["/etc/mysql/my.cnf", "/etc/my.cnf.d/*", "/usr/etc/my.cnf", "/etc/my*.cnf"]
    + InstalledPackages.needs
  private static let mariaDB = ["mariadb-server", "mariadb-server-core", "mariadb-server-10.5", "mariadb"]

  static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    var reader = Reader(evidence: evidence, release: nil)
    for path in Reader.mains { try? reader.read(path, depth: 0) }
    return (reader.includes + UnitFilePaths.named(by: units, evidence)).map { ContentNeed($0) }
  }

  static func endpoints(_ context: TLSContext) throws(EvidenceGap) -> [TLSEndpoint] {
    let units = try context.started(units)
    guard context.units != nil, !units.isEmpty else {
      return try endpoints("", ServiceCommand(noneOf: "mysqld(8)"), context)
    }
    var ends: [TLSEndpoint] = []
    for unit in units {
      ends += try endpoints(unit.name.instance ?? "", try context.command(unit), context)
    }
    return ends
  }

  /// One server: its option files and its command's options, which count last.
  private static func endpoints(
    _ name: String, _ command: ServiceCommand, _ context: TLSContext
  ) throws(EvidenceGap) -> [TLSEndpoint] {
    let release = context.release(mariaDB)
    var reader = Reader(
      evidence: context.evidence, release: release,
      suffix: command.values("--defaults-group-suffix").last?.value)
    var isConfigured = false
    for path in Reader.files(command) where try context.evidence.entry(at: path) != nil {
      isConfigured = true
      try reader.read(path, depth: 0)
    }
    guard isConfigured || release != nil else { return [] }
    reader.take(command)
    let values = reader.values
    let addresses = values["bind-address"]?.value ?? "*"
    let isSilent = values["skip-networking"].map { isOn($0.value) } ?? false
    let isOpen =
      !isSilent
      && addresses.split(separator: ",").contains { !Listener.isLoopback(String($0.trimmingBlanks())) }
    let use = use(values, release)
    var end = TLSEndpoint("mysqld", name, onNetwork: isOpen, use: use)
    guard end.speaksTLS else { return [end] }
    let ciphers = values["ssl-cipher"].flatMap { $0.value.isEmpty ? nil : $0 }
    let versions = context.openSSL.bounded(versions(values, release))
    let parameters = DHSource.builtIn(2048, "viosslfactories.c: parameters of 2048 bits")
    end.take(
      context.openSSL.offer(
        versions, ciphers: ciphers, exchange: OpenSSLKeyExchange(parameters: parameters)))
    end.certificate = values["ssl-cert"]
    end.key = values["ssl-key"]
    end.verification = values["ssl-ca"]
    return [end]
  }

  private static func isOn(_ text: String) -> Bool {
    !["0", "off", "false", "no"].contains(text.lowercased())
  }

  private static func use(_ values: [String: Effective<String>], _ mariaDB: [Int]?) -> Effective<TLSUse> {
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

  /// MySQL's default since 8.0.28 and MariaDB's of 10.11.19 start at TLSv1.2, MariaDB's of 10.4 to 10.6 at TLSv1.1.
  /// Versions are turned off one by one (SSL_OP_NO_TLSv1_2): holes stay. Tried on 10.11.19.
  private static func versions(
    _ values: [String: Effective<String>], _ mariaDB: [Int]?
  ) -> Effective<Set<TLSVersion>> {
    func read(_ text: String) -> Set<TLSVersion> {
      Set(text.split { $0 == "," || $0 == " " }.compactMap { TLSVersion($0) })
    }
    if let set = values["tls-version"] {
      return Effective(
        read(set.value), origin: set.origin,
        shadowed: set.shadowed.map { .init(value: read($0.value), origin: $0.origin) })
    }
    let isOld = mariaDB.map { $0.lexicographicallyPrecedes([10, 11]) } ?? false
    return Effective(
      TLSVersion.range(from: isOld ? .tls11 : .tls12),
      origin: .compiledDefault("tls_version: \(isOld ? "TLSv1.1,TLSv1.2,TLSv1.3" : "TLSv1.2,TLSv1.3")"))
  }

  private struct Reader {
    static let mains = ["/etc/my.cnf", "/etc/mysql/my.cnf"]
    let evidence: Evidence
    /// Files that are included.
    private(set) var includes: [String] = []
    private let groups: Set<String>
    var values: [String: Effective<String>] = [:]
    private var budget = ReadBudget(files: 1000)

    /// What `--defaults-file` and `--defaults-extra-file` make of the usual files.
    static func files(_ command: ServiceCommand) -> [String] {
      if let only = command.values("--defaults-file").last { return [only.value] }
      if command.words.contains("--no-defaults") { return [] }
      return mains + command.values("--defaults-extra-file").map(\.value)
    }

    /// - Parameters:
    ///   - release: MariaDB's, of which `[mariadb-10.11]` speaks.
    ///   - suffix: `--defaults-group-suffix`: `[mysqld.x]` counts beside `[mysqld]`.
    init(evidence: Evidence, release: [Int]?, suffix: String? = nil) {
      self.evidence = evidence
      var groups: Set<String> = ["mysqld", "server", "mariadb", "mariadbd", "client-server"]
      if let release, release.count > 1 {
        for name in ["mysqld", "mariadb", "mariadbd"] { groups.insert("\(name)-\(release[0]).\(release[1])") }
      }
      if let suffix { groups.formUnion(groups.map { $0 + suffix }) }
      self.groups = groups
    }

    /// Options of the command: `--ssl=0`, `--require-secure-transport`.
    mutating func take(_ command: ServiceCommand) {
      for word in command.arguments where word.value.hasPrefix("--") && !word.value.hasPrefix("--defaults") {
        let text = String(word.value.dropFirst(2))
        set(ConfigurationLine(text: text, words: [text], origin: word.origin))
      }
    }

    mutating func read(_ path: String, depth: Int) throws(EvidenceGap) {
      guard depth < 8 else { throw EvidenceGap(path: path, reason: "files include each other too deeply") }
      guard let file = try evidence.text(at: path) else { return }
      guard budget.spend(file) else { throw EvidenceGap(path: path, reason: "too much is included") }
      var group = ""
      for line in ConfigurationLine.read(file, comments: "#;") {
        if line.text.hasPrefix("[") {
          group = String(line.text.dropFirst().prefix { $0 != "]" })
        } else if line.words.count >= 2, line.words[0] == "!includedir" {
          includes.append("\(line.words[1])/*.cnf")
          for entry in try evidence.entries(matching: GlobPattern("\(line.words[1])/*.cnf")) {
            try read(entry.path, depth: depth + 1)
          }
        } else if line.words.count >= 2, line.words[0] == "!include" {
          includes.append(line.words[1])
          try read(line.words[1], depth: depth + 1)
        } else if groups.contains(group) {
          set(line)
        }
      }
    }

    private mutating func set(_ line: ConfigurationLine) {
      var (key, value) = line.assignment ?? (line.text, "1")
      key = key.replacing("_", with: "-").lowercased()
      for prefix in ["loose-"] where key.hasPrefix(prefix) { key = String(key.dropFirst(prefix.count)) }
      // The beginning of a name is enough where no other has it (my_getopt.c, findopt).
      if key.hasPrefix("require-"), "require-secure-transport".hasPrefix(key) {
        key = "require-secure-transport"
      }
      // `skip-ssl` and `disable-ssl` are `ssl = 0`.
      for prefix in ["skip-", "disable-"] where key == prefix + "ssl" {
        key = "ssl"
        value = MySQLTLS.isOn(value) ? "0" : "1"
      }
      value = String(value.prefix { $0 != "#" }.trimmingBlanks())
      let old = values[key]
      let shadowed =
        old.map { [Effective<String>.Candidate(value: $0.value, origin: $0.origin)] + $0.shadowed } ?? []
      values[key] = Effective(value, origin: line.origin, shadowed: Array(shadowed.prefix(8)))
    }
  }
}
