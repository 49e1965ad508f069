import Reports

/// SARIF 2.1.0 with the new findings alone: what a release adds, for code scanning.
public enum DiffSARIF: DiffFormat {
  public static let name = "sarif"

  public static func render(_ report: DiffReport, _ style: TextStyle) throws -> String {
    let results = report.pairs.flatMap { pair in
      pair.changes.filter { $0.section == .verdicts && $0.change.isNew(for: report.gate.failOn) }.map {
        result($0.change, pair.new, isOnly: report.pairs.count == 1)
      }
    }
    return SARIFLog(
      tool: report.tool, startedAt: report.startedAt, conclusion: report.conclusion, checks: report.checks,
      results: results, notifications: notifications(report)
    ).json.text
  }

  private static func result(_ change: DiffChange, _ side: DiffReport.Side, isOnly: Bool) -> SARIFResult {
    let system = "\(side.target) \(side.name)"
    let text = change.new?.text ?? ""
    let subject = change.subject.isEmpty || text.contains(change.subject) ? [] : [change.subject]
    var place = change.new?.path.map { SARIFResult.Place(path: $0, line: change.new?.line, text: "") }
    if place == nil, change.subject.hasPrefix("/") {
      place = SARIFResult.Place(path: change.subject, line: nil, text: "")
    }
    return SARIFResult(
      check: change.check ?? "brinell.finding", kind: .fail, severity: change.severity ?? .info,
      message: (subject + [text]).joined(separator: ": "), target: side.target, system: system,
      scope: isOnly ? "" : system, places: place.map { [$0] } ?? [], fingerprint: change.fingerprint ?? "",
      isNew: true)
  }

  private static func notifications(_ report: DiffReport) -> [SARIFLog.Notification] {
    report.problems.map { .init("error", $0) }
      + report.pairs.flatMap(\.sections).filter { $0.name == .verdicts }.flatMap(\.topics).compactMap {
        $0.notCompared.map { .init("warning", $0) }
      }
  }
}
