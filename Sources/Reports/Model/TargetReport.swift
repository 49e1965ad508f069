/// What was found of one target.
public struct TargetReport: Sendable, Hashable, Codable {
  /// Whether the target could be judged.
  public enum Status: String, Sendable, Hashable, Codable {
    case judged, failed
  }

  /// One image file.
  public struct Disk: Sendable, Hashable, Codable {
    public var path: String
    /// qemu's name of the format.
    public var format: String
    /// Bytes that the guest sees.
    public var virtualSize: Int64
    /// Other files that the image names and that were allowed, outermost first.
    public var backingChain: [String]

    enum CodingKeys: String, CodingKey {
      case path, format
      case virtualSize = "virtual_size"
      case backingChain = "backing_chain"
    }
  }

  /// One layer of the way from a disk to a mount point; a layer that is mounted twice has two entries.
  public struct Storage: Sendable, Hashable, Codable {
    public var device: String
    /// `disk`, `partition`, `luks`, `logical-volume`, `raid`, `subvolume`.
    public var type: String
    /// The devices below.
    public var parents: [String]
    /// Bytes.
    public var size: Int64?
    /// What blkid(8) calls the content.
    public var filesystem: String?
    public var mountpoint: String?
    /// Whether it can only be read with a key.
    public var encrypted: Bool
    /// What its header says of encryption, e.g. `LUKS2 aes-xts-plain64, 512 bits, argon2id`.
    public var encryption: String?
    /// Why it could not be read.
    public var detail: String?
  }

  /// As the user named it.
  public var target: String
  public var status: Status
  /// One line, for a target that failed.
  public var error: String?
  public var disks: [Disk]
  public var storage: [Storage]
  public var guests: [GuestReport]

  /// Findings of verdict fail of all guests.
  var findings: Summary.Findings {
    guests.reduce(into: Summary.Findings()) { $0.add($1.summary.findings) }
  }
}
