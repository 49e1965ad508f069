import DiskImages
import Evidence

/// The files of pacman's packages, from the list `files` of each. Digests and modes are in a compressed file
/// beside it, `mtree`, which is not read: of them nothing is known.
enum PacmanFileManifest: FileManifest {
  static let format = "pacman"
  private static let folder = "/var/lib/pacman/local"
  static let needs: [ContentNeed] = [
    "/var/lib/pacman/local/*/desc", ContentNeed("/var/lib/pacman/local/*/files", limit: 64 << 20),
  ]

  static func read(
    _ evidence: Evidence, namesOnly: Bool, _ body: (RecordedFile) -> Void
  ) throws(EvidenceGap) -> Bool {
    guard let local = try evidence.entry(at: folder), local.type == .directory else { return false }
    for entry in local.children where entry.type == .directory {
      guard let list = entry.child(named: "files") else { continue }
      read(try evidence.bytes(of: list), of: name(entry.name), body)
    }
    return true
  }

  /// `%FILES%` and paths without the slash at the start, up to an empty line; folders end in a slash.
  private static func read(_ bytes: [UInt8], of package: String, _ body: (RecordedFile) -> Void) {
    var isOpen = false
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      if line.elementsEqual("%FILES%".utf8) {
        isOpen = true
      } else if line.isEmpty || line.first == UInt8(ascii: "%") {
        isOpen = false
      } else if isOpen {
        let path = line.last == UInt8(ascii: "/") ? line.dropLast() : line
        body(RecordedFile(package: package, path: [UInt8(ascii: "/")] + path))
      }
    }
  }

  /// `gmp-6.2.1-2`: version and release are apart from the name by the last two hyphens.
  private static func name(_ folder: String) -> String {
    let parts = folder.split(separator: "-", omittingEmptySubsequences: false)
    return parts.count > 2 ? parts.dropLast(2).joined(separator: "-") : folder
  }
}
