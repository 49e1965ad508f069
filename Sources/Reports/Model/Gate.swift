import Baselines

/// When a scan does not end with 0.
public struct Gate: Sendable, Hashable, Codable {
  /// A finding of verdict fail at or above this severity gives 1; nil: none does.
  public var failOn: Severity?
  /// Answered checks in percent of the asked ones below which the exit code is 2.
  public var minCoverage: Double
  /// Points by which the score may lie below that of the earlier report; more gives 1. Nil: it is not compared.
  public var maxScoreDrop: Double?

  /// Sets the limits.
  public init(failOn: Severity? = .high, minCoverage: Double = 90, maxScoreDrop: Double? = nil) {
    self.failOn = failOn
    self.minCoverage = minCoverage
    self.maxScoreDrop = maxScoreDrop
  }

  enum CodingKeys: String, CodingKey {
    case failOn = "fail_on"
    case minCoverage = "min_coverage"
    case maxScoreDrop = "max_score_drop"
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(limit: failOn, forKey: .failOn)
    try container.encode(minCoverage, forKey: .minCoverage)
    try container.encodeIfPresent(maxScoreDrop, forKey: .maxScoreDrop)
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    failOn = try container.decodeLimit(forKey: .failOn)
    minCoverage = try container.decode(Double.self, forKey: .minCoverage)
    maxScoreDrop = try container.decodeIfPresent(Double.self, forKey: .maxScoreDrop)
  }
}

/// The severity from which findings count, as gates of scans and comparisons say it.
extension Severity {
  /// The word for no severity at all.
  package static let noLimit = "none"

  /// `critical`; `high or above`.
  package var orAbove: String { self == .critical ? rawValue : rawValue + " or above" }
}

extension KeyedEncodingContainer {
  /// Writes a limit, which is always there: `none` in place of a severity.
  package mutating func encode(limit: Severity?, forKey key: Key) throws {
    try encode(limit?.rawValue ?? Severity.noLimit, forKey: key)
  }
}

extension KeyedDecodingContainer {
  /// Reads what `encode(limit:forKey:)` wrote.
  package func decodeLimit(forKey key: Key) throws -> Severity? {
    let word = try decode(String.self, forKey: key)
    let limit = Severity(rawValue: word)
    guard limit != nil || word == Severity.noLimit else {
      throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: "not a severity")
    }
    return limit
  }
}
