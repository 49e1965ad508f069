import CArchive

/// Unpacks an initramfs in memory as the kernel does (`unpack_to_rootfs` in init/initramfs.c): archives and compressed
/// archives one after the other in any order, zeros in between.
enum InitrdArchive {
  /// Bytes that are unpacked at most.
  static let unpackedLimit = 2 << 30
  /// Compressed parts that are unpacked at most.
  private static let partLimit = 256

  /// Feeds everything that the kernel would unpack to the scanner.
  ///
  /// - Returns: why the rest could not be read; nil if all was.
  static func scan(_ bytes: [UInt8], with scanner: inout CpioScanner) -> String? {
    var place = 0
    var budget = unpackedLimit
    for _ in 0...partLimit {
      place += bytes.withUnsafeBytes { scanner.feed(UnsafeRawBufferPointer(rebasing: $0[place...])) }
      if let problem = scanner.problem { return problem }
      guard place < bytes.count else { return scanner.isWithin ? "it is cut off" : nil }
      let known = scanner.memberCount
      let end = CompressedStream.end(of: bytes[place...])
      switch unpack(bytes[place..<(end ?? bytes.count)], into: &scanner, &budget) {
      case .failure(let failure): return failure.description
      case .success(let used): place = end ?? (place + used)
      }
      if scanner.memberCount == known { return "it is cut off" }
    }
    return "more than \(partLimit) compressed archives one after the other"
  }

  /// The compressions that kernels know and that libarchive reads without calling another program.
  ///
  /// - Returns: how many bytes the compressed stream has.
  private static func unpack(
    _ bytes: ArraySlice<UInt8>, into scanner: inout CpioScanner, _ budget: inout Int
  ) -> Result<Int, MemoryArchive.Failure> {
    guard let archive = archive_read_new() else {
      return .failure(.init("libarchive could not be initialised"))
    }
    defer { archive_read_free(archive) }
    archive_read_support_filter_gzip(archive)
    archive_read_support_filter_bzip2(archive)
    archive_read_support_filter_xz(archive)
    archive_read_support_filter_lzma(archive)
    archive_read_support_filter_zstd(archive)
    archive_read_support_filter_lz4(archive)
    archive_read_support_format_raw(archive)
    return bytes.withUnsafeBytes { memory in
      var entry: OpaquePointer?
      guard archive_read_open_memory(archive, memory.baseAddress, memory.count) == ARCHIVE_OK,
        archive_read_next_header(archive, &entry) == ARCHIVE_OK
      else { return failure(archive) }
      guard archive_filter_count(archive) > 1 else {
        return .failure(.init("compressed in a way that is not known"))
      }
      while true {
        var block: UnsafeRawPointer?
        var size = 0
        var offset: Int64 = 0
        let status = archive_read_data_block(archive, &block, &size, &offset)
        if status == ARCHIVE_EOF { return .success(used(archive, of: memory.count)) }
        guard status == ARCHIVE_OK || status == ARCHIVE_WARN else { return failure(archive) }
        guard size <= budget else {
          return .failure(.init("it unpacks to more than \(unpackedLimit) bytes"))
        }
        budget -= size
        if scanner.feed(UnsafeRawBufferPointer(start: block, count: size)) < size {
          return .failure(.init(scanner.problem ?? "another archive within the compressed one"))
        }
      }
    }
  }

  /// What the filter nearest to the memory has consumed.
  private static func used(_ archive: OpaquePointer, of count: Int) -> Int {
    let consumed = Int(clamping: archive_filter_bytes(archive, archive_filter_count(archive) - 1))
    return consumed > 0 ? min(consumed, count) : count
  }

  private static func failure(_ archive: OpaquePointer) -> Result<Int, MemoryArchive.Failure> {
    .failure(.init(archive_error_string(archive).map { String(cString: $0) } ?? "it cannot be unpacked"))
  }
}
