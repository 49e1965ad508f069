import DiskImages
import Evidence
import Foundation

/// Packages below `node_modules` (package.json(5) of npm), and where Debian's node looks for modules besides
/// (/usr/share/doc/nodejs/README.Debian). Those without a name or version are parts of others.
enum NpmPackages: LanguagePackages.Source {
  static let ecosystem = LanguagePackage.Ecosystem.npm
  static let patterns: [GlobPattern] = [
    "/**/node_modules/*/package.json", "/**/node_modules/@*/*/package.json",
    "/usr/share/nodejs/*/package.json", "/usr/share/nodejs/@*/*/package.json",
    "/usr/lib/nodejs/*/package.json", "/usr/lib/nodejs/@*/*/package.json",
    "/usr/lib/*/nodejs/*/package.json", "/usr/lib/*/nodejs/@*/*/package.json",
  ]

  private struct Manifest: Decodable {
    var name: String?
    var version: String?
    var licence: String?

    private enum CodingKeys: String, CodingKey { case name, version, license, licenses }
    private struct Named: Decodable { var type: String? }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      name = try? container.decode(String.self, forKey: .name)
      version = try? container.decode(String.self, forKey: .version)
      let list = try? container.decode([Named].self, forKey: .licenses).compactMap(\.type)
      licence =
        (try? container.decode(String.self, forKey: .license))
        ?? (try? container.decode(Named.self, forKey: .license))?.type
        ?? list.map { $0.joined(separator: " OR ") }.flatMap { $0.isEmpty ? nil : $0 }
    }
  }

  static func read(_ bytes: [UInt8], _ entry: FileEntry) -> LanguageMetadata {
    guard let manifest = try? JSONDecoder().decode(Manifest.self, from: Data(bytes)) else {
      return .damaged("not a JSON object")
    }
    guard let name = manifest.name, !name.isEmpty, let version = manifest.version, !version.isEmpty else {
      return .none
    }
    return .package(name: name, version: version, licence: manifest.licence)
  }
}
