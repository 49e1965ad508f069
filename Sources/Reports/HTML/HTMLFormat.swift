import Baselines

/// One page for a browser or a printer; see `HTMLPage` for what it never does.
public enum HTMLFormat: ReportFormat {
  public static let name = "html"
  public static let summary = "one page for a browser or a printer"

  public static func render(_ report: Report, _ style: TextStyle) throws -> String {
    let page = try HTMLPage([
      "report": PackageResources.report_mustache, "target": PackageResources.target_mustache,
      "storage": PackageResources.storage_mustache, "guest": PackageResources.guest_mustache,
      "findings": PackageResources.findings_mustache, "finding": PackageResources.finding_mustache,
      "gaps": PackageResources.gaps_mustache, "check": PackageResources.check_mustache,
      "filters": PackageResources.filters_mustache, "areas": PackageResources.areas_mustache,
      "inventory": PackageResources.inventory_mustache,
      "vulnerabilities": PackageResources.vulnerabilities_mustache,
    ])
    let names = report.targets.map(\.target)
    let title = "\(report.conclusion.word.rawValue): \(list(names, limit: 3)) (\(report.tool.name))"
    return page.render("report", title: title, tool: report.tool, view(of: report))
  }

  private static func view(of report: Report) -> HTMLView {
    let targets = report.targets.enumerated().map { TargetPage($1, number: $0 + 1, of: report) }
    let several = targets.count > 1
    let isOneGuest = report.targets.flatMap(\.guests).count == 1
    return [
      "asOf": report.asOf, "startedAt": report.startedAt, "duration": secondsText(report.durationSeconds),
      "baselines": list(report.baselines.map { "\($0.id) \($0.version)" }, limit: 6),
      "conclusion": several ? verdictView(report.conclusion) : nil,
      "rows": targets.map(\.row),
      "filtersOfAll": isOneGuest ? nil : filters(report),
      "targets": targets.map { $0.view(filters: isOneGuest ? filters(report) : nil) },
      "sources": report.advisories.map { $0.words(asOf: report.asOf) },
      "digests": report.baselines.map {
        ["name": "\($0.id) \($0.version)", "title": $0.title, "digest": $0.digest] as HTMLView
      },
      "tool": "\(report.tool.name) \(report.tool.version)", "gate": gateText(report.gate),
    ]
  }

  /// What the entries can be chosen by.
  private static func filters(_ report: Report) -> HTMLView {
    let areas = Set(report.checks.map { CheckArea(check: $0.id) }).sorted()
    return [
      "areas": areas.map { ["id": $0.id, "title": $0.title] as HTMLView },
      "severities": Severity.allCases.reversed().map(\.rawValue),
    ]
  }

  private static func gateText(_ gate: Gate) -> String {
    let coverage = "coverage of at least \(percentText(gate.minCoverage))"
    guard let limit = gate.failOn else { return coverage }
    return "no finding of severity \(limit.rawValue)\(limit == .critical ? "" : " or above"), \(coverage)"
  }
}

/// The verdict as the template of that name shows it.
package func verdictView(_ conclusion: Conclusion) -> HTMLView {
  let (kind, words) =
    switch conclusion.word {
    case .pass: ("pass", "Passed the gate")
    case .fail: ("fail", "Failed the gate")
    case .incomplete: ("incomplete", "Incomplete")
    }
  return ["kind": kind, "words": words, "reasons": conclusion.reasons]
}

/// `0.3 s`, `21 s`, `3 min 20 s`.
package func secondsText(_ seconds: Double) -> String {
  let seconds = seconds.isFinite ? min(max(0, seconds), 1e9) : 0
  if seconds < 10 { return "\(Double(Int((seconds * 10).rounded())) / 10) s" }
  let whole = Int(seconds.rounded())
  return whole < 60 ? "\(whole) s" : "\(whole / 60) min \(whole % 60) s"
}
