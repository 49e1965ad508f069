import CArchive
import Foundation
import Glibc

/// Disk images within a compressed file or a tar archive, such as an OVA (DSP0243, "Open Virtualization Format").
///
/// They are unpacked into a folder of their own that only this user can enter and that goes with the object. Names
/// within the archive are for messages alone; the files are numbered.
final class PackedImage {
  /// Unpacked bytes of all members together.
  static let sizeLimit: Int64 = 128 << 30
  /// Regular files of an archive that are looked at.
  static let memberLimit = 64

  struct Disk {
    /// The archive and the name within it.
    var name: String
    /// The unpacked file.
    var path: String
  }

  private(set) var disks: [Disk] = []
  private let folder: String

  /// Whether the file starts as a gzip, bzip2, xz or zstd stream or is a tar archive.
  static func matches(_ path: String) -> Bool {
    guard let reader = try? ImageReader(path: path), let head = reader.bytes(at: 0, count: 6) else {
      return false
    }
    let streams: [[UInt8]] = [
      [0x1f, 0x8b], Array("BZh".utf8), [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], [0x28, 0xb5, 0x2f, 0xfd],
    ]
    return streams.contains { head.starts(with: $0) } || reader.has("ustar", at: 257)
  }

  /// Unpacks every disk image of the archive below `temporaryDirectory`.
  static func unpack(_ path: String, temporaryDirectory: String) throws(ImageError) -> PackedImage {
    var template = (temporaryDirectory + "/brinell-XXXXXX").utf8CString.map { $0 }
    guard mkdtemp(&template) != nil else {
      throw ImageError(
        "\(temporaryDirectory): no folder could be made to unpack \(path): \(errorText(errno))")
    }
    let packed = PackedImage(
      folder: String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
    try packed.unpack(path)
    if packed.disks.isEmpty { throw ImageError("\(path): no disk image in this archive") }
    return packed
  }

  private init(folder: String) { self.folder = folder }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// libarchive takes a block of zeros, with which most disks start, for the end of a tar archive; so that what is
  /// within the compression is looked at first.
  private static func holdsTar(_ path: String) throws(ImageError) -> Bool {
    let archive = try open(path, format: archive_read_support_format_raw)
    defer { archive_read_free(archive) }
    var entry: OpaquePointer?
    guard archive_read_next_header(archive, &entry) == ARCHIVE_OK else { throw failure(path, archive) }
    var head = [UInt8](repeating: 0, count: 512)
    let count = archive_read_data(archive, &head, head.count)
    if count < 0 { throw failure(path, archive) }
    return count == head.count && head[257..<262].elementsEqual("ustar".utf8)
  }

  static func open(
    _ path: String, format: (OpaquePointer) -> Int32
  ) throws(ImageError) -> OpaquePointer {
    guard let archive = archive_read_new() else { throw ImageError("libarchive could not be initialised") }
    archive_read_support_filter_gzip(archive)
    archive_read_support_filter_bzip2(archive)
    archive_read_support_filter_xz(archive)
    archive_read_support_filter_zstd(archive)
    _ = format(archive)
    guard archive_read_open_filename(archive, path, 1 << 18) == ARCHIVE_OK else {
      defer { archive_read_free(archive) }
      throw failure(path, archive)
    }
    return archive
  }

  private func unpack(_ path: String) throws(ImageError) {
    let format = try Self.holdsTar(path) ? archive_read_support_format_tar : archive_read_support_format_raw
    let archive = try Self.open(path, format: format)
    defer { archive_read_free(archive) }
    var remaining = Self.sizeLimit
    for _ in 0..<Self.memberLimit {
      var entry: OpaquePointer?
      let status = archive_read_next_header(archive, &entry)
      if status == ARCHIVE_EOF { return }
      guard status == ARCHIVE_OK || status == ARCHIVE_WARN else { throw Self.failure(path, archive) }
      guard archive_entry_filetype(entry) == 0o100000, archive_entry_hardlink(entry) == nil else { continue }
      let member = archive_entry_pathname(entry).map { displayText(String(cString: $0).utf8) } ?? "data"
      try keep(member, of: path, archive, &remaining)
    }
    throw ImageError("\(path): more than \(Self.memberLimit) files in this archive; unpack the disks first")
  }

  /// Unpacks one member and keeps it if it is a disk image.
  private func keep(
    _ member: String, of path: String, _ archive: OpaquePointer, _ remaining: inout Int64
  ) throws(ImageError) {
    let target = "\(folder)/disk\(disks.count)"
    let descriptor = Glibc.open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw ImageError("\(target): \(errorText(errno))") }
    defer { close(descriptor) }
    var size: Int64 = 0
    while true {
      var block: UnsafeRawPointer?
      var count = 0
      var offset: Int64 = 0
      let status = archive_read_data_block(archive, &block, &count, &offset)
      if status == ARCHIVE_EOF { break }
      guard status == ARCHIVE_OK || status == ARCHIVE_WARN, offset >= 0 else {
        throw Self.failure(path, archive)
      }
      size = offset + Int64(count)
      guard size <= remaining else {
        throw ImageError("\(path): unpacks to more than \(Self.sizeLimit >> 30) GiB; unpack it first")
      }
      guard let block else { continue }
      try write(UnsafeRawBufferPointer(start: block, count: count), at: offset, descriptor, path)
    }
    remaining -= size
    guard ftruncate(descriptor, off_t(size)) == 0 else { throw ImageError("\(target): \(errorText(errno))") }
    if let reader = try? ImageReader(path: target), isDiskImage(reader) {
      disks.append(Disk(name: "\(path) (\(member))", path: target))
    } else {
      unlink(target)
    }
  }

  /// Leaves holes where there are only zeros, so that an empty disk takes no room.
  private func write(
    _ bytes: UnsafeRawBufferPointer, at offset: Int64, _ descriptor: Int32, _ path: String
  ) throws(ImageError) {
    var start = 0
    while start < bytes.count {
      let end = min(start + 1 << 16, bytes.count)
      let chunk = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
      if chunk.contains(where: { $0 != 0 }) {
        guard pwrite(descriptor, chunk.baseAddress, chunk.count, off_t(offset) + off_t(start)) == chunk.count
        else {
          throw ImageError("\(path): could not be unpacked below \(folder): \(errorText(errno))")
        }
      }
      start = end
    }
  }

  private static func failure(_ path: String, _ archive: OpaquePointer) -> ImageError {
    let message = archive_error_string(archive).map { String(cString: $0) } ?? "damaged"
    return ImageError("\(path): damaged archive: \(message)")
  }
}
