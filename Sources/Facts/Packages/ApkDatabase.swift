import DiskImages
import Evidence

/// The database of Alpine's apk: records of `X:value` lines, apart by empty lines (apk-package(5)).
enum ApkDatabase: InstalledPackages.Database {
  static let name = "apk"
  private static let paths = ["/lib/apk/db/installed", "/usr/lib/apk/db/installed"]
  static let needs = paths.map { ContentNeed($0, limit: 64 << 20) }

  static func read(_ evidence: Evidence) throws(EvidenceGap) -> (packages: [Package], problems: [Origin])? {
    for path in paths {
      guard let bytes = try evidence.bytes(at: path) else { continue }
      return read(TextFile(path: path, bytes: bytes))
    }
    return nil
  }

  private static func read(_ file: TextFile) -> (packages: [Package], problems: [Origin]) {
    var packages: [Package] = []
    var problems: [Origin] = []
    var fields: [Character: String] = [:]
    var start: TextFile.Line?
    func close() {
      guard let first = start else { return }
      let package = package(fields, file.path, first.number)
      if let package { packages.append(package) }
      // A package without a version is installed all the same; apk itself takes the record.
      if package?.version.isEmpty ?? true {
        problems.append(Origin(path: file.path, line: first.number, kind: .vendor, text: first.text))
      }
      start = nil
      fields = [:]
    }
    for line in file.lines {
      if line.text.isEmpty {
        close()
        continue
      }
      if start == nil { start = line }
      guard let key = line.text.first, line.text.dropFirst().first == ":" else { continue }
      // The list of files follows with keys of its own.
      if fields[key] == nil { fields[key] = String(line.text.dropFirst(2)) }
    }
    close()
    return (packages, problems)
  }

  private static func package(_ fields: [Character: String], _ path: String, _ line: Int) -> Package? {
    guard let name = fields["P"], !name.isEmpty else { return nil }
    let version = fields["V"] ?? ""
    let provides = (fields["p"] ?? "").split(separator: " ").compactMap { word in
      word.split { "=<>~".contains($0) }.first.map(String.init)
    }
    var package = Package(
      name: name, version: version, architecture: fields["A"] ?? "", sourceName: fields["o"],
      provides: provides,
      origin: Origin(path: path, line: line, kind: .vendor, text: "\(name) \(version)"))
    package.licence = fields["L"]
    return package
  }
}
