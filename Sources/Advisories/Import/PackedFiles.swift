import CArchive
import DiskImages
import Foundation

/// How much of a file or an archive is read. Far above all real feeds: the largest, those of Red Hat and of npm, have
/// some GB in some 100 000 files.
public struct ImportLimits: Sendable {
  /// One file, unpacked.
  public var file = 256 << 20
  /// All files of one archive, unpacked.
  public var total = 32 << 30
  /// Files of one archive.
  public var members = 5_000_000
  /// How much larger than the archive its content may be, once it is more than `harmless`. JSON packs to a tenth.
  public var ratio = 200
  public var harmless = 64 << 20

  public init() {}
}

/// The files in an archive (zip, tar), or the one file of a compressed stream or of a plain file. Names in it are for
/// messages alone; nothing is written to the disk.
struct PackedFiles {
  let path: String
  let limits: ImportLimits

  private static let endings = [".gz", ".xz", ".zst", ".bz2", ".tgz"]

  /// Hands over each file.
  func forEach(_ body: (AdvisoryFile) throws(AdvisoryError) -> Void) throws(AdvisoryError) {
    let packedSize = try size()
    guard let archive = archive_read_new() else { throw AdvisoryError("libarchive could not be initialised") }
    defer { archive_read_free(archive) }
    for support in [
      archive_read_support_filter_gzip, archive_read_support_filter_bzip2, archive_read_support_filter_xz,
      archive_read_support_filter_zstd, archive_read_support_format_zip, archive_read_support_format_tar,
      archive_read_support_format_raw, archive_read_support_format_empty,
    ] { _ = support(archive) }
    guard archive_read_open_filename(archive, path, 1 << 18) == ARCHIVE_OK else { throw failure(archive) }
    var total = 0
    for _ in 0..<limits.members {
      var entry: OpaquePointer?
      let status = archive_read_next_header(archive, &entry)
      if status == ARCHIVE_EOF { return }
      guard status == ARCHIVE_OK || status == ARCHIVE_WARN else { throw failure(archive) }
      let isRaw = archive_format(archive) == ARCHIVE_FORMAT_RAW
      guard isRaw || archive_entry_filetype(entry) == 0o100000 else { continue }
      let member =
        isRaw ? nil : archive_entry_pathname(entry).map { displayText(String(cString: $0).utf8) } ?? "file"
      let bytes = try content(archive, member, packedSize, &total)
      try body(AdvisoryFile(name: member.map { "\(shortName)/\($0)" } ?? unpackedName, bytes: bytes))
    }
    throw AdvisoryError("\(path): more than \(limits.members) files in this archive")
  }

  private func size() throws(AdvisoryError) -> Int {
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
      let size = (attributes[.size] as? NSNumber)?.intValue
    else { throw AdvisoryError("\(path): cannot be read") }
    return size
  }

  private var shortName: String { path.split(separator: "/").last.map(String.init) ?? path }

  private var unpackedName: String {
    let ending = Self.endings.first { shortName.hasSuffix($0) }
    return String(shortName.dropLast(ending?.count ?? 0))
  }

  private func content(
    _ archive: OpaquePointer, _ member: String?, _ packedSize: Int, _ total: inout Int
  ) throws(AdvisoryError) -> [UInt8] {
    let name = member.map { "\(path) (\($0))" } ?? path
    var bytes: [UInt8] = []
    while true {
      var block: UnsafeRawPointer?
      var count = 0
      var offset: Int64 = 0
      let status = archive_read_data_block(archive, &block, &count, &offset)
      if status == ARCHIVE_EOF { return bytes }
      guard status == ARCHIVE_OK || status == ARCHIVE_WARN, offset >= 0 else { throw failure(archive) }
      // A sparse member has holes between its blocks.
      guard Int(offset) + count <= limits.file else {
        throw AdvisoryError(
          "\(name): more than \(limits.file >> 20) MiB in one file; import the archive that the source offers"
        )
      }
      let added = Int(offset) + count - bytes.count
      guard added >= 0 else { throw AdvisoryError("\(name): damaged archive") }
      total += added
      if total > limits.total || total > limits.harmless && total / limits.ratio > packedSize {
        throw AdvisoryError(
          "\(path): unpacks to far more than such a file holds (\(total >> 20) MiB of \(packedSize >> 10) KiB);"
            + " refused")
      }
      if bytes.count < Int(offset) {
        bytes += repeatElement(0, count: Int(offset) - bytes.count)
      }
      guard let block else { continue }
      bytes.append(contentsOf: UnsafeRawBufferPointer(start: block, count: count))
    }
  }

  private func failure(_ archive: OpaquePointer) -> AdvisoryError {
    let reason = archive_error_string(archive).map { String(cString: $0) } ?? "cannot be read"
    return AdvisoryError("\(path): \(displayText(reason.utf8))")
  }
}
