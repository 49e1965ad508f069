import DiskImages
import Evidence

/// Knows how one daemon is told to use TLS: its configuration, and what it does where nothing is said.
protocol TLSService: SendableMetatype {
  /// As endpoints are called.
  static var name: String { get }
  /// Names of the services and sockets that start it; a template stands for its instances.
  static var units: [String] { get }
  /// What it reads.
  static var needs: [ContentNeed] { get }
  /// Files that the files read so far name.
  static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed]
  /// Its ends; none where it is not configured.
  static func endpoints(_ context: TLSContext) throws(EvidenceGap) -> [TLSEndpoint]
}

extension TLSService {
  static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] { [] }
}

/// The daemons whose TLS is known.
enum TLSServiceRegistry {
  /// A new daemon adds a line.
  static let all: [any TLSService.Type] = [
    ApacheTLS.self,
    BindTLS.self,
    DockerTLS.self,
    DovecotTLS.self,
    EximTLS.self,
    HAProxyTLS.self,
    LibvirtTLS.self,
    MySQLTLS.self,
    NginxTLS.self,
    PostfixTLS.self,
    PostgreSQLTLS.self,
    ProFTPDTLS.self,
    RedisTLS.self,
    RsyslogTLS.self,
    SlapdTLS.self,
    VsftpdTLS.self,
  ]
}

/// What a daemon's reader is given.
struct TLSContext {
  let evidence: Evidence
  let packages: InstalledPackages
  var openSSL: OpenSSLLibrary
  let gnuTLS: GnuTLSLibrary
  /// What listens after the next boot; nil where that is not known.
  let listeners: Listeners?
  /// The guest's units; nil where process 1 is not systemd.
  let units: SystemdUnits?
  let facts: GuestFacts
  let parameterFiles: ParameterFiles

  /// The release of a package as numbers; nil where none of the names is installed.
  func release(_ names: [String]) -> [Int]? { packages.release(names) }

  /// Whether a release is at least another one; nil where it is not known.
  func isAtLeast(_ minimum: [Int], _ names: [String]) -> Bool? {
    release(names).map { !$0.lexicographicallyPrecedes(minimum) }
  }

  /// Whether a program listens on the network after the next boot, as far as it is known; true where it is not.
  func isOnNetwork(_ daemon: String, port: Int? = nil) -> Bool {
    guard let listeners else { return true }
    let own = listeners.listeners.filter {
      $0.daemon == daemon && ($0.transport == "tcp" || $0.transport == "udp")
        && (port == nil || $0.port == port)
    }
    return own.isEmpty || own.contains { $0.isOnNetwork }
  }

  /// The lines of a file, comments and empty ones left out.
  func lines(_ path: String, comments: String = "#") throws(EvidenceGap) -> [ConfigurationLine] {
    guard let file = try evidence.text(at: path) else { return [] }
    return ConfigurationLine.read(file, comments: comments)
  }

  /// The first of the paths that exists.
  func first(_ paths: [String]) throws(EvidenceGap) -> String? {
    for path in paths where try evidence.entry(at: path) != nil { return path }
    return nil
  }

  /// Regular files that a pattern matches, in the order of their names.
  func files(_ pattern: String) throws(EvidenceGap) -> [FileEntry] {
    try evidence.entries(matching: GlobPattern(pattern)).filter {
      if case .found(let file) = evidence.index.target(of: $0) { file.type == .regular } else { false }
    }
  }

  /// A service's unit as systemd would load it.
  func unit(_ names: [String]) throws(EvidenceGap) -> LoadedUnit? {
    guard let units else { return nil }
    for name in names {
      if case .loaded(let unit) = try units.state(of: name) { return unit }
    }
    return nil
  }

  /// The services among the names that the next boot starts, with each instance of a template; where something else
  /// starts the daemon, the first that is there.
  func started(_ names: [String]) throws(EvidenceGap) -> [LoadedUnit] {
    guard let units else { return [] }
    let services = names.filter { $0.hasSuffix(".service") }
    var found: [LoadedUnit] = []
    for name in units.startedAtBoot {
      let asked = [name.description, name.template?.description].compactMap(\.self)
      guard services.contains(where: asked.contains), found.count < 1000,
        case .loaded(let unit) = try units.state(of: name.description)
      else { continue }
      found.append(unit)
    }
    if found.isEmpty, let unit = try unit(services.filter { !$0.contains("@") }) { found = [unit] }
    return found
  }

