import DiskImages
import Evidence

/// The units of a guest and what the next boot would start (systemd.unit(5), systemctl(1)).
///
/// The kernel's command line (`systemd.unit=`, `systemd.mask=`) is not taken into account.
public struct SystemdUnits: FactModel {
  public static let needs: [ContentNeed] =
    UnitLoadPath.directories.flatMap { directory -> [ContentNeed] in
      [ContentNeed("\(directory)/*"), ContentNeed("\(directory)/*.d/*.conf")]
    } + UnitPresets.needs + GeneratedUnits.needs + BusActivation.needs + ServiceEnvironment.needs

  private let loader: UnitLoader
  private let presets: UnitPresets
  /// Everything that the next boot reaches, by the unit's own name.
  private let reached: [UnitName: StartReason]
  private let activation: [UnitName: [UnitActivator]]
  /// The program that runs as process 1.
  public let initSystem: InitSystem

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let evidence = facts.evidence
    initSystem = InitSystem(evidence)
    presets = try UnitPresets(evidence)
    var catalog = try UnitCatalog(evidence, UnitLoadPath(evidence))
    let generated = try GeneratedUnits(evidence, catalog)
    generated.add(to: &catalog)
    loader = UnitLoader(evidence, catalog)
    let conditions = UnitConditions(evidence, presets)
    var graph = BootGraph(loader, conditions, additional: [generated.dependencies])
    let usual = try graph.run()
    var reached = usual
    if presets.isFirstBoot {
      let installed = try presets.installed(loader)
      var graph = BootGraph(loader, conditions, additional: [generated.dependencies, installed])
      for (name, reason) in try graph.run() where usual[name] == nil {
        var own = reason
        own.isFirstBootOnly = true
        reached[name] = own
      }
    }
    self.reached = reached
    activation = try UnitActivator.all(loader, reached, evidence)
  }

  /// The units where systemd is what starts them.
  ///
  /// - Throws: where process 1 is something else, of which it is not known what it starts.
  public static func started(_ facts: GuestFacts) throws(EvidenceGap) -> SystemdUnits {
    let units: SystemdUnits = try facts.model()
    if case .other(let path) = units.initSystem {
      throw EvidenceGap(path: path, reason: "process 1 is not systemd; what it starts is not known")
    }
    return units
  }

  /// Whether systemd is what starts the services.
  public var isPresent: Bool { initSystem == .systemd }

  /// Whether the next boot is a first boot, which applies presets.
  public var nextBootIsFirst: Bool { presets.isFirstBoot }

  /// The state of the unit with the name; aliases are followed.
  public func state(of name: String) throws(EvidenceGap) -> UnitState {
    guard let unit = UnitName(name) else { return .absent }
    return try loader.load(unit)
  }

  /// Why the next boot starts the unit, or an instance of the template; nil if it does not.
  public func startReason(of name: String) -> StartReason? {
    reason(name).flatMap { $0.unmetCondition == nil ? $0 : nil }
  }

  /// The condition that keeps the next boot from starting a unit which something pulls in.
  public func unmetCondition(of name: String) -> Origin? { reason(name)?.unmetCondition }

  private func reason(_ name: String) -> StartReason? {
    guard let unit = UnitName(name) else { return nil }
    if unit.isTemplate, let template = loader.catalog.resolve(unit)?.name {
      let instances = reached.keys.filter { $0.template == template }
      return instances.min { $0.description < $1.description }.flatMap { reached[$0] }
    }
    return loader.catalog.resolve(unit).flatMap { reached[$0.name] }
  }

  /// Names of everything that the next boot starts, sorted.
  public var startedAtBoot: [UnitName] {
    let names = reached.filter { $0.value.unmetCondition == nil }.map {
      (text: $0.key.description, name: $0.key)
    }
    return names.sorted { $0.text < $1.text }.map(\.name)
  }

  /// What starts the unit on demand after the next boot: sockets, timers and paths that the boot starts, and the
  /// bus.
  public func activators(of name: String) -> [UnitActivator] {
    guard let unit = UnitName(name), let resolved = loader.catalog.resolve(unit)?.name else { return [] }
    return activation[resolved] ?? []
  }

  /// All names of unit files, sorted.
  public var unitFiles: [UnitName] { loader.catalog.all.map(\.name) }
}

/// The program that the kernel starts first.
public enum InitSystem: Sendable, Hashable {
  case systemd
  /// Another one, by its path.
  case other(String)
  /// None: a container, or a tree that does not boot by itself.
  case none

  init(_ evidence: Evidence) {
    let systemd = ["/usr/lib/systemd/systemd", "/lib/systemd/systemd"].contains {
      if case .found = evidence.index.resolve($0) { true } else { false }
    }
    for path in ["/sbin/init", "/usr/sbin/init"] {
      guard case .found(let program) = evidence.index.resolve(path) else { continue }
      self = program.name == "systemd" ? .systemd : .other(path == program.path ? path : program.path)
      return
    }
    self = systemd ? .systemd : .none
  }
}
