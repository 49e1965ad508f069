/// `Release` or `InRelease`, what an archive says of one of its suites (wiki.debian.org/DebianRepository/Format,
/// "Release" files). The signature of an InRelease file is left to apt, which has verified it.
public struct DebianRelease: Sendable, Hashable, Codable {
  public var origin: String?
  public var label: String?
  /// apt calls it the archive: `oldstable-security`.
  public var suite: String?
  public var codename: String?
  public var version: String?
  /// Seconds since 1970-01-01 UTC.
  public var date: Int64?
  public var validUntil: Int64?
  public var architectures: [String] = []
  public var components: [String] = []
  public var isNotAutomatic = false
  public var isButAutomaticUpgrades = false
  /// Kinds of indexes whose packages for all architectures are listed with each of them.
  public var noSupportForAll: [String] = []
  /// Bytes of the suite's indexes of packages by path below the suite: `main/binary-amd64/Packages`, and the compressed
  /// forms of it.
  public var sizes: [String: Int] = [:]

  private static let sizesLimit = 100_000

  /// Reads the file.
  ///
  /// - Throws: if it is none, or not whole.
  public init(_ bytes: [UInt8]) throws(IndexError) {
    var lines = String(decoding: bytes, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false
    )
    .map { $0.last == "\r" ? $0.dropLast() : $0 }[...]
    if lines.first == "-----BEGIN PGP SIGNED MESSAGE-----" {
      // Clear-signed text (RFC 4880, 7): after the headers and an empty line, before the signature.
      guard let end = lines.firstIndex(of: "-----BEGIN PGP SIGNATURE-----") else {
        throw IndexError("cut short: a signed file without its signature")
      }
      lines = lines[..<end].drop { !$0.isEmpty }.dropFirst()
    }
    var field = ""
    var fields: [String: String] = [:]
    for line in lines {
      if line.first == " " || line.first == "\t" {
        if field == "sha256" { take(size: line) }
        continue
      }
      guard let colon = line.firstIndex(of: ":") else { continue }
      field = line[..<colon].lowercased()
      fields[field] = Self.trimmed(line[line.index(after: colon)...])
    }
    guard fields["suite"] != nil || fields["codename"] != nil || fields["date"] != nil else {
      throw IndexError("not a Release file")
    }
    take(fields)
  }

  private mutating func take(_ fields: [String: String]) {
    origin = fields["origin"]
    label = fields["label"]
    suite = fields["suite"]
    codename = fields["codename"]
    version = fields["version"]
    date = fields["date"].flatMap(MailDate.seconds)
    validUntil = fields["valid-until"].flatMap(MailDate.seconds)
    func words(_ name: String) -> [String] { (fields[name] ?? "").split(separator: " ").map(String.init) }
    architectures = words("architectures")
    components = words("components")
    noSupportForAll = words("no-support-for-architecture-all")
    isNotAutomatic = fields["notautomatic"]?.lowercased() == "yes"
    isButAutomaticUpgrades = isNotAutomatic && fields["butautomaticupgrades"]?.lowercased() == "yes"
  }

  /// `digest size path`.
  private mutating func take(size line: Substring) {
    let words = line.split(separator: " ")
    guard words.count == 3, let size = Int(words[1]), size >= 0, sizes.count < Self.sizesLimit,
      words[2].split(separator: "/").last?.hasPrefix("Packages") ?? false
    else { return }
    sizes[String(words[2])] = size
  }

  private static func trimmed(_ text: Substring) -> String {
    let rest = text.drop { $0 == " " || $0 == "\t" }
    return String(rest.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
  }
}

/// `Sat, 11 Jul 2026 09:12:33 UTC` (RFC 5322, 3.3, as archives write it).
enum MailDate {
  private static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]

  /// Seconds since 1970-01-01 UTC; nil for what is no such date, or not in UTC.
  static func seconds(_ text: String) -> Int64? {
    var words = text.lowercased().split { $0 == " " || $0 == "," }
    if let first = words.first, first.first?.isLetter ?? false { words.removeFirst() }
    guard words.count >= 4, let day = Int64(words[0]), let month = months.firstIndex(of: String(words[1])),
      let year = Int64(words[2]), (1...31).contains(day), (1970...9999).contains(year),
      words.count == 4 || ["utc", "gmt", "z", "+0000"].contains(words[4])
    else { return nil }
    let time = words[3].split(separator: ":").map { Int64($0) ?? -1 }
    guard time.count == 3, (0..<24).contains(time[0]), (0..<60).contains(time[1]), (0...60).contains(time[2])
    else {
      return nil
    }
    return days(year, Int64(month) + 1, day) * 86_400 + time[0] * 3600 + time[1] * 60 + time[2]
  }

  /// Days since 1970-01-01 of a day in the Gregorian calendar.
  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    // Years that start in March have the leap day at their end.
    let shifted = month <= 2 ? year - 1 : year
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
  }
}
