/// Dates of certificates.
public enum CertificateTime {
  /// The day of a moment, in UTC: `2026-11-24`.
  public static func day(_ seconds: Int64) -> String {
    let days = Int((Double(seconds) / 86_400).rounded(.down)) + 719_468
    let era = (days >= 0 ? days : days - 146_096) / 146_097
    let ofEra = days - era * 146_097
    let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
    let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * ofYear + 2) / 153
    let day = ofYear - (153 * month + 2) / 5 + 1
    let isAfterFebruary = month < 10
    let year = yearOfEra + era * 400 + (isAfterFebruary ? 0 : 1)
    func padded(_ number: Int, _ width: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, width - text.count)) + text
    }
    return "\(padded(year, 4))-\(padded(isAfterFebruary ? month + 3 : month - 9, 2))-\(padded(day, 2))"
  }

  /// Seconds since 1970-01-01 UTC. Only the two forms of RFC 5280 section 4.1.2.5: `YYMMDDHHMMSSZ`, whose years from
  /// 50 are of the last century, and `YYYYMMDDHHMMSSZ`. OpenSSL, GnuTLS and Go refuse a certificate with another one.
  static func seconds(_ element: DERElement) -> Int64? {
    let text = Array(element.content)
    let yearDigits: Int
    switch element.tag {
    case 0x17 where text.count == 13: yearDigits = 2
    case 0x18 where text.count == 15: yearDigits = 4
    default: return nil
    }
    guard text.last == UInt8(ascii: "Z"), text.dropLast().allSatisfy({ (0x30...0x39).contains($0) }) else {
      return nil
    }
    func number(_ range: Range<Int>) -> Int { text[range].reduce(0) { $0 * 10 + Int($1 - 0x30) } }
    var year = number(0..<yearDigits)
    if yearDigits == 2 { year += year < 50 ? 2000 : 1900 }
    let rest = stride(from: yearDigits, to: yearDigits + 10, by: 2).map { number($0..<$0 + 2) }
    let (month, day, hour, minute, second) = (rest[0], rest[1], rest[2], rest[3], rest[4])
    guard (1...12).contains(month), (1...days(in: month, of: year)).contains(day), hour < 24, minute < 60,
      second < 60
    else { return nil }
    return Int64(daysSince1970(year, month, day)) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
  }

  private static func days(in month: Int, of year: Int) -> Int {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
  }

  /// Of the Gregorian calendar, for years from 0 on (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
  private static func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let year = month <= 2 ? year - 1 : year
    let era = (year >= 0 ? year : year - 399) / 400
    let ofEra = year - era * 400
    let ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468
  }
}
