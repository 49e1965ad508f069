import DiskImages
import Evidence

/// Installed gems: `specifications/NAME-VERSION.gemspec`, Ruby code that is not executed. RubyGems itself reads of it
/// only the line `# stub: name version platform paths` (stub_specification.rb); older ones are taken from their
/// assignments.
enum RubyGems: LanguagePackages.Source {
  static let ecosystem = LanguagePackage.Ecosystem.ruby
  static let patterns: [GlobPattern] = [
    "/**/specifications/*.gemspec", "/**/specifications/default/*.gemspec",
  ]

  static func read(_ bytes: [UInt8], _ entry: FileEntry) -> LanguageMetadata {
    var name: String?
    var version: String?
    var licence: String?
    for line in TextFile(path: "", bytes: bytes).lines.prefix(200) {
      if line.text.hasPrefix("# stub: ") {
        let words = line.text.dropFirst(8).split(separator: " ")
        if words.count >= 2, name == nil { (name, version) = (String(words[0]), String(words[1])) }
        continue
      }
      guard let (key, values) = assignment(line.text), let first = values.first else { continue }
      switch key {
      case "name": name = name ?? first
      case "version": version = version ?? first
      case "license", "licenses": licence = licence ?? values.joined(separator: " OR ")
      default: continue
      }
    }
    guard let name, !name.isEmpty, let version, !version.isEmpty else {
      return .damaged("no name or no version")
    }
    return .package(name: name, version: version, licence: licence)
  }

  /// `s.licenses = ["MIT".freeze]`: the attribute and the quoted texts.
  private static func assignment(_ line: String) -> (String, [String])? {
    let text = line.trimmingBlanks()
    guard let dot = text.firstIndex(of: "."), let equals = text.firstIndex(of: "="), dot < equals else {
      return nil
    }
    let key = text[text.index(after: dot)..<equals].trimmingBlanks()
    guard ["name", "version", "license", "licenses"].contains(key) else { return nil }
    var rest = text[text.index(after: equals)...]
    var values: [String] = []
    while values.count < 10, let quote = rest.firstIndex(where: { $0 == "\"" || $0 == "'" }) {
      let body = rest[rest.index(after: quote)...]
      guard let end = body.firstIndex(of: rest[quote]) else { break }
      values.append(String(body[..<end]))
      rest = body[body.index(after: end)...]
    }
    return (String(key), values)
  }
}
