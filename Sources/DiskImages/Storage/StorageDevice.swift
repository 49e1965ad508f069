/// One layer of the way from a disk to a mount point: a disk, a partition, a LUKS container, a logical
/// volume, a file system.
public struct StorageDevice: Hashable, Sendable, Codable {
  /// What the layer is.
  public enum Kind: String, Hashable, Sendable, Codable {
    case disk, partition, luks, logicalVolume = "logical-volume", raid, subvolume
  }

  /// Name within the appliance, e.g. `/dev/sda2`, `/dev/vg/root`, `btrfsvol:/dev/sda2/@var`.
  public var name: String
  public var kind: Kind
  /// Names of the devices that this one lies on.
  public var parents: [String]
  /// Bytes; nil where it was not asked.
  public var size: Int64?
  /// What blkid(8) calls the content, e.g. `ext4`, `crypto_LUKS`, `LVM2_member`; nil if nothing is known.
  public var content: String?
  public var uuid: String?
  public var label: String?
  /// GPT type GUID or MBR type byte of a partition.
  public var partitionType: String?
  /// GPT unique partition GUID.
  public var partitionUUID: String?
  /// Attribute flags of a GPT partition in hexadecimal, `0x8000000000000000`; nil where none is set.
  public var partitionFlags: String?
  /// Where the guest mounts it; several for a file system that is mounted more than once.
  public var mountpoints: [String]
  /// Whether what lies here can only be read with a key, by this layer or one below.
  public var isEncrypted: Bool
  /// Why it could not be opened or mounted, if that was tried in vain.
  public var problem: String?
  /// What the header on it says of encryption; nil if it has none.
  public var encryption: EncryptionHeader?
  /// The superblock of a hash tree on it; nil if it has none.
  public var verity: VerityHeader?

  /// Describes a layer; what is left out is unknown.
  public init(
    name: String, kind: Kind, parents: [String] = [], size: Int64? = nil, content: String? = nil,
    uuid: String? = nil, label: String? = nil, partitionType: String? = nil, partitionUUID: String? = nil,
    partitionFlags: String? = nil, mountpoints: [String] = [], isEncrypted: Bool = false,
    problem: String? = nil,
    encryption: EncryptionHeader? = nil
  ) {
    self.name = name
    self.kind = kind
    self.parents = parents
    self.size = size
    self.content = content
    self.uuid = uuid
    self.label = label
    self.partitionType = partitionType
    self.partitionUUID = partitionUUID
    self.partitionFlags = partitionFlags
    self.mountpoints = mountpoints
    self.isEncrypted = isEncrypted
    self.problem = problem
    self.encryption = encryption
  }

  /// Whether a bit of the partition's attribute flags is set, counted from 0.
  func hasPartitionFlag(_ bit: Int) -> Bool {
    guard let text = partitionFlags, text.hasPrefix("0x"), let flags = UInt64(text.dropFirst(2), radix: 16)
    else { return false }
    return flags >> UInt64(bit) & 1 == 1
  }

  /// Bundles hold the keys in snake case, from which an acronym does not come back.
  private enum CodingKeys: String, CodingKey {
    case name, kind, parents, size, content, uuid, label, partitionType
    case partitionUUID = "partitionUuid"
    case partitionFlags, mountpoints, isEncrypted, problem, encryption, verity
  }
}

/// One image file as it was given.
public struct DiskDescription: Hashable, Sendable, Codable {
  public var path: String
  /// qemu's name of the format, found from the content: `raw`, `qcow2`, `vmdk`, `vdi`, `vpc`, `vhdx`.
  public var format: String
  /// Size of the disk that the guest sees, in bytes.
  public var virtualSize: Int64
  /// Other files that the image names and that were allowed, outermost first.
  public var backingChain: [String]

  /// Describes an image file.
  public init(path: String, format: String, virtualSize: Int64, backingChain: [String] = []) {
    self.path = path
    self.format = format
    self.virtualSize = virtualSize
    self.backingChain = backingChain
  }
}
