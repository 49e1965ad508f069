import DiskImages

/// A POSIX access control list as the kernel keeps it in `system.posix_acl_access` (acl(5)).
public struct AccessList: Sendable, Hashable {
  /// Whom an entry is about.
  public enum Subject: Sendable, Hashable {
    case owner, owningGroup, mask, other
    case user(UInt32)
    case group(UInt32)
  }

  /// One entry with its permission bits `rwx`.
  public struct Entry: Sendable, Hashable {
    public var subject: Subject
    public var permissions: UInt32

    /// Pairs a subject with its bits.
    public init(subject: Subject, permissions: UInt32) {
      self.subject = subject
      self.permissions = permissions
    }
  }

  public var entries: [Entry]

  /// Reads the little-endian form of linux/posix_acl_xattr.h; nil if it is malformed.
  public init?(_ value: [UInt8]) {
    guard value.count >= 4, (value.count - 4) % 8 == 0, Self.integer(value[0..<4]) == 2 else { return nil }
    entries = []
    for start in stride(from: 4, to: value.count, by: 8) {
      let tag = Self.integer(value[start..<start + 2])
      let id = Self.integer(value[start + 4..<start + 8])
      let subject: Subject
      switch tag {
      case 0x01: subject = .owner
      case 0x02: subject = .user(id)
      case 0x04: subject = .owningGroup
      case 0x08: subject = .group(id)
      case 0x10: subject = .mask
      case 0x20: subject = .other
      default: return nil
      }
      entries.append(Entry(subject: subject, permissions: Self.integer(value[start + 2..<start + 4]) & 7))
    }
  }

  private static func integer(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// What a named user or group may do, as the mask limits it, where that is more than everybody may.
  public var widening: [Entry] {
    let mask = entries.first { $0.subject == .mask }?.permissions ?? 7
    let other = entries.first { $0.subject == .other }?.permissions ?? 0
    return entries.compactMap { entry in
      switch entry.subject {
      case .user(0): return nil
      case .user, .group:
        let effective = entry.permissions & mask
        return effective & ~other == 0 ? nil : Entry(subject: entry.subject, permissions: effective)
      default: return nil
      }
    }
  }
}

extension FileEntry {
  /// The entry's access control list; nil if its mode says all.
  public var accessList: AccessList? {
    extendedAttributes.first { $0.name == "system.posix_acl_access" }.flatMap { AccessList($0.value) }
  }

  /// The entry's default list, which only what is made within the directory inherits.
  public var hasDefaultAccessList: Bool {
    extendedAttributes.contains { $0.name == "system.posix_acl_default" }
  }

  /// The entry's capabilities; nil if it has none.
  public var capabilities: FileCapabilities? {
    extendedAttributes.first { $0.name == "security.capability" }.flatMap { FileCapabilities($0.value) }
  }
}

extension AccessList.Entry {
  /// `user:www-data:r-x`.
  public func words(_ names: IdentityNames) -> String {
    let bits = [(4, "r"), (2, "w"), (1, "x")].map { permissions & $0.0 != 0 ? $0.1 : "-" }.joined()
    return switch subject {
    case .user(let uid): "user:\(names.userName(uid) ?? String(uid)):\(bits)"
    case .group(let gid): "group:\(names.groupName(gid) ?? String(gid)):\(bits)"
    case .owner: "user::\(bits)"
    case .owningGroup: "group::\(bits)"
    case .mask: "mask::\(bits)"
    case .other: "other::\(bits)"
    }
  }
}
