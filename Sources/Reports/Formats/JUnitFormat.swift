import Baselines

/// For the test reports of Jenkins, GitLab and others: a suite for each system, a case for each check.
///
/// What has no answer and what is blocked is skipped with its reason; the finding that blocks it fails.
public enum JUnitFormat: ReportFormat {
  public static let name = "junit"
  public static let summary = "for the test reports of Jenkins, GitLab and others"

  public static func render(_ report: Report, _ style: TextStyle) -> String {
    let suites = report.targets.flatMap { Self.suites(of: $0, in: report) }
    var totals = Counts()
    for suite in suites { totals.add(suite.counts) }
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      + "<testsuites name=\"brinell\"\(totals.attributesOfAll) time=\"\(report.durationSeconds)\">\n"
      + suites.map(\.text).joined() + "</testsuites>\n"
  }

  private struct Counts {
    var tests = 0
    var failures = 0
    var errors = 0
    var skipped = 0

    mutating func add(_ other: Counts) {
      tests += other.tests
      failures += other.failures
      errors += other.errors
      skipped += other.skipped
    }

    var attributes: String { attributesOfAll + " skipped=\"\(skipped)\"" }

    /// The schema of Jenkins' xUnit plug-in lets the sum of what is skipped stand at suites alone.
    var attributesOfAll: String { " tests=\"\(tests)\" failures=\"\(failures)\" errors=\"\(errors)\"" }
  }

  private static func suites(of target: TargetReport, in report: Report) -> [(text: String, counts: Counts)] {
    if target.status == .failed {
      let error = target.error ?? ""
      let cases = testCase(
        "brinell", "open",
        "      <error message=\(quoted(error))>\(escapedForXML(printable(error)))</error>\n")
      return [Self.suite(target.target, cases, Counts(tests: 1, errors: 1), report)]
    }
    return target.guests.map { guest in
      let findings = Dictionary(grouping: guest.findings, by: \.check)
      let checks = report.checksByID
      var counts = Counts()
      var cases = ""
      for verdict in guest.verdicts {
        let area = CheckArea(check: verdict.check).id
        cases += testCase(
          area, verdict.check,
          outcome(of: verdict, findings[verdict.check] ?? [], checks[verdict.check], &counts))
      }
      let name = target.guests.count > 1 ? "\(target.target) \(guest.root)" : target.target
      return suite(name, cases, counts, report)
    }
  }

  private static func suite(
    _ name: String, _ cases: String, _ counts: Counts, _ report: Report
  ) -> (text: String, counts: Counts) {
    let time = report.startedAt.hasSuffix("Z") ? String(report.startedAt.dropLast()) : report.startedAt
    let start = "  <testsuite name=\(quoted(name))\(counts.attributes) timestamp=\(quoted(time))>\n"
    return (start + cases + "  </testsuite>\n", counts)
  }

  private static func testCase(_ area: String, _ name: String, _ outcome: String) -> String {
    let start = "    <testcase classname=\(quoted("brinell." + area)) name=\(quoted(name))"
    return outcome.isEmpty ? start + "/>\n" : start + ">\n" + outcome + "    </testcase>\n"
  }

  private static func outcome(
    of verdict: GuestReport.Verdict, _ findings: [GuestReport.Finding],
    _ check: Report.CheckDescription?, _ counts: inout Counts
  ) -> String {
    counts.tests += 1
    let failed = findings.filter { $0.verdict == .fail }
    switch verdict.verdict {
    case .pass: return ""
    case .fail:
      counts.failures += 1
      let message = "\(check?.title ?? verdict.check): \(counted(max(1, failed.count), "finding"))"
      return "      <failure type=\(quoted(check?.severity.rawValue ?? "")) message=\(quoted(message))>"
        + escapedForXML(failed.map(lines).joined(separator: "\n")) + "</failure>\n"
    case .error:
      counts.errors += 1
      return "      <error message=\(quoted(verdict.reason ?? ""))/>\n"
    case .undecided: return skipped("undecided: \(verdict.reason ?? "")", &counts)
    case .blocked: return skipped("blocked: \(verdict.reason ?? "")", &counts)
    case .notApplicable: return skipped("not applicable: \(verdict.reason ?? "")", &counts)
    case .waived:
      let waiver = findings.compactMap(\.waiver).first
      return skipped(
        "waived: \(waiver.map { "\($0.owner), until \($0.expires): \($0.reason)" } ?? "")", &counts)
    }
  }

  private static func skipped(_ message: String, _ counts: inout Counts) -> String {
    counts.skipped += 1
    return "      <skipped message=\(quoted(message))/>\n"
  }

  private static func lines(of finding: GuestReport.Finding) -> String {
    let places = finding.evidence.compactMap(\.place).joined(separator: ", ")
    return [
      finding.found, "expected: \(finding.expected)",
      places.isEmpty ? nil : "at: \(places)",
    ]
    .compactMap { $0.map { printable($0) } }.joined(separator: "\n")
  }

  private static func quoted(_ text: String) -> String { "\"" + escapedForXML(printable(text)) + "\"" }
}
