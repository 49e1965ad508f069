import Foundation
import TestSupport
import Testing

@testable import Reports

@Suite struct ReportJSONTests {
  static let samples: [(name: String, report: Report)] = [
    ("clean", ReportSamples.clean), ("many", ReportSamples.many), ("undecided", ReportSamples.undecided),
    ("failed", ReportSamples.report([ReportSamples.failed("x.qcow2", "x.qcow2: the file is empty")])),
    ("vulnerable", ReportSamples.vulnerable), ("hostile", HostileText.report),
  ]

  @Test(arguments: samples.indices) func readsWhatItWrites(_ index: Int) throws {
    let report = Self.samples[index].report
    let text = try report.json()
    let read = try Report(json: Data(text.utf8))
    #expect(read == report)
    #expect(try read.json() == text)
  }

  @Test(arguments: samples.indices) func fulfilsItsSchema(_ index: Int) throws {
    let report = try Self.samples[index].report.json()
    if let problem = try JSONSchema.problem(of: report, schema: "report.schema.json") {
      Issue.record("\(Self.samples[index].name): \(problem)")
    }
  }

  @Test func theSchemaRefusesWhatIsNotAReport() throws {
    let text = try ReportSamples.clean.json().replacing("\"as_of\"", with: "\"as_off\"")
    guard JSONSchema.isAvailable else { return }
    #expect(try JSONSchema.problem(of: text, schema: "report.schema.json") != nil)
  }

  @Test func keysAreInTheOrderOfTheDesign() throws {
    let text = try ReportSamples.clean.json()
    let keys = ["schema", "tool", "started_at", "as_of", "gate", "baselines", "checks", "summary", "targets"]
    let positions = keys.compactMap { text.firstRange(of: "\n  \"\($0)\": ")?.lowerBound }
    #expect(positions.count == keys.count)
    #expect(positions == positions.sorted())
  }

  @Test func isSafeToPrint() throws {
    let text = try HostileText.report.json()
    #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || !HostileText.isDangerous($0) })
  }

  @Test(arguments: [
    ("", "the file is empty"),
    ("hello", "not a report: it is not a JSON object; images and bundles are judged by brinell scan"),
    ("{\"a\": 1}", "not a report: it has no 'schema'"),
    (
      "{\"schema\": \"brinell.report/9\"}",
      "it says 'brinell.report/9', this version reads 'brinell.report/1'"
    ),
    ("{\"schema\": \"brinell.report/1\"}", "a damaged report: 'tool' is missing"),
    ("{\"schema\": \"brinell.rep", "not a report: its JSON is damaged or cut off"),
    ("{\"schema\": \"\\u001b[2J\"}", "it says '\\x1b[2J', this version reads 'brinell.report/1'"),
  ]) func saysWhyAFileIsNoReport(_ text: String, _ message: String) {
    #expect(throws: SavedReportError(description: message)) { try Report(json: Data(text.utf8)) }
  }

  @Test func saysWhereAReportIsDamaged() throws {
    let text = try ReportSamples.clean.json().replacing(
      "\"status\": \"judged\"", with: "\"status\": \"done\"")
    #expect(
      throws: SavedReportError(
        description: "a damaged report: 'targets[0].status' has a value that it cannot have")
    ) {
      try Report(json: Data(text.utf8))
    }
  }

  @Test func everyCutIsRefused() throws {
    let bytes = Array(try ReportSamples.clean.json().utf8)
    for length in stride(from: 0, to: bytes.count - 3, by: 97) {
      #expect(throws: SavedReportError.self) { try Report(json: Data(bytes[..<length])) }
    }
  }
}
