/// What the header of an encrypted container says of itself, read without any key. It holds no key material: neither
/// salts nor digests nor sealed keys.
public struct EncryptionHeader: Hashable, Sendable, Codable {
  /// How the content is encrypted.
  public enum Scheme: String, Hashable, Sendable, Codable {
    case luks1, luks2, bitlocker
    /// A file system that can encrypt folders (fscrypt); which ones, if any, its superblock does not tell.
    case fscrypt
    /// A pool of ZFS, where each dataset is encrypted or not.
    case zfs
  }

  public var scheme: Scheme
  public var uuid: String?
  public var label: String?
  public var subsystem: String?
  /// Bytes of one copy of the header; nil where the scheme has no such number.
  public var headerSize: Int64?
  /// How often the header has been written (LUKS2).
  public var sequence: UInt64?
  /// Parts of the device that are encrypted; none if the header could not be read.
  public var segments: [Segment] = []
  public var keySlots: [KeySlot] = []
  public var tokens: [Token] = []
  public var digests: [Digest] = []
  /// Persistent flags such as `allow-discards`.
  public var flags: [String] = []
  /// What a program has to understand to open it, such as `online-reencrypt-v2`.
  public var requirements: [String] = []
  /// Ways to unlock besides key slots (BitLocker), e.g. `clear key`, `TPM`.
  public var protectors: [String] = []
  /// What is wrong with the header, in phrases.
  public var problems: [String] = []

  /// A header of which nothing else is known.
  public init(_ scheme: Scheme) { self.scheme = scheme }

  /// A part of the device with its cipher.
  public struct Segment: Hashable, Sendable, Codable {
    public var id: String
    /// `crypt`, or `linear` for a part that is not encrypted.
    public var type: String
    /// Bytes from the start of the data device.
    public var offset: UInt64
    /// Bytes; nil: up to the end of the device.
    public var size: UInt64?
    /// As dm-crypt takes it: `aes-xts-plain64`.
    public var encryption: String
    /// Bits of the volume key that the cipher uses; for XTS both halves.
    public var keyBits: Int?
    public var sectorSize: Int?
    /// The algorithm of the tags, e.g. `hmac(sha256)`; nil without integrity protection.
    public var integrity: String?
    public var flags: [String] = []
  }

  /// A place that can hold a wrapped volume key.
  public struct KeySlot: Hashable, Sendable, Codable {
    public var id: String
    /// `luks1`, `luks2`, or `reencrypt` while a re-encryption is under way.
    public var type: String
    /// Bits of the wrapped key.
    public var keyBits: Int?
    public var kdf: KeyDerivation?
    /// The cipher of the slot's area and the bits of its key.
    public var areaEncryption: String?
    public var areaKeyBits: Int?
    /// Bytes from the start of the header.
    public var areaOffset: UInt64?
    public var areaSize: UInt64?
    public var stripes: Int?
    public var stripesHash: String?
    /// 0 ignored unless named, 1 normal, 2 preferred; nil: normal.
    public var priority: Int?
  }

  /// How a passphrase becomes a key.
  public struct KeyDerivation: Hashable, Sendable, Codable {
    /// `pbkdf2`, `argon2i` or `argon2id`.
    public var type: String
    /// Of PBKDF2.
    public var hash: String?
    public var iterations: Int?
    /// Passes of Argon2.
    public var time: Int?
    /// KiB that Argon2 takes.
    public var memory: Int?
    /// Threads of Argon2.
    public var cpus: Int?
  }

  /// What checks that a volume key is the right one.
  public struct Digest: Hashable, Sendable, Codable {
    public var id: String
    public var type: String
    public var hash: String?
    public var iterations: Int?
    public var keySlots: [String]
    public var segments: [String]
    /// SHA-256 of salt and digest: the same for two volumes only if one header is a copy of the other's, so that the
    /// volume key is the same.
    public var fingerprint: String
  }
}
