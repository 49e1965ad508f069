import CArchive
import Foundation

/// Reads files out of a tar stream through libarchive.
enum TarStream {
  /// What a stream held of the files that were wanted.
  struct Contents: Sendable {
    var files: [UInt32: [UInt8]] = [:]
    /// Hard links among the wanted: the file and the name under which the archive has its content.
    var hardLinks: [UInt32: String] = [:]
    /// All bytes of content that passed.
    var bytes: Int64 = 0
    /// libarchive's message if the stream broke off.
    var problem: String?
  }

  /// Reads the stream of a directory's archive, whose members are named relative to the directory.
  ///
  /// - Parameters:
  ///   - limit: how many bytes of a file are wanted at most, a longer one being left out; nil for a file that is not
  ///     wanted.
  static func read(
    _ descriptor: Int32, of directory: FileEntry, limit: (FileEntry) -> Int?
  ) -> Contents {
    var contents = Contents()
    guard let archive = archive_read_new() else {
      contents.problem = "libarchive could not be initialised"
      return contents
    }
    defer { archive_read_free(archive) }
    archive_read_support_format_tar(archive)
    guard archive_read_open_fd(archive, descriptor, 1 << 16) == ARCHIVE_OK else {
      contents.problem = message(archive)
      return contents
    }
    while true {
      var entry: OpaquePointer?
      let status = archive_read_next_header(archive, &entry)
      if status == ARCHIVE_EOF { break }
      if status == ARCHIVE_FATAL || status == ARCHIVE_RETRY {
        contents.problem = message(archive)
        break
      }
      contents.bytes += max(0, archive_entry_size(entry))
      guard let name = archive_entry_pathname(entry),
        let file = directory.descendant(memberName(name)), let limit = limit(file)
      else { continue }
      if let target = archive_entry_hardlink(entry) {
        contents.hardLinks[file.id] = String(cString: target)
      } else if file.type == .regular, archive_entry_size(entry) <= Int64(limit) {
        contents.files[file.id] = readData(archive, limit: limit)
      }
    }
    for (id, name) in contents.hardLinks {
      if let original = directory.descendant(memberName(name)), let bytes = contents.files[original.id] {
        contents.files[id] = bytes
      }
    }
    return contents
  }

  private static func readData(_ archive: OpaquePointer, limit: Int) -> [UInt8]? {
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = archive_read_data(archive, &buffer, buffer.count)
      if count < 0 { return nil }
      if count == 0 { return result }
      if result.count + count > limit { return nil }
      result.append(contentsOf: buffer[..<count])
    }
  }

  private static func memberName(_ name: UnsafePointer<CChar>) -> [UInt8] {
    Array(UnsafeRawBufferPointer(start: name, count: strlen(name)))
  }

  private static func message(_ archive: OpaquePointer) -> String {
    archive_error_string(archive).map { String(cString: $0) } ?? "the archive is damaged"
  }
}

extension FileEntry {
  /// The entry below a directory that a relative name such as `./a/b` names, without following links.
  func descendant(_ name: [UInt8]) -> FileEntry? {
    var current = id
    for component in name.split(separator: UInt8(ascii: "/")) where !component.elementsEqual(".".utf8) {
      guard let next = index.child(of: current, named: component) else { return nil }
      current = next
    }
    return FileEntry(index: index, id: current)
  }
}
