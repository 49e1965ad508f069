import CArchive

/// Archives and compressed texts that are in memory, unpacked through libarchive within limits.
package enum MemoryArchive {
  /// Why something could not be unpacked, in words.
  package struct Failure: Error, Hashable, CustomStringConvertible {
    package var description: String

    package init(_ description: String) { self.description = description }
  }

  /// Hands the members of a ZIP archive to `body`, in order.
  ///
  /// - Parameters:
  ///   - count: how many members are looked at; a longer archive fails.
  ///   - wants: how many bytes of a member are read at most; nil: it is skipped, unread.
  ///   - body: name and content. A member that is larger than was wanted fails.
  package static func unzip(
    _ bytes: [UInt8], count: Int, wants: (String) -> Int?,
    _ body: (String, [UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    try open(bytes, { archive_read_support_format_zip($0) }) { archive throws(Failure) in
      try readMembers(archive, count: count, wants: wants, body)
    }
  }

  /// Opens memory as an archive in the forms that `supports` switches on.
  private static func open<Content>(
    _ bytes: [UInt8], _ supports: (OpaquePointer) -> Void,
    _ body: (OpaquePointer) throws(Failure) -> Content
  ) throws(Failure) -> Content {
    guard let archive = archive_read_new() else { throw Failure("libarchive could not be initialised") }
    defer { archive_read_free(archive) }
    supports(archive)
    // Opened memory has to stay where it is.
    let outcome = bytes.withUnsafeBytes { memory -> Result<Content, Failure> in
      do throws(Failure) {
        guard archive_read_open_memory(archive, memory.baseAddress, memory.count) == ARCHIVE_OK else {
          throw failure(archive)
        }
        return .success(try body(archive))
      } catch {
        return .failure(error)
      }
    }
    return try outcome.get()
  }

  private static func readMembers(
    _ archive: OpaquePointer, count: Int, wants: (String) -> Int?,
    _ body: (String, [UInt8]) throws(Failure) -> Void
  ) throws(Failure) {
    var seen = 0
    while true {
      var entry: OpaquePointer?
      let status = archive_read_next_header(archive, &entry)
      if status == ARCHIVE_EOF { return }
      guard status == ARCHIVE_OK || status == ARCHIVE_WARN else { throw failure(archive) }
      seen += 1
      guard seen <= count else { throw Failure("it has more than \(count) members") }
      guard let raw = archive_entry_pathname(entry) ?? archive_entry_pathname_utf8(entry) else { continue }
      let name = String(cString: raw)
      guard let limit = wants(name) else { continue }
      guard let content = try read(archive, limit: limit) else {
        throw Failure("\(name) is larger than \(limit) bytes")
      }
      try body(name, content)
    }
  }

  /// What a zlib stream (RFC 1950) holds.
  ///
  /// libarchive reads the raw data in it (RFC 1951) behind a header of gzip (RFC 1952).
  ///
  /// - Parameter limit: a longer text fails.
  package static func inflate(zlib bytes: ArraySlice<UInt8>, limit: Int) throws(Failure) -> [UInt8] {
    let header = Array(bytes.prefix(2))
    guard header.count == 2, header[0] & 15 == 8, (Int(header[0]) << 8 | Int(header[1])) % 31 == 0,
      header[1] & 0x20 == 0
    else { throw Failure("no zlib stream") }
    let gzip: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255] + bytes.dropFirst(2) + [0, 0, 0, 0]
    return try open(
      gzip,
      {
        archive_read_support_filter_gzip($0)
        archive_read_support_format_raw($0)
      }
    ) { archive throws(Failure) in
      try begin(archive)
      return try content(archive, limit: limit)
    }
  }

  /// What a file holds that gzip, xz or zstd compressed.
  ///
  /// - Parameter limit: a longer text fails.
  package static func expand(_ bytes: [UInt8], limit: Int) throws(Failure) -> [UInt8] {
    try open(
      bytes,
      {
        archive_read_support_filter_gzip($0)
        archive_read_support_filter_xz($0)
        archive_read_support_filter_zstd($0)
        archive_read_support_format_raw($0)
      }
    ) { archive throws(Failure) in
      try begin(archive)
      // Besides the filter that unpacks there is the one that reads the memory.
      guard archive_filter_count(archive) > 1 else { throw Failure("it is not compressed as its name says") }
      return try content(archive, limit: limit)
    }
  }

  /// Goes to the only member that raw data have.
  private static func begin(_ archive: OpaquePointer) throws(Failure) {
    var entry: OpaquePointer?
    guard archive_read_next_header(archive, &entry) == ARCHIVE_OK else { throw failure(archive) }
  }

  private static func content(_ archive: OpaquePointer, limit: Int) throws(Failure) -> [UInt8] {
    guard let content = try read(archive, limit: limit) else {
      throw Failure("it unpacks to more than \(limit) bytes")
    }
    return content
  }

  /// The present member; nil if it is longer than the limit.
  private static func read(_ archive: OpaquePointer, limit: Int) throws(Failure) -> [UInt8]? {
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = archive_read_data(archive, &buffer, buffer.count)
      if count < 0 { throw failure(archive) }
      if count == 0 { return result }
      if result.count + count > limit { return nil }
      result.append(contentsOf: buffer[..<count])
    }
  }

  private static func failure(_ archive: OpaquePointer) -> Failure {
    Failure(archive_error_string(archive).map { String(cString: $0) } ?? "the archive is damaged")
  }
}
