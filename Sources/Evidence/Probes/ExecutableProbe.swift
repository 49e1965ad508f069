import Binaries
import DiskImages

/// What protects the programs and libraries of a guest: every regular file that is executable or named as a library
/// or as a program of the firmware is looked at, in a few blocks.
public struct ExecutableProbe: ContentProbe {
  /// What is known of one file.
  public enum Record: Codable, Sendable, Hashable {
    case elf(ELFProperties)
    case pe(PEProperties)
  }

  public static let name = "executables"

  /// How many files are looked at; further ones are named as unread.
  public var fileLimit = 50_000
  /// How blocks are read.
  var reading = BlockReading()

  /// A probe with the usual limits.
  public init() {}

  public var words: String { "reading programs" }

  public func answer(
    _ evidence: Evidence, _ filesystem: any GuestFilesystem
  ) throws(GuestReadError) -> ProbeAnswer<Record> {
    var answer = ProbeAnswer<Record>()
    var files = Self.candidates(evidence.index)
    for file in files.dropFirst(fileLimit) {
      answer.unread[file.id] = "more than \(fileLimit) executable files"
    }
    files = Array(files.prefix(fileLimit))
    var records: [UInt32: Record] = [:]
    let unread = try reading.read(files, from: filesystem) { (file, known) throws(BinaryError) in
      records[file.id] = try Self.record(of: known)
    }
    answer.records = records
    answer.unread.merge(unread) { $1 }
    return answer
  }

  /// What a file is; nil if it is neither ELF nor PE, or an object file.
  static func record(of file: PartialFile) throws(BinaryError) -> Record? {
    if let elf = try ELFFile(file) {
      guard [.fixedProgram, .positionIndependent].contains(elf.header.type) else { return nil }
      return .elf(try elf.properties())
    }
    if let pe = try PEFile(file) { return .pe(try pe.properties()) }
    return nil
  }

  /// Files that can be programs or libraries, each inode once, in the order of the index.
  public static func candidates(_ index: FileIndex) -> [FileEntry] {
    struct Inode: Hashable {
      var device: UInt64
      var inode: UInt64
    }
    var seen: Set<Inode> = []
    var skipped: Set<UInt32> = []
    return index.entries.filter { entry in
      // Parents come before their children.
      if skipped.contains(entry.parent.id) && entry.id != 0 || isUnused(entry) {
        if entry.type == .directory { skipped.insert(entry.id) }
        return false
      }
      guard entry.type == .regular, entry.metadata.size >= 52, isCandidate(entry) else { return false }
      guard entry.metadata.links > 1, entry.metadata.inode != 0 else { return true }
      return seen.insert(Inode(device: entry.metadata.device, inode: entry.metadata.inode)).inserted
    }
  }

  /// Directories whose files nobody starts from there: kernel modules, and debugging information, which has the form
  /// of programs without their content.
  private static func isUnused(_ entry: FileEntry) -> Bool {
    guard entry.type == .directory else { return false }
    switch entry.name {
    case "modules": return ["/lib/modules", "/usr/lib/modules"].contains(entry.path)
    case "debug": return entry.path == "/usr/lib/debug"
    default: return false
    }
  }

  private static func isCandidate(_ entry: FileEntry) -> Bool {
    if entry.permissions & 0o111 != 0 { return true }
    let name = entry.nameBytes
    let endings = [".so", ".efi", ".EFI", ".dll", ".exe"]
    return endings.contains { name.suffix($0.utf8.count).elementsEqual($0.utf8) } || isVersioned(name)
  }

  /// `libc.so.6`: `.so.` and a digit.
  private static func isVersioned(_ name: ArraySlice<UInt8>) -> Bool {
    let marker = Array(".so.".utf8)
    guard name.count > marker.count else { return false }
    return name.indices.dropLast(marker.count).contains { place in
      name[place...].starts(with: marker) && (0x30...0x39).contains(name[place + marker.count])
    }
  }
}
