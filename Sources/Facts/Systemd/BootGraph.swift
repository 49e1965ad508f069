import DiskImages
import Evidence

/// Follows from the default target everything that it pulls in: what the next boot starts.
///
/// Conditions (`ConditionPathExists=` and its like) are not evaluated: a unit whose condition fails counts as
/// started, which errs on the side of exposure.
struct BootGraph {
  let evidence: Evidence
  let loadPath: UnitLoadPath
  let presets: UnitPresets
  private var started: [String: SystemdUnits.StartReason] = [:]
  private var pending: [(unit: UnitName, reason: SystemdUnits.StartReason)] = []

  init(evidence: Evidence, loadPath: UnitLoadPath, presets: UnitPresets) {
    self.evidence = evidence
    self.loadPath = loadPath
    self.presets = presets
  }

  mutating func run() throws(EvidenceGap) -> [String: SystemdUnits.StartReason] {
    let loader = UnitLoader(evidence: evidence, loadPath: loadPath)
    let installed = presets.isFirstBoot ? try installedByPreset(loader) : [:]
    let boot = Origin(kind: .compiledDefault, text: "bootup(7): default.target")
    for name in ["default.target", "sysinit.target", "basic.target"] {
      if let unit = UnitName(name) {
        pending.append((unit, .init(by: nil, origin: boot, isFirstBootOnly: false)))
      }
    }
    // Each unit is expanded once, so that circles end.
    while let (requested, reason) = pending.popLast() {
      guard case .loaded(let unit) = try loader.load(requested) else { continue }
      let name = unit.name.description
      if let known = started[name], !known.isFirstBootOnly || reason.isFirstBootOnly { continue }
      started[name] = reason
      for target in Set([requested, unit.name]) {
        addDependencies(of: target, reason)
        for (wanted, origin) in installed[target.description] ?? [] {
          pending.append((wanted, .init(by: name, origin: origin, isFirstBootOnly: true)))
        }
      }
      addAssignments(of: unit, reason)
    }
    try addSysVScripts(loader)
    return started
  }

  private mutating func addDependencies(of unit: UnitName, _ reason: SystemdUnits.StartReason) {
    for (name, link) in loadPath.dependencies(of: unit) {
      guard let wanted = UnitName(name), wanted.description == name else { continue }
      let origin = Origin(
        path: link.path, kind: link.path.hasPrefix("/etc/") ? .explicit : .vendor,
        text: link.linkTarget.map { "-> \($0)" })
      pending.append(
        (wanted, .init(by: unit.description, origin: origin, isFirstBootOnly: reason.isFirstBootOnly)))
    }
  }

  private mutating func addAssignments(of unit: LoadedUnit, _ reason: SystemdUnits.StartReason) {
    for key in ["Wants", "Requires", "BindsTo", "Upholds"] {
      for candidate in unit.list("Unit", key) {
        for word in candidate.value.split(separator: " ") {
          guard let wanted = UnitName(String(word)), wanted.description == String(word) else { continue }
          pending.append(
            (
              wanted,
              .init(
                by: unit.name.description, origin: candidate.origin, isFirstBootOnly: reason.isFirstBootOnly)
            ))
        }
      }
    }
    // systemd.service(5): a service also wants the sockets that it names.
    for word in unit.words("Service", "Sockets") {
      if let socket = UnitName(word), socket.type == "socket" {
        pending.append(
          (
            socket,
            .init(by: unit.name.description, origin: reason.origin, isFirstBootOnly: reason.isFirstBootOnly)
          ))
      }
    }
  }

  /// What presets would link into which unit at a first boot.
  private func installedByPreset(_ loader: UnitLoader) throws(EvidenceGap) -> [String: [(UnitName, Origin)]] {
    var result: [String: [(UnitName, Origin)]] = [:]
    for (name, _) in loadPath.allUnits {
      guard case .loaded(let unit) = try loader.load(name), unit.name == name, unit.isInstallable else {
        continue
      }
      let (enabled, origin) = presets.enables(name)
      guard enabled else { continue }
      var installed = name
      if name.isTemplate {
        guard let instance = unit.value("Install", "DefaultInstance")?.value,
          let filled = UnitName("\(name.prefix)@\(instance).\(name.type)")
        else { continue }
        installed = filled
      }
      for key in ["WantedBy", "RequiredBy", "UpheldBy"] {
        for target in unit.words("Install", key) { result[target, default: []].append((installed, origin)) }
      }
      for also in unit.words("Install", "Also") {
        guard let other = UnitName(also), case .loaded(let loaded) = try loader.load(other) else { continue }
        for key in ["WantedBy", "RequiredBy", "UpheldBy"] {
          for target in loaded.words("Install", key) { result[target, default: []].append((other, origin)) }
        }
      }
    }
    return result
  }

  /// Scripts linked as S.. in a runlevel between 2 and 5, and not replaced by a unit, run in multi-user.target.
  private mutating func addSysVScripts(_ loader: UnitLoader) throws(EvidenceGap) {
    for entry in try evidence.entries(matching: "/etc/rc[2-5].d/S[0-9][0-9]*") {
      guard let unit = UnitName(String(entry.name.dropFirst(3)) + ".service"),
        started[unit.description] == nil, loadPath.find(unit.description) == nil,
        case .loaded(let loaded) = try loader.load(unit), loaded.files.isEmpty
      else { continue }
      started[unit.description] = .init(
        by: "multi-user.target", origin: Origin(path: entry.path, kind: .explicit, text: "SysV start link"),
        isFirstBootOnly: false)
    }
  }
}
