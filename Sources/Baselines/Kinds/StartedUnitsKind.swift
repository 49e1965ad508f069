import DiskImages
import Evidence
import Facts

/// Whether the next boot starts anything beside what a list allows.
public struct StartedUnitsKind: CheckKind {
  public static let name = "started_units"
  public static let summary = "Compares everything that the next boot starts with a list of patterns."
  public static let parameters: [ParameterSpecification] = [
    .init(
      "allow", .textList, required: true,
      "patterns of units that may be started, e.g. `ssh.service`, `systemd-*`"),
    .init(
      "types", .textList, "types of units that are looked at; service, socket, timer and path if left out"),
  ]

  private let allow: [String]
  private let types: Set<String>

  public init(_ parameters: Parameters) throws(ParameterError) {
    allow = parameters.list("allow")
    let given = parameters.list("types")
    for type in given where UnitName("x.\(type)")?.type != type {
      throw ParameterError("types", "'\(type)' is no type of units")
    }
    types = Set(given.isEmpty ? ["service", "socket", "timer", "path"] : given)
  }

  public var plan: CollectionPlan { CollectionPlan([SystemdUnits.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let units = try SystemdUnits.started(facts)
    return units.startedAtBoot.filter { unit in
      let name = unit.description
      return types.contains(unit.type) && !allow.contains { fnmatch(pattern: $0, name) }
    }.map { unit in
      let reason = units.startReason(of: unit.description)
      let firstBoot = reason?.isFirstBootOnly == true ? ", enabled by the presets of the first boot" : ""
      return Outcome(
        .fail, subject: unit.description, expected: "not started, or on the list",
        actual: "started at boot" + (reason?.by.map { " by \($0)" } ?? "") + firstBoot,
        evidence: reason.map { [.init($0.origin)] } ?? [])
    }
  }
}
