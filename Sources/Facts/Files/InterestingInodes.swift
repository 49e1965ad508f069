import DiskImages
import Evidence

/// Inodes that questions about privilege ask for, from one walk over the index that all of them share.
///
/// Modes and owners are those that the next boot leaves (`Tmpfiles`). What lies below /proc, /sys, /dev and
/// /run is not looked at: a boot mounts over it.
public struct InterestingInodes: FactModel {
  public static let needs: [ContentNeed] = Tmpfiles.needs

  /// Why an inode is of interest. One inode can have several.
  public enum Property: String, Sendable, Hashable, CaseIterable {
    /// Regular files that run with their owner's or group's rights.
    case suid, sgid
    case worldWritable = "world_writable"
    case groupWritable = "group_writable"
    /// The owner or the group has no name in the guest.
    case unowned, ungrouped
    case capabilities
    /// Character and block devices, which belong into /dev.
    case device
    case accessList = "acl"
  }

  private var buckets: [Property: [FileEntry]] = [:]
  private var changes: [UInt32: Tmpfiles.Change] = [:]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let index = facts.evidence.index
    let names = try facts.model(IdentityNames.self)
    changes = try facts.model(Tmpfiles.self).changes
    var isSkipped = [Bool](repeating: false, count: index.count)
    var knownUsers: [UInt32: Bool] = [:]
    var knownGroups: [UInt32: Bool] = [:]
    for entry in index.entries {
      let parent = entry.parent
      if isSkipped[Int(parent.id)] || (parent.id == 0 && Self.isPseudo(entry)) {
        isSkipped[Int(entry.id)] = true
        continue
      }
      let metadata = entry.metadata
      let change = changes.isEmpty ? nil : changes[entry.id]
      let mode = change?.permissions ?? metadata.permissions
      let (uid, gid) = (change?.uid ?? metadata.uid, change?.gid ?? metadata.gid)
      if uid != 0, !known(uid, &knownUsers, { names.userName($0) != nil }) { add(entry, .unowned) }
      if gid != 0, !known(gid, &knownGroups, { names.groupName($0) != nil }) { add(entry, .ungrouped) }
      if metadata.type == .symbolicLink { continue }
      if mode & 0o6022 != 0 { addByMode(entry, metadata.type, mode) }
      if metadata.type == .characterDevice || metadata.type == .blockDevice { add(entry, .device) }
      addByAttributes(entry)
    }
  }

  private static func isPseudo(_ entry: FileEntry) -> Bool {
    entry.id != 0 && ["proc", "sys", "dev", "run"].contains { entry.nameBytes.elementsEqual($0.utf8) }
  }

  private func known(_ id: UInt32, _ cache: inout [UInt32: Bool], _ test: (UInt32) -> Bool) -> Bool {
    if let known = cache[id] { return known }
    let answer = test(id)
    cache[id] = answer
    return answer
  }

  private mutating func addByMode(_ entry: FileEntry, _ type: FileType, _ mode: UInt32) {
    if type == .regular {
      if mode & 0o4000 != 0 { add(entry, .suid) }
      // Without the execute bit for the group, set-group-id means mandatory locking, not privilege
      // (inode(7)).
      if mode & 0o2010 == 0o2010 { add(entry, .sgid) }
    }
    if mode & 0o002 != 0 { add(entry, .worldWritable) }
    if mode & 0o020 != 0 { add(entry, .groupWritable) }
  }

  private mutating func addByAttributes(_ entry: FileEntry) {
    for attribute in entry.extendedAttributes {
      switch attribute.name {
      case "security.capability": add(entry, .capabilities)
      case "system.posix_acl_access": add(entry, .accessList)
      default: continue
      }
    }
  }

  private mutating func add(_ entry: FileEntry, _ property: Property) {
    buckets[property, default: []].append(entry)
  }

  /// Inodes with the property, parents before their children.
  public func entries(_ property: Property) -> [FileEntry] { buckets[property] ?? [] }

  /// The mode that the next boot leaves.
  public func permissions(of entry: FileEntry) -> UInt32 {
    changes[entry.id]?.permissions ?? entry.permissions
  }

  /// The owner that the next boot leaves.
  public func owner(of entry: FileEntry) -> (uid: UInt32, gid: UInt32) {
    changes[entry.id].map { ($0.uid, $0.gid) } ?? (entry.metadata.uid, entry.metadata.gid)
  }

  /// The lines of tmpfiles.d that change the inode at the next boot.
  public func origins(of entry: FileEntry) -> [Origin] { changes[entry.id]?.origins ?? [] }

  /// Who besides root can change the file or put another in its place, in words; empty if nobody.
  ///
  /// A group counts if somebody belongs to it. In a directory with the sticky bit only its owner can replace
  /// what belongs to others (inode(7)).
  public func writersBesidesRoot(of entry: FileEntry, _ names: IdentityNames) -> [String] {
    directWriters(of: entry, names) + writersAbove(entry, names)
  }

  /// Who besides root can put something else in the place of the inode, which need not be writable.
  public func writersAbove(_ entry: FileEntry, _ names: IdentityNames) -> [String] {
    var writers: [String] = []
    var current = entry
    for _ in 0..<256 where current.id != 0 {
      current = current.parent
      let path = current.path
      if permissions(of: current) & 0o1000 != 0 {
        let uid = owner(of: current).uid
        if uid != 0 { writers.append("\(path) belongs to \(names.userName(uid) ?? String(uid))") }
        if let link = ownerOfLink(entry, in: current, names) { writers.append(link) }
      } else {
        writers += directWriters(of: current, names).map { "\(path): \($0)" }
      }
    }
    return writers
  }

  /// In a directory with the sticky bit the owner of a symbolic link can replace it; of other files the owner counts
  /// as such.
  private func ownerOfLink(_ entry: FileEntry, in directory: FileEntry, _ names: IdentityNames) -> String? {
    guard entry.type == .symbolicLink, entry.parent == directory, owner(of: entry).uid != 0 else {
      return nil
    }
    let uid = owner(of: entry).uid
    return "\(entry.path) belongs to \(names.userName(uid) ?? String(uid))"
  }

  /// Who besides root can change the inode itself. A symbolic link has no mode that counts.
  public func directWriters(of entry: FileEntry, _ names: IdentityNames) -> [String] {
    if entry.type == .symbolicLink { return [] }
    let mode = permissions(of: entry)
    let (uid, gid) = owner(of: entry)
    var writers: [String] = []
    if uid != 0 { writers.append("owner \(names.userName(uid) ?? String(uid))") }
    if mode & 0o020 != 0, gid != 0, names.hasMembers(gid) {
      writers.append("group \(names.groupName(gid) ?? String(gid))")
    }
    if mode & 0o002 != 0 { writers.append("everybody") }
    for item in entry.accessList?.widening ?? [] where item.permissions & 2 != 0 {
      if case .group(let gid) = item.subject, !names.hasMembers(gid) { continue }
      writers.append("access list \(item.words(names))")
    }
    return writers
  }
}
