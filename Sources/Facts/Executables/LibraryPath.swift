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
  public func risk(_ entry: String, of item: Executables.Item) -> String? {
    if entry.isEmpty { return "an empty entry, the current directory" }
    let usesOrigin = entry.contains("$ORIGIN") || entry.contains("${ORIGIN}")
    if usesOrigin, item.isPrivileged { return "'\(entry)' depends on the place of a privileged program" }
    let directory = item.file.parent.path
    let path = entry.replacing("${ORIGIN}", with: directory).replacing("$ORIGIN", with: directory)
    guard path.hasPrefix("/") else { return "'\(entry)' is relative to the current directory" }
    return risk(ofDirectory: path, entry, of: item)
  }

  private func risk(ofDirectory path: String, _ entry: String, of item: Executables.Item) -> String? {
    let temporary = ["/tmp", "/var/tmp", "/dev/shm"]
    if let place = temporary.first(where: { path == $0 || path.hasPrefix($0 + "/") }) {
      return "'\(entry)' is below \(place), where everybody can write"
    }
    guard let (directory, isMissing) = existing(path) else { return nil }
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
  private func existing(_ path: String) -> (directory: FileEntry, isMissing: Bool)? {
    var components = path.split(separator: "/").prefix { !$0.contains("$") }
    let isWhole = components.count == path.split(separator: "/").count
    var isMissing = false
    for _ in 0...256 {
      if case .found(let entry) = index.resolve("/" + components.joined(separator: "/")),
        entry.type == .directory
      {
        return (entry, isMissing && isWhole)
      }
      guard !components.isEmpty else { return nil }
      isMissing = true
      components.removeLast()
    }
    return nil
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
    guard isUsual, name.hasPrefix("ld") else { return "'\(path)' is not where distributions keep it" }
    guard case .found(let file) = index.resolve(path) else { return nil }
    return inodes.writersBesidesRoot(of: file, names).first.map { "'\(path)' can be written by \($0)" }
  }
}
