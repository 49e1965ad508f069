/// Contents of small programs that have come along with what was asked for, kept for the questions that follow: an
/// archive of a directory holds also what nobody wanted yet, and a program is digested before its headers are read.
struct PassingFiles {
  /// Bytes of one file.
  static let fileLimit = 64 << 10
  /// Bytes of all files together; what comes later is not kept.
  static let totalLimit = 32 << 20

  private var contents: [UInt32: [UInt8]] = [:]
  private var total = 0

  /// Whether a later question about the file is likely.
  static func wants(_ file: FileEntry) -> Bool {
    file.type == .regular && file.permissions & 0o111 != 0 && file.metadata.size <= Int64(fileLimit)
  }

  /// Keeps the whole content of a file if it is one that may be asked for again.
  mutating func offer(_ file: FileEntry, _ bytes: [UInt8]) {
    guard Self.wants(file), Int64(bytes.count) == file.metadata.size, bytes.count <= Self.totalLimit - total,
      contents[file.id] == nil
    else { return }
    contents[file.id] = bytes
    total += bytes.count
  }

  /// The whole content, if it is known.
  func bytes(of file: FileEntry) -> [UInt8]? { contents[file.id] }
}
