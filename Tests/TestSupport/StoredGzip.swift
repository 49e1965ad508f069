/// The bytes as gzip(1) keeps what it cannot make smaller (RFC 1951, 3.2.4), without the checksum, which libarchive does
/// not test.
public func storedGzip(_ bytes: [UInt8]) -> [UInt8] {
  var result: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]
  let starts = bytes.isEmpty ? [0] : Array(stride(from: 0, to: bytes.count, by: 0xffff))
  for start in starts {
    let block = bytes[start..<min(start + 0xffff, bytes.count)]
    let size = UInt16(block.count)
    let isLast = start == starts.last
    result.append(isLast ? 1 : 0)
    for number in [size, ~size] {
      result += [UInt8(truncatingIfNeeded: number), UInt8(truncatingIfNeeded: number >> 8)]
    }
    result += block
  }
  return result + [UInt8](repeating: 0, count: 8)
}
