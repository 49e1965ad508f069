import DiskImages

/// What counts as strong enough.
public struct EncryptionStrength: Sendable, Hashable {
  /// Bits of the cipher's key; of XTS, which has two keys, those of one.
  public var minimumKeyBits = 256
  public var allowsLUKS1 = false
  /// Whether a passphrase may be stretched with PBKDF2, which costs an attacker with graphics cards little.
  public var allowsPBKDF2 = false
  /// Iterations with SHA-256; with SHA-512 a third, with SHA-1 twice as many (OWASP, Password Storage Cheat Sheet).
  public var minimumIterations = 600_000
  /// KiB of Argon2 (RFC 9106, section 4, second recommended option: 64 MiB and 3 passes).
  public var minimumMemory = 64 << 10
  public var minimumTime = 3

  /// The usual requirement.
  public init() {}

  /// What is weak about a volume, in phrases.
  ///
  /// - Returns: nil if its header is not known or could not be read.
  public func weaknesses(of volume: EncryptedVolume) -> [String]? {
    guard let header = volume.header else {
      guard let entry = volume.entry, entry.isPlain else { return nil }
      return entry.hasRandomKey ? [] : plainWeaknesses(entry)
    }
    guard let segment = header.segments.first, !segment.encryption.isEmpty else { return nil }
    var words: [String] = []
    if header.scheme == .luks1, !allowsLUKS1 { words.append("LUKS1") }
    words += cipherWeaknesses(segment.encryption, keyBits: segment.keyBits)
    words += derivationWeaknesses(header)
    if !header.requirements.isEmpty {
      words.append("unfinished: \(header.requirements.joined(separator: ", "))")
    }
    return words
  }

  private func plainWeaknesses(_ entry: CrypttabEntry) -> [String] {
    var words = ["no header: the passphrase becomes the key without being stretched"]
    if let cipher = entry.option("cipher") {
      words += cipherWeaknesses(cipher, keyBits: entry.option("size").flatMap { Int($0) })
    }
    return words
  }

  /// - Parameter encryption: as dm-crypt takes it: `aes-xts-plain64` or `capi:xts(aes)-plain64`.
  func cipherWeaknesses(_ encryption: String, keyBits: Int?) -> [String] {
    var words: [String] = []
    let spec = encryption.hasPrefix("capi:") ? String(encryption.dropFirst(5)) : encryption
    if ["ecb", "cbc-plain"].contains(where: { mode(spec).hasPrefix($0) }) {
      words.append("\(encryption) shows equal blocks")
    }
    if let old = ["des", "blowfish", "cast5", "arc4"].first(where: { spec.contains($0) }) {
      words.append("cipher \(old) of the last century")
    }
    if let keyBits {
      let bits = mode(spec).hasPrefix("xts") ? keyBits / 2 : keyBits
      if bits < minimumKeyBits { words.append("a key of \(bits) bits") }
    }
    return words
  }

  /// The mode and the initial vector: `xts-plain64`.
  private func mode(_ spec: String) -> String {
    if let open = spec.firstIndex(of: "("), let close = spec.lastIndex(of: ")"), open < close {
      return spec[..<open] + String(spec[spec.index(after: close)...])
    }
    return spec.split(separator: "-", maxSplits: 1).dropFirst().first.map(String.init) ?? ""
  }

  /// Slots of passphrases; what a TPM or a token holds is random and needs no stretching.
  private func derivationWeaknesses(_ header: EncryptionHeader) -> [String] {
    let random = Set(header.tokens.filter(\.holdsRandomKey).flatMap(\.keySlots))
    var words: [String] = []
    for slot in header.keySlots where slot.type != "reencrypt" && !random.contains(slot.id) {
      guard let kdf = slot.kdf, let weakness = weakness(of: kdf, isLUKS1: header.scheme == .luks1) else {
        continue
      }
      if !words.contains(weakness) { words.append(weakness) }
    }
    return words
  }

  private func weakness(of kdf: EncryptionHeader.KeyDerivation, isLUKS1: Bool) -> String? {
    switch kdf.type {
    case "pbkdf2":
      let minimum = minimumIterations(kdf.hash)
      if let iterations = kdf.iterations, iterations < minimum { return "PBKDF2 with few iterations" }
      // LUKS1 knows nothing else, and is objected to by itself.
      return allowsPBKDF2 || isLUKS1 ? nil : "a passphrase stretched with PBKDF2"
    case "argon2i", "argon2id":
      if let memory = kdf.memory, memory < minimumMemory { return "\(kdf.type) with little memory" }
      if let time = kdf.time, time < minimumTime { return "\(kdf.type) with few passes" }
      return nil
    default: return "an unknown way to stretch the passphrase"
    }
  }

  private func minimumIterations(_ hash: String?) -> Int {
    switch hash {
    case "sha512": minimumIterations / 20 * 7
    case "sha1": minimumIterations / 6 * 13
    default: minimumIterations
    }
  }
}
