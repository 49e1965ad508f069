import DiskImages
import Evidence

/// dpkg's status file, and the status.d folder of images without dpkg (deb-control(5), dpkg(1)), with what apt notes of
/// packages that came as dependencies (apt-mark(8)). Licences are not in the database.
enum DpkgDatabase: InstalledPackages.Database {
  static let name = "dpkg"
  static let needs: [ContentNeed] = [
    ContentNeed("/var/lib/dpkg/status", limit: 64 << 20), "/var/lib/dpkg/status.d/*",
    ContentNeed(extendedStates, limit: 16 << 20),
  ]
  private static let extendedStates = "/var/lib/apt/extended_states"

  static func read(_ evidence: Evidence) throws(EvidenceGap) -> (packages: [Package], problems: [Origin])? {
    var files: [TextFile] = []
    if let status = try evidence.text(at: "/var/lib/dpkg/status") { files.append(status) }
    for entry in try evidence.entries(matching: "/var/lib/dpkg/status.d/*")
    where entry.type == .regular && !entry.name.hasSuffix(".md5sums") {
      files.append(try evidence.text(of: entry))
    }
    if files.isEmpty { return nil }
    var packages: [Package] = []
    var problems: [Origin] = []
    for file in files {
      for stanza in ControlFile(file).stanzas {
        if let package = package(stanza, in: file) {
          packages.append(package)
        } else {
          problems.append(Origin(path: file.path, line: stanza.line, kind: .vendor, text: stanza.summary))
        }
      }
    }
    if let states = try extendedStates(evidence, &problems) { mark(&packages, states) }
    return (packages, problems)
  }

  /// Packages by name and architecture that apt installed for others; nil where apt notes nothing. That the file
  /// cannot be read makes the packages no less known.
  private static func extendedStates(
    _ evidence: Evidence, _ problems: inout [Origin]
  ) throws(EvidenceGap) -> [String: Set<String>]? {
    let file: TextFile
    do {
      guard let text = try evidence.text(at: extendedStates) else { return nil }
      file = text
    } catch {
      problems.append(Origin(path: error.path, kind: .vendor, text: error.reason))
      return nil
    }
    var automatic: [String: Set<String>] = [:]
    for stanza in ControlFile(file).stanzas where stanza["Auto-Installed"] == "1" {
      guard let name = stanza["Package"] else { continue }
      automatic[name, default: []].insert(stanza["Architecture"] ?? "")
    }
    return automatic
  }

  /// apt notes packages of architecture `all` under the native one.
  private static func mark(_ packages: inout [Package], _ automatic: [String: Set<String>]) {
    for position in packages.indices {
      let package = packages[position]
      let noted = automatic[package.name] ?? []
      packages[position].isAutomatic =
        package.architecture == "all"
        ? !noted.isEmpty : !noted.isDisjoint(with: [package.architecture, "", "all"])
    }
  }

  private static func package(_ stanza: ControlFile.Stanza, in file: TextFile) -> Package? {
    guard let name = stanza["Package"], !name.isEmpty, let version = stanza["Version"], !version.isEmpty
    else {
      return nil
    }
    let (sourceName, sourceVersion) = source(stanza["Source"])
    var package = Package(
      name: name, version: version, architecture: stanza["Architecture"] ?? "", sourceName: sourceName,
      sourceVersion: sourceVersion,
      state: state(stanza["Status"], isDistroless: file.path.contains("/status.d/")),
      provides: relationNames(stanza["Provides"]),
      origin: Origin(path: file.path, line: stanza.line, kind: .vendor, text: "\(name) \(version)"))
    package.isHeld = stanza["Status"]?.split(separator: " ").first == "hold"
    return package
  }

  /// `Source: name (version)`; the version is left out where it is the package's.
  private static func source(_ field: String?) -> (String?, String?) {
    guard let field else { return (nil, nil) }
    let parts = field.split(separator: " ", maxSplits: 1)
    let version = parts.count > 1 ? parts[1].drop { $0 == "(" }.prefix { $0 != ")" } : nil
    return (parts.first.map(String.init), version.map(String.init))
  }

  /// The third word of `Status: want eflag status`. Records in status.d have none and are installed; in the status
  /// file dpkg takes a record without one as not installed.
  private static func state(_ field: String?, isDistroless: Bool) -> Package.State {
    switch field?.split(separator: " ").last {
    case nil: isDistroless ? .installed : .configFiles
    case "installed", "triggers-pending": .installed
    case "config-files", "not-installed": .configFiles
    default: .incomplete
    }
  }

  private static func relationNames(_ field: String?) -> [String] {
    (field ?? "").split(separator: ",").compactMap { relation in
      relation.split { $0 == " " || $0 == "(" || $0 == ":" }.first.map(String.init)
    }
  }
}
