import Baselines

/// For spreadsheets (RFC 4180): a line for every finding, and one for every check that has none.
public enum CSVFormat: ReportFormat {
  public static let name = "csv"
  public static let summary = "for spreadsheets: a line a finding, and the checks that have none"

  private static let columns = [
    "target", "root", "check", "verdict", "severity", "title", "subject", "expected", "actual", "reason",
    "place", "blocks", "waiver", "fingerprint",
  ]

  public static func render(_ report: Report, _ style: TextStyle) -> String {
    let checks = report.checksByID
    var lines = [line(columns)]
    for target in report.targets {
      if target.status == .failed {
        lines.append(line([target.target, "", "", "failed"] + empty(5) + [target.error ?? ""] + empty(4)))
      }
      for guest in target.guests {
        let told = Set(guest.findings.map(\.check))
        lines += guest.findings.map { finding in
          line(
            [target.target, guest.root] + cells(of: finding, title: checks[finding.check]?.title ?? ""))
        }
        for verdict in guest.verdicts where !told.contains(verdict.check) {
          let check = checks[verdict.check]
          lines.append(
            line(
              [
                target.target, guest.root, verdict.check, verdict.verdict.rawValue,
                check?.severity.rawValue ?? "", check?.title ?? "", verdict.subject ?? "", "", "",
                verdict.reason ?? "",
              ] + empty(4)))
        }
      }
    }
    return lines.joined()
  }

  private static func cells(of finding: GuestReport.Finding, title: String) -> [String] {
    [
      finding.check, finding.verdict.rawValue, finding.severity.rawValue, title, finding.subject,
      finding.expected, finding.actual, finding.reason ?? "",
      finding.evidence.compactMap(\.place).joined(separator: " "), finding.blocks.joined(separator: " "),
      finding.waiver.map { "until \($0.expires), \($0.owner): \($0.reason)" } ?? "", finding.fingerprint,
    ]
  }

  private static func empty(_ count: Int) -> [String] { Array(repeating: "", count: count) }

  private static func line(_ cells: [String]) -> String {
    cells.map(cell).joined(separator: ",") + "\r\n"
  }

  /// A cell that a spreadsheet takes as text: what begins like a formula gets an apostrophe before it.
  private static func cell(_ text: String) -> String {
    var text = printable(text)
    let rest = text.utf8.drop { $0 == UInt8(ascii: " ") }
    let isIndented = rest.count != text.utf8.count
    let isFormula = rest.first.map("=+-@|%".utf8.contains) == true
    if isFormula { text = "'" + text }
    guard isFormula || isIndented || text.utf8.contains(where: ",\"'".utf8.contains) else { return text }
    return "\"" + text.replacingScalars { $0 == "\"" ? "\"\"" : nil } + "\""
  }
}
