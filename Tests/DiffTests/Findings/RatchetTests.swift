import Baselines
import Foundation
import Testing

@testable import Diff
@testable import Reports

/// Which findings a scan with `--since` takes for new.
@Suite struct RatchetTests {
  private static func finding(
    _ check: String, _ severity: Severity = .high, _ verdict: CheckResult.Verdict = .fail,
    subject: String = "x"
  ) -> GuestReport.Finding {
    GuestReport.Finding(
      fingerprint: Finding.fingerprint(check: check, subject: subject), check: check, verdict: verdict,
      severity: severity, subject: subject, expected: "1", actual: "0", reason: nil, evidence: [], blocks: [])
  }

  private static func guest(
    _ findings: [GuestReport.Finding], _ verdicts: [String: CheckResult.Verdict] = [:], score: Double? = 50,
    distribution: String = "debian", omitted: [String: Int] = [:]
  ) -> GuestReport {
    var all = verdicts
    for finding in findings { all[finding.check] = finding.verdict }
    var summary = Summary()
    for finding in findings where finding.verdict == .fail { summary.findings[finding.severity] += 1 }
    summary.score = score
    return GuestReport(
      root: "/dev/sda1", os: "linux", distribution: distribution, version: "12", name: distribution,
      architecture: nil, hostname: nil, packageFormat: "dpkg", support: nil,
      coverage: .init(asked: 1, answered: 1, percent: 100, unanswered: [], notApplicable: [:]),
      summary: summary, findings: findings,
      verdicts: all.sorted { $0.key < $1.key }.map {
        .init(check: $0.key, verdict: $0.value, omitted: omitted[$0.key])
      }, packages: [], timings: [:])
  }

  private static func report(_ guests: [String: GuestReport], gate: Gate = Gate()) -> Report {
    Report(
      tool: .init(name: "brinell", version: "1"), startedAt: "2026-11-20T10:00:00Z", asOf: "2026-11-20",
      durationSeconds: 1, gate: gate, baselines: [], checks: [],
      targets: guests.sorted { $0.key < $1.key }.map {
        TargetReport(target: $0.key, status: .judged, disks: [], storage: [], guests: [$0.value])
      })
  }

  private func compared(_ old: GuestReport, _ new: GuestReport, gate: Gate = Gate()) -> Report {
    Ratchet(Self.report(["v41": old]), name: "old.json").applied(to: Self.report(["v42": new], gate: gate))
  }

