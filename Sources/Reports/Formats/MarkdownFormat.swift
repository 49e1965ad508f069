import Baselines

/// For the summary of a pipeline's step and for merge requests (GitHub Flavored Markdown).
public enum MarkdownFormat: ReportFormat {
  public static let name = "markdown"
  public static let summary = "for the summary of a pipeline's step or a merge request"
  public static let isForPeople = true

  /// GitHub shows summaries of up to 1 MiB.
  private static let sizeLimit = 1 << 20

  public static func render(_ report: Report, _ style: TextStyle) -> String {
    var page = MarkdownPage(limit: sizeLimit)
    page.add(
      ["## Brinell: \(report.conclusion.word.rawValue)", "", sentence(report.conclusion), ""]
        + overview(report),
      title: "the overview")
    for target in report.targets {
      for guest in target.guests {
        if report.targets.flatMap(\.guests).count > 1 {
          let title = "\(target.target) (\(guest.root))"
          page.add(["### " + MarkdownText.escaped(title), ""], title: title)
        }
        if let words = report.sinceWords(of: guest) {
          page.add([MarkdownText.paragraph(words), ""], title: words)
        }
        for table in findings(of: guest, in: report) { page.add(table) }
        page.add(open(of: guest))
        page.add(waived(of: guest))
      }
    }
    page.add(closing(report), title: "by what was judged")
    return page.text(hint: "All of it: --format json.")
  }

  private static func sentence(_ conclusion: Conclusion) -> String {
    MarkdownText.escaped(conclusion.reasons.joined(separator: "; ")) + "."
  }

  private static func overview(_ report: Report) -> [String] {
    var lines = MarkdownText.head([
      "Image", "System", "Verdict", "Critical", "High", "Medium", "Low", "Coverage", "Score",
    ])
    for target in report.targets {
      let word = report.conclusion(of: target).word.rawValue
      if target.guests.isEmpty {
        lines.append(MarkdownText.row([target.target, target.error ?? "", word, "", "", "", "", "", ""]))
      }
      for guest in target.guests {
        let findings = guest.summary.findings
        lines.append(
          MarkdownText.row(
            [target.target, guest.name, word]
              + [Severity.critical, .high, .medium, .low].map { String(findings[$0]) } + [
                percentText(guest.coverage.percent),
                guest.summary.score.map { String(Int($0.rounded())) } ?? "",
              ]))
      }
    }
    return lines + [""]
  }

  /// A table for each severity; the slight ones are folded away.
  private static func findings(of guest: GuestReport, in report: Report) -> [MarkdownPage.Table] {
    let groups = FindingGroup.groups(of: guest, in: report, verdict: .fail)
    return Severity.allCases.reversed().map { severity in
      let part = groups.filter { $0.severity == severity }
      let count = part.map(\.findings.count).reduce(0, +)
      return MarkdownPage.Table(
        "\(severity.rawValue.capitalized): \(counted(count, "finding"))", isOpen: severity >= .high,
        columns: ["Check", "Found", "Expected", "Where"], rows: part.map(cells))
    }
  }

  private static func cells(of group: FindingGroup) -> [String] {
    let first = group.findings[0]
    var found = first.found
    if group.findings.count > 1 { found += ", and \(group.findings.count - 1) more" }
    if !group.blocks.isEmpty { found += "; blocks \(counted(group.blocks.count, "check"))" }
    return [
      group.newPhrase + group.check.id + (group.check.title.isEmpty ? "" : ": " + group.check.title), found,
      first.expected, first.evidence.first?.place ?? "",
    ]
  }

  private static func open(of guest: GuestReport) -> MarkdownPage.Table {
    let open = guest.coverage.unanswered
    return MarkdownPage.Table(
      "Not decided: \(counted(open.count, "check"))", columns: ["Check", "Reason"],
      rows: open.map { [$0.check, $0.reason] })
  }

  private static func waived(of guest: GuestReport) -> MarkdownPage.Table {
    let waived = guest.findings.filter { $0.verdict == .waived }
    return MarkdownPage.Table(
      "Waived: \(counted(waived.count, "finding"))",
      columns: ["Check", "Subject", "Reason", "Owner", "Until"],
      rows: waived.map { finding in
        [
          finding.check, finding.subject, finding.waiver?.reason ?? "", finding.waiver?.owner ?? "",
          finding.waiver?.expires ?? "",
        ]
      }, noun: "finding")
  }

  private static func closing(_ report: Report) -> [String] {
    let baselines = report.baselines.map { "\($0.id) \($0.version)" }.joined(separator: ", ")
    let line = "Judged by \(MarkdownText.escaped(baselines)), as of \(MarkdownText.escaped(report.asOf))."
    let sources = report.advisories.map { MarkdownText.escaped($0.words(asOf: report.asOf)) }
    return [line] + (sources.isEmpty ? [] : ["", "Advisories: " + sources.joined(separator: "; ") + "."])
  }
}
