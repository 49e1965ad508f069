import CShims
import Foundation

/// A guest that lies unpacked in a directory of the host.
///
/// Every path is opened with openat2(2) and RESOLVE_IN_ROOT, and none through a symbolic link: what a link of
/// the tree points at outside is never read.
public final class DirectoryFilesystem: GuestFilesystem {
  private let path: String
  private let root: Int32
  /// What reading has cost so far.
  public private(set) var cost = ReadCost()

  /// Opens a directory.
  public init(path: String) throws(GuestReadError) {
    self.path = path
    root = brinell_open_directory(path)
    if root < 0 { throw GuestReadError("\(path): \(errorText(errno))") }
  }

  deinit { close(root) }

  public func readIndex() throws(GuestReadError) -> FileIndex {
    var status = stat()
    guard fstat(root, &status) == 0 else { throw GuestReadError("\(path): \(errorText(errno))") }
    var builder = FileIndexBuilder(root: FileMetadata(status))
    var pending: [(id: UInt32, path: [UInt8])] = [(0, [])]
    while let directory = pending.popLast() {
      readDirectory(directory, &builder, &pending)
    }
    return builder.finish()
  }

  public func readContents(
    of files: [FileEntry], limit: Int, _ body: (FileEntry, FileContent) -> Void
  ) throws(GuestReadError) {
    for file in files {
      if file.metadata.size > Int64(limit) {
        body(file, .tooLarge(size: file.metadata.size))
      } else {
        body(file, readFile(file, limit: limit))
      }
    }
  }

  public func readHeads(
    of files: [FileEntry], length: Int, _ body: (FileEntry, FileContent) -> Void
  ) throws(GuestReadError) {
    for file in files { body(file, readRegular(file, length: length)) }
  }

  public func readRanges(
    _ ranges: [FileRange], _ body: (FileRange, FileContent) -> Void
  ) throws(GuestReadError) {
    for range in ranges { body(range, readRegular(range.file, length: range.length, offset: range.offset)) }
  }

  public func digests(
    of files: [FileEntry], algorithm: DigestAlgorithm, _ body: (FileEntry, FileDigest) -> Void
  ) throws(GuestReadError) {
    for file in files {
      let digest = withRegular(file) { descriptor in
        var digest = RunningDigest(algorithm)
        readParts(descriptor) { digest.update($0) }
        return FileDigest.hex(hexText(digest.finalize()))
      }
      switch digest {
      case .success(let digest): body(file, digest)
      case .failure(let error): body(file, .unreadable(reason: error.description))
      }
    }
  }

  private func openInRoot(_ path: [UInt8], _ flags: Int32) -> Int32 {
    cost.requests += 1
    var terminated = path.drop { $0 == UInt8(ascii: "/") }.map { CChar(bitPattern: $0) }
    terminated.append(0)
    return brinell_open_in_root(root, terminated, flags, 1)
  }

  private func readDirectory(
    _ directory: (id: UInt32, path: [UInt8]), _ builder: inout FileIndexBuilder,
    _ pending: inout [(id: UInt32, path: [UInt8])]
  ) {
    let descriptor = openInRoot(directory.path, O_RDONLY | O_DIRECTORY)
    guard descriptor >= 0, let stream = fdopendir(descriptor) else {
      builder.addGap("/" + displayText(directory.path), reason: errorText(errno))
      if descriptor >= 0 { close(descriptor) }
      return
    }
    defer { closedir(stream) }
    let isPackaged = FileMetadata.isPackagedDirectory(directory.path)
    while let item = readdir(stream) {
      let name = withUnsafeBytes(of: &item.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if name == Array(".".utf8) || name == Array("..".utf8) { continue }
      var status = stat()
      let isKnown = withCName(name) { fstatat(descriptor, $0, &status, AT_SYMLINK_NOFOLLOW) == 0 }
      guard isKnown else { continue }
      let metadata = FileMetadata(status)
      let target = metadata.type == .symbolicLink ? linkTarget(name, in: descriptor) : nil
      let attributes =
        metadata.attributesCanMatter(isPackaged: isPackaged) ? extendedAttributes(name, in: descriptor) : []
      guard
        let id = builder.add(
          name, to: directory.id, metadata: metadata, linkTarget: target, attributes: attributes)
      else { continue }
      if metadata.type == .directory {
        pending.append((id, directory.path.isEmpty ? name : directory.path + [UInt8(ascii: "/")] + name))
      }
    }
  }

  private func linkTarget(_ name: [UInt8], in directory: Int32) -> [UInt8] {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = withCName(name) { readlinkat(directory, $0, &buffer, buffer.count) }
    return buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }
  }

