/// What lstat(2) says of one inode; numbers as the guest's file system stores them.
public struct FileMetadata: Hashable, Sendable {
  /// `st_mode`: type and permission bits.
  public var mode: UInt32
  public var uid: UInt32
  public var gid: UInt32
  /// Bytes, as `st_size`.
  public var size: Int64
  /// Number of hard links.
  public var links: UInt32
  public var inode: UInt64
  /// Identifies the file system within one index; equal numbers are the same file system.
  public var device: UInt64
  /// The device that a character or block special file names, as `st_rdev`.
  public var specialDevice: UInt64
  /// Seconds since 1970-01-01 UTC.
  public var accessed: Int64
  public var modified: Int64
  public var changed: Int64

  /// Describes an inode; what is left out is zero.
  public init(
    mode: UInt32, uid: UInt32 = 0, gid: UInt32 = 0, size: Int64 = 0, links: UInt32 = 1,
    inode: UInt64 = 0, device: UInt64 = 0, specialDevice: UInt64 = 0,
    accessed: Int64 = 0, modified: Int64 = 0, changed: Int64 = 0
  ) {
    self.mode = mode
    self.uid = uid
    self.gid = gid
    self.size = size
    self.links = links
    self.inode = inode
    self.device = device
    self.specialDevice = specialDevice
    self.accessed = accessed
    self.modified = modified
    self.changed = changed
  }

  /// The type of the inode, from the upper four bits of the mode (inode(7)).
  public var type: FileType { FileType(mode: mode) }

  /// Permission bits with set-user-id, set-group-id and sticky: `mode & 07777`.
  public var permissions: UInt32 { mode & 0o7777 }
}

/// The type of an inode (inode(7)).
public enum FileType: String, Hashable, Sendable, CaseIterable {
  case regular = "file"
  case directory
  case symbolicLink = "symlink"
  case characterDevice = "character-device"
  case blockDevice = "block-device"
  case fifo
  case socket
  case unknown

  /// The type that the upper four bits of `st_mode` name.
  public init(mode: UInt32) {
    self =
      switch mode & 0o170000 {
      case 0o100000: .regular
      case 0o040000: .directory
      case 0o120000: .symbolicLink
      case 0o020000: .characterDevice
      case 0o060000: .blockDevice
      case 0o010000: .fifo
      case 0o140000: .socket
      default: .unknown
      }
  }
}

/// One extended attribute, name and value as stored.
public struct ExtendedAttribute: Hashable, Sendable {
  public var name: String
  public var value: [UInt8]

  /// Pairs a name such as `security.capability` with its raw value.
  public init(name: String, value: [UInt8]) {
    self.name = name
    self.value = value
  }
}
