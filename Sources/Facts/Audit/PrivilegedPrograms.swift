import DiskImages
import Evidence

/// Programs that run with the rights of their owner or group: regular files with a set-id bit and a bit to execute.
///
/// Mounts with `nosuid` are not taken into account: a rule costs nothing there, and options change more easily than
/// files.
public struct PrivilegedPrograms: FactModel {
  public static let needs: [ContentNeed] = []

  /// The names of one inode, at least one.
  public struct Group: Sendable, Hashable {
    public var paths: [String]
  }

  /// By path.
  public let groups: [Group]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let index = facts.evidence.index
    if let gap = index.gaps.first { throw EvidenceGap(path: gap.path, reason: gap.reason) }
    var groups: [Group] = []
    var places: [[UInt64]: Int] = [:]
    for entry in index.entries where entry.type == .regular {
      let metadata = entry.metadata
      guard metadata.permissions & 0o6000 != 0, metadata.permissions & 0o111 != 0 else { continue }
      let identity = [metadata.device, metadata.inode]
      if metadata.links > 1, metadata.inode != 0, let place = places[identity] {
        groups[place].paths.append(entry.path)
      } else {
        places[identity] = groups.count
        groups.append(Group(paths: [entry.path]))
      }
    }
    guard groups.count <= 4096 else {
      throw EvidenceGap(path: "/", reason: "more than 4096 setuid and setgid programs")
    }
    self.groups = groups.sorted { $0.paths[0] < $1.paths[0] }
  }
}
