import Binaries
import DiskImages

/// Whether kernel modules carry a signature, by the mark at their ends: every module that did not come with its kernel,
/// and some of those that did.
public struct ModuleSignatureProbe: ContentProbe {
  /// What is known of one module.
  public struct Record: Codable, Sendable, Hashable {
    public var isSigned: Bool
    /// Who issued the key, by name; nil where the signature does not say.
    public var issuer: String?
  }

  public static let name = "module-signatures"

  /// Modules of each kernel that came with it and that are looked at.
  static let sampleCount = 16
  /// Modules outside `kernel` that are looked at; further ones are named as unread.
  static let otherCountLimit = 1024
  /// Bytes of a compressed module, and of what it holds.
  static let compressedLimit = 8 << 20
  static let expandedLimit = 64 << 20

  /// A probe with the usual limits.
  public init() {}

  public var words: String { "looking for signatures of kernel modules" }

  public func answer(
    _ evidence: Evidence, _ filesystem: any GuestFilesystem
  ) throws(GuestReadError) -> ProbeAnswer<Record> {
    var answer = ProbeAnswer<Record>()
    var wanted: [FileEntry] = []
    for kernel in Self.kernelFolders(evidence.index) {
      let (own, others) = Self.modules(below: kernel)
      wanted += Self.sample(own) + others.prefix(Self.otherCountLimit)
      for file in others.dropFirst(Self.otherCountLimit) {
        answer.unread[file.id] = "more than \(Self.otherCountLimit) modules"
      }
    }
    try readPlain(wanted.filter { !Self.isCompressed($0) }, filesystem, &answer)
    try readCompressed(wanted.filter(Self.isCompressed), filesystem, &answer)
    return answer
  }

  private func readPlain(
    _ files: [FileEntry], _ filesystem: any GuestFilesystem, _ answer: inout ProbeAnswer<Record>
  ) throws(GuestReadError) {
    var reading = BlockReading()
    reading.headLength = 0
    reading.wholeLimit = 0
    var found: [UInt32: Record] = [:]
    let unread = try reading.read(files, from: filesystem) { (file, known) throws(BinaryError) in
      found[file.id] = try Self.record(of: known)
    }
    answer.records.merge(found) { $1 }
    answer.unread.merge(unread) { $1 }
  }

  private func readCompressed(
    _ files: [FileEntry], _ filesystem: any GuestFilesystem, _ answer: inout ProbeAnswer<Record>
  ) throws(GuestReadError) {
    var result = answer
    try filesystem.readContents(of: files, limit: Self.compressedLimit) { file, content in
      switch content {
      case .bytes(let bytes):
        do {
          let module = try MemoryArchive.expand(bytes, limit: Self.expandedLimit)
          result.records[file.id] = try Self.record(of: PartialFile(module))
        } catch {
          result.unread[file.id] = "it could not be unpacked: \(error)"
        }
      case .tooLarge(let size): result.unread[file.id] = "too large to unpack: \(size) bytes"
      case .unreadable(let reason): result.unread[file.id] = reason
      case .notCollected: result.unread[file.id] = "not collected"
      }
    }
    answer = result
  }

  static let mark = Array("~Module signature appended~\n".utf8)

  /// The mark ends the file; before it stand 12 bytes that end with the length of the signature (Linux,
  /// include/linux/module_signature.h, `mod_check_sig`).
  static func record(of file: PartialFile) throws(BinaryError) -> Record {
    let tail = UInt64(mark.count + 12)
    guard file.size > tail, let end = try file.bytes(at: file.size - tail, count: tail),
      end.suffix(mark.count).elementsEqual(mark)
    else { return Record(isSigned: false) }
    let info = ByteReader(end, order: .big)
    // Only PKCS#7 is accepted.
    guard info.unsigned(at: 2, size: 1) == 2, let length = info.u32(at: 8).map(UInt64.init), length > 0,
      length <= file.size - tail, length <= 1 << 16
    else { return Record(isSigned: false) }
    guard let signature = try file.bytes(at: file.size - tail - length, count: length) else {
      return Record(isSigned: false)
    }
    let data = SignedData(signature)
    return Record(
      isSigned: data != nil, issuer: data.flatMap { $0.signer.issuer.isEmpty ? nil : $0.signer.issuer })
  }
}

extension ModuleSignatureProbe {
  /// Folders of kernels with their modules.
  public static func kernelFolders(_ index: FileIndex) -> [FileEntry] {
    var folders: [FileEntry] = []
    for path in ["/usr/lib/modules", "/lib/modules"] {
      guard case .found(let directory) = index.resolve(path) else { continue }
      for entry in directory.children.prefix(64) where entry.type == .directory && !folders.contains(entry) {
        folders.append(entry)
      }
    }
    return folders
  }

  /// Modules that came with the kernel, and all others: `updates`, `extra`, `weak-updates`, `misc`.
  public static func modules(below kernel: FileEntry) -> (own: [FileEntry], others: [FileEntry]) {
    var own: [FileEntry] = []
    var others: [FileEntry] = []
    for child in kernel.children {
      if child.type == .directory {
        let modules = child.subtree.filter(isModule)
        if child.name == "kernel" { own += modules } else { others += modules }
      } else if isModule(child) {
        others.append(child)
      }
    }
    return (own, others)
  }

  private static let compressions = [".xz", ".zst", ".gz"]

  private static func isModule(_ entry: FileEntry) -> Bool {
    guard entry.type == .regular else { return false }
    let name = entry.name
    return name.hasSuffix(".ko") || compressions.contains { name.hasSuffix(".ko" + $0) }
  }

  private static func isCompressed(_ entry: FileEntry) -> Bool {
    compressions.contains { entry.name.hasSuffix($0) }
  }

  /// Some of many, spread evenly.
  private static func sample(_ files: [FileEntry]) -> [FileEntry] {
    guard files.count > sampleCount else { return files }
    return (0..<sampleCount).map { files[$0 * files.count / sampleCount] }
  }
}
