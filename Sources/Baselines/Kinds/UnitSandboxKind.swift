import DiskImages
import Evidence
import Facts

/// The settings of systemd.exec(5) that keep a service in a sandbox.
enum UnitSandbox {
  /// Those that are on or off.
  static let switches: Set<String> = [
    "NoNewPrivileges", "PrivateTmp", "PrivateDevices", "PrivateNetwork", "PrivateUsers", "PrivateIPC",
    "PrivateMounts",
    "ProtectKernelTunables", "ProtectKernelModules", "ProtectKernelLogs", "ProtectControlGroups",
    "ProtectClock",
    "ProtectHostname", "RestrictNamespaces", "RestrictRealtime", "RestrictSUIDSGID", "LockPersonality",
    "MemoryDenyWriteExecute", "RemoveIPC", "DynamicUser",
  ]
  /// Those that have other values.
  static let lists: Set<String> = [
    "ProtectSystem", "ProtectHome", "ProtectProc", "CapabilityBoundingSet", "SystemCallFilter",
    "RestrictAddressFamilies",
    "SystemCallArchitectures", "RootDirectory", "RootImage", "ReadOnlyPaths", "InaccessiblePaths",
    "IPAddressDeny",
    "DevicePolicy",
  ]

  /// Names of the settings that the unit uses.
  static func settings(of unit: LoadedUnit) -> [String] {
    switches.filter {
      unit.value("Service", $0).map { !["no", "false", "0", "off", ""].contains($0.value) } ?? false
    }
    .sorted()
      + lists.filter {
        unit.value("Service", $0).map { !["no", "", "false", "default"].contains($0.value) } ?? false
      }
      .sorted()
  }
}

/// Which services run as root without any sandbox.
public struct UnitSandboxKind: CheckKind {
  public static let name = "unit_sandbox"
  public static let summary =
    "Looks at every service that the next boot starts as root: does it use sandbox settings?"
  public static let parameters: [ParameterSpecification] = [
    .init(
      "at_least", .integer, "how many sandbox settings of systemd.exec(5) a service has to use; 1 if left out"
    ),
    .init("exclude", .textList, "patterns of units that are not looked at"),
  ]

  private let atLeast: Int
  private let exclude: [String]

  public init(_ parameters: Parameters) throws(ParameterError) {
    atLeast = parameters.integer("at_least") ?? 1
    if atLeast < 1 { throw ParameterError("at_least", "at least 1") }
    exclude = parameters.list("exclude")
  }

  public var plan: CollectionPlan { CollectionPlan([SystemdUnits.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let units = try SystemdUnits.started(facts)
    var outcomes: [Outcome] = []
    for name in units.startedAtBoot where name.type == "service" {
      let text = name.description
      guard !exclude.contains(where: { fnmatch(pattern: $0, text) }),
        case .loaded(let unit) = try units.state(of: text), isLongRunningAsRoot(unit)
      else { continue }
      let settings = UnitSandbox.settings(of: unit)
      outcomes.append(
        Outcome(
          settings.count >= atLeast ? .pass : .fail, subject: text,
          expected: "\(atLeast) or more sandbox settings, or a user other than root",
          actual: settings.isEmpty ? "root, no sandbox setting" : "root, \(settings.joined(separator: ", "))",
          evidence: [.init(path: unit.path, text: text, origin: unit.isVendor ? "vendor" : "explicit")]))
    }
    return outcomes
  }

  /// A service that runs on as root; one that does its work at boot and ends is left out.
  private func isLongRunningAsRoot(_ unit: LoadedUnit) -> Bool {
    let user = unit.value("Service", "User")?.value ?? ""
    let isRoot = ["", "root", "0"].contains(user) && unit.isTrue("Service", "DynamicUser") != true
    return isRoot && unit.value("Service", "Type")?.value != "oneshot"
      && !unit.list("Service", "ExecStart").isEmpty
  }
}
