import CArchive
import Foundation

/// A failure of libarchive or of the file below it, in words.
struct ArchiveFailure: Error, CustomStringConvertible {
  var description: String
}

/// Writes a tar archive with zstd compression, mode 0600, which appears under its name only when complete.
final class ArchiveWriter {
  private let archive: OpaquePointer
  private let descriptor: Int32
  private let path: String
  private let temporaryPath: String
  private var isFinished = false

  init(path: String) throws(ArchiveFailure) {
    self.path = path
    temporaryPath = path + ".part"
    unlink(temporaryPath)
    descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    if descriptor < 0 {
      throw ArchiveFailure(description: "\(path): \(String(cString: strerror(errno)).lowercased())")
    }
    guard let archive = archive_write_new() else {
      close(descriptor)
      unlink(temporaryPath)
      throw ArchiveFailure(description: "libarchive could not be initialised")
    }
    self.archive = archive
    archive_write_set_format_pax_restricted(archive)
    archive_write_add_filter_zstd(archive)
    if archive_write_open_fd(archive, descriptor) != ARCHIVE_OK { throw failure() }
  }

  deinit {
    archive_write_free(archive)
    close(descriptor)
    if !isFinished { unlink(temporaryPath) }
  }

  func add(_ name: String, _ bytes: [UInt8], modified: Int64) throws(ArchiveFailure) {
    guard let entry = archive_entry_new() else { throw failure() }
    defer { archive_entry_free(entry) }
    archive_entry_set_pathname(entry, name)
    archive_entry_set_size(entry, Int64(bytes.count))
    archive_entry_set_filetype(entry, 0o100000)  // AE_IFREG
    archive_entry_set_perm(entry, 0o600)
    archive_entry_set_mtime(entry, time_t(modified), 0)
    if archive_write_header(archive, entry) != ARCHIVE_OK { throw failure() }
    var offset = 0
    while offset < bytes.count {
      let count = bytes[offset...].withUnsafeBytes { archive_write_data(archive, $0.baseAddress, $0.count) }
      if count <= 0 { throw failure() }
      offset += count
    }
  }

  func finish() throws(ArchiveFailure) {
    if archive_write_close(archive) != ARCHIVE_OK { throw failure() }
    if rename(temporaryPath, path) != 0 {
      throw ArchiveFailure(description: "\(path): \(String(cString: strerror(errno)).lowercased())")
    }
    isFinished = true
  }

  private func failure() -> ArchiveFailure {
    let message = archive_error_string(archive).map { String(cString: $0) } ?? "writing failed"
    return ArchiveFailure(description: "\(path): \(message)")
  }
}

/// Reads the members of a bundle one after the other, within limits.
enum ArchiveReader {
  /// All members together, unpacked.
  static let totalLimit = 8 << 30

  static func read(
    _ path: String, _ body: (String, [UInt8]) throws(ArchiveFailure) -> Void
  ) throws(ArchiveFailure) {
    guard let archive = archive_read_new() else {
      throw ArchiveFailure(description: "libarchive could not be initialised")
    }
    defer { archive_read_free(archive) }
    archive_read_support_filter_zstd(archive)
    archive_read_support_format_tar(archive)
    guard archive_read_open_filename(archive, path, 1 << 16) == ARCHIVE_OK else { throw failure(archive) }
    var total = 0
    while true {
      var entry: OpaquePointer?
      let status = archive_read_next_header(archive, &entry)
      if status == ARCHIVE_EOF { return }
      guard status == ARCHIVE_OK || status == ARCHIVE_WARN else { throw failure(archive) }
      guard let name = archive_entry_pathname(entry) else { continue }
      let bytes = try readData(archive, limit: totalLimit - total, expected: archive_entry_size(entry))
      total += bytes.count
      try body(String(cString: name), bytes)
    }
  }

  private static func readData(
    _ archive: OpaquePointer, limit: Int, expected: Int64
  ) throws(ArchiveFailure) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(Int(clamping: min(max(0, expected), 64 << 20)))
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = archive_read_data(archive, &buffer, buffer.count)
      if count < 0 { throw failure(archive) }
      if count == 0 { return result }
      if result.count + count > limit {
        throw ArchiveFailure(description: "the bundle unpacks to more than \(totalLimit >> 30) GiB")
      }
      result.append(contentsOf: buffer[..<count])
    }
  }

  private static func failure(_ archive: OpaquePointer) -> ArchiveFailure {
    let message = archive_error_string(archive).map { String(cString: $0) } ?? "the archive is damaged"
    return ArchiveFailure(description: "damaged evidence bundle: \(message)")
  }
}
