/// Bounds on what is made of downloaded bytes.
enum AdvisoryLimits {
  /// Bytes of one unpacked file. The largest feeds that are one file (Debian's tracker, SUSE's and Fedora's
  /// updateinfo) are below 150 MB.
  static let file = 512 << 20
  /// Bytes of a summary, which is one line for people.
  static let summary = 300

  /// - Throws: one line if the file is larger than any feed.
  static func check(_ file: AdvisoryFile) throws(AdvisoryError) {
    guard file.bytes.count <= Self.file else {
      throw AdvisoryError(
        "\(file.name): \(file.bytes.count >> 20) MB, more than the \(Self.file >> 20) MB that one file of advisories may have"
      )
    }
  }
}

/// Small things that several sources say in the same way.
enum AdvisoryText {
  /// The first line, without blanks around it.
  static func firstLine(_ text: String) -> String {
    let lines = text.split(whereSeparator: \.isNewline).lazy.map(trimmed).filter { !$0.isEmpty }
    return lines.first ?? ""
  }

  static func trimmed(_ text: some StringProtocol) -> String {
    let blanks: Set<Character> = [" ", "\t", "\n", "\r", "\r\n"]
    let start = text.firstIndex { !blanks.contains($0) } ?? text.endIndex
    let end = text.lastIndex { !blanks.contains($0) }.map { text.index(after: $0) } ?? text.endIndex
    return String(text[start..<end])
  }

  /// The CVE numbers in a text, in their order: `CVE-`, four digits, a hyphen, four digits or more.
  static func cves(in text: String) -> [String] {
    guard text.utf8.count >= 13 else { return [] }
    let bytes = Array(text.utf8)
    var found: [String] = []
    var place = 0
    while place + 13 <= bytes.count {
      if let end = endOfCVE(bytes, at: place) {
        found.append("CVE-" + String(decoding: bytes[place + 4..<end], as: UTF8.self))
        place = end
      } else {
        place += 1
      }
    }
    return found
  }

  /// Whether a text is a CVE number and nothing else.
  static func isCVE(_ text: String) -> Bool {
    text.hasPrefix("CVE-") && endOfCVE(Array(text.utf8), at: 0) == text.utf8.count
  }

  private static func endOfCVE(_ bytes: [UInt8], at start: Int) -> Int? {
    guard bytes.count - start >= 13, bytes[start] & 0xdf == UInt8(ascii: "C"),
      bytes[start + 1] & 0xdf == UInt8(ascii: "V"), bytes[start + 2] & 0xdf == UInt8(ascii: "E"),
      bytes[start + 3] == UInt8(ascii: "-"), bytes[start + 8] == UInt8(ascii: "-"),
      bytes[start + 4..<start + 8].allSatisfy(isDigit)
    else { return nil }
    var end = start + 9
    while end < bytes.count, isDigit(bytes[end]) { end += 1 }
    return (4...19).contains(end - start - 9) ? end : nil
  }

  static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

  /// A day as `2026-07-11`, of a date with or without a time, or of seconds since 1970, which SUSE writes.
  static func day(_ text: String) -> String? {
    let bytes = Array(text.utf8)
    if bytes.count >= 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      (bytes[0..<4] + bytes[5..<7] + bytes[8..<10]).allSatisfy(isDigit)
    {
      return String(decoding: bytes[0..<10], as: UTF8.self)
    }
    guard !bytes.isEmpty, bytes.count <= 11, bytes.allSatisfy(isDigit), let seconds = Int(text) else {
      return nil
    }
    return day(ofEpochDay: seconds / 86_400)
  }

  /// The civil date of a day counted from 1970-01-01 (Howard Hinnant, "chrono-Compatible Low-Level Date
  /// Algorithms").
  private static func day(ofEpochDay day: Int) -> String {
    let shifted = day + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return padded(year, 4) + "-" + padded(month, 2) + "-"
      + padded(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1, 2)
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
