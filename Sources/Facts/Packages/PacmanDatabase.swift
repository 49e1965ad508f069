import DiskImages
import Evidence

/// The local database of pacman: a folder for each package, with a file of `%NAME%` headings and values.
enum PacmanDatabase: InstalledPackages.Database {
  static let name = "pacman"
  private static let folder = "/var/lib/pacman/local"
  static let needs: [ContentNeed] = ["/var/lib/pacman/local/*/desc"]

  static func read(_ evidence: Evidence) throws(EvidenceGap) -> (packages: [Package], problems: [Origin])? {
    guard let local = try evidence.entry(at: folder), local.type == .directory else { return nil }
    var packages: [Package] = []
    var problems: [Origin] = []
    for entry in local.children where entry.type == .directory {
      guard let file = try evidence.text(at: entry.path + "/desc") else {
        problems.append(Origin(path: entry.path, kind: .vendor, text: "no file desc"))
        continue
      }
      let sections = sections(of: file)
      if let name = sections["NAME"]?.first, let version = sections["VERSION"]?.first {
        packages.append(package(name, version, sections, file))
      } else {
        problems.append(Origin(path: file.path, kind: .vendor, text: "no name or no version"))
      }
    }
    return (packages, problems)
  }

  private static func sections(of file: TextFile) -> [String: [String]] {
    var sections: [String: [String]] = [:]
    var heading: String?
    for line in file.lines {
      if line.text.isEmpty {
        heading = nil
      } else if let open = heading {
        sections[open, default: []].append(line.text)
      } else if line.text.utf8.count > 2, line.text.hasPrefix("%"), line.text.hasSuffix("%") {
        heading = String(line.text.dropFirst().dropLast())
      }
    }
    return sections
  }

  private static func package(
    _ name: String, _ version: String, _ sections: [String: [String]], _ file: TextFile
  ) -> Package {
    let provides = (sections["PROVIDES"] ?? []).compactMap { line in
      line.split { "=<>".contains($0) }.first.map(String.init)
    }
    var package = Package(
      name: name, version: version, architecture: sections["ARCH"]?.first ?? "",
      sourceName: sections["BASE"]?.first, provides: provides,
      origin: Origin(path: file.path, kind: .vendor, text: "\(name) \(version)"))
    // No %REASON% is an explicit installation (libalpm, be_local.c).
    package.isAutomatic = sections["REASON"]?.first == "1"
    package.licence = sections["LICENSE"].map { $0.joined(separator: " AND ") }
    package.vendor = sections["PACKAGER"]?.first
    package.installedAt = sections["INSTALLDATE"]?.first.flatMap { Int64($0) }
    return package
  }
}
