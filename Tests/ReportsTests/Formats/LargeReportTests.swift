import TestSupport
import Testing

@testable import Reports

/// Time in debug builds, which take ten to twenty times as long as others: what is quadratic takes minutes.
@Suite struct LargeReportTests {
  @Test(arguments: ["cyclonedx", "openvex", "spdx", "xccdf"])
  func aLargeServerIsRenderedQuickly(_ name: String) throws {
    let format = try #require(ReportFormats.named(name))
    let time = try ThreadClock.measure { _ = try format.render(ReportSamples.large, TextStyle()) }
    #expect(time < .seconds(15), "\(name) took \(time)")
  }
}
