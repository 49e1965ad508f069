import Testing

@testable import Reports

@Suite struct ConclusionTests {
  private func conclusion(_ findings: [GuestReport.Finding], passed: Int = 100, _ gate: Gate = Gate())
    -> Conclusion
  {
    let guest = ReportSamples.guest(findings, passed: (0..<passed).map { "pass.check-\($0)" })
    return ReportSamples.report([ReportSamples.target([guest])], gate: gate).conclusion
  }

  @Test func failsAtTheLimitAndAboveIt() {
    let high = [ReportSamples.finding("a.x", .high)]
    #expect(conclusion(high).word == .fail)
    #expect(conclusion(high).reasons == ["1 finding of severity high or above"])
    #expect(conclusion(high, Gate(failOn: .critical)).word == .pass)
    #expect(conclusion(high, Gate(failOn: nil)).word == .pass)
    #expect(conclusion(high, Gate(failOn: .info)).word == .fail)
  }

  @Test func coverageIsComparedWithoutRounding() {
    // 899 of 1000 are 89.9 %, 1999 of 2000 are 99.95 %.
    let open = (0..<101).map { ReportSamples.finding("open.check-\($0)", verdict: .undecided, reason: "?") }
    #expect(conclusion(open, passed: 899).word == .incomplete)
    #expect(conclusion(Array(open.prefix(100)), passed: 900).word == .pass)
    #expect(conclusion(Array(open.prefix(1)), passed: 1999, Gate(minCoverage: 100)).word == .incomplete)
  }

  @Test func anErrorIsNotJudgedAsAsked() {
    let conclusion = conclusion([ReportSamples.finding("a.x", verdict: .error, reason: "limit")])
    #expect(conclusion.word == .incomplete)
    #expect(conclusion.reasons == ["1 check ended in an error"])
  }

  @Test func incompleteWinsOverFailAndBothAreTold() {
    let conclusion = conclusion([
      ReportSamples.finding("a.x", .high), ReportSamples.finding("a.y", verdict: .error),
    ])
    #expect(conclusion.word.exitStatus == 2)
    #expect(conclusion.reasons == ["1 check ended in an error", "1 finding of severity high or above"])
  }

  @Test func theWorstTargetDecides() {
    let clean = ReportSamples.clean.targets
    let failed = ReportSamples.failed("x", "x: no such file")
    #expect(ReportSamples.report(clean + clean).conclusion.word == .pass)
    #expect(ReportSamples.report(clean + [failed]).conclusion.word == .incomplete)
    #expect(ReportSamples.report([failed]).conclusion.reasons == ["x: no such file"])
    #expect(ReportSamples.report([]).conclusion.word == .incomplete)
  }

  @Test(arguments: [
    (0 as Int64, "1970-01-01T00:00:00Z"), (1_795_545_861, "2026-11-24T18:44:21Z"),
    (951_782_400, "2000-02-29T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"),
    (4_107_542_399, "2100-02-28T23:59:59Z"),
  ]) func timesAreUTC(_ seconds: Int64, _ text: String) {
    #expect(CalendarTime.timestamp(seconds) == text)
  }
}
