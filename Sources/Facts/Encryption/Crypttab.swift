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

/// Volumes that the boot opens, by /etc/crypttab.
public struct Crypttab: FactModel {
  public static let needs: [ContentNeed] = ["/etc/crypttab"]

  /// In the order of the file; of several with one name the first counts.
  public let entries: [CrypttabEntry]
  let bytes: [UInt8]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    bytes = try facts.evidence.bytes(at: "/etc/crypttab") ?? []
    entries = Self.parse(TextFile(path: "/etc/crypttab", bytes: bytes))
  }

  /// The volume with the name.
  public func entry(named name: String) -> CrypttabEntry? { entries.first { $0.name == name } }

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
