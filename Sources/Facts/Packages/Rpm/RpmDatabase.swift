import DiskImages
import Evidence

/// The database of rpm, whichever of its forms it has. It is read from its own bytes: the rpm library of this
/// machine may know only some forms, and says of others that no package is installed.
enum RpmDatabase: InstalledPackages.Database {
  static let name = "rpm"

  /// Where distributions keep it; one is often a link to another.
  static let folders = ["/var/lib/rpm", "/usr/lib/sysimage/rpm", "/usr/share/rpm"]
  /// In the order in which rpm looks for them.
  static let backends: [any RpmBackend.Type] = [RpmSQLite.self, RpmNDB.self, RpmBerkeley.self]
  private static let limit = 512 << 20

  static let needs = folders.flatMap { folder in
    (backends.map { $0.fileName } + [RpmSQLite.logName]).map { ContentNeed("\(folder)/\($0)", limit: limit) }
  }

  /// Reads every database once, and of each folder the one that rpm would open.
  static func read(_ evidence: Evidence) throws(EvidenceGap) -> (packages: [Package], problems: [Origin])? {
    var seen: Set<FileEntry> = []
    var result: (packages: [Package], problems: [Origin])?
    for folder in folders {
      for backend in backends {
        let path = "\(folder)/\(backend.fileName)"
        guard let entry = try evidence.entry(at: path) else { continue }
        guard seen.insert(entry).inserted else { break }
        guard let content = try read(backend, path, evidence) else { break }
        result = ((result?.packages ?? []) + content.packages, (result?.problems ?? []) + content.problems)
        break
      }
    }
    guard let result else { return nil }
    var known: Set<String> = []
    let packages = result.packages.filter {
      known.insert("\($0.name) \($0.version) \($0.architecture)").inserted
    }
    return (packages, result.problems)
  }

  /// Hands over the header of every package of the first database that is there, for questions that the list of
  /// packages does not answer; false if there is none.
  static func forEachHeader(
    _ evidence: Evidence, _ body: (RpmHeader) -> Void
  ) throws(EvidenceGap) -> Bool {
    for folder in folders {
      for backend in backends {
        let path = "\(folder)/\(backend.fileName)"
        guard let bytes = try evidence.bytes(at: path) else { continue }
        var files = RpmFiles(main: bytes)
        if backend == RpmSQLite.self { files.log = try evidence.bytes(at: path + "-wal") ?? [] }
        do {
          _ = try backend.read(files) { blob in
            if let header = RpmHeader(blob) { body(header) }
          }
        } catch {
          throw EvidenceGap(path: path, reason: "the database of rpm cannot be read: \(error.reason)")
        }
        return true
      }
    }
    return false
  }

  /// Nil for the empty database that rpm makes when it is installed as a tool on a system of another kind.
  private static func read(
    _ backend: any RpmBackend.Type, _ path: String, _ evidence: Evidence
  ) throws(EvidenceGap) -> (packages: [Package], problems: [Origin])? {
    let bytes = try evidence.bytes(at: path) ?? []
    var files = RpmFiles(main: bytes)
    if backend == RpmSQLite.self { files.log = try evidence.bytes(at: path + "-wal") ?? [] }
    var packages: [Package] = []
    var problems: [Origin] = []
    let problem = { Origin(path: path, kind: .vendor, text: $0) }
    do {
      let found = try backend.read(files) { blob in
        if let package = package(blob, path) {
          packages.append(package)
        } else {
          problems.append(problem("a header without name or version"))
        }
      }
      problems += found.map(problem)
    } catch {
      throw EvidenceGap(path: path, reason: "the database of rpm cannot be read: \(error.reason)")
    }
    if packages.isEmpty {
      if problems.isEmpty, try isOfAnotherKind(evidence) { return nil }
      let first = problems.first?.text.map { ": \($0)" } ?? ""
      throw EvidenceGap(path: path, reason: "the database of rpm lists no package\(first)")
    }
    return (packages, problems)
  }

  private static func isOfAnotherKind(_ evidence: Evidence) throws(EvidenceGap) -> Bool {
    for path in ["/var/lib/dpkg/status", "/lib/apk/db/installed", "/var/lib/pacman/local"]
    where try evidence.entry(at: path) != nil { return true }
    return false
  }

  private static func package(_ blob: [UInt8], _ path: String) -> Package? {
    guard let header = RpmHeader(blob), let name = header.text(.name), !name.isEmpty,
      let upstream = header.text(.version), !upstream.isEmpty
    else { return nil }
    let release = header.text(.release).map { "-" + $0 } ?? ""
    let epoch = header.number(.epoch).map { $0 == 0 ? "" : "\($0):" } ?? ""
    let version = epoch + upstream + release
    let source = source(header.text(.sourcePackage))
    var package = Package(
      name: name, version: version, architecture: header.text(.architecture) ?? "", sourceName: source?.name,
      sourceVersion: source.map { epoch + $0.version }, provides: header.texts(.provides),
      origin: Origin(path: path, kind: .vendor, text: "\(name) \(version)"))
    package.licence = header.text(.licence)
    package.vendor = header.text(.vendor)
    package.installedAt = header.number(.installTime).map(Int64.init)
    package.modularityLabel = header.text(.modularityLabel)
    return package
  }

  /// `bash-5.1.8-6.el9.src.rpm`: name, version and release are apart by the last two hyphens.
  private static func source(_ file: String?) -> (name: String, version: String)? {
    guard var name = file?[...] else { return nil }
    for suffix in [".src.rpm", ".nosrc.rpm"] where name.hasSuffix(suffix) {
      name = name.dropLast(suffix.count)
    }
    guard let release = name.lastIndex(of: "-"), let version = name[..<release].lastIndex(of: "-"),
      version > name.startIndex
    else { return nil }
    return (String(name[..<version]), String(name[name.index(after: version)...]))
  }
}
