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
  static let units = MySQLOptions.units
  static let needs = MySQLOptions.needs

  static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] { MySQLOptions.furtherNeeds(evidence) }

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
    let release = context.release(MySQLOptions.mariaDB)
    let options = try MySQLOptions(command, context.evidence, release: release)
    guard options.isConfigured || release != nil else { return [] }
    let values = options.values
    let addresses = values["bind-address"]?.value ?? "*"
    let isSilent = values["skip-networking"].map { MySQLOptions.isOn($0.value) } ?? false
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

  private static func use(_ values: [String: Effective<String>], _ mariaDB: [Int]?) -> Effective<TLSUse> {
    if let ssl = values["ssl"], !MySQLOptions.isOn(ssl.value) { return Effective(.none, origin: ssl.origin) }
    let makesItsOwn = mariaDB.map { !$0.lexicographicallyPrecedes([11, 4]) } ?? true
    let certificate = values["ssl-cert"].flatMap { $0.value.isEmpty ? nil : $0 }
    guard certificate != nil || makesItsOwn else {
      return Effective(.none, origin: .compiledDefault("MariaDB before 11.4: no TLS without ssl_cert"))
    }
    if let must = values["require-secure-transport"] {
      let shadowed = must.shadowed.map {
        Effective<TLSUse>.Candidate(
          value: MySQLOptions.isOn($0.value) ? .required : .optional, origin: $0.origin)
      }
      return Effective(
        MySQLOptions.isOn(must.value) ? .required : .optional, origin: must.origin, shadowed: shadowed)
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
}
