import Binaries

/// File systems that can encrypt by themselves. Their superblocks tell that they can, not what they do: the policy of a
/// folder is known to the kernel that has mounted it alone (Documentation/filesystems/fscrypt.rst).
enum FilesystemEncryption {
  static func read(_ content: String?, _ source: DeviceBytes) -> EncryptionHeader? {
    switch content {
    case "ext4": source.bytes(at: 1024, count: 1024).flatMap(ext4) == true ? EncryptionHeader(.fscrypt) : nil
    case "f2fs": source.bytes(at: 1024, count: 3072).flatMap(f2fs) == true ? EncryptionHeader(.fscrypt) : nil
    case "zfs_member": EncryptionHeader(.zfs)
    default: nil
    }
  }

  /// `EXT4_FEATURE_INCOMPAT_ENCRYPT` in `s_feature_incompat` (Linux, fs/ext4/ext4.h).
  private static func ext4(_ superblock: [UInt8]) -> Bool? {
    let reader = ByteReader(superblock)
    guard reader.u16(at: 0x38) == 0xEF53 else { return nil }
    return reader.u32(at: 0x60).map { $0 & 0x10000 != 0 }
  }

  /// `F2FS_FEATURE_ENCRYPT` in `feature` (Linux, include/linux/f2fs_fs.h, `struct f2fs_super_block`).
  private static func f2fs(_ superblock: [UInt8]) -> Bool? {
    let reader = ByteReader(superblock)
    guard reader.u32(at: 0) == 0xF2F5_2010 else { return nil }
    return reader.u32(at: 2180).map { $0 & 1 != 0 }
  }
}

/// The superblock of dm-verity's hash tree (cryptsetup, lib/verity/verity.c, `struct verity_sb`).
public struct VerityHeader: Hashable, Sendable, Codable {
  /// The hash of each block, e.g. `sha256`.
  public var algorithm: String
  public var uuid: String
  /// Bytes of a block of data.
  public var blockSize: Int
  public var dataBlocks: UInt64

  /// Nil if there is none at the start of the device.
  public init?(_ source: DeviceBytes) {
    guard let bytes = source.bytes(at: 0, count: 512), bytes.starts(with: Array("verity\0\0".utf8)) else {
      return nil
    }
    let reader = ByteReader(bytes)
    guard reader.u32(at: 8) == 1, let block = reader.u32(at: 64), let blocks = reader.u64(at: 72),
      let identifier = reader.slice(at: 16, count: 16)
    else { return nil }
    let hex = Array(hexText(identifier))
    uuid = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(hex[$0]) }.joined(separator: "-")
    algorithm = reader.fixedText(at: 32, count: 32)
    blockSize = Int(block)
    dataBlocks = blocks
  }
}
