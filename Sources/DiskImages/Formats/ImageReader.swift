import Foundation

/// Reads numbers at offsets of an image file; what lies outside the file is nil.
final class ImageReader {
  let path: String
  /// Length of the file in bytes.
  let size: Int64
  private let descriptor: Int32

  /// Opens a regular file or a block device, read-only, leaving its access time as it is where the kernel lets us.
  init(path: String) throws(ImageError) {
    self.path = path
    var status = stat()
    guard stat(path, &status) == 0 else { throw ImageError("\(path): \(errorText(errno))") }
    let type = FileType(mode: status.st_mode)
    guard type == .regular || type == .blockDevice else {
      throw ImageError("\(path): not a disk image but a \(type.rawValue)")
    }
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw ImageError("\(path): \(errorText(errno))") }
    size = Int64(lseek(descriptor, 0, SEEK_END))
  }

  deinit { close(descriptor) }

  /// Exactly `count` bytes, or nil if the file ends before.
  func bytes(at offset: Int64, count: Int) -> [UInt8]? {
    guard offset >= 0, count >= 0, count <= 64 << 20, offset <= size, Int64(count) <= size - offset else {
      return nil
    }
    var buffer = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let read = buffer[done...].withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress, $0.count, off_t(offset) + off_t(done))
      }
      if read < 0 && errno == EINTR { continue }
      if read <= 0 { return nil }
      done += read
    }
    return buffer
  }

  func big<Number: FixedWidthInteger>(_ type: Number.Type, at offset: Int64) -> Number? {
    bytes(at: offset, count: MemoryLayout<Number>.size).map { Number(bigEndian: $0) }
  }

  func little<Number: FixedWidthInteger>(_ type: Number.Type, at offset: Int64) -> Number? {
    bytes(at: offset, count: MemoryLayout<Number>.size).map { Number(littleEndian: $0) }
  }

  /// Whether the file has the ASCII text at the offset.
  func has(_ text: String, at offset: Int64) -> Bool {
    bytes(at: offset, count: text.utf8.count).map { $0.elementsEqual(text.utf8) } ?? false
  }

  /// A number from the file as an offset into it; nil if it does not fit.
  func damaged(_ what: String) -> ImageError {
    ImageError("\(path): damaged or truncated: \(what)")
  }
}

extension FixedWidthInteger {
  init(bigEndian bytes: some Sequence<UInt8>) { self = bytes.reduce(0) { $0 << 8 | Self($1) } }
  init(littleEndian bytes: some Collection<UInt8>) { self.init(bigEndian: bytes.reversed()) }
}
