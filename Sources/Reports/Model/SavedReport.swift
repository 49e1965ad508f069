import Foundation

/// A file is not a report that this version can render.
public struct SavedReportError: Error, Hashable, Sendable, CustomStringConvertible {
  /// One phrase, without the name of the file.
  public var description: String
}

extension Report {
  /// Larger files are refused: a report with 5 000 findings takes about 5 MB.
  public static let sizeLimit = 512 << 20

  /// The report as JSON, the same bytes for the same report.
  public func json() throws -> String { try JSONValue(encoding: self).text }

  /// Reads a report that `json()` wrote.
  public init(json bytes: Data) throws(SavedReportError) {
    struct Head: Decodable { var schema: String? }
    if bytes.isEmpty { throw SavedReportError(description: "the file is empty") }
    let decoder = JSONDecoder()
    guard let head = try? decoder.decode(Head.self, from: bytes) else {
      throw SavedReportError(description: "not a report: \(Self.whyNotJSON(bytes))")
    }
    guard let schema = head.schema else {
      throw SavedReportError(description: "not a report: it has no 'schema'")
    }
    guard schema == Self.schemaName else {
      throw SavedReportError(
        description: "it says '\(printable(schema, limit: 60))', this version reads '\(Self.schemaName)'")
    }
    do {
      self = try decoder.decode(Report.self, from: bytes)
    } catch {
      throw SavedReportError(description: "a damaged report: \(Self.phrase(error))")
    }
  }

  private static func whyNotJSON(_ bytes: Data) -> String {
    let first = bytes.first { $0 != 0x20 && $0 != 0x0a && $0 != 0x0d && $0 != 0x09 }
    if first != UInt8(ascii: "{") {
      return "it is not a JSON object; images and bundles are judged by brinell scan"
    }
    return "its JSON is damaged or cut off"
  }

  /// Where decoding stopped, in words.
  private static func phrase(_ error: any Error) -> String {
    func place(_ path: [any CodingKey]) -> String {
      let text = path.map { $0.intValue.map { "[\($0)]" } ?? "." + $0.stringValue }.joined()
      return printable(text.hasPrefix(".") ? String(text.dropFirst()) : text, limit: 120)
    }
    switch error as? DecodingError {
    case .keyNotFound(let key, let context): return "'\(place(context.codingPath + [key]))' is missing"
    case .valueNotFound(_, let context): return "'\(place(context.codingPath))' has no value"
    case .typeMismatch(_, let context): return "'\(place(context.codingPath))' has another type"
    case .dataCorrupted(let context) where !context.codingPath.isEmpty:
      return "'\(place(context.codingPath))' has a value that it cannot have"
    default: return "its JSON cannot be read"
    }
  }
}
