import Binaries
import DiskImages
import Evidence

/// Finds the packages in Java archives and in programs of Go and Rust while the guest is open; the evidence keeps their
/// names and versions alone.
public struct EmbeddedPackageProbe: ContentProbe {
  public typealias Record = [EmbeddedPackage]

  public static let name = "embedded-packages"

  /// Java archives, each read as a whole: the largest file in bytes, and all together.
  private static let archiveLimit = 256 << 20
  private static let archivesLimit: Int64 = 4 << 30
  /// The smallest program of Go or Rust is far larger.
  private static let smallestProgram: Int64 = 32 << 10

  public init() {}

  public var words: String { "looking for packages in programs and Java archives" }

  public func answer(
    _ evidence: Evidence, _ filesystem: any GuestFilesystem
  ) throws(GuestReadError) -> ProbeAnswer<Record> {
    let (archives, programs) = Self.candidates(evidence.index)
    var answer = ProbeAnswer<Record>()
    try Self.readPrograms(programs, filesystem, &answer)
    try Self.readArchives(archives, filesystem, &answer)
    return answer
  }

  /// Regular files that are worth a look, by name, mode and size.
  static func candidates(_ index: FileIndex) -> (archives: [FileEntry], programs: [FileEntry]) {
    var archives: [FileEntry] = []
    var programs: [FileEntry] = []
    for entry in index.entries where entry.type == .regular && entry.metadata.size > 0 {
      if JavaArchive.isArchive(entry.name) {
        archives.append(entry)
      } else if entry.metadata.size >= smallestProgram,
        entry.metadata.mode & 0o111 != 0 || isLibrary(entry.name)
      {
        programs.append(entry)
      }
    }
    return (archives, programs)
  }

  private static func isLibrary(_ name: String) -> Bool { name.hasSuffix(".so") || name.contains(".so.") }

  private static func readPrograms(
    _ programs: [FileEntry], _ filesystem: any GuestFilesystem, _ answer: inout ProbeAnswer<Record>
  ) throws(GuestReadError) {
    var records: [UInt32: Record] = [:]
    let unread = try BlockReading().read(programs, from: filesystem) { (file, known) throws(BinaryError) in
      guard let elf = try ELFFile(known) else { return }
      let packages = try Self.packages(of: elf)
      if !packages.isEmpty { records[file.id] = packages }
    }
    answer.records.merge(records) { _, new in new }
    answer.unread.merge(unread) { _, new in new }
  }

  /// The packages that an ELF file says it was made of; none for one that says nothing.
  static func packages(of elf: ELFFile) throws(BinaryError) -> [EmbeddedPackage] {
    var packages: [EmbeddedPackage] = []
    let sections = try elf.sections()
    do {
      if let section = sections.first(where: { $0.name == GoBuildInfo.section }) {
        packages += try GoBuildInfo.packages(try content(of: section, GoBuildInfo.sizeLimit, elf))
      }
      if let section = sections.first(where: { $0.name == RustAuditData.section }) {
        packages += try RustAuditData.packages(try content(of: section, RustAuditData.sizeLimit, elf))
      }
    } catch let error as EmbeddedPackageError {
      throw .damaged(error.reason)
    } catch let error as BinaryError {
      throw error
    } catch {
      throw .damaged("\(error)")
    }
    return packages
  }

  private static func content(
    of section: ELFSection, _ limit: UInt64, _ elf: ELFFile
  ) throws(BinaryError) -> ArraySlice<UInt8> { try elf.content(of: section, limit: limit) }

  private static func readArchives(
    _ archives: [FileEntry], _ filesystem: any GuestFilesystem, _ answer: inout ProbeAnswer<Record>
  ) throws(GuestReadError) {
    var spent: Int64 = 0
    var affordable: [FileEntry] = []
    for file in archives {
      if file.metadata.size <= Int64(archiveLimit) { spent += file.metadata.size }
      if spent > archivesLimit {
        answer.unread[file.id] = "the limit of \(archivesLimit) bytes for all archives together is used up"
      } else {
        affordable.append(file)
      }
    }
    var found: [UInt32: Result<Record, EmbeddedPackageError>] = [:]
    try filesystem.readContents(of: affordable, limit: archiveLimit) { file, content in
      found[file.id] = Self.packages(of: content, name: file.name)
    }
    for (id, result) in found {
      switch result {
      case .success(let packages): if !packages.isEmpty { answer.records[id] = packages }
      case .failure(let error): answer.unread[id] = error.reason
      }
    }
  }

  private static func packages(of content: FileContent, name: String) -> Result<Record, EmbeddedPackageError>
  {
    switch content {
    case .bytes(let bytes):
      do throws(EmbeddedPackageError) {
        return .success(try JavaArchive.packages(bytes, name: name))
      } catch {
        return .failure(error)
      }
    case .tooLarge(let size): return .failure(EmbeddedPackageError("too large to read: \(size) bytes"))
    case .unreadable(let reason): return .failure(EmbeddedPackageError(reason))
    case .notCollected: return .failure(EmbeddedPackageError("not collected"))
    }
  }
}
