import DiskImages
import Evidence

/// What the guest says it is (os-release(5)).
public struct OSRelease: FactModel {
  public static let needs: [ContentNeed] = ["/etc/os-release", "/usr/lib/os-release"]

  /// Every assignment, unquoted.
  public let values: [String: String]
  public let origin: Origin?

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    for path in ["/etc/os-release", "/usr/lib/os-release"] {
      guard let file = try facts.evidence.text(at: path) else { continue }
      values = Self.parse(file)
      origin = Origin(path: path, kind: .vendor)
      return
    }
    values = [:]
    origin = nil
  }

  /// `debian`, `ubuntu`, `rhel` …; `linux` where the guest does not say.
  public var id: String { values["ID"] ?? "linux" }
  /// `12`, `24.04`; nil on rolling distributions.
  public var versionID: String? { values["VERSION_ID"] }
  public var versionCodename: String? { values["VERSION_CODENAME"] }
  /// The distributions from which this one is derived, the closest first.
  public var idLike: [String] { (values["ID_LIKE"] ?? "").split(separator: " ").map(String.init) }
  /// For people: `Debian GNU/Linux 12 (bookworm)`.
  public var prettyName: String { values["PRETTY_NAME"] ?? values["NAME"] ?? "Linux" }

  /// Assignments as a shell reads them, without expansion.
  static func parse(_ file: TextFile) -> [String: String] {
    var values: [String: String] = [:]
    for line in file.lines {
      let text = line.text.trimmingBlanks()
      guard !text.hasPrefix("#"), let equals = text.firstIndex(of: "=") else { continue }
      values[String(text[..<equals])] = unquote(text[text.index(after: equals)...])
    }
    return values
  }

  private static func unquote(_ text: Substring) -> String {
    guard let quote = text.first, quote == "\"" || quote == "'", text.count >= 2, text.last == quote else {
      return String(text)
    }
    var result = ""
    var isEscaped = false
    for character in text.dropFirst().dropLast() {
      if !isEscaped, character == "\\", quote == "\"" {
        isEscaped = true
      } else {
        result.append(character)
        isEscaped = false
      }
    }
    return result
  }
}
