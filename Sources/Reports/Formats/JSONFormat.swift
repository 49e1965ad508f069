/// The report itself, see docs/schema/report.schema.json.
public enum JSONFormat: ReportFormat {
  public static let name = "json"
  public static let summary = "the whole report, for programs and for 'brinell report'"

  public static func render(_ report: Report, _ style: TextStyle) throws -> String { try report.json() }
}
