import DiskImages
import Evidence
import Foundation

/// The files of Alpine's packages, from apk's database (apk-tools: doc/apk-package.5.scd, src/database.c):
/// `F:` folder with `M:uid:gid:mode`, `R:` file with `a:uid:gid:mode` and `Z:` digest.
enum ApkFileManifest: FileManifest {
  static let format = "apk"
  private static let paths = ["/lib/apk/db/installed", "/usr/lib/apk/db/installed"]
  static let needs = ApkDatabase.needs

  static func read(
    _ evidence: Evidence, namesOnly: Bool, _ body: (RecordedFile) -> Void
  ) throws(EvidenceGap) -> Bool {
    for path in paths {
      guard let bytes = try evidence.bytes(at: path) else { continue }
      read(bytes, body)
      return true
    }
    return false
  }

  private static func read(_ bytes: [UInt8], _ body: (RecordedFile) -> Void) {
    var package = ""
    var folder: [UInt8] = []
    var current: RecordedFile?
    func close() {
      if let file = current { body(file) }
      current = nil
    }
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      guard line.count >= 2, line[line.startIndex + 1] == UInt8(ascii: ":") else {
        close()
        if line.isEmpty { (package, folder) = ("", []) }
        continue
      }
      let value = line.dropFirst(2)
      switch line[line.startIndex] {
      case UInt8(ascii: "P"): package = String(decoding: value, as: UTF8.self)
      case UInt8(ascii: "F"):
        close()
        folder = [UInt8(ascii: "/")] + value
        // The root folder has an empty name.
        current = file(package, folder, 0o040755)
      case UInt8(ascii: "R"):
        close()
        current = file(package, (folder.count == 1 ? [] : folder) + [UInt8(ascii: "/")] + value, 0o100644)
      case UInt8(ascii: "M"), UInt8(ascii: "a"):
        if var file = current {
          read(attributes: String(decoding: value, as: UTF8.self), &file)
          current = file
        }
      case UInt8(ascii: "Z"): current?.digest = digest(String(decoding: value, as: UTF8.self))
      default: continue
      }
    }
    close()
  }

  /// Without a line of its own a file is root's, with the usual mode (database.c: apk_default_acl_file).
  private static func file(_ package: String, _ path: [UInt8], _ mode: UInt32) -> RecordedFile {
    var file = RecordedFile(package: package, path: path)
    file.mode = mode
    (file.owner, file.group) = ("0", "0")
    file.isLinkDigested = true
    file.areCapabilitiesFree = true
    file.isConfiguration = isProtected(path)
    return file
  }

  /// The protected paths as apk has them built in: `+etc`, `@etc/init.d`, `!etc/apk`.
  private static func isProtected(_ path: [UInt8]) -> Bool {
    path.starts(with: "/etc/".utf8)
      && !["/etc/init.d", "/etc/apk"].contains {
        path.elementsEqual($0.utf8) || path.starts(with: "\($0)/".utf8)
      }
  }

  private static func read(attributes: String, _ file: inout RecordedFile) {
    let fields = attributes.split(separator: ":", omittingEmptySubsequences: false)
    guard fields.count >= 3, let mode = UInt32(fields[2], radix: 8), mode <= 0o7777 else { return }
    (file.owner, file.group) = (String(fields[0]), String(fields[1]))
    file.mode = (file.mode ?? 0) & 0o170000 | mode
  }

  /// `Q1` and SHA-1, or `Q2` and SHA-256, in Base64.
  private static func digest(_ text: String) -> RecordedFile.Digest? {
    let algorithms: [String: (DigestAlgorithm, Int)] = ["Q1": (.sha1, 20), "Q2": (.sha256, 32)]
    guard let (algorithm, length) = algorithms[String(text.prefix(2))],
      let bytes = Data(base64Encoded: String(text.dropFirst(2))), bytes.count == length
    else { return nil }
    return .init(algorithm: algorithm, hex: hexText(bytes))
  }
}
