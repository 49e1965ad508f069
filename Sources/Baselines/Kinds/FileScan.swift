import DiskImages
import Evidence
import Facts

/// What an inode can have in common with others.
enum ScanProperty: String, Sendable, CaseIterable {
  case any
  case suid, sgid
  case worldWritable = "world_writable"
  case groupWritable = "group_writable"
  case unowned, ungrouped
  case capabilities
  case device
  case acl
  /// Without the sticky bit.
  case noSticky = "no_sticky"
  /// Does not run with its group's rights.
  case notSgid = "not_sgid"
  /// Someone besides root can change or replace it.
  case writable = "writable_besides_root"
  /// No package brought it.
  case unpackaged
  /// A file that can be executed, or a shared object.
  case program
  /// A symbolic link that leads nowhere.
  case dangling
  case empty
  case notEmpty = "not_empty"
}

extension ScanProperty {
  /// What an inode with the property is, after its type.
  var words: String {
    switch self {
    case .any: "of any kind"
    case .suid: "with set-user-id"
    case .sgid: "with set-group-id"
    case .worldWritable: "that everybody can write"
    case .groupWritable: "that its group can write"
    case .unowned: "without a known owner"
    case .ungrouped: "without a known group"
    case .capabilities: "with file capabilities"
    case .device: "that is a device"
    case .acl: "with an access list that widens its mode"
    case .noSticky: "without the sticky bit"
    case .notSgid: "without set-group-id"
    case .writable: "that someone besides root can write or replace"
    case .unpackaged: "that no package brought"
    case .program: "that is a program or a library"
    case .dangling: "that leads nowhere"
    case .empty: "that is empty"
    case .notEmpty: "that is not empty"
    }
  }
}

/// The models that one scan asks.
struct Scan {
  let evidence: Evidence
  let inodes: InterestingInodes
  let names: IdentityNames
  let packages: PackagedFiles?
  let tmpfiles: Tmpfiles
  let overrides: StatOverrides?

  init(_ facts: GuestFacts, needsPackages: Bool) throws(EvidenceGap) {
    evidence = facts.evidence
    inodes = try facts.model()
    names = try facts.model()
    tmpfiles = try facts.model()
    overrides = nil
    packages = needsPackages ? try facts.model(PackagedFiles.self) : nil
    if let packages, !packages.isKnown {
      throw EvidenceGap(
        path: "/var/lib/dpkg/info", reason: "no lists of packaged files that Brinell can read")
    }
  }

  func state(_ entry: FileEntry, _ path: String) -> FileState {
    FileState(entry, path: path, names, tmpfiles, overrides)
  }

  func has(_ entry: FileEntry, _ property: ScanProperty) -> Bool {
    let mode = inodes.permissions(of: entry)
    switch property {
    case .any: return true
    case .suid: return entry.type == .regular && mode & 0o4000 != 0
    case .sgid: return entry.type == .regular && mode & 0o2010 == 0o2010
    case .worldWritable: return entry.type != .symbolicLink && mode & 0o002 != 0
    case .groupWritable: return entry.type != .symbolicLink && mode & 0o020 != 0
    case .unowned: return names.userName(inodes.owner(of: entry).uid) == nil
    case .ungrouped: return names.groupName(inodes.owner(of: entry).gid) == nil
    case .capabilities: return entry.extendedAttributes.contains { $0.name == "security.capability" }
    case .device: return entry.type == .characterDevice || entry.type == .blockDevice
    case .acl: return !(entry.accessList?.widening.isEmpty ?? true)
    case .noSticky: return mode & 0o1000 == 0
    case .notSgid: return mode & 0o2000 == 0
    case .writable: return !inodes.writersBesidesRoot(of: entry, names).isEmpty
    case .unpackaged: return packages?.owner(of: entry) == nil
    case .program: return entry.isProgram
    case .dangling: return isDangling(entry)
    case .empty: return isEmpty(entry)
    case .notEmpty: return !isEmpty(entry)
    }
  }

  private func isDangling(_ entry: FileEntry) -> Bool {
    guard entry.type == .symbolicLink else { return false }
    switch evidence.index.target(of: entry) {
    case .absent, .loop: return true
    case .found, .unknown: return false
    }
  }

  private func isEmpty(_ entry: FileEntry) -> Bool {
    entry.type == .directory ? entry.children.isEmpty : entry.metadata.size == 0
  }
}
