import Binaries
import DiskImages

/// What initial file systems hold of what opens encrypted volumes: key files and crypttab. They are files in /boot and
/// sections of unified kernel images. Of a key file only its name, mode and size are kept.
///
/// They are unpacked only where a volume, crypttab, a command line or one of the folders of keys tells of encryption: tens
/// of megabytes each are dear, and without an encrypted volume there is no key to look for.
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

    mutating func add(_ other: Record) {
      keys += other.keys
      crypttab += other.crypttab
    }
  }

  /// Patterns of the files that boot loaders hand to kernels.
  public static let patterns = [
    "/boot/initrd*", "/boot/initramfs*", "/boot/*/*/initrd*", "/efi/*/*/initrd*", "/boot/efi/*/*/initrd*",
  ]
  static let fileLimit = 8
  static let sizeLimit = 256 << 20
  private static let keySizeLimit = 8 << 20
  private static let programLimit = 64
  private static let crypttabs: Set<String> = ["cryptroot/crypttab", "etc/crypttab", "conf/conf.d/cryptroot"]
  private static let guestTables = ["/etc/crypttab", "/etc/crypttab.initramfs"]

  /// Files that hold command lines of kernels, the start of unified kernel images among them.
  private let bootFiles: [GlobPattern]

  /// - Parameter bootFiles: files of the plan that hold command lines of kernels.
  public init(bootFiles: [GlobPattern] = []) { self.bootFiles = bootFiles }

  public var words: String { "looking for keys in initial file systems" }

  public func union(_ other: Self) -> Self { bootFiles.count >= other.bootFiles.count ? self : other }

  /// One initial file system, or one part of it.
  private struct Part {
    var file: FileEntry
    /// Of a section of a program; nil for a file as a whole.
    var range: FileRange?
  }

  public func answer(
    _ evidence: Evidence, _ filesystem: any GuestFilesystem
  ) throws(GuestReadError) -> ProbeAnswer<Record> {
    guard let named = keysNamed(in: evidence) else { return ProbeAnswer(scope: "no encrypted volume") }
    var answer = ProbeAnswer<Record>()
    let parts = Self.files(evidence.index).map { Part(file: $0) }
    let sections = try Self.sections(evidence.index, filesystem, &answer.unread)
    for (number, part) in (sections + parts).enumerated() {
      guard number < Self.fileLimit else {
        answer.unread[part.file.id] = "more than \(Self.fileLimit) initial file systems"
        continue
      }
      // One at a time: each is large.
      try Self.read(part, filesystem) { content in
        switch content {
        case .bytes(let bytes):
          let (record, problem) = Self.look(into: bytes, named: named)
          answer.records[part.file.id, default: Record()].add(record)
          if let problem { answer.unread[part.file.id] = problem }
        case .tooLarge(let size): answer.unread[part.file.id] = "too large to read: \(size) bytes"
        case .unreadable(let reason): answer.unread[part.file.id] = reason
        case .notCollected: answer.unread[part.file.id] = "not in the evidence that was collected"
        }
      }
    }
    return answer
  }

  private static func read(
    _ part: Part, _ filesystem: any GuestFilesystem, _ take: (FileContent) -> Void
  ) throws(GuestReadError) {
    if let range = part.range {
      guard range.length <= sizeLimit else { return take(.tooLarge(size: Int64(range.length))) }
      try filesystem.readRanges([range]) { take($1) }
    } else {
      try filesystem.readContents(of: [part.file], limit: sizeLimit) { take($1) }
    }
  }

  /// The initial file systems that are files, the newest first.
  static func files(_ index: FileIndex) -> [FileEntry] {
    var seen: Set<UInt32> = []
    return patterns.flatMap { index.matches(GlobPattern($0)) }.compactMap { match in
      guard case .found(let file) = index.target(of: match), file.type == .regular,
        seen.insert(file.id).inserted
      else { return nil }
      return file
    }.sorted { ($1.metadata.modified, $0.id) < ($0.metadata.modified, $1.id) }
  }

  /// The sections `.initrd` of unified kernel images and their addons (UAPI.5), which systemd-stub hands to the kernel
  /// one after the other.
  private static func sections(
    _ index: FileIndex, _ filesystem: any GuestFilesystem, _ unread: inout [UInt32: String]
  ) throws(GuestReadError) -> [Part] {
    let programs = BootChainProbe.programFolders(index).flatMap { folder in
      folder.subtree.filter { $0.type == .regular && $0.name.lowercased().hasSuffix(".efi") }
    }
    for file in programs.dropFirst(programLimit) {
      unread[file.id] = "more than \(programLimit) boot programs"
    }
    var parts: [UInt32: [Part]] = [:]
    let wanted = Array(programs.prefix(programLimit))
    let damaged = try BlockReading().read(wanted, from: filesystem) { (file, known) throws(BinaryError) in
      guard let pe = try PEFile(known) else { return }
      parts[file.id] = try pe.sections().filter { $0.name == ".initrd" }.map { section in
        let size = section.memorySize == 0 ? section.fileSize : min(section.memorySize, section.fileSize)
        return Part(
          file: file, range: FileRange(file, offset: Int64(section.offset), length: Int(size)))
      }
    }
    unread.merge(damaged) { $1 }
    return wanted.flatMap { parts[$0.id] ?? [] }
  }

  /// Files that crypttab or a command line names as keys, without a slash at their start; nil if nothing tells of
  /// encrypted volumes.
  private func keysNamed(in evidence: Evidence) -> Set<String>? {
    let folders = ["/etc/cryptsetup-keys.d", "/etc/keys", "/crypto_keyfile.bin"]
    var hasSign = folders.contains { if case .found = evidence.index.resolve($0) { true } else { false } }
    hasSign = hasSign || evidence.storage.contains { $0.content == "crypto_LUKS" }
    var named: Set<String> = []
    for path in Self.guestTables {
      guard let table = try? evidence.text(at: path) else { continue }
      let (count, keys) = Self.keys(inTable: table.lines.map(\.text))
      hasSign = hasSign || count > 0
      named.formUnion(keys)
    }
    let arguments = commandLines(evidence)
    hasSign = hasSign || !(arguments.volumes.isEmpty && arguments.keyFiles.isEmpty)
    named.formUnion(arguments.keyFiles.map { String($0.path.dropFirst()) })
    return hasSign ? named : nil
  }

  /// Every word of the boot files counts, whatever entry it stands in.
  private func commandLines(_ evidence: Evidence) -> UnlockArguments {
    var words: [String] = []
    var seen: Set<UInt32> = []
    for file in bootFiles.flatMap(evidence.index.matches) where seen.insert(file.id).inserted {
      guard let bytes = try? evidence.bytes(of: file) else { continue }
      words += Self.words(bytes)
    }
    return UnlockArguments(words)
  }

  /// Words that begin as the arguments do.
  private static func words(_ bytes: [UInt8]) -> [String] {
    bytes.split { $0 <= 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'") }.lazy
      .filter { word in
        ["luks.", "rd.luks.", "crypt"].contains { word.starts(with: $0.utf8) } && word.count < 1024
      }.prefix(1024).map { String(decoding: $0, as: UTF8.self) }
  }

  /// How many volumes the lines of a crypttab name, and the files that are their keys.
  private static func keys(inTable lines: [String]) -> (volumes: Int, keys: Set<String>) {
    let volumes = lines.map { $0.split { $0 == " " || $0 == "\t" } }
      .filter { $0.count >= 2 && $0[0].first != "#" }
    let keys = volumes.compactMap { fields -> String? in
      guard fields.count > 2, fields[2].hasPrefix("/"), !fields[2].hasPrefix("/dev/") else { return nil }
      return String(fields[2].dropFirst())
    }
    return (volumes.count, Set(keys))
  }

  /// An archive can have a crypttab of its own, which may name keys that come before it.
  static func look(into bytes: [UInt8], named: Set<String>) -> (Record, problem: String?) {
    let first = search(bytes, named: named)
    let further = keys(inTable: first.0.crypttab).keys.subtracting(named)
    return further.isEmpty ? first : search(bytes, named: named.union(further))
  }

  private static func search(_ bytes: [UInt8], named: Set<String>) -> (Record, problem: String?) {
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
    // Certificates of IMA and EVM, and keys that the TPM has sealed.
    if [".der", ".pem", ".crt", ".blob"].contains(where: path.hasSuffix) { return false }
    if folders.contains(where: path.hasPrefix) || path == "crypto_keyfile.bin" { return true }
    // Keys of certificates and of software are others.
    let others = ["usr/", "lib/", "lib64/", "etc/ssl/", "etc/pki/", "etc/ssh/", "etc/apt/", "etc/wireguard/"]
    return (path.hasSuffix(".key") || path.hasSuffix(".keyfile")) && !others.contains(where: path.hasPrefix)
  }
}