  /// What the earlier report says of `a.b`, what this one says, and what it counts as.
  @Test(
    arguments: [
      ([finding("a.b")], [:], [finding("a.b")], [:], "0 new, 0 fixed, 1 remain"),
      ([], ["a.b": .pass], [finding("a.b")], [:], "1 new, 0 fixed, 0 remain"),
      ([], [:], [finding("a.b")], [:], "1 new (1 of checks that it did not ask), 0 fixed, 0 remain"),
      ([finding("a.b")], [:], [finding("a.b", subject: "y")], [:], "1 new, 1 fixed, 0 remain"),
      ([finding("a.b", .high, .undecided)], [:], [finding("a.b")], [:], "1 new, 0 fixed, 0 remain"),
      ([finding("a.b", .high, .waived)], [:], [finding("a.b")], [:], "1 new, 0 fixed, 0 remain"),
      ([], ["a.b": .blocked], [finding("a.b")], [:], "0 new, 0 fixed, 1 remain"),
      ([finding("a.b", .medium)], [:], [finding("a.b", .high)], [:], "1 new, 0 fixed, 0 remain"),
      ([finding("a.b", .low)], [:], [finding("a.b", .medium)], [:], "0 new, 0 fixed, 1 remain"),
      ([finding("a.b", .high)], [:], [finding("a.b", .critical)], [:], "0 new, 0 fixed, 1 remain"),
      ([finding("a.b")], [:], [], ["a.b": .pass], "0 new, 1 fixed, 0 remain"),
      ([finding("a.b")], [:], [], ["a.b": .notApplicable], "0 new, 1 fixed, 0 remain"),
      (
        [finding("a.b")], [:], [finding("a.b", .high, .waived)], [:],
        "0 new, 0 fixed, 0 remain, 1 waived since"
      ),
      ([finding("a.b")], [:], [], [:], "0 new, 0 fixed, 0 remain, 1 have no answer now"),
      (
        [finding("a.b")], [:], [finding("a.b", .high, .undecided)], [:],
        "0 new, 0 fixed, 0 remain, 1 have no answer now"
      ),
    ]
      as [(
        [GuestReport.Finding], [String: CheckResult.Verdict], [GuestReport.Finding],
        [String: CheckResult.Verdict], String
      )])
  func countsByFingerprint(
    _ before: [GuestReport.Finding], _ verdictsBefore: [String: CheckResult.Verdict],
    _ after: [GuestReport.Finding], _ verdictsAfter: [String: CheckResult.Verdict], _ words: String
  ) throws {
    let report = compared(Self.guest(before, verdictsBefore), Self.guest(after, verdictsAfter))
    let guest = try #require(report.targets.first?.guests.first)
    #expect(
      report.sinceWords(of: guest) == "since old.json of 2026-11-20: \(words), score 50, was 50")
    #expect(report.conclusion.word == (words.hasPrefix("1 new") ? .fail : .pass))
  }

  @Test(arguments: [(Severity.high as Severity?, Conclusion.Word.pass), (.medium, .fail), (nil, .pass)])
  func aNewFindingBelowTheGateDoesNotFail(_ limit: Severity?, _ word: Conclusion.Word) {
    let report = compared(
      Self.guest([Self.finding("c.d")]), Self.guest([Self.finding("a.b", .medium), Self.finding("c.d")]),
      gate: Gate(failOn: limit))
    #expect(report.conclusion.word == word)
  }

  @Test(
    arguments: [
      (60, 55, 5, Conclusion.Word.pass), (60, 54.9, 5, .fail), (60, 70, 0, .pass), (nil, 50, 5, .incomplete),
      (50, nil, 5, .incomplete),
    ] as [(Double?, Double?, Double, Conclusion.Word)])
  func theScoreMayFallSoFar(_ before: Double?, _ after: Double?, _ drop: Double, _ word: Conclusion.Word) {
    let report = compared(
      Self.guest([], score: before), Self.guest([], score: after), gate: Gate(maxScoreDrop: drop))
    #expect(report.conclusion.word == word, "\(report.conclusion.reasons)")
  }

  @Test func anotherSystemIsNotCompared() {
    let report = compared(Self.guest([], distribution: "alpine"), Self.guest([Self.finding("a.b")]))
    #expect(report.conclusion.word == .incomplete)
    #expect(report.conclusion.reasons.first?.contains("different systems: alpine") == true)
    #expect(report.since?.problems.map(\.target) == ["v42"])
  }

  @Test func severalTargetsAreComparedByTheirNames() {
    let old = Self.report(["a": Self.guest([Self.finding("a.b")]), "b": Self.guest([])])
    let new = Self.report(["a": Self.guest([Self.finding("a.b")]), "c": Self.guest([])])
    let report = Ratchet(old, name: "old.json").applied(to: new)
    #expect(report.targets.map { report.conclusion(of: $0).word } == [.pass, .incomplete])
    #expect(
      report.conclusion(of: report.targets[1]).reasons == ["old.json holds 2 targets, none of them 'c'"])
  }

  @Test func whatTheEarlierReportHadNoRoomForIsNotNew() {
    let old = Self.guest([Self.finding("a.b", subject: "1")], omitted: ["a.b": 2])
    let shifted = Self.guest([Self.finding("a.b", subject: "2")], omitted: ["a.b": 1])
    #expect(compared(old, shifted).conclusion.word == .pass)
    let grown = Self.guest([Self.finding("a.b", subject: "1")], omitted: ["a.b": 3])
    let report = compared(old, grown)
    #expect(report.conclusion.word == .incomplete)
    #expect(report.conclusion.reasons.first?.contains("a.b has too many findings") == true)
  }

  @Test func theSavedReportSaysTheSame() throws {
    let report = compared(
      Self.guest([Self.finding("a.b")]), Self.guest([Self.finding("c.d")]), gate: Gate(maxScoreDrop: 3))
    let saved = try Report(json: Data(try report.json().utf8))
    #expect(saved == report)
    // OpenVEX states what waivers say, and there is none.
    for format in ReportFormats.all where format.name != "openvex" {
      #expect(try format.render(saved, TextStyle()) == format.render(report, TextStyle()), "\(format.name)")
    }
    #expect(SARIFFormat.render(report, TextStyle()).contains("\"baselineState\": \"new\""))
  }
}
