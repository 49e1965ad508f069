import Binaries
import DiskImages

/// Signatures of boot loaders and kernels, and whether the files are what was signed.
public struct BootChainProbe: ContentProbe {
  public static let name = "boot-chain"
  public typealias Record = BootProgram

  /// How many files are looked at; further ones are named as unread.
  static let fileCountLimit = 256
  /// Bytes of one file, and of all files together, that are digested.
  static let fileLimit: Int64 = 1 << 30
  static let totalLimit: Int64 = 4 << 30

  var reading: BlockReading
  /// Bytes that are in memory at the same time while a file is digested.
  var chunk = 8 << 20

  /// A probe with the usual limits.
  public init() {
    reading = BlockReading()
    reading.batch = 16
  }

  public var words: String { "checking signatures of boot loaders and kernels" }

  /// What has been read of a file before it is digested.
  private struct Parsed {
    var program: BootProgram
    var ranges: [Range<UInt64>]
    var signatures: [Authenticode?]
  }

  public func answer(
    _ evidence: Evidence, _ filesystem: any GuestFilesystem
  ) throws(GuestReadError) -> ProbeAnswer<BootProgram> {
    var answer = ProbeAnswer<BootProgram>()
    let files = Self.candidates(evidence.index)
    for file in files.dropFirst(Self.fileCountLimit) {
      answer.unread[file.id] = "more than \(Self.fileCountLimit) boot programs"
    }
    var parsed: [UInt32: Parsed] = [:]
    let wanted = Array(files.prefix(Self.fileCountLimit))
    let unread = try reading.read(wanted, from: filesystem) { (file, known) throws(BinaryError) in
      parsed[file.id] = try Self.parse(known)
    }
    answer.unread.merge(unread) { $1 }
    var budget = Self.totalLimit
    for file in wanted {
      guard let item = parsed[file.id], unread[file.id] == nil else { continue }
      let size = max(0, file.metadata.size)
      if item.program.form != .program {
        answer.records[file.id] = item.program
      } else if size > Self.fileLimit || size > budget {
        answer.unread[file.id] = "too large to digest: \(size) bytes"
      } else {
        budget -= size
        try digest(item, file, filesystem, &answer)
      }
    }
    return answer
  }

  /// Everything but the digests.
  private static func parse(_ file: PartialFile) throws(BinaryError) -> Parsed {
    guard let pe = try PEFile(file) else {
      let isCompressed = try file.bytes(at: 0, count: 2).map { $0.elementsEqual([0x1f, 0x8b]) } ?? false
      return Parsed(
        program: BootProgram(form: isCompressed ? .compressed : .other), ranges: [], signatures: [])
    }
    var program = BootProgram(form: .program)
    program.machine = pe.header.machine
    program.sections = try pe.sections().map(\.name)
    program.sbat = try pe.sbat().map(Self.components)
    let ranges = try pe.authenticodeRanges()
    let signatures = try pe.certificateTable().map { $0.isSignedData ? Authenticode($0.content) : nil }
    return Parsed(program: program, ranges: ranges, signatures: signatures)
  }

  /// Lines of SBAT.md's form, `component,generation,…`; others count for nothing.
  public static func components(_ text: String) -> [BootProgram.Component] {
    text.split(whereSeparator: \.isNewline).prefix(256).compactMap { line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      guard fields.count >= 2, let generation = Int(fields[1]), !fields[0].isEmpty else { return nil }
      return BootProgram.Component(name: String(fields[0]), generation: generation)
    }
  }

  private func digest(
    _ item: Parsed, _ file: FileEntry, _ filesystem: any GuestFilesystem,
    _ answer: inout ProbeAnswer<BootProgram>
  ) throws(GuestReadError) {
    let algorithms = Set([.sha256] + item.signatures.compactMap { $0?.algorithm })
    var running: [DigestAlgorithm: RunningDigest] = [:]
    for algorithm in algorithms { running[algorithm] = RunningDigest(algorithm) }
    for range in chunks(item.ranges) {
      let wanted = FileRange(file, offset: Int64(range.lowerBound), length: range.count)
      var content = FileContent.unreadable(reason: "nothing was read")
      try filesystem.readRanges([wanted]) { content = $1 }
      guard case .bytes(let bytes) = content, bytes.count == range.count else {
        answer.unread[file.id] = "bytes \(range) could not be read"
        return
      }
      for algorithm in algorithms { bytes.withUnsafeBytes { running[algorithm]?.update($0) } }
    }
    let digests = running.mapValues { $0.finalize() }
    var program = item.program
    program.digest = digests[.sha256].map { hexText($0) }
    program.signatures = item.signatures.map { signature in
      signature?.signature(digests) ?? .unreadable("its certificate table holds no signature of Authenticode")
    }
    answer.records[file.id] = program
  }

  private func chunks(_ ranges: [Range<UInt64>]) -> [Range<UInt64>] {
    ranges.flatMap { range in
      stride(from: range.lowerBound, to: range.upperBound, by: chunk).map {
        $0..<min(range.upperBound, $0 + UInt64(chunk))
      }
    }
  }
}

extension BootChainProbe {
  /// Where distributions mount the EFI system partition.
  public static let systemPartitions = ["/boot/efi", "/efi", "/boot"]

  /// Where packages keep the programs that they copy to the EFI system partition.
  static let packaged = [
    "/usr/lib/shim/*.efi", "/usr/lib/shim/*.efi.signed", "/usr/lib/grub/*-signed/*.efi.signed",
    "/usr/lib/systemd/boot/efi/*.efi", "/usr/lib/systemd/boot/efi/*.efi.signed",
    "/usr/share/efi/*/*.efi", "/usr/lib/modules/*/vmlinuz", "/boot/vmlinuz-*", "/boot/vmlinux-*",
    "/boot/efi/*/*/linux", "/efi/*/*/linux", "/boot/*/*/linux",
  ]

  /// The folders `EFI` of EFI system partitions. FAT knows no difference between upper and lower case.
  public static func programFolders(_ index: FileIndex) -> [FileEntry] {
    systemPartitions.flatMap { path -> [FileEntry] in
      guard case .found(let directory) = index.resolve(path) else { return [] }
      // In /boot the folder efi is where the partition is mounted.
      return directory.children.filter {
        $0.type == .directory && $0.name.lowercased() == "efi" && !systemPartitions.contains($0.path)
      }
    }
  }

  /// Programs of EFI system partitions, kernels, and what packages keep for the partition.
  static func candidates(_ index: FileIndex) -> [FileEntry] {
    var files: [FileEntry] = []
    for folder in programFolders(index) {
      files += folder.subtree.filter { $0.type == .regular && $0.name.lowercased().hasSuffix(".efi") }
    }
    for pattern in packaged { files += index.matches(GlobPattern(pattern)).filter { $0.type == .regular } }
    var seen: Set<UInt32> = []
    return files.filter { seen.insert($0.id).inserted }
  }
}
