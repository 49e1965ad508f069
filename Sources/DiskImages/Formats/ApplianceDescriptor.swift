import CArchive

/// The descriptor within an OVA, a tar archive of an OVF package. It is the first entry (DSP0243 2.1, 5.3).
public enum ApplianceDescriptor {
  /// A name within an archive and its bytes.
  public struct Member: Sendable {
    public var name: String
    public var bytes: [UInt8]
  }

  /// Entries that are looked at: some packers put the manifest first.
  private static let entryLimit = 3

  /// Reads at most `limit` bytes and one more, by which a longer file is told; nil for a file that is no such archive.
  ///
  /// - Throws: for an archive that is damaged at its head.
  public static func read(_ path: String, limit: Int) throws(ImageError) -> Member? {
    guard let reader = try? ImageReader(path: path), reader.has("ustar", at: 257) else { return nil }
    let archive = try PackedImage.open(path, format: archive_read_support_format_tar)
    defer { archive_read_free(archive) }
    for _ in 0..<entryLimit {
      var entry: OpaquePointer?
      let status = archive_read_next_header(archive, &entry)
      guard status == ARCHIVE_OK || status == ARCHIVE_WARN else { return nil }
      guard archive_entry_filetype(entry) == 0o100000, let name = archive_entry_pathname(entry) else {
        continue
      }
      let text = String(cString: name)
      guard text.lowercased().hasSuffix(".ovf") else { continue }
      return Member(name: displayText(text.utf8), bytes: try content(archive, limit: limit, path))
    }
    return nil
  }

  private static func content(_ archive: OpaquePointer, limit: Int, _ path: String) throws(ImageError)
    -> [UInt8]
  {
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= limit {
      let count = archive_read_data(archive, &block, min(block.count, limit + 1 - bytes.count))
      if count == 0 { break }
      if count < 0 { throw ImageError("\(path): damaged archive: its descriptor cannot be read") }
      bytes += block.prefix(count)
    }
    return bytes
  }
}
