import Baselines

/// For the summary of a pipeline's step and for merge requests (GitHub Flavored Markdown).
public enum MarkdownFormat: ReportFormat {
  public static let name = "markdown"
  public static let summary = "for the summary of a pipeline's step or a merge request"
  public static let isForPeople = true

  /// Rows of one table; GitHub shows summaries of up to 1 MiB.
  private static let rowLimit = 200

  public static func render(_ report: Report, _ style: TextStyle) -> String {
    var lines = ["## Brinell: \(report.conclusion.word.rawValue)", "", sentence(report.conclusion), ""]
    lines += overview(report)
    for target in report.targets {
      for guest in target.guests {
        if report.targets.flatMap(\.guests).count > 1 {
          lines += ["### \(escaped(target.target)) (\(escaped(guest.root)))", ""]
        }
        lines += findings(of: guest, in: report)
        lines += open(of: guest)
        lines += waived(of: guest)
      }
    }
    let baselines = report.baselines.map { "\($0.id) \($0.version)" }.joined(separator: ", ")
    lines.append("Judged by \(escaped(baselines)), as of \(escaped(report.asOf)).")
    let sources = report.advisories.map { escaped($0.words(asOf: report.asOf)) }
    if !sources.isEmpty { lines += ["", "Advisories: " + sources.joined(separator: "; ") + "."] }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func sentence(_ conclusion: Conclusion) -> String {
    escaped(conclusion.reasons.joined(separator: "; ")) + "."
  }

  private static func overview(_ report: Report) -> [String] {
    var lines = table([
      "Image", "System", "Verdict", "Critical", "High", "Medium", "Low", "Coverage", "Score",
    ])
    for target in report.targets {
      let word = report.conclusion(of: target).word.rawValue
      if target.guests.isEmpty {
        lines.append(row([target.target, target.error ?? "", word, "", "", "", "", "", ""]))
      }
      for guest in target.guests {
        let findings = guest.summary.findings
        lines.append(
          row(
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
  private static func findings(of guest: GuestReport, in report: Report) -> [String] {
    let groups = FindingGroup.groups(of: guest, in: report, verdict: .fail)
    return Severity.allCases.reversed().flatMap { severity -> [String] in
      let part = groups.filter { $0.severity == severity }
      guard !part.isEmpty else { return [] }
      let count = part.map(\.findings.count).reduce(0, +)
      let rows = part.prefix(rowLimit).map { row(cells(of: $0)) }
      let more = part.count > rowLimit ? ["", "and \(part.count - rowLimit) more checks"] : []
      return folded(
        "\(severity.rawValue.capitalized): \(counted(count, "finding"))", isOpen: severity >= .high,
        table(["Check", "Found", "Expected", "Where"]) + rows + more)
    }
  }

  private static func cells(of group: FindingGroup) -> [String] {
    let first = group.findings[0]
    var found = [first.subjectUnlessIn(first.actual), first.actual].compactMap { $0 }.joined(separator: ": ")
    if group.findings.count > 1 { found += ", and \(group.findings.count - 1) more" }
    if !group.blocks.isEmpty { found += "; blocks \(counted(group.blocks.count, "check"))" }
    return [
      group.check.id + (group.check.title.isEmpty ? "" : ": " + group.check.title), found, first.expected,
      first.evidence.first?.place ?? "",
    ]
  }

  private static func open(of guest: GuestReport) -> [String] {
    let open = guest.coverage.unanswered
    guard !open.isEmpty else { return [] }
    let rows = open.prefix(rowLimit).map { row([$0.check, $0.reason]) }
    let more = open.count > rowLimit ? ["", "and \(open.count - rowLimit) more checks"] : []
    return folded(
      "Not decided: \(counted(open.count, "check"))", isOpen: false, table(["Check", "Reason"]) + rows + more)
  }

  private static func waived(of guest: GuestReport) -> [String] {
    let waived = guest.findings.filter { $0.verdict == .waived }
    guard !waived.isEmpty else { return [] }
    let rows = waived.prefix(rowLimit).map { finding in
      row([
        finding.check, finding.subject, finding.waiver?.reason ?? "", finding.waiver?.owner ?? "",
        finding.waiver?.expires ?? "",
      ])
    }
    return folded(
      "Waived: \(counted(waived.count, "finding"))", isOpen: false,
      table(["Check", "Subject", "Reason", "Owner", "Until"]) + rows)
  }

  private static func folded(_ title: String, isOpen: Bool, _ lines: [String]) -> [String] {
    ["<details\(isOpen ? " open" : "")><summary>\(title)</summary>", ""] + lines + ["", "</details>", ""]
  }

  private static func table(_ titles: [String]) -> [String] {
    [row(titles), "|" + String(repeating: " --- |", count: titles.count)]
  }

  private static func row(_ cells: [String]) -> String {
    "| " + cells.map { escaped(printable($0, limit: 300)) }.joined(separator: " | ") + " |"
  }

  /// Text that is nothing but text: every character with a meaning in Markdown or HTML becomes a character
  /// reference, mentions and links included.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for character in printable(text) {
      if "&<>|`*_~[]()#@!\\$^:".contains(character), let scalar = character.unicodeScalars.first {
        // A colon matters only in an address.
        result +=
          character == ":" && !result.hasSuffix("http") && !result.hasSuffix("https")
          ? ":" : "&#\(scalar.value);"
      } else {
        result.append(character)
      }
    }
    // `www.` at the start of a word makes a link too (GFM, 6.9).
    return result.replacing("www.", with: "www&#46;")
  }
}
