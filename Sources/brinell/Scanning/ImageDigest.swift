import DiskImages
import Foundation

/// Digests of image files, of any size.
enum ImageDigest {
  /// `sha256:` and the digest; nil for a file that cannot be read.
  static func sha256(_ path: String) -> String? {
    guard let handle = FileHandle(forReadingAtPath: path) else { return nil }
    defer { try? handle.close() }
    var hash = RunningDigest(.sha256)
    while true {
      guard let part = try? handle.read(upToCount: 1 << 20) else { return nil }
      if part.isEmpty { break }
      part.withUnsafeBytes { hash.update($0) }
    }
    return "sha256:" + hexText(hash.finalize())
  }
}
