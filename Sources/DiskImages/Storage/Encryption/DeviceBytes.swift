/// A device or a file of which some bytes are read. What lies outside is nil, never fewer bytes.
public struct DeviceBytes {
  /// In bytes.
  public let size: Int64
  private let read: (_ offset: Int64, _ count: Int) -> [UInt8]?

  /// - Parameter read: gives the bytes from an offset, perhaps fewer; nil if that failed.
  public init(size: Int64, read: @escaping (_ offset: Int64, _ count: Int) -> [UInt8]?) {
    self.size = size
    self.read = read
  }

  /// A device that is in memory.
  public init(_ bytes: [UInt8]) {
    self.init(size: Int64(bytes.count)) { Array(bytes[Int($0)..<Int($0) + $1]) }
  }

  /// Exactly `count` bytes from `offset`.
  public func bytes(at offset: Int64, count: Int) -> [UInt8]? {
    guard offset >= 0, count >= 0, offset <= size, Int64(count) <= size - offset else { return nil }
    guard let bytes = read(offset, count), bytes.count == count else { return nil }
    return bytes
  }

  /// Bytes from `offset`, as many as there are of `count`.
  func start(at offset: Int64, count: Int) -> [UInt8]? {
    guard offset >= 0, offset < size else { return nil }
    return bytes(at: offset, count: Int(min(Int64(count), size - offset)))
  }
}
