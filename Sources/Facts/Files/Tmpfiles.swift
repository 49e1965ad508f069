import DiskImages
import Evidence

/// What systemd-tmpfiles(8) does to modes and owners at the next boot (tmpfiles.d(5)).
///
/// A file of one name in /etc masks those in /run and /usr/lib; files are read in the order of their names.
/// Of several lines that make the same path the first counts; lines that take patterns come after all others.
public struct Tmpfiles: FactModel {
  static let directories = [
    "/etc/tmpfiles.d", "/run/tmpfiles.d", "/usr/local/lib/tmpfiles.d", "/usr/lib/tmpfiles.d",
  ]
  public static let needs: [ContentNeed] =
    directories.map { ContentNeed("\($0)/*.conf") } + IdentityNames.needs

  /// Mode and owner of a path as the next boot leaves them.
  public struct Change: Sendable, Hashable {
    public var permissions: UInt32
    public var uid: UInt32
    public var gid: UInt32
    /// The lines that set them, the decisive one first.
    public var origins: [Origin]
    /// What the boot makes anew; nil for what exists.
    public var creates: String?
  }

  /// Existing inodes whose mode or owner the next boot changes, by `FileEntry.id`.
  public private(set) var changes: [UInt32: Change] = [:]
  /// Lines that make something, by path.
  private var makers: [String: TmpfilesLine] = [:]
  /// `z` lines and their like, in their order.
  private var adjusters: [TmpfilesLine] = []

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let evidence = facts.evidence
    guard try Self.isRun(evidence) else { return }
    let names = try facts.model(IdentityNames.self)
    var taken: Set<String> = []
    for entry in try Self.files(evidence) {
      let file = try evidence.text(of: entry)
      for line in file.lines {
        guard let line = TmpfilesLine(line, in: file.path, names: names) else { continue }
        if line.takesPath, !taken.insert(line.path).inserted { continue }
        if line.isPattern { adjusters.append(line) } else { makers[line.path] = line }
      }
    }
    findChanges(evidence.index)
  }

  /// Whether the boot carries tmpfiles.d out at all.
  private static func isRun(_ evidence: Evidence) throws(EvidenceGap) -> Bool {
    for path in ["/usr/bin/systemd-tmpfiles", "/bin/systemd-tmpfiles"] {
      if try evidence.entry(at: path) != nil { return true }
    }
    return false
  }

  private static func files(_ evidence: Evidence) throws(EvidenceGap) -> [FileEntry] {
    var byName: [String: FileEntry] = [:]
    for directory in directories {
      for entry in try evidence.entries(matching: GlobPattern("\(directory)/*.conf"))
      where byName[entry.name] == nil {
        byName[entry.name] = entry
      }
    }
    return byName.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map(\.value).filter {
      // What is neither a file nor a link to one sets nothing.
      if case .found(let target) = evidence.index.target(of: $0) {
        return target.type == .regular || target.type == .characterDevice
      }
      return false
    }
  }

  /// What the next boot makes where nothing is now; nil if nothing.
  public func creation(of path: String) -> Change? {
    guard let line = makers[path], let creates = line.creates else { return nil }
    let fallback: UInt32 = creates == "directory" ? 0o755 : creates == "symlink" ? 0o777 : 0o644
    var change = Change(
      permissions: line.mode ?? fallback, uid: line.uid ?? 0, gid: line.gid ?? 0, origins: [line.origin],
      creates: creates)
    for adjuster in adjusters where adjuster.path == path {
      Self.apply(adjuster, to: &change, creates == "directory" ? .directory : .regular)
    }
    return change
  }

  /// Recursive lines count for at most 100 000 inodes each.
  private mutating func findChanges(_ index: FileIndex) {
    func apply(_ line: TmpfilesLine, to entry: FileEntry) {
      guard entry.type != .symbolicLink, line.type != "e" || entry.type == .directory else { return }
      let metadata = entry.metadata
      var change =
        changes[entry.id]
        ?? Change(
          permissions: metadata.permissions, uid: metadata.uid, gid: metadata.gid, origins: [], creates: nil)
      Self.apply(line, to: &change, metadata.type)
      if !change.origins.isEmpty { changes[entry.id] = change }
    }
    for (path, line) in makers {
      if case .found(let entry) = index.resolve(path, followLast: false) { apply(line, to: entry) }
    }
    for line in adjusters {
      for entry in index.matches(GlobPattern(line.path)) {
        if line.type == "Z" {
          for below in entry.subtree.prefix(100_000) { apply(line, to: below) }
        } else {
          apply(line, to: entry)
        }
      }
    }
  }

  /// Carries a line out on something that exists.
  private static func apply(_ line: TmpfilesLine, to change: inout Change, _ type: FileType) {
    let before = change
    if let mode = line.mode, !line.modeOnlyIfNew {
      change.permissions = line.isMasked ? masked(mode, by: change.permissions, type) : mode
    }
    if let uid = line.uid, !line.uidOnlyIfNew { change.uid = uid }
    if let gid = line.gid, !line.gidOnlyIfNew { change.gid = gid }
    if change != before { change.origins.insert(line.origin, at: 0) }
  }

  /// `~`: bits of a kind that the file has for nobody are not given to anybody.
  private static func masked(_ mode: UInt32, by old: UInt32, _ type: FileType) -> UInt32 {
    var mode = mode
    for bits: UInt32 in [0o111, 0o222, 0o444] where old & bits == 0 { mode &= ~bits }
    return type == .directory ? mode : mode & 0o777
  }
}
