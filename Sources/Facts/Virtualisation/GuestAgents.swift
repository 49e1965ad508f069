import DiskImages
import Evidence

/// The agents of hypervisors and clouds that the guest would start on a machine of their kind.
///
/// A service that only a condition on the machine keeps back (`ConditionVirtualization=`), that a device pulls in or a
/// rule of udev wants (udev(7), `SYSTEMD_WANTS`) counts as started: the image cannot tell on what it will run.
/// cloud-init has checks of its own.
public struct GuestAgents: FactModel {
  /// A new agent adds a line.
  static let sources: [any GuestAgentSource.Type] = [
    AzureAgent.self,
    HyperVFileCopy.self,
    HyperVKeyValue.self,
    OpenVMTools.self,
    QemuGuestAgent.self,
    SpiceAgent.self,
    VirtualBoxAdditions.self,
    XenUtilities.self,
  ]

  private static let ruleFolders = [
    "/etc/udev/rules.d", "/usr/local/lib/udev/rules.d", "/usr/lib/udev/rules.d", "/lib/udev/rules.d",
  ]
  private static let ruleNames = [
    "*qemu*", "*guest*", "*spice*", "*vm-tools*", "*vmware*", "*hyperv*", "*vbox*", "*xe*", "*azure*",
  ]

  public static let needs: [ContentNeed] =
    SystemdUnits.needs + InstalledPackages.needs + sources.flatMap { $0.needs }
    + ruleFolders.flatMap { folder in ruleNames.map { ContentNeed("\(folder)/\($0).rules") } }

  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    UnitFilePaths.named(by: sources.flatMap { $0.units }, evidence).map { ContentNeed($0) }
  }

  /// By name.
  public let agents: [GuestAgent]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let units: SystemdUnits = try facts.model()
    let evidence = facts.evidence
    let wanted = try Self.wantedByRules(evidence)
    let packages = try? facts.model(InstalledPackages.self)
    var agents: [GuestAgent] = []
    for source in Self.sources {
      for name in source.units {
        guard case .loaded(let unit) = try units.state(of: name),
          try Self.starts(unit, name, units, wanted, evidence)
        else { continue }
        let context = GuestAgentContext(evidence: evidence, unit: unit, packages: packages)
        let origin = Origin(
          path: unit.path, kind: unit.isVendor ? .vendor : .explicit, text: unit.name.description)
        agents.append(GuestAgent(name: source.agent, origin: origin, powers: try source.powers(context)))
        break
      }
    }
    self.agents = agents.sorted { $0.name < $1.name }
  }

  private static func starts(
    _ unit: LoadedUnit, _ name: String, _ units: SystemdUnits, _ wanted: Set<String>, _ evidence: Evidence
  ) throws(EvidenceGap) -> Bool {
    if units.startReason(of: name) != nil || units.unmetCondition(of: name) != nil { return true }
    if !units.activators(of: name).isEmpty { return true }
    let names = ([unit.name] + unit.aliases).map(\.description)
    if names.contains(where: wanted.contains) { return true }
    // A device that appears starts what is linked in its directory.
    for folder in ["/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"] {
      for name in names {
        let pattern = GlobPattern("\(folder)/*.device.wants/\(name)")
        if try evidence.entries(matching: pattern).contains(where: { !evidence.isNull($0) }) { return true }
      }
    }
    return false
  }

  /// Units that rules of udev start. Of files of one name the first folder's counts (udev(7)).
  private static func wantedByRules(_ evidence: Evidence) throws(EvidenceGap) -> Set<String> {
    var folderByName: [String: String] = [:]
    var wanted: Set<String> = []
    for folder in ruleFolders {
      for name in ruleNames {
        for entry in try evidence.entries(matching: GlobPattern("\(folder)/\(name).rules")) {
          if let first = folderByName[entry.name], first != folder { continue }
          folderByName[entry.name] = folder
          guard !evidence.isNull(entry),
            case .found(let file) = evidence.index.target(of: entry), file.type == .regular
          else { continue }
          for line in try evidence.text(of: entry).lines where line.text.contains("SYSTEMD_WANTS") {
            if line.text.trimmingBlanks().first == "#" { continue }
            for word in line.text.split(whereSeparator: { "\"', ".contains($0) }) where word.contains(".") {
              wanted.insert(String(word))
            }
          }
        }
      }
    }
    return wanted
  }
}
