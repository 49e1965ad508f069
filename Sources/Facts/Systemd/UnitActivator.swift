import DiskImages
import Evidence

/// What starts a unit on demand.
public struct UnitActivator: Sendable, Hashable {
  /// How it starts the unit.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    case socket, timer, path
    /// A call to a name on the system bus.
    case bus
  }

  public var kind: Kind
  /// The socket, timer or path unit; for the bus the name that is called.
  public var name: String
  /// Where the activator is defined.
  public var origin: Origin
  /// Whether the activator itself is there only by the presets of the first boot.
  public var isFirstBootOnly: Bool

  /// Everything that the given started units activate, by the unit that is activated.
  static func all(
    _ loader: UnitLoader, _ started: [UnitName: StartReason], _ evidence: Evidence
  ) throws(EvidenceGap) -> [UnitName: [UnitActivator]] {
    var result: [UnitName: [UnitActivator]] = [:]
    for (name, reason) in started.sorted(by: { $0.key.description < $1.key.description })
    where reason.unmetCondition == nil {
      guard let kind = Kind(rawValue: name.type), kind != .bus, case .loaded(let unit) = try loader.load(name)
      else { continue }
      let origin = Origin(path: unit.path, kind: unit.isVendor ? .vendor : .explicit, text: name.description)
      for target in targets(of: unit, kind) {
        guard let resolved = loader.catalog.resolve(target) else { continue }
        result[resolved.name, default: []].append(
          .init(
            kind: kind, name: name.description, origin: origin, isFirstBootOnly: reason.isFirstBootOnly))
      }
    }
    for (unit, name, origin) in try BusActivation.read(evidence) {
      guard let resolved = loader.catalog.resolve(unit)?.name else { continue }
      result[resolved, default: []].append(
        .init(kind: .bus, name: name, origin: origin, isFirstBootOnly: false))
    }
    return result
  }

  /// systemd.socket(5) `Service=`, systemd.timer(5) and systemd.path(5) `Unit=`; without them the service of the
  /// same name, for a socket with `Accept=yes` its template.
  private static func targets(of unit: LoadedUnit, _ kind: Kind) -> [UnitName] {
    let section =
      switch kind {
      case .socket: "Socket"
      case .timer: "Timer"
      case .path, .bus: "Path"
      }
    if let named = unit.value(section, kind == .socket ? "Service" : "Unit")?.value, !named.isEmpty {
      return UnitName(full: UnitSpecifiers.expand(named, in: unit.name)).map { [$0] } ?? []
    }
    let service = unit.name.with(type: "service")
    if kind == .socket, unit.isTrue("Socket", "Accept") == true {
      return UnitName(full: "\(unit.name.prefix)@.service").map { [$0] } ?? []
    }
    return [service]
  }
}

/// Services that a call on the system bus starts (dbus-daemon(1), `SystemdService=`).
enum BusActivation {
  private static let directories = [
    "/etc/dbus-1/system-services", "/usr/local/share/dbus-1/system-services",
    "/usr/share/dbus-1/system-services",
  ]
  static let needs = directories.map { ContentNeed("\($0)/*.service") }

  static func read(_ evidence: Evidence) throws(EvidenceGap) -> [(
    unit: UnitName, name: String, origin: Origin
  )] {
    var found: [(UnitName, String, Origin)] = []
    var seen: Set<String> = []
    for need in needs {
      for entry in try evidence.entries(matching: need.pattern)
      where seen.insert(entry.name).inserted && !evidence.isNull(entry) {
        let file = UnitFile(try evidence.text(of: entry))
        let values = Dictionary(
          file.assignments.filter { $0.section == "D-BUS Service" }.map { ($0.key, $0) },
          uniquingKeysWith: { $1 })
        guard let service = values["SystemdService"], let unit = UnitName(full: service.value) else {
          continue
        }
        let origin = Origin(
          path: file.path, line: service.line, kind: .vendor, text: "SystemdService=\(service.value)")
        found.append((unit, values["Name"]?.value ?? entry.name, origin))
      }
    }
    return found
  }
}
