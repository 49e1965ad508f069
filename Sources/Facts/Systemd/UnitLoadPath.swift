import DiskImages
import Evidence

/// The directories in which systemd looks for units, the strongest first (systemd.unit(5), "Unit File Load Path").
///
/// Directories that only exist on a running system are left out; what generators would put there has a place of
/// its own, see `UnitCatalog`.
struct UnitLoadPath {
  /// Where the output of generators stands among the directories.
  enum Rank {
    /// Above /etc: generator.early.
    static let early = 1
    /// Below /etc and /run: generator.
    static let normal = 5
    /// Below everything: generator.late.
    static let late = 99
  }

  /// Directories with their rank; lower is stronger.
  static let ranked: [(rank: Int, path: String)] = [
    (0, "/etc/systemd/system.control"), (2, "/etc/systemd/system"), (3, "/etc/systemd/system.attached"),
    (4, "/run/systemd/system"), (6, "/usr/local/lib/systemd/system"), (7, "/usr/lib/systemd/system"),
    (8, "/lib/systemd/system"),
  ]
  static let directories = ranked.map(\.path)

  private let evidence: Evidence
  /// Those that exist, each once even where /lib is a link to /usr/lib.
  let present: [(rank: Int, entry: FileEntry)]
  /// Their drop-in and dependency directories by name, the strongest first.
  private let subdirectories: [String: [(rank: Int, entry: FileEntry)]]

  init(_ evidence: Evidence) throws(EvidenceGap) {
    self.evidence = evidence
    var present: [(rank: Int, entry: FileEntry)] = []
    for (rank, path) in Self.ranked {
      if let entry = try evidence.entry(at: path), entry.type == .directory,
        !present.contains(where: { $0.entry == entry })
      {
        present.append((rank, entry))
      }
    }
    self.present = present
    var subdirectories: [String: [(rank: Int, entry: FileEntry)]] = [:]
    for (rank, directory) in present {
      for child in directory.children where child.type == .directory || child.type == .symbolicLink {
        let name = child.rawName
        guard [".wants", ".requires", ".upholds", ".d"].contains(where: name.hasSuffix),
          case .found(let target) = evidence.index.target(of: child), target.type == .directory
        else { continue }
        subdirectories[name, default: []].append((rank, target))
      }
    }
    self.subdirectories = subdirectories
  }

  /// Whether the directory is one of the load path or lies within one.
  func contains(_ directory: FileEntry) -> Bool {
    var current = directory
    for _ in 0..<64 {
      if present.contains(where: { $0.entry == current }) { return true }
      if current == current.parent { return false }
      current = current.parent
    }
    return false
  }

  /// Entries of the directories `NAME` + suffix for a unit of these names, one for each base name, sorted by it
  /// (dropin.c: unit_file_find_dropin_paths). A name's directories of the whole load path come before the next
  /// name's; those of the unit's type come last.
  func entries(of unit: UnitName, aliases: [UnitName], suffix: String) -> [FileEntry] {
    var byName: [String: FileEntry] = [:]
    func add(_ directory: FileEntry) {
      for entry in directory.children where suffix != ".d" || entry.rawName.hasSuffix(".conf") {
        if byName[entry.rawName] == nil { byName[entry.rawName] = entry }
      }
    }
    for name in [unit] + aliases {
      var found: [(rank: Int, order: Int, entry: FileEntry)] = []
      for (order, directory) in name.namesForDirectories.enumerated() {
        for (rank, entry) in subdirectories[directory + suffix] ?? [] { found.append((rank, order, entry)) }
      }
      for item in found.sorted(by: { ($0.rank, $0.order) < ($1.rank, $1.order) }) { add(item.entry) }
    }
    for (_, entry) in subdirectories[unit.type + suffix] ?? [] { add(entry) }
    return byName.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map(\.value)
  }
}

extension FileEntry {
  /// The last component of the path as stored, for comparison with other names; `name` is for people.
  var rawName: String { String(decoding: nameBytes, as: UTF8.self) }
  /// What a symbolic link points at, as stored.
  var rawLinkTarget: String? { linkTargetBytes.map { String(decoding: $0, as: UTF8.self) } }
}

extension Evidence {
  /// Whether an entry is a link to /dev/null or an empty file: the way to say "nothing" over a vendor's file.
  /// An image's /dev is mostly empty, so that the link's text counts.
  func isNull(_ entry: FileEntry) -> Bool {
    if entry.linkTarget == "/dev/null" { return true }
    switch index.target(of: entry) {
    case .found(let target):
      return target.type == .characterDevice || (target.type == .regular && target.metadata.size == 0)
    case .absent(let path): return path == "/dev/null" || path == "/dev"
    case .loop, .unknown: return false
    }
  }
}
