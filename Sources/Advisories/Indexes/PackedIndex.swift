import CArchive

/// Unpacks indexes through libarchive, within limits.
public enum PackedIndex {
  /// Bytes of one unpacked index. Debian's main has 60 MB, Fedora's 250 MB.
  public static let sizeLimit = 512 << 20
  /// Unpacked bytes for each packed one, beyond the first 16 MiB; indexes have 20 at most.
  static let ratioLimit = 100
  private static let freeSize = 16 << 20
  private static let memberLimit = 200_000

  private static let magics: [[UInt8]] = [
    [0x1f, 0x8b], Array("BZh".utf8), [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], [0x28, 0xb5, 0x2f, 0xfd],
    [0x04, 0x22, 0x4d, 0x18],
  ]

  /// Whether the bytes start as a stream of gzip, bzip2, xz, zstd or lz4.
  public static func isPacked(_ bytes: [UInt8]) -> Bool { magics.contains { bytes.starts(with: $0) } }

  /// The unpacked bytes of a compressed stream; what is not compressed is given back.
  public static func unpack(_ bytes: [UInt8]) throws(IndexError) -> [UInt8] {
    guard isPacked(bytes) else { return bytes }
    return try withArchive(bytes, archive_read_support_format_raw) { archive throws(IndexError) in
      var entry: OpaquePointer?
      guard archive_read_next_header(archive, &entry) == ARCHIVE_OK else { throw failure(archive) }
      // libarchive hands what it does not recognise on as it is; the bytes themselves count as a filter.
      guard archive_filter_count(archive) > 1 else { throw IndexError("cut short or damaged: its head") }
      var result: [UInt8] = []
      var allowance = allowance(bytes.count)
      try read(archive, into: &result, &allowance)
      return result
    }
  }

  /// Hands over the regular files of a tar archive, compressed or not.
  ///
  /// - Parameter wants: whether a file of this name is unpacked.
  static func readTar(
    _ bytes: [UInt8], wants: (String) -> Bool, _ body: (String, [UInt8]) throws(IndexError) -> Void
  ) throws(IndexError) {
    try withArchive(bytes, archive_read_support_format_tar) { archive throws(IndexError) in
      var allowance = allowance(bytes.count)
      for _ in 0..<memberLimit {
        var entry: OpaquePointer?
        let status = archive_read_next_header(archive, &entry)
        if status == ARCHIVE_EOF { return }
        guard status == ARCHIVE_OK || status == ARCHIVE_WARN else { throw failure(archive) }
        guard archive_entry_filetype(entry) == 0o100000, let path = archive_entry_pathname(entry) else {
          continue
        }
        let name = String(cString: path)
        guard wants(name) else { continue }
        var content: [UInt8] = []
        try read(archive, into: &content, &allowance)
        try body(name, content)
      }
      throw IndexError("more than \(memberLimit) files in the archive")
    }
  }

  /// Bytes that may be unpacked.
  private static func allowance(_ packed: Int) -> Int { min(sizeLimit, freeSize + packed * ratioLimit) }

  private static func withArchive<Result>(
    _ bytes: [UInt8], _ format: (OpaquePointer?) -> Int32,
    _ body: (OpaquePointer) throws(IndexError) -> Result
  ) throws(IndexError) -> Result {
    guard let archive = archive_read_new() else { throw IndexError("libarchive could not be initialised") }
    defer { archive_read_free(archive) }
    archive_read_support_filter_gzip(archive)
    archive_read_support_filter_bzip2(archive)
    archive_read_support_filter_xz(archive)
    archive_read_support_filter_zstd(archive)
    archive_read_support_filter_lz4(archive)
    _ = format(archive)
    var result: Swift.Result<Result, IndexError> = .failure(IndexError("empty"))
    bytes.withUnsafeBytes { buffer in
      result = Swift.Result { () throws(IndexError) -> Result in
        guard archive_read_open_memory(archive, buffer.baseAddress, buffer.count) == ARCHIVE_OK else {
          throw failure(archive)
        }
        return try body(archive)
      }
    }
    return try result.get()
  }

  private static func read(
    _ archive: OpaquePointer, into result: inout [UInt8], _ allowance: inout Int
  ) throws(IndexError) {
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = archive_read_data(archive, &buffer, buffer.count)
      if count < 0 { throw failure(archive) }
      if count == 0 { return }
      allowance -= count
      guard allowance >= 0 else { throw IndexError("unpacks to more than any index") }
      result.append(contentsOf: buffer[..<count])
    }
  }

  private static func failure(_ archive: OpaquePointer?) -> IndexError {
    let message = archive_error_string(archive).map { String(cString: $0) } ?? "damaged"
    return IndexError("cut short or damaged: \(message)")
  }
}
