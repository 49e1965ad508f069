import Evidence
import Facts

/// Whether the guest's release still gets updates, and of what kind.
public struct SupportKind: CheckKind {
  public static let name = "support"
  public static let summary =
    "Compares os-release with the published dates at which support of the release ends."
  public static let parameters: [ParameterSpecification] = [
    .init(
      "level", .choice(["any", "regular", "lts"]), "the support that has to hold; any of them if left out"),
    .init(
      "warn_within_days", .integer,
      "also fail if the level that holds ends in fewer days than this, whatever follows it"),
  ]

  private let level: String
  private let warnWithinDays: Int

  public init(_ parameters: Parameters) throws(ParameterError) {
    level = parameters.text("level") ?? "any"
    warnWithinDays = parameters.integer("warn_within_days") ?? 0
    guard (0...36_500).contains(warnWithinDays) else {
      throw ParameterError("warn_within_days", "between 0 and 36500 days")
    }
  }

  public var plan: CollectionPlan { CollectionPlan([SupportDates.self, OSRelease.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let support: SupportDates = try facts.model()
    func outcome(_ holds: Bool, _ actual: String) -> [Outcome] {
      [
        Outcome(
          holds ? .pass : .fail, subject: "operating system", expected: expected,
          actual: "\(support.release): \(actual)", evidence: evidence(support))
      ]
    }
    if support.isRolling { return outcome(true, "has no releases that end") }
    // The level that holds is the one that ends first; others follow it.
    let holding = support.current.filter { counts($0.level) }
    guard let present = holding.first else { return outcome(false, Self.list(support.periods, support)) }
    let days = (present.end - support.asOf - 1) / 86_400
    let others = support.periods.filter { $0.level != present.level }
    let actual =
      "\(Self.words(present)), \(days) days" + (others.isEmpty ? "" : "; " + Self.list(others, support))
    return outcome(days >= Int64(warnWithinDays), actual)
  }

  private var expected: String {
    let what = level == "any" ? "supported" : "\(level) support"
    return warnWithinDays > 0 ? "\(what), and the level that holds for another \(warnWithinDays) days" : what
  }

  private func counts(_ candidate: SupportLevel) -> Bool {
    switch level {
    case "regular": candidate == .regular
    case "lts": candidate == .regular || candidate == .lts
    default: true
    }
  }

  private func evidence(_ support: SupportDates) -> [EvidenceLine] {
    (support.origin.map { [EvidenceLine(path: $0.path, text: support.release, origin: "vendor")] } ?? [])
      + [EvidenceLine(text: support.source, origin: "support dates as of \(support.tableDay)")]
  }

  /// What has ended, and what there is or would be.
  private static func list(_ periods: [SupportDates.Period], _ support: SupportDates) -> String {
    periods.map { period in
      period.end <= support.asOf
        ? "\(period.level.rawValue) support ended on \(period.lastDay)" : words(period)
    }.joined(separator: "; ")
  }

  /// The last day, what the level asks for, and whether the guest has it.
  private static func words(_ period: SupportDates.Period) -> String {
    let text = "\(period.level.rawValue) support until \(period.lastDay)"
    guard let need = period.need else { return text }
    if !period.isAvailable { return "\(text) (needs \(need), which the guest is not set up for)" }
    return "\(text) (needs \(need)\(period.shownBy.map { ": \($0)" } ?? ""))"
  }
}
