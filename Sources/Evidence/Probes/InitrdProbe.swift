import DiskImages

/// What initial file systems in /boot hold of what opens encrypted volumes: key files and crypttab. Of a key file only
/// its name, mode and size are kept.
///
/// They are unpacked only where the guest has a crypttab or one of the folders of keys: tens of megabytes each are
/// dear, and without an encrypted volume there is no key to look for.
public struct InitrdProbe: ContentProbe {
  public static let name = "initrd"

  /// What one initial file system holds.
  public struct Record: Codable, Hashable, Sendable {
    /// A file that looks like a key.
    public struct Key: Codable, Hashable, Sendable {
      /// Within the archive, without a slash at its start.
      public var path: String
      public var mode: UInt32
      /// In bytes.
      public var size: Int
    }
    public var keys: [Key] = []
    /// Lines of its crypttab, which holds no secret.
    public var crypttab: [String] = []

    /// Nothing found.
    public init() {}
  }

  /// Patterns of the files that boot loaders hand to kernels.
  public static let patterns = ["/boot/initrd*", "/boot/initramfs*", "/boot/*/*/initrd", "/efi/*/*/initrd"]
  static let fileLimit = 8
  static let sizeLimit = 256 << 20
  private static let keySizeLimit = 8 << 20
  private static let crypttabs: Set<String> = ["cryptroot/crypttab", "etc/crypttab", "conf/conf.d/cryptroot"]

  /// The usual probe.
  public init() {}

  public var words: String { "looking for keys in initial file systems" }

  public func answer(
    _ evidence: Evidence, _ filesystem: any GuestFilesystem
  ) throws(GuestReadError) -> ProbeAnswer<Record> {
    let named = Self.keysNamed(in: evidence)
    guard let named else { return ProbeAnswer(scope: "no encrypted volume") }
    var answer = ProbeAnswer<Record>()
    for file in Self.files(evidence.index) {
      if answer.records.count + answer.unread.count >= Self.fileLimit {
        answer.unread[file.id] = "more than \(Self.fileLimit) initial file systems"
        continue
      }
      // One at a time: each is large.
      try filesystem.readContents(of: [file], limit: Self.sizeLimit) { _, content in
        switch content {
        case .bytes(let bytes):
          let (record, problem) = Self.look(into: bytes, named: named)
          answer.records[file.id] = record
          if let problem { answer.unread[file.id] = problem }
        case .tooLarge(let size): answer.unread[file.id] = "too large to read: \(size) bytes"
        case .unreadable(let reason): answer.unread[file.id] = reason
        case .notCollected: answer.unread[file.id] = "not in the evidence that was collected"
        }
      }
    }
    return answer
  }

  /// The initial file systems, the newest first.
  static func files(_ index: FileIndex) -> [FileEntry] {
    var seen: Set<UInt32> = []
    return patterns.flatMap { index.matches(GlobPattern($0)) }.compactMap { match in
      guard case .found(let file) = index.target(of: match), file.type == .regular,
        seen.insert(file.id).inserted
      else { return nil }
      return file
    }.sorted { ($1.metadata.modified, $0.id) < ($0.metadata.modified, $1.id) }
  }

  /// Files that crypttab names as keys, without a slash at their start; nil if nothing tells of encrypted volumes.
  private static func keysNamed(in evidence: Evidence) -> Set<String>? {
    let signs = ["/etc/cryptsetup-keys.d", "/etc/keys", "/crypto_keyfile.bin"]
    let hasSign = signs.contains { if case .found = evidence.index.resolve($0) { true } else { false } }
    guard let table = try? evidence.text(at: "/etc/crypttab") else { return hasSign ? [] : nil }
    let lines = table.lines.map { $0.text.split { $0 == " " || $0 == "\t" } }
      .filter { $0.count >= 2 && $0[0].first != "#" }
    if lines.isEmpty { return hasSign ? [] : nil }
    return Set(lines.compactMap { $0.count > 2 && $0[2].hasPrefix("/") ? String($0[2].dropFirst()) : nil })
  }

  static func look(into bytes: [UInt8], named: Set<String>) -> (Record, problem: String?) {
    var record = Record()
    var scanner = CpioScanner { path, size in
      if crypttabs.contains(path) { return 1 << 16 }
      return size > 0 && size <= keySizeLimit && (named.contains(path) || looksLikeKey(path)) ? 0 : nil
    }
    let problem = InitrdArchive.scan(bytes, with: &scanner)
    for member in scanner.members {
      if crypttabs.contains(member.path) {
        let text = String(decoding: member.content ?? [], as: UTF8.self)
        record.crypttab += text.split(whereSeparator: \.isNewline).prefix(64).map { String($0.prefix(512)) }
      } else {
        record.keys.append(.init(path: member.path, mode: member.mode & 0o7777, size: member.size))
      }
    }
    return (record, problem)
  }

  /// Where the makers of initial file systems put keys: cryptsetup-initramfs (KEYFILE_PATTERN), dracut and mkinitcpio
  /// (`crypto_keyfile.bin`, files of /etc), systemd (`cryptsetup-keys.d`).
  private static func looksLikeKey(_ path: String) -> Bool {
    let folders = ["cryptroot/keyfiles/", "etc/cryptsetup-keys.d/", "run/cryptsetup-keys.d/", "etc/keys/"]
    if folders.contains(where: path.hasPrefix) || path == "crypto_keyfile.bin" { return true }
    // Keys of certificates and of software are others.
    let others = ["usr/", "lib/", "lib64/", "etc/ssl/", "etc/pki/", "etc/ssh/", "etc/apt/", "etc/wireguard/"]
    return (path.hasSuffix(".key") || path.hasSuffix(".keyfile")) && !others.contains(where: path.hasPrefix)
  }
}
