import DiskImages
import Evidence

/// Why a unit is started at boot.
public struct StartReason: Sendable, Hashable {
  /// The unit that pulls it in; nil for the default target.
  public var by: String?
  public var origin: Origin
  /// Whether only presets, which the first boot applies, pull it in.
  public var isFirstBootOnly = false
  /// A condition of the unit that does not hold on this disk, so that the unit is skipped.
  public var unmetCondition: Origin?
}

/// Follows from the default target everything that it pulls in: what a boot starts.
struct BootGraph {
  typealias Dependencies = [UnitName: [(name: UnitName, origin: Origin)]]

  let loader: UnitLoader
  let conditions: UnitConditions
  /// Dependencies beside those of the unit files and the directories: of generators, of presets.
  let additional: [Dependencies]
  /// Everything reached, also what a condition keeps from starting: its dependencies are pulled in all the same.
  private var started: [UnitName: StartReason] = [:]
  private var queued: Set<UnitName> = []
  private static let limit = 50_000
  private var pending: [(unit: UnitName, reason: StartReason)] = []

  init(_ loader: UnitLoader, _ conditions: UnitConditions, additional: [Dependencies]) {
    self.loader = loader
    self.conditions = conditions
    self.additional = additional
  }

  /// Breadth first, so that the reasons are the shortest chain; each unit once, so that circles end.
  mutating func run() throws(EvidenceGap) -> [UnitName: StartReason] {
    let boot = Origin(kind: .compiledDefault, text: "bootup(7): default.target")
    for name in ["default.target", "sysinit.target", "basic.target"] {
      if let unit = UnitName(name) { try add([(unit, boot)], nil) }
    }
    var position = 0
    while position < pending.count {
      let (requested, reason) = pending[position]
      position += 1
      guard case .loaded(let unit) = try loader.load(requested), started[unit.name] == nil else { continue }
      var own = reason
      own.unmetCondition = conditions.firstUnmet(of: unit)
      started[unit.name] = own
      let by = unit.name.description
      try add(loader.dependencies(of: unit), by)
      for table in additional {
        for name in [unit.name] + unit.aliases { try add(table[name] ?? [], by) }
      }
      try add(Self.assignedDependencies(of: unit), by)
    }
    return started
  }

  /// Queues each unit once. Names that lead nowhere are left out, and so many instances of templates that no
  /// system has them are a reason to give up.
  private mutating func add(
    _ dependencies: [(name: UnitName, origin: Origin)], _ by: String?
  ) throws(EvidenceGap) {
    for (name, origin) in dependencies
    where loader.catalog.resolve(name) != nil && queued.insert(name).inserted {
      guard queued.count <= Self.limit else {
        throw EvidenceGap(path: origin.path ?? name.description, reason: "too many units pull each other in")
      }
      pending.append((name, .init(by: by, origin: origin)))
    }
  }

  private static let pullingIn = [
    ("Unit", "Requires"), ("Unit", "Wants"), ("Unit", "BindsTo"), ("Unit", "Upholds"),
    // systemd.service(5): a service also wants the sockets that it names.
    ("Service", "Sockets"),
  ]

  private static func assignedDependencies(of unit: LoadedUnit) -> [(name: UnitName, origin: Origin)] {
    var found: [(UnitName, Origin)] = []
    for (section, key) in pullingIn {
      for candidate in unit.list(section, key) {
        for word in LoadedUnit.words(of: candidate.value) {
          if let name = UnitName(full: UnitSpecifiers.expand(word, in: unit.name)) {
            found.append((name, candidate.origin))
          }
        }
      }
    }
    return found
  }
}

extension UnitPresets {
  /// What presets would link into which unit at a first boot. The names that enabling gives to units are added
  /// to the loader's catalog.
  func installed(_ loader: UnitLoader) throws(EvidenceGap) -> BootGraph.Dependencies {
    var result: BootGraph.Dependencies = [:]
    var done: Set<UnitName> = []
    for (name, source) in loader.catalog.all {
      guard case .file(let entry) = source, case .loaded(let unit) = try loader.load(name), unit.name == name,
        unit.isInstallable, let (units, origin) = enabled(unit)
      else { continue }
      // Enabling a unit enables those that it names in Also=.
      var enabling = units
      while let next = enabling.popLast() {
        guard done.insert(next).inserted, case .loaded(let unit) = try loader.load(next) else { continue }
        for word in ["WantedBy", "RequiredBy", "UpheldBy"].flatMap({ unit.words("Install", $0) }) {
          guard let target = UnitName(full: UnitSpecifiers.expand(word, in: unit.name)) else { continue }
          let resolved = loader.catalog.resolve(target)?.name ?? target
          result[resolved, default: []].append((unit.name, origin))
        }
        for alias in unit.words("Install", "Alias").compactMap({ UnitName(full: $0) }) {
          loader.catalog.addAlias(alias, of: unit.name, link: entry)
        }
        enabling += unit.words("Install", "Also").compactMap { UnitName(full: $0) }
      }
    }
    return result
  }
}
