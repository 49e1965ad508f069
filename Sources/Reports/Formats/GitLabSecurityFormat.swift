import Baselines

/// GitLab's security report, schema 15.2.1, as a scan of type `sast`: the only type whose places are files with lines,
/// and that asks neither for a container image nor for a URL.
///
/// Waived findings and what could not be decided are no vulnerabilities: they are counted in the scan's messages.
public enum GitLabSecurityFormat: ReportFormat {
  public static let name = "gitlab-security"
  public static let summary = "for GitLab's security widget and dashboard, as a report of type sast"

  static let schemaVersion = "15.2.1"
  private static let messageLimit = 50

  public static func render(_ report: Report, _ style: TextStyle) -> String {
    let checks = Dictionary(report.checks.map { ($0.id, Described($0)) }) { first, _ in first }
    let isOne = report.targets.flatMap(\.guests).count <= 1
    var vulnerabilities: [JSONValue] = []
    for target in report.targets {
      for guest in target.guests {
        let scope = isOne ? "" : "\(target.target) \(guest.root)"
        for finding in guest.findings where finding.verdict == .fail {
          vulnerabilities.append(vulnerability(finding, checks[finding.check], target, scope))
        }
      }
    }
    return JSONValue.object([
      .init("version", .string(schemaVersion)), .init("scan", scan(report)),
      .init("vulnerabilities", .array(vulnerabilities)),
    ]).text
  }

  /// A check with the texts that all its findings share.
  private struct Described {
    let check: Report.CheckDescription
    let rationale: String
    let solution: String

    init(_ check: Report.CheckDescription) {
      self.check = check
      rationale = MarkdownText.paragraph(String(check.rationale.prefix(10_000)))
      // A character takes up to six when it is escaped, and 7000 are accepted.
      solution = MarkdownText.paragraph(String(check.remediation.prefix(1150)))
    }
  }

  private static func scan(_ report: Report) -> JSONValue {
    let start = CalendarTime.seconds(report.startedAt) ?? 0
    let tool = JSONValue.object([
      .init("id", .string("brinell")), .init("name", .string("Brinell")),
      .init("version", .string(report.tool.version.isEmpty ? "unknown" : printable(report.tool.version))),
      .init("vendor", .object([.init("name", .string("Brinell"))])),
    ])
    let isJudged = report.targets.allSatisfy { $0.status == .judged } && !report.targets.isEmpty
    return .object([
      .init("type", .string("sast")), .init("status", .string(isJudged ? "success" : "failure")),
      .init("start_time", time(start)),
      .init("end_time", time(CalendarTime.end(start, report.durationSeconds))), .init("analyzer", tool),
      .init("scanner", tool), .init("messages", .array(messages(report))),
    ])
  }

  /// Without the zone, which GitLab's schema does not let stand.
  private static func time(_ seconds: Int64) -> JSONValue {
    .string(String(CalendarTime.timestamp(seconds).dropLast()))
  }

  private static func messages(_ report: Report) -> [JSONValue] {
    var messages: [JSONValue] = []
    for target in report.targets {
      if let error = target.error { messages.append(message("fatal", "\(target.target): \(error)")) }
      for guest in target.guests {
        let open = guest.coverage.unanswered
        for check in open.prefix(messageLimit) {
          messages.append(message("warn", "\(target.target): \(check.check) is not decided: \(check.reason)"))
        }
        if open.count > messageLimit {
          messages.append(
            message("warn", "\(target.target): \(open.count - messageLimit) more checks are not decided"))
        }
        let waived = guest.findings.count { $0.verdict == .waived }
        if waived > 0 {
          messages.append(message("info", "\(target.target): \(counted(waived, "finding")) waived"))
        }
      }
    }
    return messages
  }

  private static func message(_ level: String, _ text: String) -> JSONValue {
    .object([.init("level", .string(level)), .init("value", .string(printable(text, limit: 1000)))])
  }

  /// Texts are Markdown for GitLab: those of guests are escaped.
  private static func vulnerability(
    _ finding: GuestReport.Finding, _ described: Described?, _ target: TargetReport, _ scope: String
  ) -> JSONValue {
    let check = described?.check
    let title = (check?.title).flatMap { $0.isEmpty ? nil : $0 } ?? finding.check
    let words =
      [scope, finding.sentence].map { MarkdownText.paragraph(String($0.prefix(10_000))) }
      + [described?.rationale ?? ""]
    var members: [JSONValue.Member] = [
      .init("id", .string(nameBasedUUID(scopedFingerprint(finding, scope)))),
      .init("name", .string(printable(title, limit: 255))),
      .init("description", .string(words.filter { !$0.isEmpty }.joined(separator: "\n\n"))),
      .init("severity", .string(finding.severity.rawValue.capitalized)),
    ]
    if let solution = described?.solution, !solution.isEmpty {
      members.append(.init("solution", .string(solution)))
    }
    members.append(.init("identifiers", .array(identifiers(finding, check, scope))))
    members.append(.init("location", location(finding, target)))
    return .object(members)
  }

  /// GitLab folds vulnerabilities of one place with the same first identifier, so it is the finding's own.
  private static func identifiers(
    _ finding: GuestReport.Finding, _ check: Report.CheckDescription?, _ scope: String
  ) -> [JSONValue] {
    let fingerprint = scopedFingerprint(finding, scope)
    var all = [
      identifier("brinell_finding", "\(finding.check) \(fingerprint)", fingerprint),
      identifier("brinell_check", finding.check, finding.check),
    ]
    all += vulnerabilityNames(finding).map { identifier("cve", $0, $0) }
    for (source, sections) in (check?.references ?? [:]).sorted(by: { $0.key < $1.key }) {
      all += sections.filter { !$0.isEmpty }.map { identifier(source, "\(source) \($0)", $0) }
    }
    return Array(all.prefix(20))
  }

  private static func vulnerabilityNames(_ finding: GuestReport.Finding) -> [String] {
    var seen: Set<String> = []
    let texts = [finding.subject, finding.actual] + finding.evidence.prefix(50).map(\.text)
    // Most texts hold none, and a regular expression is dear.
    return texts.filter { $0.contains("CVE-") }.flatMap {
      $0.matches(of: /CVE-[0-9]{4}-[0-9]{4,10}/).map { String($0.output) }
    }
    .filter { seen.insert($0).inserted }
  }

  private static func identifier(_ type: String, _ name: String, _ value: String) -> JSONValue {
    func text(_ text: String) -> JSONValue { .string(text.isEmpty ? "unknown" : printable(text, limit: 255)) }
    return .object([.init("type", text(type)), .init("name", text(name)), .init("value", text(value))])
  }

  private static func location(_ finding: GuestReport.Finding, _ target: TargetReport) -> JSONValue {
    let place = finding.places.first
    let path = place.map { relativePath($0.path) } ?? ""
    guard !path.isEmpty else {
      return .object([.init("file", .string(printable(fileName(of: target.target))))])
    }
    var members: [JSONValue.Member] = [.init("file", .string(printable(path)))]
    if let line = place?.line { members.append(.init("start_line", .integer(Int64(max(1, line))))) }
    return .object(members)
  }
}
