/// A file system that is mounted somewhere.
public struct Mount: Sendable, Hashable {
  /// The folder, without symbolic links.
  public var target: String
  /// Device, `UUID=…`, or a word for file systems without a device; empty for what systemd mounts by itself.
  public var source: String
  public var type: String
  /// With what they replace: the options that systemd compiled in for a mount that fstab remounts.
  public var options: Effective<MountOptions>
  /// Why the next boot mounts it.
  public var cause: Cause

  public enum Cause: Sendable, Hashable {
    /// Every boot does.
    case boot
    /// When somebody first looks there.
    case automount
    /// Only by hand: fstab says `noauto`.
    case manual
  }

  /// Whether it is a disk of the machine rather than the network, memory or another folder.
  public var isLocalDevice: Bool {
    let prefixes = ["/dev/", "UUID=", "LABEL=", "PARTUUID=", "PARTLABEL=", "ID="]
    return prefixes.contains(where: source.hasPrefix) && !options.value.isBind
  }
}

/// What systemd mounts before it reads any file (systemd, src/shared/mount-setup.c, mount_table).
enum SystemdAPIMounts {
  private static let locked = ["nosuid", "nodev", "noexec"]

  static let table: [(target: String, type: String, options: [String])] = [
    ("/proc", "proc", locked),
    ("/sys", "sysfs", locked),
    ("/dev", "devtmpfs", ["nosuid", "strictatime"]),
    ("/sys/kernel/security", "securityfs", locked),
    ("/dev/shm", "tmpfs", ["nosuid", "nodev", "strictatime"]),
    ("/dev/pts", "devpts", ["nosuid", "noexec"]),
    ("/run", "tmpfs", ["nosuid", "nodev", "strictatime"]),
    ("/sys/fs/cgroup", "cgroup2", locked),
    ("/sys/fs/pstore", "pstore", locked),
    ("/sys/firmware/efi/efivars", "efivarfs", locked),
    ("/sys/fs/bpf", "bpf", locked),
  ]

  static let targets = Set(table.map(\.target))
}