  /// The last component is not followed: lgetxattr(2) on a path below /proc/self/fd.
  private func extendedAttributes(_ name: [UInt8], in directory: Int32) -> [ExtendedAttribute] {
    withCName(Array("/proc/self/fd/\(directory)/".utf8) + name) { path in
      var names = [CChar](repeating: 0, count: 1024)
      let count = brinell_list_attributes(path, &names, names.count)
      guard count > 0 else { return [] }
      return names.prefix(count).split(separator: 0).compactMap { part in
        let attribute = String(decoding: part.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard ExtendedAttribute(name: attribute, value: []).mattersForSecurity else { return nil }
        var value = [UInt8](repeating: 0, count: 4096)
        let size = brinell_get_attribute(path, attribute, &value, value.count)
        return size < 0 ? nil : ExtendedAttribute(name: attribute, value: Array(value.prefix(size)))
      }
    }
  }

  private func readFile(_ file: FileEntry, limit: Int) -> FileContent {
    let content = readRegular(file, length: limit + 1)
    guard case .bytes(let bytes) = content, bytes.count > limit else { return content }
    return .tooLarge(size: Int64(bytes.count))
  }

  private func readRegular(_ file: FileEntry, length: Int, offset: Int64 = 0) -> FileContent {
    let bytes = withRegular(file) { descriptor in
      offset > 0 && lseek(descriptor, off_t(offset), SEEK_SET) < 0 ? [] : readAll(descriptor, limit: length)
    }
    switch bytes {
    case .success(let bytes):
      cost.contentBytes += Int64(bytes.count)
      return .bytes(bytes)
    case .failure(let error): return .unreadable(reason: error.description)
    }
  }

  private func withRegular<Value>(
    _ file: FileEntry, _ body: (Int32) -> Value
  ) -> Result<Value, GuestReadError> {
    let descriptor = openInRoot(file.pathBytes, O_RDONLY | O_NONBLOCK | O_NOFOLLOW)
    guard descriptor >= 0 else { return .failure(GuestReadError(errorText(errno))) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, FileMetadata(status).type == .regular else {
      return .failure(GuestReadError("no longer a regular file"))
    }
    return .success(body(descriptor))
  }
}

/// Lends a name as a C string.
private func withCName<Result>(_ name: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
  body(name.map { CChar(bitPattern: $0) } + [0])
}

/// strerror(3), as a phrase.
func errorText(_ number: Int32) -> String {
  let text = String(cString: strerror(number))
  return text.prefix(1).lowercased() + text.dropFirst()
}

extension FileMetadata {
  init(_ status: stat) {
    self.init(
      mode: status.st_mode, uid: status.st_uid, gid: status.st_gid, size: Int64(status.st_size),
      links: UInt32(truncatingIfNeeded: status.st_nlink), inode: UInt64(status.st_ino),
      device: UInt64(status.st_dev), specialDevice: UInt64(status.st_rdev),
      accessed: Int64(status.st_atim.tv_sec), modified: Int64(status.st_mtim.tv_sec),
      changed: Int64(status.st_ctim.tv_sec))
  }
}
