import Baselines
import Reports

/// One page for a browser or a printer, old and new side by side, in the order of consequence.
public enum DiffHTML: DiffFormat {
  public static let name = "html"

  /// Changes of a topic that are shown before the rest is folded.
  private static let shown = 30

  public static func render(_ report: DiffReport, _ style: TextStyle) throws -> String {
    let page = try HTMLPage(
      [
        "diff": PackageResources.diff_mustache, "side": PackageResources.side_mustache,
        "change": PackageResources.change_mustache,
      ], style: PackageResources.diff_css)
    let title =
      "\(report.conclusion.word.rawValue): \(report.pairs.first.map(name) ?? "no pair") (\(report.tool.name))"
    let view: HTMLView = [
      "verdict": verdictView(report.conclusion), "day": String(report.startedAt.prefix(10)),
      "pairs": report.pairs.enumerated().map { pair($1, "pair-\($0 + 1)") },
      "tool": "\(report.tool.name) \(report.tool.version)", "startedAt": report.startedAt,
    ]
    return page.render("diff", title: title, tool: report.tool, view)
  }

  private static func name(_ pair: DiffReport.GuestPair) -> String {
    "\(pair.old.target) → \(pair.new.target)"
  }

  private static func pair(_ pair: DiffReport.GuestPair, _ anchor: String) -> HTMLView {
    let told = pair.sections.filter { $0.topics.contains { !$0.changes.isEmpty || !$0.churn.isEmpty } }
    let overview = DiffOverview.sections(pair).map { line -> HTMLView in
      ["title": line.word.capitalized, "anchor": "\(anchor)-\(line.word)", "words": line.words]
    }
    return [
      "old": side(pair.old, "Old"), "new": side(pair.new, "New"),
      "overview": overview, "hasOverview": !overview.isEmpty,
      "sections": told.map { section($0, "\(anchor)-\($0.name.rawValue)") },
      "same": told.isEmpty ? pair.sameWords : nil,
      "gaps": pair.gaps.map(\.words),
    ]
  }

  private static func side(_ side: DiffReport.Side, _ word: String) -> HTMLView {
    var identity = [side.source, side.architecture ?? "", "as of \(side.asOf)"]
    identity += side.baselines.map { "\($0.id) \($0.version)" }
    let coverage = Dials.bounded(side.coverage)
    var dials = [
      Dials.ring("Coverage", percent: coverage, text: percentText(coverage), note: "of what was asked")
    ]
    if let score = side.score.map(Dials.bounded) {
      dials.insert(
        Dials.ring("Score", percent: score, text: String(Int(score.rounded())), note: "of 100"), at: 0)
    }
    return [
      "word": word, "target": side.target, "system": side.name, "identity": identity.filter { !$0.isEmpty },
      "dials": dials, "severities": Dials.severities(side.findings),
    ]
  }

  private static func section(_ section: DiffReport.Section, _ anchor: String) -> HTMLView {
    [
      "anchor": anchor, "title": section.name.rawValue.capitalized,
      "count": section.hasChanges ? section.count : nil,
      "topics": section.topics.filter { !$0.changes.isEmpty || !$0.churn.isEmpty }.map(topic),
    ]
  }

  private static func topic(_ topic: DiffReport.Topic) -> HTMLView {
    let rows = topic.changes.map(change)
    let rest = Array(rows.dropFirst(shown))
    return [
      "title": topic.title, "count": rows.isEmpty ? nil : rows.count,
      "hasRows": !rows.isEmpty, "rows": Array(rows.prefix(shown)), "rest": rest,
      "restCount": rest.isEmpty ? nil : rest.count,
      "churn": topic.churn.map { ["count": $0.count, "reason": $0.reason] as HTMLView },
    ]
  }

  private static func change(_ change: DiffChange) -> HTMLView {
    [
      "kind": change.kind.rawValue, "severity": change.severity?.rawValue, "check": change.check,
      "subject": change.subject, "note": change.note, "before": value(change.old), "after": value(change.new),
    ]
  }

  private static func value(_ value: DiffChange.Value?) -> HTMLView? {
    guard let value else { return nil }
    let place = value.path.map { path in value.line.map { "\(path):\($0)" } ?? path }
    return ["text": value.text, "place": place, "origin": value.origin]
  }
}
