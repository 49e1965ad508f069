import CArchive

/// Unpacks an initramfs in memory: archives without compression first, as for microcode, then a compressed rest.
enum InitrdArchive {
  /// Bytes that are unpacked at most.
  static let unpackedLimit = 2 << 30

  /// Feeds everything that the kernel would unpack to the scanner.
  ///
  /// - Returns: why the rest could not be read; nil if all was.
  static func scan(_ bytes: [UInt8], with scanner: inout CpioScanner) -> String? {
    let used = bytes.withUnsafeBytes { scanner.feed($0) }
    if let problem = scanner.problem { return problem }
    guard scanner.isAtForeign else { return scanner.isWithin ? "it is cut off" : nil }
    var inner = CpioScanner(wants: scanner.wants)
    let problem = unpack(bytes[used...], into: &inner)
    scanner = merged(scanner, inner)
    return problem ?? inner.problem ?? (inner.isWithin || inner.memberCount == 0 ? "it is cut off" : nil)
  }

  private static func merged(_ first: CpioScanner, _ second: CpioScanner) -> CpioScanner {
    var all = first
    all.add(second.members)
    return all
  }

  /// The compressions that kernels know and that libarchive reads without calling another program.
  private static func unpack(_ bytes: ArraySlice<UInt8>, into scanner: inout CpioScanner) -> String? {
    guard let archive = archive_read_new() else { return "libarchive could not be initialised" }
    defer { archive_read_free(archive) }
    archive_read_support_filter_gzip(archive)
    archive_read_support_filter_bzip2(archive)
    archive_read_support_filter_xz(archive)
    archive_read_support_filter_lzma(archive)
    archive_read_support_filter_zstd(archive)
    archive_read_support_filter_lz4(archive)
    archive_read_support_format_raw(archive)
    return bytes.withUnsafeBytes { memory -> String? in
      var entry: OpaquePointer?
      guard archive_read_open_memory(archive, memory.baseAddress, memory.count) == ARCHIVE_OK,
        archive_read_next_header(archive, &entry) == ARCHIVE_OK
      else { return failure(archive) }
      guard archive_filter_count(archive) > 1 else { return "compressed in a way that is not known" }
      var total = 0
      while true {
        var block: UnsafeRawPointer?
        var size = 0
        var offset: Int64 = 0
        let status = archive_read_data_block(archive, &block, &size, &offset)
        if status == ARCHIVE_EOF { return nil }
        guard status == ARCHIVE_OK || status == ARCHIVE_WARN else { return failure(archive) }
        total += size
        guard total <= unpackedLimit else { return "it unpacks to more than \(unpackedLimit) bytes" }
        if scanner.feed(UnsafeRawBufferPointer(start: block, count: size)) < size {
          return scanner.problem ?? "another archive within the compressed one"
        }
      }
    }
  }

  private static func failure(_ archive: OpaquePointer) -> String {
    archive_error_string(archive).map { String(cString: $0) } ?? "it cannot be unpacked"
  }
}
