import DiskImages
import Evidence

/// Installed Python distributions: `METADATA` of wheels and `PKG-INFO` of older ones, with headers as in mail ("Core
/// metadata specifications" and "Recording installed projects" of packaging.python.org).
enum PythonPackages: LanguagePackages.Source {
  static let ecosystem = LanguagePackage.Ecosystem.python
  static let patterns: [GlobPattern] = [
    "/**/*.dist-info/METADATA", "/**/*.egg-info/PKG-INFO", "/**/*.egg-info", "/**/*.egg/EGG-INFO/PKG-INFO",
  ]

  private static let longestLicence = 200

  static func read(_ bytes: [UInt8], _ entry: FileEntry) -> LanguageMetadata {
    var name: Substring?
    var version: Substring?
    var expression: Substring?
    var licence: Substring?
    var classifiers: [Substring] = []
    // The description follows an empty line.
    for line in lines(bytes) {
      if line.isEmpty { break }
      guard let colon = line.firstIndex(of: ":"), line.first != " ", line.first != "\t" else { continue }
      let value = line[line.index(after: colon)...].trimmingBlanks()
      if value.isEmpty { continue }
      switch line[..<colon].lowercased() {
      case "name": name = name ?? value
      case "version": version = version ?? value
      case "license-expression": expression = expression ?? value
      case "license": licence = licence ?? value
      case "classifier":
        if value.hasPrefix("License ::"), let last = value.split(separator: "::").last, classifiers.count < 10
        {
          classifiers.append(last.trimmingBlanks())
        }
      default: continue
      }
    }
    guard let name, let version else { return .damaged("no name or no version") }
    let words = [expression, licence, classifiers.isEmpty ? nil : classifiers.joined(separator: ", ")[...]]
    let found = words.compactMap { $0 }.first { $0 != "UNKNOWN" && $0.utf8.count <= longestLicence }
    return .package(name: String(name), version: String(version), licence: found.map(String.init))
  }

  private static func lines(_ bytes: [UInt8]) -> some Sequence<Substring> {
    let end = headerEnd(bytes)
    return String(decoding: bytes[..<end], as: UTF8.self)
      .split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
  }

  /// So that long descriptions are not decoded.
  private static func headerEnd(_ bytes: [UInt8]) -> Int {
    var position = 0
    while let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) {
      let line = bytes[position..<end]
      if line.isEmpty || line.elementsEqual([UInt8(ascii: "\r")]) { return position }
      position = end + 1
    }
    return bytes.count
  }
}
