import DiskImages
import Evidence

/// The files of pacman's packages: names and configuration files from the list `files` of each, digests, modes, owners
/// and targets of links from the compressed mtree(5) beside it (libalpm: be_local.c; pacman: check.c).
enum PacmanFileManifest: FileManifest {
  static let format = "pacman"
  private static let folder = "/var/lib/pacman/local"
  static let nameNeeds: [ContentNeed] = [
    "/var/lib/pacman/local/*/desc", ContentNeed("/var/lib/pacman/local/*/files", limit: 64 << 20),
  ]
  static let needs: [ContentNeed] =
    nameNeeds + [ContentNeed("/var/lib/pacman/local/*/mtree", limit: 16 << 20)] + PacmanExtraction.needs

  /// Unpacked bytes of one mtree, and of all together. The largest of Arch Linux have 20 MB.
  private static let unpackedLimit = 64 << 20
  private static let totalLimit = 1 << 30

  static func read(
    _ evidence: Evidence, namesOnly: Bool, _ body: (RecordedFile) -> Void
  ) throws(EvidenceGap) -> Bool {
    guard let local = try evidence.entry(at: folder), local.type == .directory else { return false }
    let extraction = namesOnly ? nil : try PacmanExtraction(evidence)
    var budget = totalLimit
    for entry in local.children where entry.type == .directory {
      guard let list = entry.child(named: "files") else { continue }
      let known = namesOnly ? nil : try specification(entry, evidence, &budget)
      let files = FileList(try evidence.bytes(of: list))
      for path in files.paths {
        var file = RecordedFile(package: name(entry.name), path: [UInt8(ascii: "/")] + path)
        if let said = known?.entries[path] { take(said, into: &file) }
        file.isConfiguration = files.configuration.contains(path)
        file.mayBeMissing = extraction?.leavesOut(path) == true
        body(file)
      }
    }
    return true
  }

  /// Nil for a package that has none, as those made before pacman 4.1.
  private static func specification(
    _ package: FileEntry, _ evidence: Evidence, _ budget: inout Int
  ) throws(EvidenceGap) -> Mtree? {
    guard let file = package.child(named: "mtree") else { return nil }
    let packed = try evidence.bytes(of: file)
    do throws(MemoryArchive.Failure) {
      let bytes = try MemoryArchive.expand(packed, limit: min(unpackedLimit, budget))
      budget -= bytes.count
      return Mtree(bytes)
    } catch {
      throw EvidenceGap(path: file.path, reason: "it cannot be unpacked: \(error.description)")
    }
  }

  private static func take(_ said: Mtree.Entry, into file: inout RecordedFile) {
    file.mode = Mtree.mode(of: said)
    (file.owner, file.group) = (said.uid, said.gid)
    if said.type == "link" { file.target = said.link }
    if said.type == "file" {
      file.digest =
        said.sha256.map { .init(algorithm: .sha256, hex: $0) }
        ?? said.md5.map { .init(algorithm: .md5, hex: $0) }
    }
    file.areCapabilitiesFree = true
  }

  /// `gmp-6.2.1-2`: version and release are apart from the name by the last two hyphens.
  private static func name(_ folder: String) -> String {
    let parts = folder.split(separator: "-", omittingEmptySubsequences: false)
    return parts.count > 2 ? parts.dropLast(2).joined(separator: "-") : folder
  }

  /// Sections of lines, each up to an empty one: `%FILES%` has paths without the slash at the start, where folders end in
  /// one, and `%BACKUP%` a path and a digest after a tabulator.
  private struct FileList {
    var paths: [[UInt8]] = []
    var configuration: Set<[UInt8]> = []

    init(_ bytes: [UInt8]) {
      var heading: ArraySlice<UInt8> = []
      for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
        if line.isEmpty || line.first == UInt8(ascii: "%") {
          heading = line
        } else if heading.elementsEqual("%FILES%".utf8) {
          paths.append(Array(line.last == UInt8(ascii: "/") ? line.dropLast() : line))
        } else if heading.elementsEqual("%BACKUP%".utf8) {
          configuration.insert(Array(line.prefix { $0 != UInt8(ascii: "\t") }))
        }
      }
    }
  }
}
