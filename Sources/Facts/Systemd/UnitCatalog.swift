import DiskImages
import Evidence

/// Every name under which a unit can be found, and where each leads (unit-file.c: unit_file_build_name_map).
struct UnitCatalog {
  /// What lies under one name.
  enum Source {
    /// A link within the load path: another name of that unit.
    case alias(UnitName, link: FileEntry)
    /// A file, or a link to one outside of the load path.
    case file(FileEntry)
    /// A link to /dev/null or an empty file.
    case masked(FileEntry)
    /// A link out of the load path that leads nowhere. It hides a file of the name in a weaker directory.
    case broken(FileEntry)
    case generated(UnitFile)
  }

  /// A large system has a thousand.
  private static let limit = 20_000

  let loadPath: UnitLoadPath
  private var sources: [UnitName: (rank: Int, source: Source)] = [:]
  private(set) var aliases: [UnitName: [UnitName]] = [:]

  /// Reads the directories; generators add theirs afterwards.
  init(_ evidence: Evidence, _ loadPath: UnitLoadPath) throws(EvidenceGap) {
    self.loadPath = loadPath
    for (rank, directory) in loadPath.present {
      for entry in directory.children where entry.type == .regular || entry.type == .symbolicLink {
        guard let name = UnitName(full: entry.rawName), sources[name] == nil,
          let source = try Self.source(entry, name, evidence, loadPath)
        else { continue }
        sources[name] = (rank, source)
        guard sources.count <= Self.limit else {
          throw EvidenceGap(path: directory.path, reason: "more than \(Self.limit) unit files")
        }
      }
    }
    findAliases()
  }

  private static func source(
    _ entry: FileEntry, _ name: UnitName, _ evidence: Evidence, _ loadPath: UnitLoadPath
  ) throws(EvidenceGap) -> Source? {
    if evidence.isNull(entry) { return .masked(entry) }
    guard entry.type == .symbolicLink, let target = entry.rawLinkTarget else { return .file(entry) }
    let absolute = target.hasPrefix("/") ? target : entry.parent.path + "/" + target
    let slash = absolute.lastIndex(of: "/") ?? absolute.startIndex
    if case .found(let directory) = evidence.index.resolve(String(absolute[..<slash]) + "/"),
      loadPath.contains(directory)
    {
      let last = absolute[absolute.index(after: slash)...]
      // A link to the same name in a weaker directory says nothing of its own.
      guard let other = UnitName(full: last), other != name, isAlias(name, of: other) else { return nil }
      return .alias(other, link: entry)
    }
    switch evidence.index.target(of: entry) {
    case .found(let file): return file.type == .regular ? .file(entry) : .broken(entry)
    case .absent, .loop: return .broken(entry)
    case .unknown(let gap): throw EvidenceGap(path: entry.path, reason: gap.reason)
    }
  }

  /// unit-file.c: unit_validate_alias_symlink_and_warn.
  private static func isAlias(_ name: UnitName, of target: UnitName) -> Bool {
    guard name.type == target.type,
      ["service", "socket", "target", "device", "timer", "path"].contains(name.type)
    else { return false }
    if target.isInstance { return name.instance == target.instance }
    return name.isTemplate == target.isTemplate && name.isInstance == false
      || (name.isInstance && target.isTemplate)
  }

  private mutating func findAliases() {
    aliases = [:]
    for name in sources.keys {
      if let final = resolve(name)?.name, final != name { aliases[final, default: []].append(name) }
    }
    for key in aliases.keys { aliases[key]?.sort { $0.description < $1.description } }
  }

  /// Puts a generator's unit in its place among the directories.
  mutating func add(_ name: UnitName, _ file: UnitFile, rank: Int) {
    if let known = sources[name], known.rank <= rank { return }
    sources[name] = (rank, .generated(file))
  }

  /// Adds a name that enabling a unit at the first boot would link to it.
  mutating func addAlias(_ name: UnitName, of unit: UnitName, link: FileEntry) {
    guard sources[name] == nil, Self.isAlias(name, of: unit) else { return }
    sources[name] = (UnitLoadPath.Rank.late, .alias(unit, link: link))
    aliases[unit, default: []].append(name)
  }

  /// Whether a file or link of the name exists, also one that leads nowhere.
  func contains(_ name: UnitName) -> Bool { sources[name] != nil }

  /// The unit that a name stands for, with what defines it: aliases followed at most eight times as systemd
  /// does, instances looked up as their template. Nil where it leads nowhere.
  func resolve(_ requested: UnitName) -> (name: UnitName, source: Source)? {
    var name = requested
    var key = requested
    for _ in 0..<8 {
      guard let source = sources[key]?.source ?? key.template.flatMap({ sources[$0]?.source }) else {
        return nil
      }
      guard case .alias(let target, _) = source else { return (name, source) }
      if target.isTemplate, let instance = name.instance, !instance.isEmpty,
        let next = target.with(instance: instance)
      {
        // foo@bar.service -> foo@.service: that instance of the template.
        key = next == name ? target : next
        name = next
      } else {
        key = target
        name = target
      }
    }
    return nil
  }

  /// Every name with what lies under it, in order.
  var all: [(name: UnitName, source: Source)] {
    let named = sources.map { (text: $0.key.description, name: $0.key, source: $0.value.source) }
    return named.sorted { $0.text < $1.text }.map { ($0.name, $0.source) }
  }

  /// The link or file under exactly this name.
  func source(of name: UnitName) -> Source? { sources[name]?.source }
}
