import Crypto

/// What systemd-gpt-auto-generator(8) finds in a guest, and which partitions it mounts by their type where fstab(5) does
/// not say so.
///
/// The rules are those of systemd's src/gpt-auto-generator/gpt-auto-generator.c. A mount point has to be empty. One that
/// is not there would be made by the guest; an image is mounted read-only, so that nothing can be mounted there.
///
/// Flags of partitions are those of the Discoverable Partitions Specification ("Partition Attribute Flags"). Bits 59
/// (grow the file system, since 249) and 60 (read-only) say how a partition is mounted and not where, so that they do
/// not count.
public struct PartitionGenerator: Sendable, Hashable {
  /// The directories at which it mounts.
  public static let directories = ["/boot", "/efi", "/home", "/srv", "/var", "/var/tmp"]

  /// Of `directories` those that are there.
  public var present: Set<String> = []
  /// Of these the empty ones.
  public var empty: Set<String> = []
  /// systemd's; nil: it is not known, and the rules of the newest count.
  public var version: Int?
  /// As in machine-id(5), 32 hexadecimal digits; nil where the guest has none yet.
  public var machineID: String?

  /// A guest in which nothing is mounted by type.
  public init() {}

  /// A type of the Discoverable Partitions Specification.
  enum PartitionType: String {
    case efiSystem = "c12a7328-f81f-11d2-ba4b-00a0c93ec93b"
    case extendedBootLoader = "bc13c2ff-59e6-4262-a352-b275fd6f7172"
    case home = "933ac7e1-2eb4-4f13-b844-0e14e2aef915"
    case serverData = "3b8f8425-20e0-4f3b-907f-1a25a76f98e8"
    case variableData = "4d21b016-b534-45c2-a9fb-5c16e091fd2d"
    case temporaryData = "7ec6f557-3bc5-4aca-b293-16ef5df639d1"

    /// The flag with which a partition is passed over, in favour of the next of its type: bit 63, no-auto; of an EFI
    /// system partition bit 1, no block I/O protocol, since no-auto is not defined there
    /// (systemd-gpt-auto-generator(8), "Partition Attribute Flags"; dissect_image in src/shared/dissect-image.c).
    var excludingBit: Int { self == .efiSystem ? 1 : 63 }
  }

  /// A partition and where it is mounted.
  typealias Mount = (partition: StorageDevice, target: String)

  /// File systems that are mounted by type (dissect_fstype_ok in src/shared/dissect-image.c). An EFI system partition is
  /// taken for vfat, whatever it holds.
  static let filesystems: Set<String> = ["btrfs", "erofs", "ext4", "squashfs", "vfat", "xfs"]

  /// - Parameters:
  ///   - targets: mount points of fstab.
  ///   - find: the first partition of a type on the disk of the root file system.
  func mounts(besides targets: Set<String>, _ find: (PartitionType) -> StorageDevice?) -> [Mount] {
    let free = empty.subtracting(targets)
    return bootMounts(targets, free, find) + dataMounts(free, find)
  }

  private func bootMounts(
    _ targets: Set<String>, _ free: Set<String>, _ find: (PartitionType) -> StorageDevice?
  ) -> [Mount] {
    // NEWS of 256: "will stop generating units for ESP or XBOOTLDR partitions if it finds mount entries for or below the
    // /boot/ or /efi/ hierarchies in /etc/fstab" (pull request 31181).
    let isTaken = targets.contains { target in
      ["/boot", "/efi"].contains { target == $0 || target.hasPrefix($0 + "/") }
    }
    if isTaken && version ?? .max >= 256 { return [] }
    let extended = find(.extendedBootLoader)
    var mounts: [Mount] = []
    if let extended, free.contains("/boot") { mounts.append((extended, "/boot")) }
    if let system = find(.efiSystem), system.content == "vfat" {
      let target = systemTarget(free, hasExtended: extended != nil)
      if free.contains(target) { mounts.append((system, target)) }
    }
    return mounts
  }

  /// Until 253 /efi wherever it is there. Since 254 /boot, if nothing else is on it (pull request 27687, which no NEWS
  /// tells of); since 257 also if it is not there (pull request 34550).
  private func systemTarget(_ free: Set<String>, hasExtended: Bool) -> String {
    if hasExtended { return "/efi" }
    if version ?? .max < 254 { return present.contains("/efi") ? "/efi" : "/boot" }
    if version ?? .max >= 257, !present.contains("/boot") { return "/boot" }
    return free.contains("/boot") ? "/boot" : "/efi"
  }

  private func dataMounts(_ free: Set<String>, _ find: (PartitionType) -> StorageDevice?) -> [Mount] {
    let wanted: [(PartitionType, String)] = [
      (.home, "/home"), (.serverData, "/srv"), (.variableData, "/var"), (.temporaryData, "/var/tmp"),
    ]
    return wanted.compactMap { type, target in
      guard free.contains(target), let partition = find(type) else { return nil }
      if type == .variableData, !isOfMachine(partition) { return nil }
      return (partition, target)
    }
  }

  /// Whether /var belongs to this installation: its UUID is made of the machine's ID (sd_id128_get_app_specific(3)).
  private func isOfMachine(_ partition: StorageDevice) -> Bool {
    guard let machine = machineID.flatMap(Self.bytes),
      let type = Self.bytes(PartitionType.variableData.rawValue), let uuid = partition.partitionUUID
    else { return false }
    var own = Array(HMAC<SHA256>.authenticationCode(for: type, using: SymmetricKey(data: machine)).prefix(16))
    own[6] = own[6] & 0x0f | 0x40
    own[8] = own[8] & 0x3f | 0x80
    return Self.bytes(uuid) == own
  }

  private static func bytes(_ id: String) -> [UInt8]? {
    let digits = id.compactMap { $0 == "-" ? nil : $0.hexDigitValue.map(UInt8.init) }
    guard digits.count == 32 else { return nil }
    return stride(from: 0, to: 32, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}
