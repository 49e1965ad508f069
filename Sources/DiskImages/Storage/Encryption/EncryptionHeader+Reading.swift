extension EncryptionHeader {
  /// The header at the start of a device or of a file with a detached header; nil if there is none.
  ///
  /// - Parameter content: what blkid(8) calls the content, which is needed for file systems alone.
  public static func read(_ source: DeviceBytes, content: String? = nil) -> EncryptionHeader? {
    LUKS1Header.read(source) ?? LUKS2Header.read(source) ?? BitLockerHeader.read(source)
      ?? FilesystemEncryption.read(content, source)
  }

  /// Contents, as blkid(8) calls them, that have such a header.
  static let contents: Set<String> = ["crypto_LUKS", "BitLocker", "ext4", "f2fs", "zfs_member"]

  /// One phrase: `LUKS2 aes-xts-plain64, 512 bits, argon2id`.
  public var words: String {
    switch scheme {
    case .fscrypt: return "can encrypt folders (fscrypt)"
    case .zfs: return "ZFS, encrypted or not by dataset"
    case .luks1, .luks2, .bitlocker: break
    }
    var parts: [String] = []
    if let segment = segments.first {
      parts.append(segment.encryption.isEmpty ? "unknown cipher" : segment.encryption)
      if let bits = segment.keyBits { parts.append("\(bits) bits") }
      if let integrity = segment.integrity { parts.append("integrity \(integrity)") }
    }
    parts += unique(keySlots.compactMap { $0.kdf?.type })
    parts += unique(tokens.map(\.type)) + unique(protectors)
    if isDetached { parts.append("detached header") }
    if !requirements.isEmpty { parts.append(requirements.joined(separator: " ")) }
    let name = [.luks1: "LUKS1", .luks2: "LUKS2", .bitlocker: "BitLocker"][scheme] ?? scheme.rawValue
    return parts.isEmpty ? "\(name), header unreadable" : "\(name) \(parts.joined(separator: ", "))"
  }

  /// Whether the data begins where the header does, so that they lie on different devices.
  public var isDetached: Bool { scheme != .bitlocker && segments.first?.offset == 0 }

  private func unique(_ words: [String]) -> [String] {
    var seen: Set<String> = []
    return words.filter { seen.insert($0).inserted }
  }
}
