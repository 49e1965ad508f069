import Reports

/// `brinell.diff/1`.
public enum DiffJSON: DiffFormat {
  public static let name = "json"

  public static func render(_ report: DiffReport, _ style: TextStyle) throws -> String {
    try JSONValue(encoding: report).text
  }
}
