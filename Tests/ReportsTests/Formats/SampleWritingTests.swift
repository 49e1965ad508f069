import Foundation
import Testing

@testable import Reports

/// Makes the saved reports that scripts/check-formats renders in every format and validates.
@Suite struct SampleWritingTests {
  private static let folder = ProcessInfo.processInfo.environment["BRINELL_SAMPLES"]

  @Test(.enabled(if: folder != nil)) func writesTheSampleReports() throws {
    let folder = try #require(Self.folder)
    for sample in ReportJSONTests.samples {
      try sample.report.json().write(
        toFile: "\(folder)/\(sample.name).json", atomically: true, encoding: .utf8)
    }
  }
}
