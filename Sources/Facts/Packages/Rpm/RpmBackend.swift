/// A way in which rpm stores the headers of installed packages.
protocol RpmBackend: SendableMetatype {
  /// The file below rpm's folder.
  static var fileName: String { get }
  /// Hands over the header of every installed package.
  ///
  /// - Returns: what could not be read of a database that can be read as a whole.
  /// - Throws: if nothing can be made of the file.
  static func read(_ files: RpmFiles, _ header: ([UInt8]) -> Void) throws(RpmDamage) -> [String]
}

/// The bytes of a database.
struct RpmFiles {
  var main: [UInt8]
  /// SQLite's write-ahead log; empty if there is none.
  var log: [UInt8] = []
}

/// Why a database cannot be read.
struct RpmDamage: Error, Hashable {
  var reason: String

  init(_ reason: String) { self.reason = reason }
}

/// Numbers and parts of a file at any offset; nil where they are not wholly within it.
struct RpmBytes {
  let bytes: [UInt8]
  var isBigEndian = true

  func slice(_ start: Int, _ count: Int) -> ArraySlice<UInt8>? {
    guard start >= 0, count >= 0, start <= bytes.count, count <= bytes.count - start else { return nil }
    return bytes[start..<start + count]
  }

  func number(_ start: Int, _ count: Int) -> Int? {
    guard let slice = slice(start, count) else { return nil }
    var result = 0
    if isBigEndian {
      for byte in slice { result = result << 8 | Int(byte) }
    } else {
      for byte in slice.reversed() { result = result << 8 | Int(byte) }
    }
    return result
  }

  func uint16(_ start: Int) -> Int? { number(start, 2) }
  func uint32(_ start: Int) -> Int? { number(start, 4) }
}

/// Bounds what records that lie over each other cost: all together are no longer than the file.
struct RpmBudget {
  private var rest: Int

  init(_ bytes: Int) { rest = bytes }

  mutating func spend(_ bytes: Int) throws(RpmDamage) {
    rest -= bytes
    if rest < 0 { throw RpmDamage("its records are longer than the file: they lie over each other") }
  }
}
