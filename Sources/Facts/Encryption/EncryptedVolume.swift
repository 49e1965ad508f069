import DiskImages
import Evidence

/// An encrypted layer between a disk and a file system.
public struct EncryptedVolume: Sendable, Hashable {
  /// The device below, in the image; for a folder the name in crypttab.
  public var device: String
  /// Nil if there is none (plain dm-crypt) or none to be seen.
  public var header: EncryptionHeader?
  /// How the boot opens it; nil if crypttab does not say.
  public var entry: CrypttabEntry?

  /// One phrase: `LUKS2 aes-xts-plain64, 512 bits, argon2id`.
  public var words: String {
    if let header { return header.words }
    guard let entry else { return "encrypted, its header is not in the image" }
    if entry.hasRandomKey { return "encrypted with a key that is new at every boot" }
    return entry.isPlain ? "plain dm-crypt" : "encrypted by crypttab, its header is not in the image"
  }
}

/// How the content of a file system, of swap or of a file lies on the disk.
public enum AtRestProtection: Sendable, Hashable {
  /// Every way to a disk leads through an encrypted layer.
  case encrypted([EncryptedVolume])
  /// It can be read off the disk.
  case plain(String)
  /// The image cannot tell, for the reason.
  case unknown(String)
}

/// A mount point and how its content lies on the disk.
public struct EncryptedPlace: Sendable, Hashable {
  public var target: String
  /// The device in the image; for a folder what fstab says.
  public var device: String
  public var protection: AtRestProtection
  public var origins: [Origin]
}
