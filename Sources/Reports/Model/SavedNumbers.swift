import Baselines

/// Numbers of saved reports, which anybody may have written: the decoding that Swift makes for the types of this module
/// takes these in place of the standard library's.
///
/// None is negative, and all but sizes are small enough that sums over a report of the greatest size that is read
/// (`Report.sizeLimit`) cannot overflow.
extension KeyedDecodingContainer {
  func decode(_ type: Int.Type, forKey key: Key) throws -> Int {
    try decode(SavedNumber<Int>.self, forKey: key).value
  }

  func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? {
    try decodeIfPresent(SavedNumber<Int>.self, forKey: key)?.value
  }

  func decode(_ type: Double.Type, forKey key: Key) throws -> Double {
    try decode(SavedNumber<Double>.self, forKey: key).value
  }

  func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? {
    try decodeIfPresent(SavedNumber<Double>.self, forKey: key)?.value
  }

  /// Bytes.
  func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 {
    try decode(SavedSize.self, forKey: key).value
  }

  func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? {
    try decodeIfPresent(SavedSize.self, forKey: key)?.value
  }

  func decode(_ type: [String: Int].Type, forKey key: Key) throws -> [String: Int] {
    try decode([String: SavedNumber<Int>].self, forKey: key).mapValues(\.value)
  }

  func decode(_ type: [String: Double].Type, forKey key: Key) throws -> [String: Double] {
    try decode([String: SavedNumber<Double>].self, forKey: key).mapValues(\.value)
  }

  /// The type is another module's, whose decoding knows nothing of these.
  func decode(_ type: [EvidenceLine].Type, forKey key: Key) throws -> [EvidenceLine] {
    try decode([SavedEvidence].self, forKey: key).map {
      EvidenceLine(path: $0.path, line: $0.line, text: $0.text, origin: $0.origin)
    }
  }
}

private struct SavedEvidence: Decodable {
  var path: String?
  var line: Int?
  var text: String
  var origin: String
}

/// A count, a percentage, points or seconds.
private struct SavedNumber<Value: Decodable & Comparable & ExpressibleByIntegerLiteral>: Decodable {
  let value: Value

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    value = try container.decode(Value.self)
    guard value >= 0, value <= 1_000_000_000_000 else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "out of range")
    }
  }
}

private struct SavedSize: Decodable {
  let value: Int64

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    value = try container.decode(Int64.self)
    if value < 0 { throw DecodingError.dataCorruptedError(in: container, debugDescription: "negative") }
  }
}
