import DiskImages
import Evidence

/// Where the next boot takes its audit rules from.
public struct AuditRuleSource: Sendable, Hashable {
  /// How the rules reach the kernel.
  public enum Way: Sendable, Hashable {
    /// augenrules(8) merges the directory.
    case directory(String)
    /// auditctl(8) reads one file.
    case file(String)
  }

  public var way: Way
  /// The assignment of the unit that loads them; nil if no unit does and the usual way is assumed.
  public var loader: Origin?
  /// The unit with that assignment, and whether the next boot starts it.
  public var unit: String?
  public var isStarted = false
  /// Whether auditd itself starts later, so that it switches auditing on again after an `-e 0`.
  public var precedesDaemon = false

  static let directory = "/etc/audit/rules.d"
  static let file = "/etc/audit/audit.rules"

  /// Reads the units that the packages ship, then all that the next boot starts.
  ///
  /// auditd 3 loads rules in auditd.service's ExecStartPost, auditd 4 in audit-rules.service.
  static func find(_ facts: GuestFacts) throws(EvidenceGap) -> AuditRuleSource {
    let units = try facts.model(SystemdUnits.self)
    var source: AuditRuleSource?
    for name in ["audit-rules.service", "auditd.service"] where source?.isStarted != true {
      source = try read(name, units) ?? source
    }
    if source == nil {
      for name in units.startedAtBoot where "\(name)".hasSuffix(".service") {
        source = try read("\(name)", units)
        if source != nil { break }
      }
    }
    var found = source ?? AuditRuleSource(way: .directory(directory))
    if case .directory(let path) = found.way {
      // Without the directory augenrules loads the file as it is.
      let entry = try facts.evidence.entry(at: path)
      if entry?.type != .directory { found.way = .file(file) }
    }
    return found
  }

  private static func read(_ name: String, _ units: SystemdUnits) throws(EvidenceGap) -> AuditRuleSource? {
    guard case .loaded(let unit) = try units.state(of: name) else { return nil }
    var way: Way?
    var loader: Origin?
    for key in ["ExecStartPre", "ExecStart", "ExecStartPost"] {
      for command in unit.commands(key) {
        guard let found = self.way(command) else { continue }
        way = found
        loader = command.origin
      }
    }
    guard let way else { return nil }
    let runsDaemon = unit.commands().contains { $0.programName == "auditd" }
    return AuditRuleSource(
      way: way, loader: loader, unit: name, isStarted: units.startReason(of: name) != nil,
      precedesDaemon: !runsDaemon)
  }

  /// What a command loads; nil if it loads no rules.
  private static func way(_ command: UnitCommand) -> Way? {
    let words = command.arguments
    switch command.programName {
    case "augenrules": return words.contains("--load") ? .directory(directory) : nil
    case "auditctl":
      guard let option = words.firstIndex(of: "-R"), option + 1 < words.count else { return nil }
      return .file(words[option + 1])
    default: return nil
    }
  }
}