  /// The command of a unit.
  ///
  /// - Parameter defaults: files from which its script in /etc/init.d takes variables.
  func command(_ unit: LoadedUnit, _ defaults: [String] = []) throws(EvidenceGap) -> ServiceCommand {
    try ServiceCommand(of: unit, evidence, defaults: defaults)
  }
}

/// The TLS of everything that the next boot starts; of a guest without systemd, of everything that is configured.
public struct TLSServices: FactModel {
  public static let needs: [ContentNeed] =
    TLSServiceRegistry.all.flatMap { $0.needs } + OpenSSLLibrary.needs + GnuTLSLibrary.needs + Listeners.needs
    + SystemdUnits.needs + InstalledPackages.needs + RsyslogConfiguration.needs

  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    TLSServiceRegistry.all.flatMap { $0.furtherNeeds(evidence) } + OpenSSLLibrary.furtherNeeds(evidence)
      + Listeners.furtherNeeds(evidence) + RsyslogConfiguration.furtherNeeds(evidence)
      + UnitFilePaths.named(by: TLSServiceRegistry.all.flatMap { $0.units }, evidence).map { ContentNeed($0) }
  }

  /// Names of all daemons that are known, and of the libraries whose system-wide settings count as an end.
  public static let names = TLSServiceRegistry.all.map { $0.name } + ["openssl"]

  public let endpoints: [TLSEndpoint]
  /// Daemons whose configuration could not be read.
  public let gaps: [String: EvidenceGap]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let units = try facts.model(SystemdUnits.self)
    let isSystemd = units.isPresent
    var context = TLSContext(
      evidence: facts.evidence, packages: try facts.model(), openSSL: try facts.model(),
      gnuTLS: try facts.model(), listeners: isSystemd ? try? facts.model(Listeners.self) : nil,
      units: isSystemd ? units : nil, facts: facts,
      parameterFiles: ParameterFiles(facts.evidence))
    var endpoints = [Self.system(context.openSSL)].compactMap(\.self)
    var gaps: [String: EvidenceGap] = [:]
    for service in TLSServiceRegistry.all {
      if isSystemd, !Self.isStarted(service.units, units) { continue }
      do {
        context.openSSL = try Self.library(of: service, facts, context)
        endpoints += try service.endpoints(context)
      } catch {
        gaps[service.name] = error
      }
    }
    var seen: Set<[String]> = []
    // One server on IPv4 and IPv6 is one end.
    self.endpoints = endpoints.filter { seen.insert(Self.key($0)).inserted }
    self.gaps = gaps
  }

  /// The library as the daemon's unit has it.
  private static func library(
    of service: any TLSService.Type, _ facts: GuestFacts, _ context: TLSContext
  ) throws(EvidenceGap) -> OpenSSLLibrary {
    guard let unit = try context.unit(service.units.filter { $0.hasSuffix(".service") }),
      let path = try ServiceEnvironment(of: unit, facts.evidence).value("OPENSSL_CONF")?.value
    else { return try facts.model() }
    return try OpenSSLLibrary(facts, configuration: [path])
  }

  private static func key(_ end: TLSEndpoint) -> [String] {
    let ciphers = (end.ciphers.effective?.value ?? []).map(\.name)
    let versions = end.protocols.effective?.value.words ?? ""
    let exchange = [end.groups.effective?.value.words ?? "", end.finiteField.effective?.value.words ?? ""]
    return [end.subject, end.role.rawValue, end.use.value.rawValue, "\(end.isOnNetwork)", versions]
      + exchange + ciphers
  }

  static func isStarted(_ names: [String], _ units: SystemdUnits) -> Bool {
    names.contains { name in
      if units.startReason(of: name) != nil { return true }
      return units.activators(of: name).contains { ["socket", "path"].contains($0.kind.rawValue) }
    }
  }

  /// What a program gets from OpenSSL that says nothing; nil without the library.
  private static func system(_ library: OpenSSLLibrary) -> TLSEndpoint? {
    if library.release == nil && library.commands.isEmpty { return nil }
    let origin = library.commands["minprotocol"]?.origin ?? library.level.origin
    var end = TLSEndpoint(
      "openssl", "system defaults", .system, onNetwork: true, use: Effective(.required, origin: origin))
    end.take(library.offer(nil, ciphers: nil))
    return end
  }
}
