import DiskImages

/// SHA-256 (FIPS 180-4) of whole messages, for identities: digests of baselines, fingerprints of findings and of
/// public keys.
public enum SHA256 {
  /// The digest in lower-case hexadecimal.
  public static func hex(_ message: [UInt8]) -> String { hexText(digest(message)) }

  /// The digest of a text's UTF-8 in lower-case hexadecimal.
  public static func hex(_ text: String) -> String { hex(Array(text.utf8)) }

  /// The digest.
  public static func digest(_ message: [UInt8]) -> [UInt8] {
    var digest = RunningDigest(.sha256)
    message.withUnsafeBytes { digest.update($0) }
    return digest.finalize()
  }
}
