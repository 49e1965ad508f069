import DiskImages
import Evidence

/// Keys that lie in the image and open its own volumes: files that crypttab or the command line of a kernel names, keys in
/// initial file systems.
public struct UnlockingKeys: FactModel {
  public static let needs: [ContentNeed] = VolumeStack.needs
  public static let probes: [any ContentProbe] =
    VolumeStack.probes + [InitrdProbe(bootFiles: BootEntries.needs.map(\.pattern))]

  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    VolumeStack.furtherNeeds(evidence)
  }

  /// A file that opens a volume.
  public struct Key: Sendable, Hashable {
    /// The file; of one in an initial file system the path of that and then the path within.
    public var path: String
    /// The name in crypttab; nil if it is not known.
    public var opens: String?
    /// How the file system lies on the disk that holds it.
    public var protection: AtRestProtection
    /// Permission bits of the file or of the initial file system.
    public var mode: UInt32
    public var origin: Origin
  }

  /// Sorted by path.
  public private(set) var keys: [Key] = []
  /// What gives a key and cannot be looked into, with the reason.
  public private(set) var unknown: [(subject: String, reason: String, origin: Origin)] = []

  /// Scripts of Debian's cryptsetup that ask somebody or something outside (/lib/cryptsetup/scripts).
  private static let scriptsThatAsk: Set<String> = [
    "decrypt_gnupg", "decrypt_gnupg-sc", "decrypt_keyctl", "decrypt_opensc", "decrypt_ssl", "decrypt_derived",
    "passdev",
  ]
  /// The folder where systemd looks for the key of a volume that crypttab gives none (crypttab(5)).
  private static let folder = "/etc/cryptsetup-keys.d"

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let evidence = facts.evidence
    let stack: VolumeStack = try facts.model()
    for entry in stack.crypttab.entries where !entry.hasRandomKey { try add(entry, stack, evidence) }
    for (file, origin) in stack.crypttab.keyFiles { try add(file, origin, stack, evidence) }
    for (key, origin) in stack.crypttab.rawKeys { add(key, origin, stack) }
    try addInitrds(stack, evidence)
    keys.sort { $0.path < $1.path }
  }

  private mutating func add(_ entry: CrypttabEntry, _ stack: VolumeStack, _ evidence: Evidence)
    throws(EvidenceGap)
  {
    if let script = entry.option("keyscript") {
      let name = script.split(separator: "/").last.map(String.init) ?? script
      if !Self.scriptsThatAsk.contains(name) {
        unknown.append((entry.name, "the script \(script) gives its passphrase", entry.origin))
      }
      return
    }
    // `/file:DEVICE` lies on another device, which is there at boot alone.
    guard let path = entry.key ?? implied(entry, evidence), path.hasPrefix("/"), !path.hasPrefix("/dev/"),
      !path.contains(":"), let file = try evidence.entry(at: path), file.type == .regular
    else { return }
    keys.append(
      Key(
        path: file.path, opens: entry.name, protection: stack.protection(holding: file.path),
        mode: file.permissions,
        origin: entry.origin))
  }

  /// A file that a command line names. One on a device that is no part of the image is none of it.
  private mutating func add(
    _ file: UnlockArguments.KeyFile, _ origin: Origin, _ stack: VolumeStack, _ evidence: Evidence
  ) throws(EvidenceGap) {
    if let source = file.device {
      if let device = stack.device(source) {
        unknown.append((file.path, "it lies on \(device), whose files are not looked into", origin))
      }
      return
    }
    guard let found = try evidence.entry(at: file.path), found.type == .regular,
      !keys.contains(where: { $0.path == found.path })
    else { return }
    keys.append(
      Key(
        path: found.path, opens: stack.crypttab.name(ofVolume: file.volume),
        protection: stack.protection(holding: found.path), mode: found.permissions, origin: origin))
  }

  /// Blocks of a device that are a key, which root alone reads from there.
  private mutating func add(_ key: UnlockArguments.RawKey, _ origin: Origin, _ stack: VolumeStack) {
    guard let device = stack.device(key.device) else { return }
    keys.append(
      Key(
        path: "blocks of \(device)", opens: nil, protection: stack.protection(of: device), mode: 0o600,
        origin: origin))
  }

  private func implied(_ entry: CrypttabEntry, _ evidence: Evidence) -> String? {
    let path = "\(Self.folder)/\(entry.name).key"
    if case .found = evidence.index.resolve(path) { return path }
    return nil
  }

  private mutating func addInitrds(_ stack: VolumeStack, _ evidence: Evidence) throws(EvidenceGap) {
    let answer = try evidence.answer(of: InitrdProbe.self)
    for (id, reason) in answer.unread {
      guard let file = evidence.index.entry(id: id) else { continue }
      unknown.append((file.path, reason, Origin(path: file.path, kind: .explicit)))
    }
    unknown.sort { $0.subject < $1.subject }
    for (id, record) in answer.records {
      guard let file = evidence.index.entry(id: id) else { continue }
      let table = Crypttab.parse(
        TextFile(path: file.path, bytes: Array(record.crypttab.joined(separator: "\n").utf8)))
      for key in record.keys {
        let entry = (stack.crypttab.entries + table).first {
          $0.key == "/" + key.path || key.path.hasSuffix("/\($0.name).key")
        }
        let named = stack.crypttab.keyFiles.first { $0.file.path == "/" + key.path }
        keys.append(
          Key(
            path: "\(file.path): \(key.path)",
            opens: entry?.name ?? stack.crypttab.name(ofVolume: named?.file.volume),
            protection: stack.protection(holding: file.path),
            mode: file.permissions,
            origin: Origin(path: file.path, kind: .explicit, text: "\(key.path), \(key.size) bytes")))
      }
    }
  }
}
