import DiskImages
import Evidence

/// The directories in which systemd looks for units, the strongest first (systemd.unit(5), "Unit File Load Path").
///
/// Directories that only exist on a running system are left out, but for what generators would put there, which
/// other models compute.
struct UnitLoadPath {
  static let directories = [
    "/etc/systemd/system.control", "/etc/systemd/system", "/etc/systemd/system.attached",
    "/run/systemd/system",
    "/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system",
  ]

  private let evidence: Evidence
  /// Those that exist, each once even where /lib is a link to /usr/lib.
  private let present: [FileEntry]

  init(_ evidence: Evidence) throws(EvidenceGap) {
    self.evidence = evidence
    var present: [FileEntry] = []
    for path in Self.directories {
      if let entry = try evidence.entry(at: path), entry.type == .directory, !present.contains(entry) {
        present.append(entry)
      }
    }
    self.present = present
  }

  /// The strongest entry with the name, links not followed.
  func find(_ name: String) -> FileEntry? {
    for directory in present {
      if let entry = directory.child(named: name) { return entry }
    }
    return nil
  }

  /// Files `*.conf` of all the given drop-in directories, one for each base name, in the order in which systemd
  /// reads them: by name, whatever their directory.
  func dropIns(_ directoryNames: [String]) -> [FileEntry] {
    var byName: [String: FileEntry] = [:]
    for name in directoryNames {
      for directory in subdirectories(name) {
        for entry in directory.children where entry.nameBytes.suffix(5).elementsEqual(".conf".utf8) {
          if byName[entry.name] == nil { byName[entry.name] = entry }
        }
      }
    }
    return byName.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map(\.value)
  }

  /// Names linked in `UNIT.wants`, `UNIT.requires` or `UNIT.upholds`, with the link that says so.
  func dependencies(of unit: UnitName) -> [(name: String, link: FileEntry)] {
    var names = [unit.description]
    if unit.instance?.isEmpty == false, let template = unit.template { names.append(template) }
    var found: [(String, FileEntry)] = []
    var seen: Set<String> = []
    for name in names {
      for suffix in [".wants", ".requires", ".upholds"] {
        for directory in subdirectories(name + suffix) {
          for link in directory.children where seen.insert(link.name).inserted {
            found.append((link.name, link))
          }
        }
      }
    }
    return found
  }

  /// Every name of a unit file, each with its strongest entry.
  var allUnits: [(name: UnitName, entry: FileEntry)] {
    var result: [(UnitName, FileEntry)] = []
    var seen: Set<String> = []
    for directory in present {
      for entry in directory.children where entry.type != .directory {
        guard let name = UnitName(entry.name), entry.name == name.description,
          seen.insert(entry.name).inserted
        else { continue }
        result.append((name, entry))
      }
    }
    return result
  }

  private func subdirectories(_ name: String) -> [FileEntry] {
    present.compactMap { directory in
      guard let entry = directory.child(named: name),
        case .found(let target) = evidence.index.target(of: entry), target.type == .directory
      else { return nil }
      return target
    }
  }
}
