import Baselines

/// The results for one system, or for a target that could not be judged.
struct XCCDFResult {
  let report: Report
  let target: TargetReport
  let guest: GuestReport?
  let checks: [String: Report.CheckDescription]

  func element(number: Int, version: String, profile: String?) -> XMLElement {
    var children = [XMLElement("title", text: "\(report.tool.name): \(target.target)")]
    if let profile { children.append(XMLElement("profile", [("idref", profile)])) }
    children.append(XMLElement("target", text: target.target.isEmpty ? "-" : target.target))
    children += facts
    children += guest.map(ruleResults) ?? [unreadable]
    children += scores
    return XMLElement(
      "TestResult",
      [
        ("id", XCCDFNames.identifier("testresult", String(number))), ("start-time", report.startedAt),
        ("end-time", end), ("version", version),
        ("test-system", "cpe:/a:\(report.tool.name):\(report.tool.name):\(report.tool.version)"),
      ], children: children)
  }

  private var end: String {
    guard let start = CalendarTime.seconds(report.startedAt) else { return report.startedAt }
    return CalendarTime.timestamp(CalendarTime.end(start, report.durationSeconds))
  }

  private var facts: [XMLElement] {
    func fact(_ name: String, _ value: String?, _ type: String = "string") -> XMLElement? {
      value.map { XMLElement("fact", [("name", name), ("type", type)], text: $0) }
    }
    let conclusion = report.conclusion(of: target)
    let facts = [
      fact("urn:xccdf:fact:asset:identifier:host_name", guest?.hostname),
      fact(XCCDFNames.fact("operating-system"), guest?.name), fact(XCCDFNames.fact("root"), guest?.root),
      fact(XCCDFNames.fact("architecture"), guest?.architecture),
      fact(XCCDFNames.fact("coverage-percent"), (guest?.coverage.percent).map(decimal), "number"),
      fact(XCCDFNames.fact("conclusion"), conclusion.word.rawValue),
      fact(XCCDFNames.fact("reasons"), conclusion.reasons.joined(separator: "; ")),
    ]
    return [XMLElement("target-facts", children: facts.compactMap { $0 })]
  }

  // MARK: Results of rules

  private func ruleResults(_ guest: GuestReport) -> [XMLElement] {
    let findings = Dictionary(grouping: guest.findings, by: \.check)
    return guest.verdicts.map { ruleResult($0, findings[$0.check] ?? []) }
  }

  private func ruleResult(
    _ verdict: GuestReport.Verdict, _ findings: [GuestReport.Finding]
  ) -> XMLElement {
    var children = [XMLElement("result", text: Self.result(verdict.verdict))]
    if verdict.verdict == .waived { children += overrides(findings) }
    children += checks[verdict.check].map(XCCDFBenchmark.identifiers) ?? []
    children += messages(verdict, findings)
    return element(verdict.check, children)
  }

  private var unreadable: XMLElement {
    let result = target.status == .failed ? "error" : "unknown"
    return element(
      XCCDFBenchmark.readable.id,
      [
        XMLElement("result", text: result),
        message("error", target.error ?? "no operating system was judged"),
      ])
  }

  private func element(_ check: String, _ children: [XMLElement]) -> XMLElement {
    var attributes = [("idref", XCCDFNames.rule(check)), ("time", report.startedAt)]
    if let severity = checks[check]?.severity {
      attributes.append(("severity", XCCDFNames.severity(severity)))
    }
    return XMLElement(
      "rule-result", attributes + [("weight", "1.0")], children: children + [XCCDFBenchmark.question(check)])
  }

  /// The words of table 26, chosen so that the standard's models count what Brinell counts: a blocked check cannot pass
  /// before another one does, and one without an answer has not passed. Accepted is neither failed nor passed.
  private static func result(_ verdict: CheckResult.Verdict) -> String {
    switch verdict {
    case .pass: "pass"
    case .fail, .blocked: "fail"
    case .notApplicable: "notapplicable"
    case .undecided: "unknown"
    case .error: "error"
    case .waived: "informational"
    }
  }

  /// One for each waiver that accepts a finding of the check.
  private func overrides(_ findings: [GuestReport.Finding]) -> [XMLElement] {
    var seen: Set<GuestReport.Waiver> = []
    let old = findings.contains { $0.reason == nil } ? "fail" : "unknown"
    return findings.compactMap(\.waiver).filter { seen.insert($0).inserted }.map { waiver in
      let ticket = waiver.ticket.map { ", \($0)" } ?? ""
      return XMLElement(
        "override", [("time", report.startedAt), ("authority", waiver.owner)],
        children: [
          XMLElement("old-result", text: old), XMLElement("new-result", text: Self.result(.waived)),
          XMLElement(
            "remark", text: "\(waiver.reason) (\(waiver.owner)\(ticket), until the end of \(waiver.expires))"),
        ])
    }
  }

  private func messages(
    _ verdict: GuestReport.Verdict, _ findings: [GuestReport.Finding]
  ) -> [XMLElement] {
    var messages = findings.map { finding in
      message(
        finding.verdict == .fail ? "error" : finding.verdict == .waived ? "info" : "warning", words(finding))
    }
    if messages.isEmpty, let reason = verdict.reason { messages.append(message("info", reason)) }
    if let omitted = verdict.omitted {
      messages.append(message("info", "and \(counted(omitted, "finding")) more"))
    }
    return messages
  }

  private func message(_ severity: String, _ text: String) -> XMLElement {
    XMLElement("message", [("severity", severity)], text: text.isEmpty ? "-" : text)
  }

  private func words(_ finding: GuestReport.Finding) -> String {
    let places = finding.evidence.compactMap(\.place).joined(separator: ", ")
    return [
      finding.subject, finding.actual, "expected: \(finding.expected)",
      finding.reason == finding.actual ? "" : finding.reason ?? "", places.isEmpty ? "" : "at: \(places)",
    ].filter { !$0.isEmpty }.joined(separator: "; ")
  }

  // MARK: Scores

  /// XCCDF wants at least one.
  private var scores: [XMLElement] {
    func score(_ model: String, _ value: Double, _ maximum: Double) -> XMLElement {
      XMLElement("score", [("system", model), ("maximum", decimal(maximum))], text: decimal(value))
    }
    let all = guest?.summary.scores ?? []
    if !all.isEmpty { return all.map { score($0.model, $0.value, $0.maximum) } }
    return [score("urn:xccdf:scoring:default", guest?.summary.score ?? 0, 100)]
  }

  /// Without an exponent, which xsd:decimal does not know.
  private func decimal(_ number: Double) -> String {
    guard number.isFinite, abs(number) < 1e12 else { return "0" }
    let hundredths = Int64((number * 100).rounded())
    let fraction = String(abs(hundredths) % 100 + 100).dropFirst()
    return "\(hundredths < 0 ? "-" : "")\(abs(hundredths) / 100).\(fraction)"
  }
}
