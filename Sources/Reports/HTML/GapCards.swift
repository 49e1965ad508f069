import Baselines

/// What has no answer and why, what is blocked, what was accepted, and what did not apply.
struct GapCards {
  private let guest: GuestReport
  private let titles: [String: String]

  init(_ guest: GuestReport, titles: [String: String]) {
    self.guest = guest
    self.titles = titles
  }

  private func count(_ verdict: CheckResult.Verdict) -> Int { guest.findings.count { $0.verdict == verdict } }
  private var blocked: [GuestReport.Verdict] { guest.verdicts.filter { $0.verdict == .blocked } }
  private var notApplicable: Int { guest.coverage.notApplicable.values.reduce(0) { $0 &+ $1 } }

  var sections: [PageSection] {
    [
      PageSection(id: "errors", title: "Errors", count: count(.error)),
      PageSection(id: "undecided", title: "Not decided", count: count(.undecided)),
      PageSection(id: "blocked", title: "Blocked", count: blocked.count),
      PageSection(id: "waived", title: "Waived", count: count(.waived)),
      PageSection(id: "not-applicable", title: "Not applicable", count: notApplicable),
    ].filter { $0.count > 0 }
  }

  var view: HTMLView {
    [
      "errorCount": some(count(.error)), "errors": folds(of: .error),
      "undecidedCount": some(count(.undecided)), "undecided": folds(of: .undecided),
      "blockedCount": some(blocked.count), "blocked": blockedFolds,
      "waivedCount": some(count(.waived)), "waived": waivers,
      "notApplicableTotal": some(notApplicable), "notApplicable": reasons,
    ]
  }

  private func some(_ count: Int) -> Int? { count > 0 ? count : nil }

  /// One fold for each reason, the most frequent first.
  private func folds(of verdict: CheckResult.Verdict) -> [HTMLView] {
    let findings = guest.findings.filter { $0.verdict == verdict }
    return grouped(findings) { $0.reason ?? $0.actual }.map { reason, findings in
      fold(
        reason,
        findings.map { finding in
          line(
            finding.check, verdict, finding.severity.rawValue,
            subject: reason.contains(finding.subject) ? "" : finding.subject)
        })
    }
  }

  private var blockedFolds: [HTMLView] {
    grouped(blocked) { $0.reason ?? "" }.map { reason, verdicts in
      fold(reason, verdicts.map { line($0.check, .blocked, "", subject: $0.subject ?? "") })
    }
  }

  private func fold(_ reason: String, _ lines: [HTMLView]) -> HTMLView {
    ["reason": reason, "size": counted(lines.count, "check"), "lines": lines, "isOpen": lines.count <= 3]
  }

  private func line(
    _ check: String, _ verdict: CheckResult.Verdict, _ severity: String, subject: String
  ) -> HTMLView {
    [
      "id": check, "title": titles[check], "severity": severity, "verdict": verdict.rawValue,
      "area": CheckArea(check: check).id, "subject": subject,
    ]
  }

  private var waivers: [HTMLView] {
    guest.findings.filter { $0.verdict == .waived }.map { finding in
      let view = line(finding.check, .waived, finding.severity.rawValue, subject: finding.subject)
      view["actual"] = finding.actual
      view["why"] = finding.waiver?.reason
      view["owner"] = finding.waiver?.owner
      view["ticket"] = finding.waiver?.ticket
      view["expires"] = finding.waiver?.expires
      return view
    }
  }

  private var reasons: [HTMLView] {
    guest.coverage.notApplicable.sorted { $0.value == $1.value ? $0.key < $1.key : $0.value > $1.value }
      .map { ["reason": $0.key, "size": $0.value] }
  }

  /// In the order of their size; of equal size in the order in which they came.
  private func grouped<Element>(
    _ elements: [Element], by key: (Element) -> String
  ) -> [(String, [Element])] {
    var order: [String] = []
    var groups: [String: [Element]] = [:]
    for element in elements {
      let key = key(element)
      if groups[key] == nil { order.append(key) }
      groups[key, default: []].append(element)
    }
    return order.map { ($0, groups[$0] ?? []) }.enumerated()
      .sorted { left, right in
        let (a, b) = (left.element.1.count, right.element.1.count)
        return a == b ? left.offset < right.offset : a > b
      }.map(\.element)
  }
}
