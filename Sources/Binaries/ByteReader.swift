/// Reads numbers from bytes that nobody vouches for: what lies outside gives nil, and no arithmetic overflows.
public struct ByteReader: Sendable {
  public enum ByteOrder: Sendable, Hashable { case little, big }

  public let bytes: ArraySlice<UInt8>
  public var order: ByteOrder

  /// Offsets count from the start of `bytes`.
  public init(_ bytes: [UInt8], order: ByteOrder = .little) { self.init(bytes[...], order: order) }

  /// Offsets count from the start of the slice.
  public init(_ bytes: ArraySlice<UInt8>, order: ByteOrder = .little) {
    self.bytes = bytes
    self.order = order
  }

  public var count: Int { bytes.count }

  /// An unsigned number of 1 to 8 bytes.
  public func unsigned(at offset: Int, size: Int) -> UInt64? {
    guard (1...8).contains(size), let field = slice(at: offset, count: size) else { return nil }
    var value: UInt64 = 0
    for byte in order == .big ? Array(field) : field.reversed() { value = value << 8 | UInt64(byte) }
    return value
  }

  public func u16(at offset: Int) -> UInt16? { unsigned(at: offset, size: 2).map { UInt16($0) } }
  public func u32(at offset: Int) -> UInt32? { unsigned(at: offset, size: 4).map { UInt32($0) } }
  public func u64(at offset: Int) -> UInt64? { unsigned(at: offset, size: 8) }

  /// Exactly `count` bytes from `offset`.
  public func slice(at offset: Int, count: Int) -> ArraySlice<UInt8>? {
    guard offset >= 0, count >= 0, offset <= bytes.count, count <= bytes.count - offset else { return nil }
    let start = bytes.startIndex + offset
    return bytes[start..<(start + count)]
  }

  /// Bytes from `offset` to the next zero, without it; nil if there is none within `limit` bytes.
  public func terminated(at offset: Int, limit: Int) -> ArraySlice<UInt8>? {
    guard offset >= 0, offset < bytes.count, limit > 0 else { return nil }
    let start = bytes.startIndex + offset
    let window = bytes[start...].prefix(limit)
    guard let end = window.firstIndex(of: 0) else { return nil }
    return bytes[start..<end]
  }
}
