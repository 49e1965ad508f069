import DiskImages
import Evidence

/// Until when the guest's release is supported, as of the moment of the scan.
public struct SupportDates: FactModel {
  public static let needs: [ContentNeed] = OSRelease.needs + SupportNeeds.needs

  /// One level with its end.
  public struct Period: Sendable, Hashable {
    public var level: SupportLevel
    /// `2026-07-11`, the last day.
    public var lastDay: String
    /// End of the last day, in seconds since 1970-01-01 UTC.
    public var end: Int64
    /// What the level asks for beyond the regular sources; nil if nothing.
    public var need: String?
    /// Whether the guest has that.
    public var isAvailable: Bool
    /// What in the guest shows that it has what the level needs, or why it counts as available without.
    public var shownBy: String?
  }

  /// `Debian GNU/Linux 12 (bookworm)`.
  public let release: String
  /// In the order of their ends; empty for a rolling distribution.
  public let periods: [Period]
  public let isRolling: Bool
  /// The moment as of which dates are judged.
  public let asOf: Int64
  public let origin: Origin?
  /// Where the dates are published.
  public let source: String
  /// The day of the table, `2026-11-24`.
  public let tableDay: String

  /// - Throws: if the table has no dates for the guest's release, with the reason.
  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let system: OSRelease = try facts.model()
    let table = try Self.table(facts)
    release = system.prettyName
    asOf = facts.asOf
    origin = system.origin
    // CentOS Linux and CentOS Stream have the same ID, and ended at different times.
    let id = system.id == "centos" && system.prettyName.contains("Stream") ? "centos-stream" : system.id
    let distribution = table.distributions[id]
    isRolling = distribution?.isRolling ?? false
    guard let distribution, !isRolling else {
      guard let distribution else { throw Self.gap(system, nil) }
      (periods, source, tableDay) = ([], distribution.source, table.asOf)
      return
    }
    guard let row = table.release(id, version: system.versionID, codename: system.versionCodename),
      row.unknown == nil
    else {
      throw Self.gap(
        system, table.release(id, version: system.versionID, codename: system.versionCodename)?.unknown)
    }
    var periods: [Period] = []
    for (level, day) in row.ends {
      guard let end = Self.endOfDay(day) else { continue }
      let standing = try SupportNeeds.standing(of: level, id: id, facts)
      periods.append(
        Period(
          level: level, lastDay: day, end: end, need: distribution.needs[level],
          isAvailable: standing.isAvailable, shownBy: standing.shownBy))
    }
    self.periods = periods.sorted { ($0.end, $0.level.rawValue) < ($1.end, $1.level.rawValue) }
    source = row.source
    tableDay = row.asOf
  }

  /// Periods that have not ended and whose needs the guest meets, the longest last.
  public var current: [Period] { periods.filter { $0.end > asOf && $0.isAvailable } }

  private static func table(_ facts: GuestFacts) throws(EvidenceGap) -> SupportTable {
    guard let given = facts.supplied(SupportTable.self) else { return try SupportTable.shipped.get() }
    return given
  }

  private static func gap(_ system: OSRelease, _ reason: String?) -> EvidenceGap {
    EvidenceGap(
      path: system.origin?.path ?? "/etc/os-release",
      reason: "no dates of support are known for \(system.prettyName)" + (reason.map { ": \($0)" } ?? ""))
  }

  /// The end of a day `YYYY-MM-DD`, UTC (days from civil, proleptic Gregorian calendar).
  static func endOfDay(_ day: String) -> Int64? {
    let words = day.split(separator: "-", omittingEmptySubsequences: false)
    let parts = words.compactMap { Int64($0) }
    guard words.count == 3, parts.count == 3, (1970...9999).contains(parts[0]), (1...12).contains(parts[1]),
      (1...31).contains(parts[2])
    else { return nil }
    let year = parts[1] <= 2 ? parts[0] - 1 : parts[0]
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (parts[1] + (parts[1] > 2 ? -3 : 9)) + 2) / 5 + parts[2] - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return (era * 146_097 + dayOfEra - 719_468 + 1) * 86_400
  }
}
