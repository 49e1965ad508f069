import DiskImages
import Evidence

/// The daemons that would take the system's messages at the next boot.
public struct LoggerPaths: FactModel {
  public static let needs: [ContentNeed] = SystemdUnits.needs + ConfigLayers.systemd("journald.conf").needs

  /// A syslog daemon that starts, and why.
  public struct Daemon: Sendable, Hashable {
    public var unit: String
    public var origin: Origin
  }

  /// Syslog daemons that start.
  public let daemons: [Daemon]
  /// Whether systemd-journald runs and keeps messages: always with systemd, unless masked or `Storage=none`.
  public let journalKeeps: Bool
  /// `Storage=` of journald.conf.
  public let storage: Effective<String>

  private static let units = [
    "rsyslog.service", "syslog-ng.service", "inetutils-syslogd.service", "busybox-syslogd.service",
    "sysklogd.service", "metalog.service",
  ]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let units = try facts.model(SystemdUnits.self)
    var daemons: [Daemon] = []
    for name in Self.units {
      guard let reason = units.startReason(of: name) else { continue }
      if case .loaded = try units.state(of: name) {
        daemons.append(Daemon(unit: name, origin: reason.origin))
      }
    }
    self.daemons = daemons
    storage = try Self.storage(facts.evidence)
    journalKeeps = try Self.journalRuns(units) && storage.value != "none"
  }

  private static func journalRuns(_ units: SystemdUnits) throws(EvidenceGap) -> Bool {
    guard units.isPresent else { return false }
    if case .loaded = try units.state(of: "systemd-journald.service") { return true }
    return false
  }

  private static func storage(_ evidence: Evidence) throws(EvidenceGap) -> Effective<String> {
    let files = try ConfigLayers.systemd("journald.conf").files(evidence)
    let settings = try LayeredConfig(files, .systemd, ConfigQuery("Journal/Storage", isTree: false))
    var accepted: [LayeredConfig.Candidate] = []
    for candidate in settings.candidates.first?.all ?? [] {
      if candidate.value == [""] { accepted = [] }
      if ["auto", "persistent", "volatile", "none"].contains(candidate.value[0]) {
        accepted.append(candidate)
      }
    }
    guard let last = accepted.last else {
      return Effective("auto", origin: .compiledDefault("journald.conf(5): Storage=auto"))
    }
    return Effective(
      last.value[0], origin: last.origin,
      shadowed: accepted.dropLast().reversed().map { .init(value: $0.value[0], origin: $0.origin) })
  }
}
