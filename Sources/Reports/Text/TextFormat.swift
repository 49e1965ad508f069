import Baselines

/// For people at a terminal: the verdict first, then what matters most.
public enum TextFormat: ReportFormat {
  public static let name = "text"
  public static let summary = "for people, as wide as the terminal"
  public static let isForPeople = true

  public static func render(_ report: Report, _ style: TextStyle) -> String {
    var page = TextPage(style)
    // What was not judged has nothing to read between the verdict at the top and the one at the end.
    if report.targets.count == 1, report.targets[0].guests.isEmpty, report.targets[0].disks.isEmpty {
      addConclusion(report.conclusion, to: &page, note: exitStatus(of: report))
      return page.text
    }
    addConclusion(report.conclusion, to: &page)
    if report.targets.count > 1 { addTable(of: report, to: &page) }
    for target in report.targets {
      if report.targets.count > 1 {
        page.heading(target.target, "", tone: .strong)
        addConclusion(report.conclusion(of: target), to: &page)
      }
      add(target, of: report, style, to: &page)
    }
    addClosing(report, style, to: &page)
    return page.text
  }

  private static func addConclusion(_ conclusion: Conclusion, to page: inout TextPage, note: String = "") {
    page.paragraph(
      conclusion.word.rawValue + ": ", tone: conclusion.word.tone,
      conclusion.reasons.joined(separator: "; ") + note)
  }

  /// One line a target, so that the bad ones are seen without reading on.
  private static func addTable(of report: Report, to page: inout TextPage) {
    page.blank()
    let column = min(40, (report.targets.map { printable($0.target).count }.max() ?? 0) + 2)
    for target in report.targets {
      let conclusion = report.conclusion(of: target)
      page.clipped(
        conclusion.word.rawValue.padded(to: 12), tone: conclusion.word.tone,
        printable(target.target).padded(to: column) + (target.errorBesidesName ?? target.findings.phrase))
    }
  }

  private static func add(
    _ target: TargetReport, of report: Report, _ style: TextStyle, to page: inout TextPage
  ) {
    let overview = TextOverview(target: target, report: report)
    overview.addHeadlines(to: &page)
    if !target.disks.isEmpty || !target.guests.isEmpty { page.blank() }
    overview.addImage(to: &page)
    for (number, guest) in target.guests.enumerated() {
      if target.guests.count > 1 {
        page.heading(
          "SYSTEM \(number + 1) OF \(target.guests.count)", "\(guest.name) on \(guest.root)", tone: .strong)
      }
      overview.add(guest, to: &page)
      TextFindings(guest: guest, report: report, explains: style.explains).add(to: &page)
      TextGaps(guest, of: target, in: report, explains: style.explains).add(to: &page)
    }
  }

  private static func addClosing(_ report: Report, _ style: TextStyle, to page: inout TextPage) {
    page.blank()
    page.rule()
    if report.targets.flatMap(\.guests).contains(where: { !$0.findings.isEmpty }) {
      let more =
        style.explains
        ? "" : "Why a check matters and how to mend it: --explain, or brinell baseline explain CHECK. "
      page.paragraph(more + "All places and values: --format json.")
    }
    addConclusion(report.conclusion, to: &page, note: exitStatus(of: report))
  }

  private static func exitStatus(of report: Report) -> String {
    " (exit status \(report.conclusion.word.exitStatus))"
  }
}

extension TargetReport {
  /// The error where the target is named already.
  fileprivate var errorBesidesName: String? {
    guard let error else { return nil }
    return error.hasPrefix(target + ": ") ? String(error.dropFirst(target.count + 2)) : error
  }
}

extension Conclusion.Word {
  var tone: TextPage.Tone {
    switch self {
    case .pass: .good
    case .fail: .bad
    case .incomplete: .warning
    }
  }
}

extension Summary.Findings {
  /// `3 critical, 12 high`; `nothing failed`.
  package var phrase: String {
    let parts = Severity.allCases.reversed().filter { self[$0] > 0 }.map { "\(self[$0]) \($0.rawValue)" }
    return parts.isEmpty ? "nothing failed" : parts.joined(separator: ", ")
  }
}
