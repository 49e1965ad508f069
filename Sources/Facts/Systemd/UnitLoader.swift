import DiskImages
import Evidence

/// Loads units as systemd's manager does: name to file, links as masks and aliases, drop-ins.
struct UnitLoader {
  let evidence: Evidence
  let loadPath: UnitLoadPath

  func load(_ unit: UnitName, depth: Int = 0) throws(EvidenceGap) -> UnitState {
    guard depth < 16 else { return .absent }
    guard let entry = loadPath.find(unit.description) else {
      if unit.instance?.isEmpty == false, let template = unit.template, let name = UnitName(template) {
        return try loadInstance(of: name, as: unit, depth)
      }
      return try sysvScript(unit)
    }
    if entry.type == .symbolicLink {
      if let alias = try aliasTarget(entry, unit) { return try load(alias, depth: depth + 1) }
      if entry.linkTarget == "/dev/null" { return .masked(origin(entry, "-> /dev/null")) }
    }
    guard case .found(let file) = evidence.index.target(of: entry) else {
      // A link that leads nowhere, such as one into a package that was removed.
      return .absent
    }
    if file.type == .characterDevice || (file.type == .regular && file.metadata.size == 0) {
      return .masked(origin(entry, file.type == .regular ? "an empty file" : "-> \(file.path)"))
    }
    guard file.type == .regular else { return .absent }
    return .loaded(try assemble(unit, entry))
  }

  private func loadInstance(of template: UnitName, as unit: UnitName, _ depth: Int) throws(EvidenceGap)
    -> UnitState
  {
    switch try load(template, depth: depth + 1) {
    case .loaded(var loaded):
      loaded.name = unit
      loaded.files = try loaded.files.prefix(1) + dropIns(of: unit)
      return .loaded(loaded)
    case let other: return other
    }
  }

  private func assemble(_ unit: UnitName, _ entry: FileEntry) throws(EvidenceGap) -> LoadedUnit {
    let main = UnitFile(try evidence.text(of: entry))
    return LoadedUnit(
      name: unit, path: entry.path, files: try [main] + dropIns(of: unit),
      isVendor: !entry.path.hasPrefix("/etc/"))
  }

  private func dropIns(of unit: UnitName) throws(EvidenceGap) -> [UnitFile] {
    var files: [UnitFile] = []
    for entry in loadPath.dropIns(unit.dropInDirectories) {
      if case .found(let target) = evidence.index.target(of: entry), target.type == .regular {
        files.append(UnitFile(try evidence.text(of: entry)))
      }
    }
    return files
  }

  /// The other unit that a link within the load path names; nil if the link only says where the file is.
  private func aliasTarget(_ entry: FileEntry, _ unit: UnitName) throws(EvidenceGap) -> UnitName? {
    guard let target = entry.linkTarget, let last = target.split(separator: "/").last,
      let name = UnitName(String(last)), name.description == String(last), name != unit
    else { return nil }
    // foo@bar.service -> foo@.service is an instance, not an alias.
    if name.isTemplate, unit.template == name.description { return nil }
    if name.isTemplate, let instance = unit.instance {
      return UnitName("\(name.prefix)@\(instance).\(name.type)")
    }
    return name
  }

  /// systemd-sysv-generator(8) makes a service of every script in /etc/init.d that no unit replaces.
  private func sysvScript(_ unit: UnitName) throws(EvidenceGap) -> UnitState {
    guard unit.type == "service", unit.instance == nil,
      let script = try evidence.entry(at: "/etc/init.d/\(unit.prefix)"), script.type == .regular,
      script.permissions & 0o111 != 0
    else { return .absent }
    return .loaded(LoadedUnit(name: unit, path: script.path, files: [], isVendor: false))
  }

  private func origin(_ entry: FileEntry, _ text: String) -> Origin {
    Origin(path: entry.path, kind: entry.path.hasPrefix("/etc/") ? .explicit : .vendor, text: text)
  }
}
