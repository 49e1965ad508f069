/// Capabilities that a program gains when it is executed, from its attribute `security.capability`
/// (capabilities(7), linux/capability.h: versions 1 to 3).
public struct FileCapabilities: Sendable, Hashable {
  public var permitted: UInt64
  public var inheritable: UInt64
  public var isEffective: Bool
  /// The user that is root of the namespace in which the capabilities count; version 3 only.
  public var namespaceRoot: UInt32?

  /// Reads the attribute's value; nil if it is malformed, which the kernel refuses too.
  public init?(_ value: [UInt8]) {
    func word(_ index: Int) -> UInt32 {
      value[index * 4..<index * 4 + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
    guard value.count >= 4 else { return nil }
    let magic = word(0)
    switch (magic >> 24, value.count) {
    case (1, 12):
      permitted = UInt64(word(1))
      inheritable = UInt64(word(2))
    case (2, 20), (3, 24):
      permitted = UInt64(word(1)) | UInt64(word(3)) << 32
      inheritable = UInt64(word(2)) | UInt64(word(4)) << 32
    default: return nil
    }
    isEffective = magic & 1 != 0
    namespaceRoot = magic >> 24 == 3 ? word(5) : nil
  }

  /// As getcap(8) prints it: `cap_net_bind_service,cap_net_raw=ep`.
  public var words: String {
    var parts: [String] = []
    let both = permitted & inheritable
    for (set, flags) in [(permitted & ~both, "p"), (inheritable & ~both, "i"), (both, "ip")] where set != 0 {
      let names = (0..<64).filter { set >> UInt64($0) & 1 != 0 }.map(Self.name)
      let effective = isEffective ? "e" : ""
      parts.append(names.joined(separator: ",") + "=" + effective + flags)
    }
    let namespace = namespaceRoot.map { $0 == 0 ? "" : " [rootid=\($0)]" } ?? ""
    return (parts.isEmpty ? "=" : parts.joined(separator: " ")) + namespace
  }

  /// Names of the capabilities that the program may use.
  public var names: [String] {
    (0..<64).filter { (permitted | inheritable) >> UInt64($0) & 1 != 0 }.map(Self.name)
  }

  private static func name(_ number: Int) -> String {
    number < known.count ? "cap_" + known[number] : "cap_\(number)"
  }

  private static let known = [
    "chown", "dac_override", "dac_read_search", "fowner", "fsetid", "kill", "setgid", "setuid", "setpcap",
    "linux_immutable", "net_bind_service", "net_broadcast", "net_admin", "net_raw", "ipc_lock", "ipc_owner",
    "sys_module", "sys_rawio", "sys_chroot", "sys_ptrace", "sys_pacct", "sys_admin", "sys_boot", "sys_nice",
    "sys_resource", "sys_time", "sys_tty_config", "mknod", "lease", "audit_write", "audit_control", "setfcap",
    "mac_override", "mac_admin", "syslog", "wake_alarm", "block_suspend", "audit_read", "perfmon", "bpf",
    "checkpoint_restore",
  ]
}
