import Evidence
import Facts
import Reports

/// Files that have come, gone or changed, counted by directory.
public enum FilesTopic: DiffTopic {
  public static let section = DiffReport.SectionName.files
  public static let name = "files"
  public static let title = "files by directory"
  public static var plan: CollectionPlan { CollectionPlan([FileStates.self]) }

  /// Directories with no more changes than this are merged into the one above.
  private static let smallest = 8

  public static func compare(_ old: DiffGuest, _ new: DiffGuest) throws(Incomparable) -> TopicChanges {
    let comparison = try FileComparisons.compare(old, new)
    let items = comparison.items
    var churn: [String: Int] = [:]
    for item in items { if let reason = item.reason { churn[reason, default: 0] += 1 } }
    let places = items.filter { $0.reason == nil }.flatMap(Place.places)
    let unread = comparison.unread
    return TopicChanges(
      grouped(places).map { change($0.key, $0.value) }.sorted { $0.subject < $1.subject }, churn: churn,
      notCompared: unread == 0 ? nil : "the content of \(unread) files could not be read; sizes were compared"
    )
  }

  /// What happens in one directory: a file that has moved to another one leaves here and arrives there.
  private struct Place {
    var directory: String
    var item: FileComparison.Item
    /// Whether the file counts here as it was, and as it is: of a move to elsewhere only one of them.
    var isOld = true
    var isNew = true

    static func places(_ item: FileComparison.Item) -> [Place] {
      let here = FilesTopic.directory(of: item.path)
      guard let from = item.from, FilesTopic.directory(of: from) != here else {
        return [Place(directory: here, item: item)]
      }
      return [
        Place(directory: FilesTopic.directory(of: from), item: item, isNew: false),
        Place(directory: here, item: item, isOld: false),
      ]
    }
  }

  /// By directory, small ones merged upwards until three levels are left.
  private static func grouped(_ places: [Place]) -> [String: [Place]] {
    var groups = Dictionary(grouping: places, by: \.directory)
    let deepest = groups.keys.map { depth($0) }.max() ?? 0
    for level in stride(from: deepest, to: 1, by: -1) {
      for (path, members) in groups where depth(path) == level {
        if level <= 3 && members.count > smallest { continue }
        groups[path] = nil
        groups[directory(of: path), default: []] += members
      }
    }
    return groups
  }

  private static func depth(_ path: String) -> Int { path == "/" ? 0 : path.filter { $0 == "/" }.count }

  private static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return "/" }
    return String(path[..<slash])
  }

  private static func change(_ directory: String, _ places: [Place]) -> DiffChange {
    var counts = FileCounts()
    var (before, after): (Int64, Int64) = (0, 0)
    var (left, arrived): (Set<String>, Set<String>) = ([], [])
    for place in places {
      switch place.item.kind {
      case .added: counts.added += 1
      case .removed: counts.removed += 1
      case .moved:
        if place.isOld { left.insert(place.item.path) }
        if place.isNew { arrived.insert(place.item.path) }
      default: counts.changed += 1
      }
      before &+= place.isOld ? place.item.old?.size ?? 0 : 0
      after &+= place.isNew ? place.item.new?.size ?? 0 : 0
    }
    counts.moved = left.intersection(arrived).count
    counts.movedIn = arrived.count - counts.moved
    counts.movedOut = left.count - counts.moved
    if places.count <= smallest {
      counts.named = Set(places.map { names($0.item, in: directory) }).sorted { $0.order < $1.order }
    }
    return DiffChange(directory, old: before, new: after, counts)
  }

  /// Names relative to the directory, or whole paths where they lie elsewhere.
  private static func names(_ item: FileComparison.Item, in directory: String) -> FileCounts.Names {
    let prefix = directory == "/" ? "/" : directory + "/"
    func name(_ path: String) -> String {
      path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path
    }
    return FileCounts.Names(
      old: item.old == nil ? nil : name(item.from ?? item.path),
      new: item.new == nil ? nil : name(item.path))
  }
}

/// Every single file; only on request, since a release upgrade changes thousands.
public enum FileListTopic: DiffTopic {
  public static let section = DiffReport.SectionName.files
  public static let name = "file-list"
  public static let title = "files"
  public static var plan: CollectionPlan { CollectionPlan([FileStates.self]) }

  public static func compare(_ old: DiffGuest, _ new: DiffGuest) throws(Incomparable) -> TopicChanges {
    TopicChanges(
      try FileComparisons.compare(old, new).items.map { item in
        let before = item.old.map { value($0, item.from ?? item.path) }
        let after = item.new.map { value($0, item.path) }
        if item.kind == .moved, let before, let after {
          return DiffChange(movedTo: item.path, old: before, new: after)
        }
        return DiffChange(item.kind, item.path, old: before, new: after, note: item.reason)
      })
  }

  private static func value(_ state: FileState, _ path: String) -> DiffChange.Value {
    let content = state.type == .symbolicLink ? " -> \(state.content ?? "?")" : ""
    let size = state.type == .regular ? " \(state.size) bytes" : ""
    let digest = state.type == .regular ? state.content.map { " sha256:\($0.prefix(16))" } ?? "" : ""
    return DiffChange.Value("\(state.type.rawValue) \(state.rights)\(size)\(content)\(digest)", path: path)
  }
}
