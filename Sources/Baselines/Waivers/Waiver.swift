import DiskImages

/// An accepted finding, with reason, owner and expiry.
public struct Waiver: Sendable, Hashable {
  /// The check's id; also stands for its variants `ID@BASELINE`.
  public var check: String
  public var scope: Scope
  public var reason: String
  public var owner: String
  public var ticket: String?
  public var expires: CalendarDate
  /// What it says of the vulnerabilities that it accepts; nil: only that they are accepted.
  public var exposure: Exposure?
  /// File and line of the waiver; nil for one that was made in code.
  public var place: SourcePlace?

  /// What a waiver is limited to.
  public struct Scope: Sendable, Hashable {
    /// Which images: their file name or path as a glob, or a digest `sha256:…`; nil means all.
    public var image: String?
    /// Which subjects of the check, a glob; nil means all.
    public var subject: String?

    /// Limits a waiver.
    public init(image: String? = nil, subject: String? = nil) {
      self.image = image
      self.subject = subject
    }

    /// Whether the image is meant.
    public func covers(_ candidate: JudgedImage) -> Bool {
      guard let image else { return true }
      if image.hasPrefix("sha256:") { return candidate.digests.contains(image) }
      let fileName = candidate.name.split(separator: "/").last.map(String.init) ?? candidate.name
      return fnmatch(pattern: image, candidate.name) || fnmatch(pattern: image, fileName)
    }

    /// Whether the subject is meant.
    public func covers(subject candidate: String) -> Bool {
      subject.map { fnmatch(pattern: $0, candidate) } ?? true
    }
  }

  /// Puts a waiver together.
  public init(
    check: String, scope: Scope = Scope(), reason: String, owner: String, ticket: String? = nil,
    expires: CalendarDate, exposure: Exposure? = nil, place: SourcePlace? = nil
  ) {
    self.check = check
    self.scope = scope
    self.reason = reason
    self.owner = owner
    self.ticket = ticket
    self.expires = expires
    self.exposure = exposure
    self.place = place
  }

  /// Whether the waiver is for the check.
  public func names(_ check: Check) -> Bool { self.check == check.id || self.check == check.plainID }
}

/// The image that a guest was read from, as waivers name it.
public struct JudgedImage: Sendable, Hashable {
  /// As it was given on the command line.
  public var name: String
  /// `sha256:…` of its disks, where known.
  public var digests: [String]

  /// Names an image.
  public init(name: String = "", digests: [String] = []) {
    self.name = name
    self.digests = digests
  }
}

/// A day of the Gregorian calendar.
public struct CalendarDate: Sendable, Hashable, CustomStringConvertible {
  public var year: Int
  public var month: Int
  public var day: Int

  /// Reads `YYYY-MM-DD`; nil for anything else and for days that do not exist.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-") else { return nil }
    let digits = bytes.enumerated().filter { $0.offset != 4 && $0.offset != 7 }.map(\.element)
    guard digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
    let number = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    (year, month, day) = (number / 10000, number / 100 % 100, number % 100)
    guard year >= 1970, (1...12).contains(month), (1...Self.days(year, month)).contains(day) else {
      return nil
    }
  }

  /// The first second after the day, in seconds since 1970-01-01 UTC.
  public var end: Int64 { 86_400 * (daysSinceEpoch + 1) }

  /// Howard Hinnant's days_from_civil.
  private var daysSinceEpoch: Int64 {
    let shifted = Int64(month <= 2 ? year - 1 : year)
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * Int64(month > 2 ? month - 3 : month + 9) + 2) / 5 + Int64(day) - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func days(_ year: Int, _ month: Int) -> Int {
    if month == 2 { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28 }
    return [4, 6, 9, 11].contains(month) ? 30 : 31
  }

  /// `YYYY-MM-DD`.
  public var description: String {
    func padded(_ number: Int, _ width: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, width - text.count)) + text
    }
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
  }
}
