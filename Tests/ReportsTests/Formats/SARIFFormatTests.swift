import Baselines
import Foundation
import TestSupport
import Testing

@testable import Reports

/// What code scanning and the standard ask of SARIF. The published schema is asked by scripts/check-formats.
@Suite struct SARIFFormatTests {
  private struct Log: Decodable {
    struct Text: Decodable { var text: String }
    struct Rule: Decodable {
      struct Properties: Decodable {
        var tags: [String]
        var severity: String?
        enum CodingKeys: String, CodingKey {
          case tags
          case severity = "security-severity"
        }
      }
      var id: String
      var help: Text
      var fullDescription: Text
      var properties: Properties
    }
    struct Location: Decodable {
      struct Physical: Decodable {
        struct Artifact: Decodable { var uri: String }
        struct Region: Decodable { var startLine: Int }
        var artifactLocation: Artifact
        var region: Region
      }
      var physicalLocation: Physical
    }
    struct Suppression: Decodable {
      var kind: String
      var justification: String
    }
    struct Result: Decodable {
      var ruleId: String
      var ruleIndex: Int
      var kind: String
      var level: String
      var message: Text
      var locations: [Location]
      var partialFingerprints: [String: String]
      var suppressions: [Suppression]?
      var baselineState: String?
    }
    struct Invocation: Decodable {
      struct Notification: Decodable {
        var level: String
        var message: Text
      }
      var executionSuccessful: Bool
      var exitCode: Int
      var toolExecutionNotifications: [Notification]
    }
    struct Run: Decodable {
      struct Tool: Decodable {
        struct Driver: Decodable { var rules: [Rule] }
        var driver: Driver
      }
      var tool: Tool
      var invocations: [Invocation]
      var results: [Result]
    }
    var version: String
    var runs: [Run]
  }

  private func run(_ report: Report) throws -> Log.Run {
    let text = SARIFFormat.render(report, TextStyle())
    let log = try JSONDecoder().decode(Log.self, from: Data(text.utf8))
    #expect(log.version == "2.1.0")
    #expect(log.runs.count == 1)
    return try #require(log.runs.first)
  }

