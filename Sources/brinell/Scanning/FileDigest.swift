import Baselines
import Evidence
import Foundation

/// Digests of files, of any size.
enum FileDigest {
  /// `sha256:` and the digest; nil for a file that cannot be read.
  static func sha256(_ path: String) -> String? {
    guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
    defer { try? handle.close() }
    var hash = SHA256()
    while true {
      guard let part = try? handle.read(upToCount: 1 << 20) else { return nil }
      if part.isEmpty { break }
      hash.update(Array(part))
    }
    return "sha256:" + hash.hexDigest()
  }
}
