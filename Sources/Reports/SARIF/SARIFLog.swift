import Baselines

/// A SARIF 2.1.0 document with one run (OASIS, "Static Analysis Results Interchange Format", errata 01), written so that
/// GitHub's code scanning accepts it: every result has a relative location with a line, and one run holds everything,
/// since code scanning refuses several runs of one tool.
package struct SARIFLog {
  /// What went wrong besides results, or is to be said of them.
  package struct Notification {
    package var level: String
    package var text: String

    /// - Parameter level: `error`, `warning` or `note`.
    package init(_ level: String, _ text: String) {
      self.level = level
      self.text = text
    }
  }

  /// Code scanning refuses a run with more.
  static let resultLimit = 25_000
  /// Code scanning refuses a rule with more than 20.
  private static let tagLimit = 12
  /// The base of every path of a guest.
  static let guestRoot = "GUESTROOT"

  package var tool: Report.Tool
  package var startedAt: String
  package var durationSeconds: Double
  package var conclusion: Conclusion
  package var checks: [Report.CheckDescription]
  package var results: [SARIFResult]
  package var notifications: [Notification]

  /// Puts a document together.
  package init(
    tool: Report.Tool, startedAt: String, durationSeconds: Double = 0, conclusion: Conclusion,
    checks: [Report.CheckDescription], results: [SARIFResult], notifications: [Notification] = []
  ) {
    self.tool = tool
    self.startedAt = startedAt
    self.durationSeconds = durationSeconds
    self.conclusion = conclusion
    self.checks = checks
    self.results = results
    self.notifications = notifications
  }

  /// The document.
  package var json: JSONValue {
    let (kept, rules, leftOut) = limited()
    var positions: [String: Int64] = [:]
    for (position, rule) in rules.enumerated() { positions[rule.id] = Int64(position) }
    return .object([
      .init(
        "$schema",
        .string("https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json")),
      .init("version", .string("2.1.0")),
      .init(
        "runs",
        .array([
          .object([
            .init("tool", .object([.init("driver", driver(rules))])),
            .init("automationDetails", .object([.init("id", .string("brinell/"))])),
            .init("invocations", .array([invocation(leftOut)])),
            .init(
              "originalUriBaseIds",
              .object([
                .init(
                  Self.guestRoot,
                  .object([.init("description", sarifText("The root of the guest's file system"))]))
              ])),
            .init("columnKind", .string("unicodeCodePoints")),
            .init("results", .array(kept.map { $0.json(rule: positions[$0.check]) })),
          ])
        ])),
    ])
  }

  /// The gravest results, as many as are accepted, with the checks that they are of.
  private func limited() -> (results: [SARIFResult], rules: [Report.CheckDescription], leftOut: Int) {
    var kept = results
    if kept.count > Self.resultLimit {
      kept = Severity.allCases.reversed().flatMap { severity in results.filter { $0.severity == severity } }
      kept.removeLast(kept.count - Self.resultLimit)
    }
    let named = Set(kept.map(\.check))
    var seen: Set<String> = []
    var rules = checks.filter { named.contains($0.id) && seen.insert($0.id).inserted }
    for result in kept where seen.insert(result.check).inserted {
      rules.append(.init(id: result.check, title: result.check, severity: result.severity))
    }
    return (kept, rules, results.count - kept.count)
  }

  private func driver(_ rules: [Report.CheckDescription]) -> JSONValue {
    .object([
      .init("name", .string("Brinell")), .init("version", .string(printable(tool.version))),
      .init("rules", .array(rules.map(Self.rule))),
    ])
  }

  private static func rule(_ check: Report.CheckDescription) -> JSONValue {
    var properties: [JSONValue.Member] = [
      .init("tags", .array(tags(of: check).map { .string($0) })), .init("precision", .string("very-high")),
    ]
    if let severity = check.severity.sarifScore {
      properties.append(.init("security-severity", .string(severity)))
    }
    let references = check.referenceWords
    let help = [
      check.rationale, check.remediation,
      references.isEmpty ? "" : "References: \(references.joined(separator: "; "))",
    ].filter { !$0.isEmpty }
    // Code scanning asks for all of these texts.
    let title = check.title.isEmpty ? check.id : check.title
    let parts = help.isEmpty ? [title] : help
    return .object([
      .init("id", .string(printable(check.id))),
      .init("shortDescription", sarifText(title)),
      .init("fullDescription", sarifText(check.rationale.isEmpty ? title : check.rationale)),
      .init(
        "help",
        .object([
          .init("text", .string(parts.map { sarifEscaped(printableLines($0)) }.joined(separator: "\n\n"))),
          .init(
            "markdown", .string(parts.map { MarkdownText.paragraph($0) }.joined(separator: "\n\n"))),
        ])),
      .init("defaultConfiguration", .object([.init("level", .string(check.severity.sarifLevel))])),
      .init("properties", .object(properties)),
    ])
  }

  private static func tags(of check: Report.CheckDescription) -> [String] {
    var seen: Set<String> = []
    let tags =
      (["security", check.severity.rawValue] + check.referenceWords.map { printable($0, limit: 80) })
      .filter { seen.insert($0).inserted }
    return Array(tags.prefix(tagLimit))
  }

  private func invocation(_ leftOut: Int) -> JSONValue {
    var notifications = notifications
    if leftOut > 0 {
      notifications.append(
        .init("warning", "\(leftOut) results are left out: code scanning takes \(Self.resultLimit)"))
    }
    var members: [JSONValue.Member] = [
      .init("executionSuccessful", .bool(conclusion.word != .incomplete)),
      .init("exitCode", .integer(Int64(conclusion.word.exitStatus))),
      .init("exitCodeDescription", .string(printable(conclusion.reasons.joined(separator: "; ")))),
    ]
    if let start = CalendarTime.seconds(startedAt) {
      members.append(.init("startTimeUtc", .string(CalendarTime.timestamp(start))))
      members.append(
        .init("endTimeUtc", .string(CalendarTime.timestamp(CalendarTime.end(start, durationSeconds)))))
    }
    members.append(
      .init(
        "toolExecutionNotifications",
        .array(
          notifications.map {
            .object([.init("level", .string($0.level)), .init("message", sarifText($0.text))])
          })))
    return .object(members)
  }
}

extension Report.CheckDescription {
  /// `cis-debian-12 5.1.20`, sorted.
  var referenceWords: [String] {
    references.sorted { $0.key < $1.key }.flatMap { source, sections in sections.map { "\(source) \($0)" } }
  }
}

extension Severity {
  var sarifLevel: String {
    switch self {
    case .critical, .high: "error"
    case .medium: "warning"
    case .low, .info: "note"
    }
  }

  /// For code scanning, which calls more than 9.0 critical, from 7.0 high, from 4.0 medium and more than 0 low.
  var sarifScore: String? {
    switch self {
    case .critical: "9.5"
    case .high: "8.0"
    case .medium: "5.5"
    case .low: "2.0"
    case .info: nil
    }
  }
}

/// A message of plain text.
func sarifText(_ text: String) -> JSONValue {
  .object([.init("text", .string(sarifEscaped(printable(text))))])
}

/// Text in which no bracket begins a link and no brace a placeholder (SARIF 2.1.0, 3.11.5 and 3.11.6).
func sarifEscaped(_ text: String) -> String {
  guard text.utf8.contains(where: { [0x5b, 0x5c, 0x5d, 0x7b, 0x7d].contains($0) }) else { return text }
  return text.replacingScalars {
    switch $0 {
    case "[", "]", "\\": "\\\($0)"
    case "{", "}": "\($0)\($0)"
    default: nil
    }
  }
}
