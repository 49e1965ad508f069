/// For OpenSCAP's tools and dashboards of SCAP: an XCCDF 1.2 benchmark with a result for each system.
public enum XCCDFFormat: ReportFormat {
  public static let name = "xccdf"
  public static let summary = "XCCDF 1.2 results, for OpenSCAP's tools and dashboards of SCAP"

  public static func render(_ report: Report, _ style: TextStyle) -> String {
    XCCDFBenchmark(report).document
  }
}
