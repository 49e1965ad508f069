import DiskImages
import Evidence

/// One volume of crypttab(5).
public struct CrypttabEntry: Sendable, Hashable {
  /// What appears in /dev/mapper.
  public var name: String
  /// The device or file below.
  public var source: String
  /// The third field as written; nil for `none`, `-` or nothing.
  public var key: String?
  public var options: [String]
  public var origin: Origin

  /// The value of an option `name=value`; nil if it is not given.
  public func option(_ name: String) -> String? {
    options.last { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.count + 1)) }
  }

  /// Whether each boot makes a new key, so that nothing of the boot before can be read.
  public var hasRandomKey: Bool { ["/dev/urandom", "/dev/random", "/dev/hwrng"].contains(key) }

  /// Whether it has no header: `plain`, and `swap` and `tmp`, which imply it unless `luks` is there as well
  /// (crypttab(5) of systemd; in Debian's a random key means the same).
  public var isPlain: Bool {
    if options.contains("plain") { return true }
    if options.contains("luks") { return false }
    return hasRandomKey || options.contains { $0 == "swap" || $0 == "tmp" || $0.hasPrefix("tmp=") }
  }

  /// Whether the volume is opened with the option that hands the key to the TPM.
  public var usesTPM: Bool { option("tpm2-device") != nil }
}

/// Volumes that the boot opens, by /etc/crypttab, by the one that mkinitcpio's hook `sd-encrypt` takes into the initial file
/// system, and by the command lines of the kernels.
public struct Crypttab: FactModel {
  private static let tables = ["/etc/crypttab", "/etc/crypttab.initramfs"]
  public static let needs: [ContentNeed] = tables.map { ContentNeed($0) } + BootEntries.needs

  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    BootEntries.furtherNeeds(evidence)
  }

  /// In the order of the files; of several with one name the first counts.
  public private(set) var entries: [CrypttabEntry] = []
  /// Key files that command lines name, with the place.
  public private(set) var keyFiles: [(file: UnlockArguments.KeyFile, origin: Origin)] = []
  /// Parts of devices that command lines name as keys.
  public private(set) var rawKeys: [(key: UnlockArguments.RawKey, origin: Origin)] = []

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    for path in Self.tables {
      guard let file = try facts.evidence.text(at: path) else { continue }
      for entry in Self.parse(file) where self.entry(named: entry.name) == nil { entries.append(entry) }
    }
    // Where the boot entries cannot be read, the tables still count.
    let boot = try? facts.model(BootEntries.self)
    for entry in boot?.entries.prefix(64) ?? [] { add(entry) }
  }

  private mutating func add(_ boot: BootEntry) {
    guard let words = try? boot.knownArguments().arguments else { return }
    let arguments = UnlockArguments(
      words.map { word in word.value.map { "\(word.name)=\($0)" } ?? word.name })
    func origin(_ word: String) -> Origin {
      Origin(path: boot.origin.path, line: boot.origin.line, kind: .commandLine, text: word)
    }
    for volume in arguments.volumes where !isKnown(volume) {
      entries.append(
        CrypttabEntry(
          name: volume.name, source: volume.source, key: nil, options: volume.options,
          origin: origin(volume.word)))
    }
    for file in arguments.keyFiles where !keyFiles.contains(where: { $0.file == file }) {
      keyFiles.append((file, origin(file.word)))
    }
    for key in arguments.rawKeys where !rawKeys.contains(where: { $0.key == key }) {
      rawKeys.append((key, origin(key.word)))
    }
  }

  /// systemd takes the name and the options of crypttab for a volume that the command line names too.
  private func isKnown(_ volume: UnlockArguments.Volume) -> Bool {
    entries.contains { $0.name == volume.name || Self.plain($0.source) == Self.plain(volume.source) }
  }

  private static func plain(_ source: String) -> String {
    source.replacing("/dev/disk/by-uuid/", with: "UUID=", maxReplacements: 1).lowercased()
  }

  /// What a crypttab with all of them would hold.
  var bytes: [UInt8] {
    Array(entries.map { "\($0.name) \($0.source)\n" }.joined().utf8)
  }

  /// The volume with the name.
  public func entry(named name: String) -> CrypttabEntry? { entries.first { $0.name == name } }

  /// The name of the volume with the UUID.
  func name(ofVolume uuid: String?) -> String? {
    uuid.flatMap { uuid in entries.first { Self.plain($0.source) == "uuid=\(uuid)" }?.name }
  }

  /// Reads lines of crypttab(5).
  public static func parse(_ file: TextFile) -> [CrypttabEntry] {
    var entries: [CrypttabEntry] = []
    var names: Set<String> = []
    for line in file.lines.prefix(4096) {
      let fields = line.text.split { $0 == " " || $0 == "\t" }.map(String.init)
      guard fields.count >= 2, !fields[0].hasPrefix("#"), names.insert(fields[0]).inserted else { continue }
      let key = fields.count > 2 ? fields[2] : "none"
      entries.append(
        CrypttabEntry(
          name: fields[0], source: unquoted(fields[1]), key: ["none", "-"].contains(key) ? nil : key,
          options: fields.count > 3 ? fields[3].split(separator: ",").map(String.init) : [],
          origin: Origin(path: file.path, line: line.number, kind: .explicit, text: line.text)))
    }
    return entries
  }

  private static func unquoted(_ text: String) -> String { text.filter { $0 != "\"" } }
}
