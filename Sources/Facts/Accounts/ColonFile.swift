import Evidence

/// A file with one entry a line and fields apart by colons, as passwd(5), shadow(5) and group(5).
///
/// Works on bytes and hands out slices, since such files can have millions of lines.
struct ColonFile {
  let path: String
  private let bytes: [UInt8]

  init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }

  /// Calls `body` with the fields of every entry and the number of its line, counted from 1. Blanks before the first
  /// field, empty lines and lines that begin with `#` are passed over, as glibc's nss_files does.
  ///
  /// - Parameter count: the last field takes what is left, colons included.
  func forEachEntry(fields count: Int, _ body: ([ArraySlice<UInt8>], Int) -> Void) {
    var number = 0
    var start = bytes.startIndex
    while start < bytes.endIndex {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
      number += 1
      let line = bytes[start..<end].drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
      start = end + 1
      if line.isEmpty || line.first == UInt8(ascii: "#") { continue }
      body(
        line.split(separator: UInt8(ascii: ":"), maxSplits: count - 1, omittingEmptySubsequences: false),
        number
      )
    }
  }
}

extension ArraySlice<UInt8> {
  /// The bytes as text; what is not UTF-8 becomes U+FFFD.
  var text: String { String(decoding: self, as: UTF8.self) }

  /// A decimal number as strtoul(3) reads it where nothing else may stand in the field; nil if it is none or does not
  /// fit into 32 bits.
  var identifier: UInt32? {
    guard (1...10).contains(count) else { return nil }
    var value: UInt64 = 0
    for byte in self {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
      value = value * 10 + UInt64(byte - UInt8(ascii: "0"))
    }
    return UInt32(exactly: value)
  }

  /// Whether the name is one of the compatibility entries that include accounts from elsewhere.
  var isCompatibilityName: Bool { first == UInt8(ascii: "+") || first == UInt8(ascii: "-") }
}
