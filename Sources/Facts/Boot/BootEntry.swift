import Evidence

/// A choice of a boot loader: a kernel and its command line.
public struct BootEntry: Sendable, Hashable {
  public var title: String
  /// The kernel as the boot loader names it, which can be relative to a boot partition.
  public var kernel: String?
  /// The kernel's version; nil if neither its file's name nor the entry tells.
  public var kernelVersion: String?
  /// The command line as far as it is known; see `knownArguments()`.
  public var arguments: KernelArguments
  /// The line that gives the command line.
  public var origin: Origin
  /// What a `default` setting can name besides the title.
  var identifier: String?
  /// Why the command line is not known, if so.
  var gap: EvidenceGap?

  /// Whether the image tells the command line.
  public var isKnown: Bool { gap == nil }

  /// - Throws: if the image does not tell the command line.
  public func knownArguments() throws(EvidenceGap) -> KernelArguments {
    if let gap { throw gap }
    return arguments
  }

  /// Whether the entry starts a system for repair: one user, or a rescue or emergency target.
  public var isRecovery: Bool {
    let rescues = ["single", "s", "S", "1", "rescue", "emergency", "systemd.unit=rescue.target"]
    return title.contains("recovery mode") || title.contains("rescue")
      || arguments.arguments.contains { argument in
        rescues.contains(argument.value.map { "\(argument.name)=\($0)" } ?? argument.name)
      }
  }

  /// The version in a kernel's file name: `/boot/vmlinuz-6.1.0-40-amd64`, and `/TOKEN/6.1.0-40-amd64/linux` as
  /// kernel-install(8) lays it out; nil if the name does not tell.
  static func version(ofKernel path: String) -> String? {
    let parts = path.split(separator: "/")
    guard let last = parts.last else { return nil }
    let name = last.hasSuffix(".efi") ? last.dropLast(4) : last
    for prefix in ["vmlinuz-", "vmlinux-", "linux-", "kernel-", "bzImage-", "Image-"]
    where name.hasPrefix(prefix) {
      return String(name.dropFirst(prefix.count))
    }
    if ["linux", "vmlinuz", "vmlinux", "Image"].contains(name), parts.count > 1,
      parts[parts.count - 2].first?.isNumber == true
    {
      return String(parts[parts.count - 2])
    }
    return nil
  }
}
