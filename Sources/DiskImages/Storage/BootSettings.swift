/// What a guest opens and mounts besides crypttab(5) and fstab(5): volumes and /usr that the kernel's command line names,
/// and partitions that systemd-gpt-auto-generator(8) would mount by their type.
///
/// The generator asks the boot loader which system partition it was started from (LoaderDevicePartUUID); no image holds
/// that answer, so the one on the disk of the root file system counts.
public struct BootSettings: Sendable, Hashable {
  /// Volumes by the names that they get in /dev/mapper.
  public private(set) var opened: [UnlockArguments.Volume] = []
  /// Nil where the generator is not there.
  public var generator: PartitionGenerator?
  /// `systemd.gpt_auto=no`.
  private(set) var turnsOffPartitionTypes = false

  /// Nothing besides the two files.
  public init() {}

  /// Takes arguments of the kernel.
  public mutating func addArguments(_ words: [String]) {
    opened += UnlockArguments(words).volumes
    let off = ["0", "no", "n", "false", "f", "off"].map { "systemd.gpt_auto=\($0)" }
    if words.contains(where: off.contains) { turnsOffPartitionTypes = true }
    usrSource = Self.value(of: "mount.usr", in: words) ?? usrSource
    usrOptions = Self.value(of: "mount.usrflags", in: words) ?? usrOptions
  }

  private var usrSource: String?
  private var usrOptions: String?

  /// `mount.usr=` and `mount.usrflags=` as a line of fstab would say it (systemd-fstab-generator(8)).
  var usr: [FstabEntry] {
    guard let usrSource, !["gpt-auto", "fstab"].contains(usrSource) else { return [] }
    return parseFstab(Array("\(usrSource) /usr auto \(usrOptions ?? "defaults")".utf8)).entries
  }

  /// Of several the last; an empty one is none.
  private static func value(of key: String, in words: [String]) -> String? {
    words.last { $0.hasPrefix(key + "=") && $0.count > key.count + 1 }.map {
      String($0.dropFirst(key.count + 1))
    }
  }

  /// Takes the arguments in /etc/kernel/cmdline, /etc/default/grub or a grub.cfg.
  public mutating func addArguments(in bytes: [UInt8]) { addArguments(Self.arguments(in: bytes)) }

  /// Words of the lines that are no comments; what stands in quotes counts as if it did not.
  static func arguments(in bytes: [UInt8]) -> [String] {
    var words: [String] = []
    for line in bytes.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) {
      let parts = line.split { " \t\"'".utf8.contains($0) }
      guard let first = parts.first, first.first != UInt8(ascii: "#") else { continue }
      for part in parts where part.count < 1024 && part.contains(UInt8(ascii: "=")) {
        guard words.count < 65536 else { return words }
        words.append(String(decoding: part, as: UTF8.self))
      }
    }
    return words
  }
}
