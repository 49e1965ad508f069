import DiskImages
import Evidence

/// Loads units as systemd's manager does: name to file, drop-ins on top. Each unit is read once.
final class UnitLoader {
  let evidence: Evidence
  let loadPath: UnitLoadPath
  var catalog: UnitCatalog
  private var loaded: [UnitName: UnitState] = [:]

  init(_ evidence: Evidence, _ catalog: UnitCatalog) {
    self.evidence = evidence
    self.catalog = catalog
    loadPath = catalog.loadPath
  }

  /// The unit behind a name; aliases are followed.
  func load(_ requested: UnitName) throws(EvidenceGap) -> UnitState {
    guard let (name, source) = catalog.resolve(requested) else { return .absent }
    if let known = loaded[name] { return known }
    let state: UnitState
    switch source {
    case .alias, .broken: state = .absent
    case .masked(let entry): state = .masked(origin(entry))
    case .generated(let file): state = .loaded(try assemble(name, file))
    case .file(let entry): state = .loaded(try assemble(name, UnitFile(try evidence.text(of: entry))))
    }
    loaded[name] = state
    return state
  }

  private func assemble(_ name: UnitName, _ main: UnitFile) throws(EvidenceGap) -> LoadedUnit {
    let aliases = catalog.aliases[name] ?? []
    var files = [main]
    for entry in loadPath.entries(of: name, aliases: aliases, suffix: ".d") where !evidence.isNull(entry) {
      if case .found(let target) = evidence.index.target(of: entry), target.type == .regular {
        files.append(UnitFile(try evidence.text(of: entry)))
      }
    }
    return LoadedUnit(name: name, aliases: aliases, path: main.path, files: files)
  }

  /// Names linked in `UNIT.wants`, `.requires` and `.upholds`, with the link that says so. What is no link, or a
  /// link to /dev/null, says nothing (load-dropin.c: process_deps).
  func dependencies(of unit: LoadedUnit) -> [(name: UnitName, origin: Origin)] {
    var found: [(UnitName, Origin)] = []
    for suffix in [".wants", ".requires", ".upholds"] {
      for link in loadPath.entries(of: unit.name, aliases: unit.aliases, suffix: suffix)
      where link.type == .symbolicLink && !evidence.isNull(link) {
        if let name = UnitName(full: link.rawName) { found.append((name, origin(link))) }
      }
    }
    return found
  }

  private func origin(_ entry: FileEntry) -> Origin {
    Origin(
      path: entry.path, kind: entry.path.hasPrefix("/etc/") ? .explicit : .vendor,
      text: entry.linkTarget.map { "-> \($0)" } ?? "an empty file")
  }
}
