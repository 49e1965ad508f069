import Foundation
import TestSupport
import Testing

@testable import Reports

@Suite struct TextFormatTests {
  private static let samples: [(name: String, report: Report)] =
    ReportJSONTests.samples + [
      (
        "several",
        ReportSamples.report([
          ReportSamples.target(ReportSamples.many.targets[0].guests),
          ReportSamples.failed("empty.img", "empty.img: the file is empty"),
          ReportSamples.target(ReportSamples.clean.targets[0].guests, name: "database.qcow2"),
        ])
      )
    ]

  @Test(arguments: ["clean", "many", "undecided", "several"], [80, 140])
  func looksAsRecorded(_ name: String, _ width: Int) throws {
    let report = try #require(Self.samples.first { $0.name == name }?.report)
    let text = TextFormat.render(report, TextStyle(width: width))
    if let difference = try differenceFromGolden(text, "\(name)-\(width).txt", beside: #filePath) {
      Issue.record("\(difference)")
    }
  }

  @Test(arguments: samples.indices, [72, 80, 100, 140]) func fitsTheWidth(_ index: Int, _ width: Int) {
    let text = TextFormat.render(Self.samples[index].report, TextStyle(width: width))
    for line in text.split(separator: "\n") where line.count > width {
      Issue.record("\(Self.samples[index].name) at \(width): \(line)")
    }
  }

  @Test(arguments: samples.indices) func coloursSayNothingMore(_ index: Int) {
    let report = Self.samples[index].report
    let plain = TextFormat.render(report, TextStyle())
    let coloured = TextFormat.render(report, TextStyle(usesColor: true))
    #expect(coloured.contains("\u{1b}["))
    // A text that begins with a combining character makes one character with the colour's last letter.
    let colour = /\u{1b}\[[0-9;]*m/.matchingSemantics(.unicodeScalar)
    #expect(coloured.replacing(colour, with: "") == plain)
  }

  @Test func textOfGuestsIsInert() {
    for width in [72, 80, 140] {
      let text = TextFormat.render(HostileText.report, TextStyle(width: width))
      #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || !HostileText.isDangerous($0) })
      #expect(text.contains("\\x1b[2J"))
    }
  }

  @Test func threeHundredFindingsStayReadable() {
    let text = TextFormat.render(ReportSamples.many, TextStyle())
    #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count < 330)
    #expect(text.contains("and 117 more"))
    #expect(text.contains("63 checks"))
    #expect(text.hasPrefix("FAIL: "))
  }
}
