import DiskImages
import Evidence
import Facts
import Reports

/// Where the image grew or shrank: all of it, and the directories that account for it. Sizes are `st_size`; a file with
/// several names counts once.
public enum SizeTopic: DiffTopic {
  public static let section = DiffReport.SectionName.size
  public static let name = "size"
  public static let title = "size by directory"
  /// Differences below this many bytes are not shown.
  static let threshold: Int64 = 1 << 20

  public static func compare(_ old: DiffGuest, _ new: DiffGuest) throws(Incomparable) -> TopicChanges {
    let (before, after) = try DiffGuest.ask(old, new) { (facts) throws(EvidenceGap) in
      sizes(facts.evidence.index)
    }
    var changes: [(growth: UInt64, change: DiffChange)] = []
    for path in Set(before.keys).union(after.keys) {
      let (left, right) = (before[path] ?? 0, after[path] ?? 0)
      let growth = (right &- left).magnitude
      guard growth >= UInt64(threshold) else { continue }
      changes.append((growth, DiffChange(.changed, path, old: .init(bytes: left), new: .init(bytes: right))))
    }
    changes.sort { left, right in
      // All of it first, whatever makes up for whatever.
      if (left.change.subject == "/") != (right.change.subject == "/") { return left.change.subject == "/" }
      return (left.growth, right.change.subject) > (right.growth, left.change.subject)
    }
    return TopicChanges(changes.map(\.change))
  }

  /// Bytes below `/` and below every directory of the first two levels.
  private static func sizes(_ index: FileIndex) -> [String: Int64] {
    var sizes: [String: Int64] = [:]
    var seen: Set<[UInt64]> = []
    for entry in index.entries where entry.type == .regular {
      let metadata = entry.metadata
      if metadata.links > 1, !seen.insert([metadata.device, metadata.inode]).inserted { continue }
      let parts = entry.path.split(separator: "/")
      for level in 0..<min(3, parts.count) {
        sizes["/" + parts[..<level].joined(separator: "/"), default: 0] &+= metadata.size
      }
    }
    return sizes
  }
}
