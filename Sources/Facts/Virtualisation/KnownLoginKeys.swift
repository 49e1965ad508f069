import DiskImages
import Evidence

/// Keys in authorized_keys files whose private half everybody has.
public struct KnownLoginKeys: FactModel {
  /// One such key.
  public struct Found: Sendable, Hashable {
    /// What it is known as.
    public var name: String
    public var origin: Origin
  }

  public static let needs: [ContentNeed] = [
    "/root/.ssh/authorized_keys*", "/home/*/.ssh/authorized_keys*", "/etc/ssh/authorized_keys/*",
    "/etc/ssh/authorized_keys.d/*", "/var/lib/*/.ssh/authorized_keys", "/etc/dropbear/authorized_keys",
  ]

  /// SHA-256 of the public key as stored, base64 without padding, as `ssh-keygen -l` prints it.
  private static let published = [
    // keys/vagrant.pub of Vagrant: the older RSA key and the Ed25519 key of 2.3.8 and later.
    "1M4RzhMyWuFS/86uPY/ce2prh/dVTHW7iD2RhpquOZA": "Vagrant's insecure key (RSA)",
    "WkvqjnyPAeC0cbPErYiGP9vqHdgL1MqqvPdIe3lvHgI": "Vagrant's insecure key (Ed25519)",
  ]

  /// In the order of the files.
  public let found: [Found]
  /// Whether some file lets somebody in by a key at all.
  public let count: Int

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    var found: [Found] = []
    var count = 0
    var seen: Set<UInt32> = []
    for need in Self.needs {
      for entry in try facts.evidence.entries(matching: need.pattern) {
        guard case .found(let file) = facts.evidence.index.target(of: entry), file.type == .regular,
          seen.insert(file.id).inserted
        else { continue }
        for line in try facts.evidence.text(of: entry).lines {
          guard let key = Self.key(line.text) else { continue }
          count += 1
          guard let name = Self.published[Self.fingerprint(key)] else { continue }
          found.append(
            Found(
              name: name,
              origin: Origin(path: entry.path, line: line.number, kind: .explicit, text: "the public key")))
        }
      }
    }
    self.found = found
    self.count = count
  }

  /// The base64 word of a line: options may stand before the type (sshd(8), "AUTHORIZED_KEYS FILE FORMAT"). Every
  /// key starts with the length of its type's name, so that the word is known by its start.
  private static func key(_ line: String) -> [UInt8]? {
    guard line.utf8.count < 1 << 16, line.trimmingBlanks().first != "#" else { return nil }
    let word = line.split { $0 == " " || $0 == "\t" }.first { $0.hasPrefix("AAAA") }
    return word.flatMap { decoded($0) }
  }

  private static func decoded(_ text: Substring) -> [UInt8]? {
    var bytes: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    for byte in text.utf8 where byte != UInt8(ascii: "=") {
      let value: UInt32
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = UInt32(byte - UInt8(ascii: "A"))
      case UInt8(ascii: "a")...UInt8(ascii: "z"): value = UInt32(byte - UInt8(ascii: "a")) + 26
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = UInt32(byte - UInt8(ascii: "0")) + 52
      case UInt8(ascii: "+"): value = 62
      case UInt8(ascii: "/"): value = 63
      default: return nil
      }
      bits = bits << 6 | value
      count += 6
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    return bytes
  }

  private static func fingerprint(_ key: [UInt8]) -> String {
    var digest = RunningDigest(.sha256)
    key.withUnsafeBytes { digest.update($0) }
    return encodeBase64(digest.finalize())
  }
}
