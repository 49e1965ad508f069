import DiskImages
import Evidence

/// Large files of the same content under several names that are not links of each other.
public struct DuplicateFiles: FactModel {
  public static let needs: [ContentNeed] = []
  public static let probes: [any ContentProbe] = [DuplicateProbe()]

  /// Files of the same content, by path; those that take most come first.
  public let groups: [[FileEntry]]
  /// Files that could not be compared, with the reason.
  public let unread: [(path: String, reason: String)]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let index = facts.evidence.index
    let answer = try facts.evidence.answer(of: DuplicateProbe.self)
    var byContent: [String: [FileEntry]] = [:]
    for (id, digest) in answer.records {
      if let entry = index.entry(id: id) {
        byContent["\(entry.metadata.size) \(digest)", default: []].append(entry)
      }
    }
    groups = byContent.values.filter { $0.count > 1 }
      .map { files in
        files.map { (path: $0.path, file: $0) }.sorted { $0.path < $1.path }.map(\.file)
      }
      .sorted { ($1[0].metadata.size, $0[0].id) < ($0[0].metadata.size, $1[0].id) }
    unread = answer.unread.compactMap { id, reason in index.entry(id: id).map { ($0.path, reason) } }
      .sorted { $0.path < $1.path }
  }
}
