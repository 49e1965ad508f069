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
    let groups = grouped(items.filter { $0.reason == nil })
    let unread = comparison.unread
    return TopicChanges(
      groups.map { change($0.key, $0.value) }.sorted { $0.subject < $1.subject }, churn: churn,
      notCompared: unread == 0 ? nil : "the content of \(unread) files could not be read; sizes were compared"
    )
  }

  /// By directory, small ones merged upwards until three levels are left.
  private static func grouped(_ items: [FileComparison.Item]) -> [String: [FileComparison.Item]] {
    var groups = Dictionary(grouping: items) { directory(of: $0.path) }
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

  private static func change(_ directory: String, _ items: [FileComparison.Item]) -> DiffChange {
    let counts: [(DiffChange.Kind, String)] = [
      (.added, "added"), (.removed, "removed"), (.changed, "changed"), (.moved, "moved"),
    ]
    let words = counts.compactMap { kind, word in
      let count = items.filter { $0.kind == kind }.count
      return count == 0 ? nil : "\(count) \(word)"
    }
    let before = items.map { $0.old?.size ?? 0 }.reduce(0, &+)
    let after = items.map { $0.new?.size ?? 0 }.reduce(0, &+)
    let named =
      items.count <= smallest ? ": " + items.map { name($0, in: directory) }.joined(separator: ", ") : ""
    return DiffChange(
      .changed, directory, old: .init(sizeText(before)), new: .init(sizeText(after)),
      note: words.joined(separator: ", ") + named)
  }

  private static func name(_ item: FileComparison.Item, in directory: String) -> String {
    let rest = item.path.dropFirst(directory == "/" ? 1 : directory.count + 1)
    return item.from.map { "\($0) -> \(item.path)" } ?? String(rest)
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
        DiffChange(
          item.kind, item.path, old: item.old.map(value), new: item.new.map(value),
          note: item.from.map { "was \($0)" } ?? item.reason)
      })
  }

  private static func value(_ state: FileState) -> DiffChange.Value {
    let content = state.type == .symbolicLink ? " -> \(state.content ?? "?")" : ""
    let size = state.type == .regular ? " \(state.size) bytes" : ""
    let digest = state.type == .regular ? state.content.map { " sha256:\($0.prefix(16))" } ?? "" : ""
    return DiffChange.Value("\(state.type.rawValue) \(state.rights)\(size)\(content)\(digest)")
  }
}
