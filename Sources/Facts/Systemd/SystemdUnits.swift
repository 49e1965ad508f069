import DiskImages
import Evidence

/// A unit as systemd would load it.
public struct LoadedUnit: Sendable, Hashable {
  public var name: UnitName
  /// The file that defines the unit; nil for one that only exists by a SysV script.
  public var path: String?
  /// The assignments of the unit file and its drop-ins, in the order in which systemd applies them.
  var files: [UnitFile]
  /// Whether the file lies where the distribution puts units.
  public var isVendor: Bool

  /// What an assignment that counts once would be: the last one, with what it shadows.
  public func value(_ section: String, _ key: String) -> Effective<String>? {
    let all = assignments(section, key)
    guard let last = all.last else { return nil }
    return Effective(
      last.value, origin: last.origin,
      shadowed: all.dropLast().reversed().map { .init(value: $0.value, origin: $0.origin) })
  }

  /// What a list assignment adds up to: an empty value starts it anew (systemd.unit(5)).
  public func list(_ section: String, _ key: String) -> [Effective<String>.Candidate] {
    var result: [Effective<String>.Candidate] = []
    for assignment in assignments(section, key) {
      if assignment.value.isEmpty { result = [] } else { result.append(assignment) }
    }
    return result
  }

  /// The words of a list assignment.
  func words(_ section: String, _ key: String) -> [String] {
    list(section, key).flatMap { $0.value.split { $0 == " " || $0 == "\t" }.map(String.init) }
  }

  /// Whether the unit can be enabled: it has an [Install] section that says to what.
  var isInstallable: Bool {
    ["WantedBy", "RequiredBy", "UpheldBy", "Alias", "Also"].contains { !words("Install", $0).isEmpty }
  }

  private func assignments(_ section: String, _ key: String) -> [Effective<String>.Candidate] {
    files.flatMap { file in
      file.assignments.filter { $0.section == section && $0.key == key }.map { assignment in
        let kind: Origin.Kind =
          file.path.hasPrefix("/etc/") ? (file.path == path ? .explicit : .dropIn) : .vendor
        return Effective<String>.Candidate(
          value: assignment.value,
          origin: Origin(
            path: file.path, line: assignment.line, kind: kind, text: "\(key)=\(assignment.value)"))
      }
    }
  }
}

/// The state of a unit on the disk.
public enum UnitState: Sendable, Hashable {
  /// No unit file and no SysV script.
  case absent
  /// A link to /dev/null or an empty file: systemd refuses to start it.
  case masked(Origin)
  case loaded(LoadedUnit)
}

/// The units of a guest and what the next boot would start (systemd.unit(5), systemctl(1)).
public struct SystemdUnits: FactModel {
  public static let needs: [ContentNeed] =
    UnitLoadPath.directories.flatMap { directory -> [ContentNeed] in
      [ContentNeed("\(directory)/*"), ContentNeed("\(directory)/*.d/*.conf")]
    } + UnitPresets.needs + [
      "/usr/share/dbus-1/system-services/*.service", "/etc/inittab",
    ]

  private let evidence: Evidence
  private let loadPath: UnitLoadPath
  private let presets: UnitPresets
  /// What the next boot starts, with the chain of reasons; computed once.
  private let started: [String: StartReason]

  /// Why a unit is started at boot.
  public struct StartReason: Sendable, Hashable {
    /// The unit that pulls it in; nil for the default target.
    public var by: String?
    public var origin: Origin
    /// Whether only presets, which the first boot applies, pull it in.
    public var isFirstBootOnly: Bool
  }

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    evidence = facts.evidence
    loadPath = try UnitLoadPath(evidence)
    presets = try UnitPresets(evidence)
    var graph = BootGraph(evidence: evidence, loadPath: loadPath, presets: presets)
    started = try graph.run()
  }

  /// Whether the guest has systemd at all.
  public var isPresent: Bool {
    ["/usr/lib/systemd/systemd", "/lib/systemd/systemd"].contains {
      if case .found = evidence.index.resolve($0) { true } else { false }
    }
  }

  /// Whether the next boot is a first boot, which applies presets.
  public var nextBootIsFirst: Bool { presets.isFirstBoot }

  /// The state of the unit with the name; aliases are followed.
  public func state(of name: String) throws(EvidenceGap) -> UnitState {
    guard let unit = UnitName(name) else { return .absent }
    return try UnitLoader(evidence: evidence, loadPath: loadPath).load(unit)
  }

  /// Why the next boot starts the unit; nil if it does not.
  public func startReason(of name: String) throws(EvidenceGap) -> StartReason? {
    guard let unit = UnitName(name) else { return nil }
    if let reason = started[unit.description] { return reason }
    // Started under the name that an alias points at.
    if case .loaded(let loaded) = try state(of: name) { return started[loaded.name.description] }
    return nil
  }

  /// Names of everything that the next boot starts, sorted.
  public var startedAtBoot: [String] { started.keys.sorted() }

  /// Sockets, timers and paths which the next boot starts and which start the service when something happens.
  public func activators(of name: String) throws(EvidenceGap) -> [String] {
    guard let wanted = UnitName(name), case .loaded(let loaded) = try state(of: name) else { return [] }
    var found: [String] = []
    for candidate in started.keys.sorted() {
      guard let unit = UnitName(candidate), ["socket", "timer", "path"].contains(unit.type),
        case .loaded(let activator) = try state(of: candidate)
      else { continue }
      let section = unit.type.prefix(1).uppercased() + unit.type.dropFirst()
      let explicit = activator.value(section, unit.type == "socket" ? "Service" : "Unit")?.value
      let implied = "\(unit.prefix).service"
      let target = explicit ?? implied
      let templated = unit.type == "socket" && activator.value("Socket", "Accept")?.value == "yes"
      if target == loaded.name.description || target == wanted.description
        || (templated && loaded.name.template == "\(unit.prefix)@.service")
      {
        found.append(candidate)
      }
    }
    return found
  }

  /// All unit files, strongest first, by name.
  public var unitFiles: [UnitName] { loadPath.allUnits.map(\.name) }
}
