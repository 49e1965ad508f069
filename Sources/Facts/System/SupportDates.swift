import DiskImages
import Evidence

/// What kind of updates a distribution's release still gets.
public enum SupportLevel: String, Sendable, Hashable, CaseIterable, Codable {
  /// By the distribution itself, for everybody.
  case regular
  /// By a long-term team, for everybody; fewer packages, fewer architectures.
  case lts
  /// By the distribution, to machines that are attached to a subscription which is free in small numbers.
  case subscription
  /// Bought separately.
  case paid
}

/// Until when the guest's release is supported, as of the moment of the scan.
public struct SupportDates: FactModel {
  public static let needs: [ContentNeed] =
    OSRelease.needs + AptSources.needs

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
  }

  /// `Debian GNU/Linux 12 (bookworm)`.
  public let release: String
  /// In the order of their ends; empty for a rolling distribution.
  public let periods: [Period]
  public let isRolling: Bool
  /// The moment as of which dates are judged.
  public let asOf: Int64
  public let origin: Origin?

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let system: OSRelease = try facts.model()
    release = system.prettyName
    asOf = facts.asOf
    origin = system.origin
    isRolling = SupportDatesData.rolling.contains(system.id)
    if isRolling {
      periods = []
      return
    }
    guard let row = Self.row(system.id, system.versionID) else {
      throw EvidenceGap(
        path: system.origin?.path ?? "/etc/os-release",
        reason: "no dates of support are known for \(system.prettyName)")
    }
    var periods: [Period] = []
    for (level, day) in row {
      guard let end = Self.endOfDay(day) else { continue }
      let need = SupportDatesData.needs[system.id]?[level]
      periods.append(
        Period(
          level: level, lastDay: day, end: end, need: need,
          isAvailable: try Self.isAvailable(level, system.id, facts)))
    }
    self.periods = periods
  }

  /// Periods that have not ended and whose needs the guest meets, the longest last.
  public var current: [Period] { periods.filter { $0.end > asOf && $0.isAvailable } }

  private static func row(_ id: String, _ version: String?) -> [(SupportLevel, String)]? {
    guard let version else { return nil }
    let parts = version.split(separator: ".")
    // 3.19.1 is a state of 3.19, 9.4 one of 9.
    let candidates = (1...3).reversed().map { parts.prefix($0).joined(separator: ".") }
    for candidate in candidates { if let row = table["\(id) \(candidate)"] { return row } }
    return nil
  }

  private static let table: [String: [(SupportLevel, String)]] = {
    var result: [String: [(SupportLevel, String)]] = [:]
    for line in SupportDatesData.table.split(separator: "\n") {
      let words = line.split(separator: " ")
      result["\(words[0]) \(words[1])"] = words.dropFirst(2).compactMap { word in
        let pair = word.split(separator: "=")
        return SupportLevel(rawValue: String(pair[0])).map { ($0, String(pair[1])) }
      }
    }
    return result
  }()

  /// The end of a day `YYYY-MM-DD`, UTC (days from civil, proleptic Gregorian calendar).
  static func endOfDay(_ day: String) -> Int64? {
    let parts = day.split(separator: "-").compactMap { Int64($0) }
    guard parts.count == 3, (1...12).contains(parts[1]), (1...31).contains(parts[2]) else { return nil }
    let year = parts[1] <= 2 ? parts[0] - 1 : parts[0]
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (parts[1] + (parts[1] > 2 ? -3 : 9)) + 2) / 5 + parts[2] - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return (era * 146_097 + dayOfEra - 719_468 + 1) * 86_400
  }

  /// Whether the guest is set up for a level. What a purchase leaves no trace of counts as not there.
  private static func isAvailable(_ level: SupportLevel, _ id: String, _ facts: GuestFacts)
    throws(EvidenceGap)
    -> Bool
  {
    switch (level, id) {
    case (.regular, _), (.lts, _): return true
    case (_, "debian"):
      let sources: AptSources = try facts.model()
      return sources.entries.contains { $0.isEnabled && $0.uri.contains("/extended-lts") }
    case (.subscription, "ubuntu"):
      let token = "/var/lib/ubuntu-advantage/private/machine-token.json"
      if try facts.evidence.entry(at: token) != nil { return true }
      let sources: AptSources = try facts.model()
      return sources.entries.contains { $0.isEnabled && $0.uri.contains("esm.ubuntu.com") }
    default: return false
    }
  }
}
