import Baselines

/// Days and moments in UTC, without time zones and leap seconds.
public enum CalendarTime {
  /// RFC 3339: `2026-11-24T18:44:21Z`.
  ///
  /// - Parameter seconds: since 1970-01-01 UTC.
  public static func timestamp(_ seconds: Int64) -> String {
    let rest = Int(seconds - floorDivide(seconds, 86_400) * 86_400)
    return day(seconds) + "T" + pad(rest / 3600, 2) + ":" + pad(rest / 60 % 60, 2) + ":" + pad(rest % 60, 2)
      + "Z"
  }

  /// `2026-11-24`.
  public static func day(_ seconds: Int64) -> String {
    let (year, month, day) = civil(floorDivide(seconds, 86_400))
    return pad(year, 4) + "-" + pad(month, 2) + "-" + pad(day, 2)
  }

  /// Seconds since 1970-01-01 UTC of a time in the form of `timestamp`; nil for any other.
  public static func seconds(_ timestamp: String) -> Int64? {
    guard let match = timestamp.wholeMatch(of: /(.{10})T([0-9]{2}):([0-9]{2}):([0-9]{2})Z/),
      let day = CalendarDate(String(match.1)), let hours = Int64(match.2), let minutes = Int64(match.3),
      let seconds = Int64(match.4), hours < 24, minutes < 60, seconds < 61
    else { return nil }
    return day.end - 86_400 + 3600 * hours + 60 * minutes + seconds
  }

  /// When something ended that took so long; a saved report may say any duration.
  static func end(_ start: Int64, _ duration: Double) -> Int64 {
    guard duration.isFinite else { return start }
    return start + Int64(min(max(0, duration), 1e9).rounded(.up))
  }

  private static func floorDivide(_ left: Int64, _ right: Int64) -> Int64 {
    left >= 0 ? left / right : (left - right + 1) / right
  }

  /// By eras of 400 years that begin on 1 March (Howard Hinnant's civil_from_days).
  private static func civil(_ days: Int64) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (Int(year), Int(month), Int(dayOfYear - (153 * monthFromMarch + 2) / 5 + 1))
  }

  private static func pad(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
