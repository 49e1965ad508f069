import Evidence
import Facts
import Reports

/// Every file that is not the same on both sides.
struct FileComparison {
  struct Item: Hashable {
    var path: String
    var kind: DiffChange.Kind
    /// Nil on the side that does not have it; of a move the file under its old name.
    var old: FileState?
    var new: FileState?
    /// Where a moved file was.
    var from: String?
    /// Why it is expected; nil if it is not.
    var reason: String?
  }

  /// Sorted by path.
  private(set) var items: [Item] = []
  /// Files of both sides whose content could not be read on one of them, so that sizes alone were compared.
  private(set) var unread = 0

  /// - Parameter updated: packages that one side alone has, or in another version.
  init(_ old: FileStates, _ new: FileStates, updated: Set<String>) {
    var gone: [Item] = []
    var come: [Item] = []
    for (path, state) in old.files {
      guard let other = new.files[path] else {
        gone.append(Item(path: path, kind: .removed, old: state))
        continue
      }
      if state.content == nil || other.content == nil { unread += 1 }
      let isSame = state.hasSameContent(as: other) && state.rights == other.rights
      if !isSame { items.append(Item(path: path, kind: .changed, old: state, new: other)) }
    }
    for (path, state) in new.files where old.files[path] == nil {
      come.append(Item(path: path, kind: .added, new: state))
    }
    items += Self.moves(&gone, &come) + gone + come
    items.sort { ($0.path, $0.from ?? "") < ($1.path, $1.from ?? "") }
    for index in items.indices { items[index].reason = Self.reason(items[index], old, new, updated) }
    foldDirectories()
  }

  /// Why a change is expected; a move only if it is under either name.
  private static func reason(
    _ item: Item, _ old: FileStates, _ new: FileStates, _ updated: Set<String>
  ) -> String? {
    func reason(_ path: String, _ states: FileStates) -> String? {
      ExpectedChanges.reason(path)
        ?? states.owners[path].flatMap { updated.contains($0) ? "files of packages that changed" : nil }
    }
    if let from = item.from {
      guard let before = reason(from, old), let after = reason(item.path, new) else { return nil }
      return min(before, after)
    }
    return reason(item.path, new) ?? reason(item.path, old)
  }

  /// A file that is gone and one that has come with the same content, both the only ones with it.
  private static func moves(_ gone: inout [Item], _ come: inout [Item]) -> [Item] {
    func unique(_ items: [Item], _ state: (Item) -> FileState?) -> [String: Int] {
      var positions: [String: Int?] = [:]
      for (position, item) in items.enumerated() {
        guard let state = state(item), state.type == .regular, state.size > 0, let content = state.content
        else { continue }
        positions[content] = positions[content] == nil ? position : .some(nil)
      }
      return positions.compactMapValues { $0 }
    }
    let before = unique(gone) { $0.old }
    let after = unique(come) { $0.new }
    var moved: [Item] = []
    var used: (gone: Set<Int>, come: Set<Int>) = ([], [])
    for (content, position) in before {
      guard let target = after[content] else { continue }
      moved.append(
        Item(
          path: come[target].path, kind: .moved, old: gone[position].old, new: come[target].new,
          from: gone[position].path))
      used.gone.insert(position)
      used.come.insert(target)
    }
    gone = gone.enumerated().filter { !used.gone.contains($0.offset) }.map(\.element)
    come = come.enumerated().filter { !used.come.contains($0.offset) }.map(\.element)
    return moved
  }

  /// A directory that has come or gone with everything in it that is expected is expected too.
  private mutating func foldDirectories() {
    var unexpected: Set<Substring> = []
    var reasons: [Substring: String] = [:]
    for item in items where (item.old ?? item.new)?.type != .directory {
      for path in [item.path, item.from].compactMap({ $0 }) {
        if let reason = item.reason {
          note(reason, above: path, &reasons)
        } else {
          var path = path[...]
          while let parent = Self.parent(of: path), unexpected.insert(parent).inserted { path = parent }
        }
      }
    }
    for index in items.indices.reversed() where (items[index].old ?? items[index].new)?.type == .directory {
      let path = items[index].path
      if items[index].reason == nil, items[index].kind != .changed, !unexpected.contains(path[...]) {
        items[index].reason = reasons[path[...]]
      }
      if let reason = items[index].reason { note(reason, above: path, &reasons) }
    }
  }

  private func note(_ reason: String, above path: String, _ reasons: inout [Substring: String]) {
    guard let parent = Self.parent(of: path[...]) else { return }
    reasons[parent] = min(reasons[parent] ?? reason, reason)
  }

  /// The directory of a path; empty for what lies in the root, nil for the root itself.
  private static func parent(of path: Substring) -> Substring? {
    path.lastIndex(of: "/").map { path[..<$0] }
  }
}

/// Compares the files once for all topics that ask.
enum FileComparisons {
  static func compare(_ old: DiffGuest, _ new: DiffGuest) throws(Incomparable) -> FileComparison {
    let (before, after) = try DiffGuest.ask(old, new) { (facts) throws(EvidenceGap) in
      try facts.model(FileStates.self)
    }
    let updated = Set(old.report.packages.map(Identity.init)).symmetricDifference(
      new.report.packages.map(Identity.init))
    return FileComparison(before, after, updated: Set(updated.map(\.name)))
  }

  private struct Identity: Hashable {
    var name: String
    var version: String

    init(_ package: GuestReport.Package) { (name, version) = (package.name, package.version) }
  }
}
