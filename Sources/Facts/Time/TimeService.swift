import DiskImages
import Evidence

/// One program that keeps the clock right.
public struct TimeService: Sendable, Hashable {
  /// `chrony`, `systemd-timesyncd`, `ntpsec`, `openntpd`.
  public var name: String
  /// The unit by which it is started, or would be.
  public var unit: String
  /// Why the next boot starts it; nil if it does not.
  public var start: StartReason?
  /// Where the time comes from; the compiled default where nobody says.
  public var sources: [Source]
  /// The user as whom it runs once it is started.
  public var user: Effective<String>

  /// One server or pool of servers.
  public struct Source: Sendable, Hashable {
    /// `server`, `pool`, `peer`, `fallback`.
    public var kind: String
    public var address: String
    public var origin: Origin
  }
}

/// The time services that a guest has (chrony.conf(5), timesyncd.conf(5), ntp.conf(5), ntpd.conf(5)).
public struct TimeServices: FactModel {
  public static let needs: [ContentNeed] =
    ChronyConfiguration.needs + ProgramSettings.needs("timesyncd.conf") + NtpConfiguration.needs
    + ["/etc/default/chrony", "/etc/sysconfig/chronyd", "/etc/default/ntpsec"] + SystemdUnits.needs
    + OSRelease.needs

  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    ChronyConfiguration.furtherNeeds(evidence)
      + UnitFilePaths.named(by: chronyUnits, evidence).map { ContentNeed($0) }
  }

  private static let chronyUnits = ["chrony.service", "chronyd.service"]

  /// Those that are installed, in alphabetic order.
  public let services: [TimeService]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let units: SystemdUnits = try facts.model()
    let system: OSRelease = try facts.model()
    let isDebian = system.id == "debian" || system.idLike.contains("debian")
    var services: [TimeService] = []
    if let unit = try Self.unit(Self.chronyUnits, units) {
      services.append(try Self.chrony(unit, facts, isDebian))
    }
    for kind in NtpConfiguration.Kind.allCases {
      if let unit = try Self.unit(kind.units, units) { services.append(try Self.ntp(kind, unit, facts)) }
    }
    if let unit = try Self.unit(["systemd-timesyncd.service"], units) {
      services.append(try Self.timesyncd(unit, facts, isDebian))
    }
    self.services = services.sorted { $0.name < $1.name }
  }

  private typealias Unit = (name: String, loaded: LoadedUnit?, start: StartReason?)

  /// The first of the names that exists.
  private static func unit(_ names: [String], _ units: SystemdUnits) throws(EvidenceGap) -> Unit? {
    for name in names {
      switch try units.state(of: name) {
      case .absent: continue
      case .masked: return (name, nil, nil)
      case .loaded(let unit): return (unit.name.description, unit, units.startReason(of: name))
      }
    }
    return nil
  }

  private static func chrony(_ unit: Unit, _ facts: GuestFacts, _ isDebian: Bool) throws(EvidenceGap)
    -> TimeService
  {
    let configuration = try ChronyConfiguration(facts.evidence)
    let usual = isDebian ? "_chrony" : "chrony"
    var user = Effective(usual, origin: .compiledDefault("chrony.conf(5), user"))
    if let set = configuration.last("user"), let name = set.words.first {
      user = Effective(name, origin: set.origin, shadowed: [.init(value: user.value, origin: user.origin)])
    }
    if let option = try userOption(unit.loaded, facts.evidence) {
      user = Effective(
        option.value, origin: option.origin, shadowed: [.init(value: user.value, origin: user.origin)])
    }
    return TimeService(
      name: "chrony", unit: unit.name, start: unit.start, sources: configuration.sources, user: user)
  }

  /// `-u NAME` or `-uNAME` on the command line (chronyd(8)).
  private static func userOption(_ unit: LoadedUnit?, _ evidence: Evidence) throws(EvidenceGap)
    -> Effective<String>?
  {
    guard let unit else { return nil }
    let command = try ServiceCommand(of: unit, evidence, defaults: ["/etc/default/chrony"])
    let glued = command.arguments.last { $0.value.hasPrefix("-u") && $0.value.utf8.count > 2 }
    return command.values("-u").last
      ?? glued.map { Effective(String($0.value.dropFirst(2)), origin: $0.origin) }
  }

  private static func timesyncd(_ unit: Unit, _ facts: GuestFacts, _ isDebian: Bool) throws(EvidenceGap)
    -> TimeService
  {
    let settings = try ProgramSettings("timesyncd.conf", facts.evidence)
    func sources(_ key: String, _ kind: String) -> [TimeService.Source] {
      settings.list("Time", key).flatMap { candidate in
        candidate.value.split { $0 == " " || $0 == "\t" }.map {
          .init(kind: kind, address: String($0), origin: candidate.origin)
        }
      }
    }
    var all = sources("NTP", "server") + sources("FallbackNTP", "fallback")
    if settings.list("Time", "FallbackNTP").isEmpty && settings.value("Time", "FallbackNTP") == nil {
      let pool = isDebian ? "debian.pool.ntp.org" : "the distribution's pool"
      all.append(.init(kind: "fallback", address: pool, origin: .compiledDefault("timesyncd.conf(5)")))
    }
    let user =
      unit.loaded?.value("Service", "User") ?? Effective("root", origin: .compiledDefault("systemd.exec(5)"))
    return TimeService(
      name: "systemd-timesyncd", unit: unit.name, start: unit.start, sources: all, user: user)
  }

  private static func ntp(_ kind: NtpConfiguration.Kind, _ unit: Unit, _ facts: GuestFacts)
    throws(EvidenceGap)
    -> TimeService
  {
    let sources = try NtpConfiguration.sources(kind, facts.evidence)
    let origin = Origin.compiledDefault("the unit of \(kind.rawValue)")
    return TimeService(
      name: kind.rawValue, unit: unit.name, start: unit.start, sources: sources,
      user: Effective(kind.user, origin: origin))
  }
}