  @Test(arguments: ReportJSONTests.samples.indices) func everyFindingIsAResultOfAKnownRule(_ index: Int)
    throws
  {
    let report = ReportJSONTests.samples[index].report
    let run = try run(report)
    let told = report.targets.flatMap(\.guests).flatMap(\.findings).filter { $0.verdict != .error }
    #expect(run.results.count == told.count)
    for (result, finding) in zip(run.results, told) {
      #expect(run.tool.driver.rules[result.ruleIndex].id == result.ruleId)
      #expect(result.kind == (finding.verdict == .undecided ? "open" : "fail"))
      #expect((result.level == "none") == (finding.verdict == .undecided))
      #expect(!result.message.text.isEmpty)
      let location = try #require(result.locations.first?.physicalLocation)
      #expect(!location.artifactLocation.uri.hasPrefix("/") && !location.artifactLocation.uri.isEmpty)
      #expect(location.region.startLine >= 1)
    }
    for rule in run.tool.driver.rules {
      #expect(
        !rule.help.text.isEmpty && !rule.fullDescription.text.isEmpty && rule.properties.tags.count <= 20)
    }
    let verdict = report.conclusion.word
    #expect(run.invocations.map(\.exitCode) == [Int(verdict.exitStatus)])
    #expect(run.invocations.map(\.executionSuccessful) == [verdict != .incomplete])
  }

  @Test(
    arguments: [
      (Severity.critical, "error", "9.5"), (.high, "error", "8.0"), (.medium, "warning", "5.5"),
      (.low, "note", "2.0"), (.info, "note", nil),
    ] as [(Severity, String, String?)])
  func severitiesAreThoseOfCodeScanning(_ severity: Severity, _ level: String, _ score: String?) throws {
    let report = ReportSamples.report(
      [ReportSamples.target([ReportSamples.guest([ReportSamples.finding("ssh.port", severity)])])],
      checks: [ReportSamples.check("ssh.port", severity)])
    let run = try run(report)
    #expect(run.results.map(\.level) == [level])
    #expect(run.tool.driver.rules.map(\.properties.severity) == [score])
  }

  @Test(
    arguments: [
      ("/etc/ssh/sshd_config", 33, "etc/ssh/sshd_config", 33),
      ("//etc//a b%.conf", nil, "etc/a%20b%25.conf", 1),
      ("/../../etc/./shadow", -4, "etc/shadow", 1), ("/", 0, "web.qcow2", 1),
      ("/srv/caf\u{e9}:1", 2, "srv/caf%C3%A9%3A1", 2),
    ] as [(String, Int?, String, Int)])
  func placesAreRelativeAndInARange(_ path: String, _ line: Int?, _ uri: String, _ start: Int) throws {
    let finding = ReportSamples.finding(
      "a.b", evidence: [EvidenceLine(path: path, line: line, text: "", origin: "")])
    let run = try run(ReportSamples.report([ReportSamples.target([ReportSamples.guest([finding])])]))
    let location = try #require(run.results.first?.locations.first?.physicalLocation)
    #expect(location.artifactLocation.uri == uri)
    #expect(location.region.startLine == start)
  }

  @Test func aWaiverIsASuppression() throws {
    var finding = ReportSamples.finding("a.b", verdict: .waived)
    finding.waiver = .init(
      reason: "A gateway filters it", owner: "ops", ticket: "OPS-1", expires: "2027-01-31")
    let run = try run(ReportSamples.report([ReportSamples.target([ReportSamples.guest([finding])])]))
    let suppression = try #require(run.results.first?.suppressions?.first)
    #expect(suppression.kind == "external")
    #expect(suppression.justification == "until 2027-01-31, ops: A gateway filters it (OPS-1)")
  }

  @Test func aFailedTargetIsANotification() throws {
    let run = try run(ReportSamples.report([ReportSamples.failed("x.qcow2", "the file is empty")]))
    let notification = try #require(run.invocations.first?.toolExecutionNotifications.first)
    #expect(notification.level == "error")
    #expect(notification.message.text == "x.qcow2 could not be judged: the file is empty")
  }

  @Test func fingerprintsTellImagesApartAndRecogniseOneUnderAnotherName() throws {
    let guest = ReportSamples.guest([ReportSamples.finding("a.b", subject: "x")])
    func hashes(_ names: String...) throws -> [String] {
      try run(ReportSamples.report(names.map { ReportSamples.target([guest], name: $0) })).results
        .compactMap { $0.partialFingerprints["primaryLocationLineHash"] }
    }
    #expect(try hashes("v41.qcow2") == hashes("v42.qcow2"))
    #expect(Set(try hashes("a.qcow2", "b.qcow2")).count == 2)
  }

  @Test func textHoldsNeitherLinksNorPlaceholders() {
    #expect(sarifEscaped("see [here](1) {0} a\\b") == "see \\[here\\](1) {{0}} a\\\\b")
  }

  @Test func tooManyResultsAreLeftOutTheSlightOnesFirst() throws {
    let findings = (0..<SARIFLog.resultLimit + 10).map {
      ReportSamples.finding("a.b-\($0 % 7)", $0 % 2 == 0 ? .low : .high, subject: "\($0)")
    }
    let results = findings.map { finding in
      SARIFResult(
        check: finding.check, kind: .fail, severity: finding.severity, message: "m", target: "t", system: "s",
        scope: "", places: [], fingerprint: finding.fingerprint)
    }
    let log = SARIFLog(
      tool: .init(name: "brinell", version: "1"), startedAt: "", conclusion: .init(word: .fail, reasons: []),
      checks: [], results: results)
    let read = try JSONDecoder().decode(Log.self, from: Data(log.json.text.utf8))
    let run = try #require(read.runs.first)
    #expect(run.results.count == SARIFLog.resultLimit)
    #expect(run.results.count { $0.level == "error" } == findings.count { $0.severity == .high })
    #expect(
      run.invocations.first?.toolExecutionNotifications.first?.message.text.hasPrefix("10 results") == true)
  }
}
