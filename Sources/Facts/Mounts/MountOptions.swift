/// Options of a mount as mount(8) takes them: of two that contradict each other the later one counts.
public struct MountOptions: Sendable, Hashable {
  /// As written, in their order.
  public let written: [String]
  /// What holds in the end: `nosuid` or `suid`, `ro` or `rw`, and everything else that was written.
  private let effective: Set<String>

  /// Options that come in pairs, the compiled default first (mount(8), "defaults").
  private static let pairs = [
    ("suid", "nosuid"), ("dev", "nodev"), ("exec", "noexec"), ("rw", "ro"), ("async", "sync"),
    ("auto", "noauto"), ("symfollow", "nosymfollow"), ("nouser", "user"), ("relatime", "norelatime"),
    ("diratime", "nodiratime"), ("atime", "noatime"), ("nostrictatime", "strictatime"),
    ("nolazytime", "lazytime"),
  ]

  private static let slot: [String: Int] = Dictionary(
    uniqueKeysWithValues: pairs.enumerated().flatMap { [($1.0, $0), ($1.1, $0)] })

  /// Options that bring others along, which later ones can take back (libmount, mnt_optstr_get_flags:
  /// MS_SECURE, MS_OWNERSECURE). `defaults` is a word without effect there, and takes nothing back.
  private static let implied: [String: [String]] = [
    "user": ["nosuid", "nodev", "noexec"], "users": ["nosuid", "nodev", "noexec"],
    "owner": ["nosuid", "nodev"], "group": ["nosuid", "nodev"],
  ]

  /// Reads a list of options.
  public init(_ options: [String]) {
    written = options
    var pairs = Self.pairs.map(\.0)
    var others: Set<String> = []
    func take(_ option: String) {
      if let slot = Self.slot[option] { pairs[slot] = option } else { others.insert(option) }
    }
    for option in options {
      for word in Self.implied[option] ?? [] { take(word) }
      if option != "defaults" { take(option) }
    }
    effective = others.union(pairs)
  }

  /// Whether the option holds. One with a value is asked for as it is written: `hidepid=2`.
  public func contains(_ option: String) -> Bool { effective.contains(option) }

  /// Whether the mount shows a folder of another one.
  public var isBind: Bool { contains("bind") || contains("rbind") }
}
