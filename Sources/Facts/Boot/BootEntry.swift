/// A choice of a boot loader: a kernel and its command line.
public struct BootEntry: Sendable, Hashable {
  public var title: String
  /// The kernel as the boot loader names it, which can be relative to a boot partition.
  public var kernel: String?
  public var arguments: KernelArguments
  /// The line that gives the command line.
  public var origin: Origin
  /// Position in GRUB's menu: the entry's number, or the submenu's and the entry's within it.
  var position: [Int] = []
  /// What a `default` setting can name besides the title.
  var identifier: String?

  /// Whether the entry starts a system for repair: one user, or a rescue or emergency target.
  public var isRecovery: Bool {
    let rescues = ["single", "s", "S", "1", "rescue", "emergency", "systemd.unit=rescue.target"]
    return title.contains("recovery mode") || title.contains("rescue")
      || arguments.arguments.contains { argument in
        rescues.contains(argument.value.map { "\(argument.name)=\($0)" } ?? argument.name)
      }
  }

  /// `6.1.0-40-amd64` of `/boot/vmlinuz-6.1.0-40-amd64`; nil if the name does not tell.
  public var kernelVersion: String? {
    guard let name = kernel?.split(separator: "/").last else { return nil }
    for prefix in ["vmlinuz-", "vmlinux-", "linux-", "kernel-", "bzImage-"] where name.hasPrefix(prefix) {
      return String(name.dropFirst(prefix.count))
    }
    return nil
  }
}
