/// Reads rows of comma-separated values (RFC 4180): fields in quotes may hold commas, line ends and doubled quotes.
struct CSVScanner {
  private let bytes: [UInt8]
  private let name: String
  private var position = 0

  private static let fieldLimit = 1 << 20
  private static let columnLimit = 256

  init(_ file: AdvisoryFile) {
    bytes = file.bytes
    name = file.name
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
  }

  /// The fields of the next row that is not empty; nil at the end.
  mutating func nextRow() throws(AdvisoryError) -> [String]? {
    while position < bytes.count, bytes[position] == 0x0a || bytes[position] == 0x0d { position += 1 }
    guard position < bytes.count else { return nil }
    var fields: [String] = []
    while true {
      fields.append(try field())
      guard fields.count <= Self.columnLimit else { throw error("more than \(Self.columnLimit) columns") }
      guard position < bytes.count, bytes[position] == UInt8(ascii: ",") else { break }
      position += 1
    }
    return fields
  }

  private mutating func field() throws(AdvisoryError) -> String {
    if position < bytes.count, bytes[position] == UInt8(ascii: "\"") { return try quoted() }
    let start = position
    while position < bytes.count, bytes[position] != UInt8(ascii: ","), bytes[position] != 0x0a,
      bytes[position] != 0x0d
    {
      position += 1
    }
    return String(decoding: bytes[start..<position].prefix(Self.fieldLimit), as: UTF8.self)
  }

  private mutating func quoted() throws(AdvisoryError) -> String {
    position += 1
    var field: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if byte == UInt8(ascii: "\"") {
        guard position < bytes.count, bytes[position] == byte else {
          return String(decoding: field, as: UTF8.self)
        }
        position += 1
      }
      guard field.count < Self.fieldLimit else { throw error("a field is too long") }
      field.append(byte)
    }
    throw error("ends in the middle of a field: the download was cut off, fetch it again")
  }

  private func error(_ reason: String) -> AdvisoryError { AdvisoryError("\(name): \(reason)") }
}
