import TestSupport
import Testing

@testable import Reports

/// CSV, Markdown and JUnit on the same reports as text and JSON.
@Suite struct TableFormatTests {
  private static let samples = ReportJSONTests.samples

  @Test(arguments: samples.indices) func everyFindingHasItsLineInCSV(_ index: Int) throws {
    let report = Self.samples[index].report
    let script = """
      import csv, sys
      rows = list(csv.reader(open(sys.argv[1], newline='', encoding='utf-8'), strict=True))
      print(len(rows) - 1, sorted(set(map(len, rows))))
      print(*[cell for row in rows for cell in row if cell[:1] in '=+-@|%\\t' and cell])
      """
    let result = try Python.run(script, on: CSVFormat.render(report, TextStyle()))
    let guests = report.targets.flatMap(\.guests)
    let silent = guests.map { guest in
      guest.verdicts.count { verdict in !guest.findings.contains { $0.check == verdict.check } }
    }.reduce(0, +)
    let count =
      guests.map(\.findings.count).reduce(0, +) + silent + report.targets.count { $0.status == .failed }
    #expect(result.output == "\(count) [14]\n\n")
  }

  @Test(arguments: samples.indices) func everyCheckIsACaseOfJUnit(_ index: Int) throws {
    let report = Self.samples[index].report
    let script = """
      import sys, xml.etree.ElementTree as tree
      root = tree.parse(sys.argv[1]).getroot()
      cases = list(root.iter('testcase'))
      count = lambda tag: len([case for case in cases if case.find(tag) is not None])
      print(len(cases), count('failure'), count('error'), count('skipped'))
      skipped = sum(int(suite.get('skipped')) for suite in root)
      print(*[root.get(key) for key in ['tests', 'failures', 'errors']], skipped)
      """
    let result = try Python.run(script, on: JUnitFormat.render(report, TextStyle()))
    let verdicts = report.targets.flatMap(\.guests).flatMap(\.verdicts).map(\.verdict)
    let failed = report.targets.count { $0.status == .failed }
    let errors = verdicts.count { $0 == .error } + failed
    let failures = verdicts.count { $0 == .fail }
    let skipped = verdicts.count { $0 != .pass && $0 != .fail && $0 != .error }
    let line = "\(verdicts.count + failed) \(failures) \(errors) \(skipped)\n"
    #expect(result.output == line + line)
  }

  @Test(arguments: ["clean", "undecided"]) func markdownLooksAsRecorded(_ name: String) throws {
    let report = try #require(Self.samples.first { $0.name == name }?.report)
    let text = MarkdownFormat.render(report, TextStyle())
    if let difference = try differenceFromGolden(text, "\(name).md") { Issue.record("\(difference)") }
  }

  @Test func textOfGuestsIsInert() throws {
    for format in ReportFormats.all {
      let text = try format.render(HostileText.report, TextStyle())
      #expect(
        text.unicodeScalars.allSatisfy { "\r\n".unicodeScalars.contains($0) || !HostileText.isDangerous($0) },
        "\(format.name)")
    }
    let markdown = MarkdownFormat.render(HostileText.report, TextStyle())
    #expect(!markdown.contains("<script"))
    #expect(!markdown.contains("`"))
    for format in ReportFormats.all {
      let lines = try format.render(HostileText.report, TextStyle()).split(whereSeparator: \.isNewline)
      #expect(lines.allSatisfy { !$0.contains("##[") }, "\(format.name)")
      #expect(
        lines.allSatisfy { !$0.drop { $0 == " " }.lowercased().hasPrefix("::error") }, "\(format.name)")
    }
    #expect(!JUnitFormat.render(HostileText.report, TextStyle()).contains("]]>"))
  }

  @Test func halfACharacterOfASavedReportIsRefusedOrReplaced() throws {
    let json = try ReportSamples.clean.json().replacing("web1", with: "web\\ud800")
    guard let report = try? Report(json: .init(json.utf8)) else { return }
    for format in ReportFormats.all {
      #expect(try format.text(of: report)?.contains("\\ud800") != true, "\(format.name)")
    }
  }

  @Test func aSavedReportGivesTheSameBytes() throws {
    for sample in Self.samples {
      let saved = try Report(json: .init(try sample.report.json().utf8))
      for format in ReportFormats.all {
        #expect(try format.text(of: saved) == format.text(of: sample.report))
      }
    }
  }

  @Test func fiveThousandFindingsAreRenderedQuickly() throws {
    let findings = (0..<5000).map {
      ReportSamples.finding(
        "test.check-\($0 / 8)", [.critical, .high, .medium, .low][$0 % 4], subject: "/srv/file-\($0)",
        actual: "mode 0666")
    }
    let report = ReportSamples.report([ReportSamples.target([ReportSamples.guest(findings)])])
    for format in ReportFormats.all {
      let time = try ThreadClock.measure { _ = try format.text(of: report) }
      #expect(time < .seconds(5), "\(format.name) took \(time)")
    }
  }
}
