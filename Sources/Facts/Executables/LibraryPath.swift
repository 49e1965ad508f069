import Binaries
import DiskImages
import Evidence

/// Directories that a program or library makes the dynamic linker search first (ld.so(8), "RUNPATH" and "RPATH").
public struct LibraryPath {
  private let index: FileIndex
  private let inodes: InterestingInodes
  private let names: IdentityNames

  /// Asks the guest's files.
  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    index = facts.evidence.index
    inodes = try facts.model()
    names = try facts.model()
  }

  /// The entries that count: `DT_RPATH` is ignored where there is `DT_RUNPATH` (ld.so(8)).
  public static func entries(of elf: ELFProperties) -> [String] {
    elf.runpath.isEmpty ? elf.rpath : elf.runpath
  }

  /// Why somebody besides root could put a library in the way of the file; nil if nobody can.
  ///
  /// - Throws: if the entry leads where nothing could be read.
  public func risk(_ entry: String, of item: Executables.Item) throws(EvidenceGap) -> String? {
    if entry.isEmpty { return "an empty entry, the current directory" }
    let usesOrigin = entry.contains("$ORIGIN") || entry.contains("${ORIGIN}")
    if usesOrigin, item.isPrivileged { return "'\(entry)' depends on the place of a privileged program" }
    let directory = item.file.parent.path
    let path = entry.replacing("${ORIGIN}", with: directory).replacing("$ORIGIN", with: directory)
    guard path.hasPrefix("/") else { return "'\(entry)' is relative to the current directory" }
    return try risk(ofDirectory: path, entry, of: item)
  }

  private func risk(
    ofDirectory path: String, _ entry: String, of item: Executables.Item
  ) throws(EvidenceGap) -> String? {
    let temporary = ["/tmp", "/var/tmp", "/dev/shm"]
    if let place = temporary.first(where: { path == $0 || path.hasPrefix($0 + "/") }) {
      return "'\(entry)' is below \(place), where everybody can write"
    }
    let (directory, isMissing) = try existing(path)
    let owner = inodes.owner(of: item.file).uid
    // Who owns the program can replace it anyway.
    let own = "owner \(names.userName(owner) ?? String(owner))"
    let writers = inodes.writersBesidesRoot(of: directory, names).filter { owner == 0 || !$0.hasSuffix(own) }
    if let writer = writers.first {
      let what = isMissing ? "does not exist and can be made" : "can be written"
      return "'\(entry)' \(what) by \(writer)"
    }
    if isMissing, path.hasPrefix("/home/") {
      return "'\(entry)' is the home of an account that does not exist"
    }
    return nil
  }

  /// The directory, or the nearest one above it that exists. Components from `$LIB` and `$PLATFORM` on, whose values
  /// depend on the machine, are left out.
  private func existing(_ path: String) throws(EvidenceGap) -> (directory: FileEntry, isMissing: Bool) {
    if let gap = index.gap(hiding: path) { throw EvidenceGap(path: gap.path, reason: gap.reason) }
    var directory = index.root
    var known = ""
    for component in path.split(separator: "/").prefix(while: { !$0.contains("$") }) {
      known += "/" + component
      switch index.resolve(known) {
      case .found(let entry) where entry.type == .directory: directory = entry
      case .unknown(let gap): throw EvidenceGap(path: gap.path, reason: gap.reason)
      case .found, .absent, .loop: return (directory, true)
      }
    }
    return (directory, false)
  }
}

extension LibraryPath {
  /// Directories in which distributions keep dynamic linkers.
  private static let linkerDirectories: Set<String> = [
    "/lib", "/lib32", "/lib64", "/libx32", "/libo32", "/libn32", "/usr/lib", "/usr/lib32", "/usr/lib64",
  ]

  /// What is odd with the program that the kernel starts in place of the file; nil if nothing is.
  public func oddity(ofInterpreter path: String, _ item: Executables.Item) -> String? {
    guard path.hasPrefix("/") else { return "'\(path)' is relative to the current directory" }
    let slash = path.lastIndex(of: "/") ?? path.startIndex
    let directory = String(path[..<slash])
    let name = path[path.index(after: slash)...]
    let isUsual =
      Self.linkerDirectories.contains(directory) || directory.hasPrefix("/lib/")
      || directory.hasPrefix("/usr/lib/")
    // The library of klibc is its own linker.
    guard isUsual, name.hasPrefix("ld") || name.hasPrefix("klibc-") else {
      return "'\(path)' is not where distributions keep it"
    }
    guard case .found(let file) = index.resolve(path) else { return nil }
    return inodes.writersBesidesRoot(of: file, names).first.map { "'\(path)' can be written by \($0)" }
  }
}
