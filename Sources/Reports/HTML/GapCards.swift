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
  private var notApplicable: Int { guest.coverage.notApplicableCount }

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
      "errorCount": total(.error), "errors": folds(of: .error),
      "undecidedCount": total(.undecided), "undecided": folds(of: .undecided),
      "blockedCount": some(blocked.count), "blocked": blockedFolds,
      "waivedCount": some(count(.waived)), "waived": waivers,
      "notApplicableTotal": some(notApplicable), "notApplicable": reasons,
    ]
  }

  private func some(_ count: Int) -> Int? { count > 0 ? count : nil }

  private func total(_ verdict: CheckResult.Verdict) -> String? {
    let findings = guest.findings.filter { $0.verdict == verdict }
    guard !findings.isEmpty else { return nil }
    return "\(findings.count)" + inChecks(Set(findings.map(\.check)).count, findings: findings.count)
  }

  /// One fold for each reason, the most frequent first.
  private func folds(of verdict: CheckResult.Verdict) -> [HTMLView] {
    ReasonGroup.groups(of: guest, verdict: verdict).map { group in
      fold(
        group.reason, checks: group.checks.count,
        group.findings.map { finding in
          line(
            finding.check, verdict, finding.severity.rawValue,
            subject: finding.subjectUnlessIn(group.reason) ?? "")
        })
    }
  }

  private var blockedFolds: [HTMLView] {
    grouped(blocked) { $0.reason ?? "" }.map { reason, verdicts in
      fold(
        reason, checks: verdicts.count,
        verdicts.map { line($0.check, .blocked, "", subject: $0.subject ?? "") })
    }
  }

  private func fold(_ reason: String, checks: Int, _ lines: [HTMLView]) -> HTMLView {
    let size = (checks == lines.count ? "" : "\(lines.count) in ") + counted(checks, "check")
    return ["reason": reason, "size": size, "lines": lines, "isOpen": lines.count <= 3]
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
    guest.coverage.notApplicableReasons.map { ["reason": $0.reason, "size": $0.count] }
  }
}
