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
    .init("warn_within_days", .integer, "also fail if the last day of it is nearer than this many days"),
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
    let evidence =
      support.origin.map { [EvidenceLine(path: $0.path, text: support.release, origin: "vendor")] } ?? []
    func outcome(_ holds: Bool, _ actual: String) -> [Outcome] {
      [
        Outcome(
          holds ? .pass : .fail, subject: "operating system", expected: expected, actual: actual,
          evidence: evidence)
      ]
    }
    if support.isRolling { return outcome(true, "\(support.release) has no releases that end") }
    let counting = support.periods.filter { $0.isAvailable && counts($0.level) }
    guard let longest = counting.max(by: { $0.end < $1.end }), longest.end > support.asOf else {
      return outcome(false, "\(support.release): \(ended(support))")
    }
    let days = (longest.end - support.asOf - 1) / 86_400
    let actual = "\(support.release): \(words(longest)), \(days) days"
    return outcome(days >= Int64(warnWithinDays), actual + lapsed(support))
  }

  private var expected: String {
    let what = level == "any" ? "supported" : "\(level) support"
    return warnWithinDays > 0 ? "\(what) for another \(warnWithinDays) days" : what
  }

  private func counts(_ candidate: SupportLevel) -> Bool {
    switch level {
    case "regular": candidate == .regular
    case "lts": candidate == .regular || candidate == .lts
    default: true
    }
  }

  private func words(_ period: SupportDates.Period) -> String {
    "\(period.level.rawValue) support until \(period.lastDay)" + (period.need.map { " (\($0))" } ?? "")
  }

  /// What has ended, and what would still be had.
  private func ended(_ support: SupportDates) -> String {
    support.periods.map { period in
      if period.end <= support.asOf { return "\(period.level.rawValue) support ended on \(period.lastDay)" }
      return words(period) + (period.isAvailable ? "" : ", which the guest is not set up for")
    }.joined(separator: "; ")
  }

  private func lapsed(_ support: SupportDates) -> String {
    guard let regular = support.periods.first(where: { $0.level == .regular }), regular.end <= support.asOf
    else {
      return ""
    }
    return "; regular support ended on \(regular.lastDay)"
  }
}
