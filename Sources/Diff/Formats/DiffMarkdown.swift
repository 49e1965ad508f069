import Baselines
import Reports

/// For a release note or a comment on a pull request: the consequence first, long tables folded, and no more than GitHub
/// takes.
public enum DiffMarkdown: DiffFormat {
  public static let name = "markdown"
  public static let isForPeople = true

  /// A comment on GitHub has 65 536 characters at most.
  static let sizeLimit = 65_536
  private static let rowLimit = 50
  /// Tables with more rows are folded.
  private static let openRows = 12

  public static func render(_ report: DiffReport, _ style: TextStyle) throws -> String {
    let conclusion = report.conclusion
    var page = MarkdownPage(limit: sizeLimit)
    let reasons = conclusion.reasons.joined(separator: "; ")
    page.add(
      [
        "## Brinell: \(conclusion.word.rawValue)", "",
        MarkdownText.paragraph(clipped(reasons, 2000)) + ".", "",
      ], title: "the verdict")
    for pair in report.pairs {
      page.add(overview(pair), title: "the overview")
      let titles = Dictionary(report.checks.map { ($0.id, $0.title) }) { first, _ in first }
      for section in pair.sections {
        for topic in section.topics { add(topic, of: section.name, titles, to: &page) }
      }
    }
    return page.text(hint: "All of it: brinell diff --format json.")
  }

  private static func clipped(_ text: String, _ limit: Int) -> String { printable(text, limit: limit) }

  private static func overview(_ pair: DiffReport.GuestPair) -> [String] {
    func row(_ word: String, _ value: (DiffReport.Side) -> String) -> String {
      MarkdownText.row([word, value(pair.old), value(pair.new)])
    }
    var lines = MarkdownText.head(["", "Before", "After"])
    lines += [
      row("Image", \.target), row("System", \.name), row("Findings") { $0.findings.phrase },
      row("Coverage") { percentText($0.coverage) },
    ]
    if pair.old.score != nil || pair.new.score != nil {
      lines.append(row("Score") { $0.score.map(scoreText) ?? "none" })
    }
    let changes = DiffOverview.sections(pair).map { line in
      "- **\(line.word)**: " + MarkdownText.paragraph(clipped(line.words, 1000))
    }
    let told = changes.isEmpty ? ["Nothing has changed."] : changes
    let gaps = pair.gaps.flatMap { gap in
      [MarkdownText.paragraph(clipped("Not compared: \(gap.words).", 1000)), ""]
    }
    return lines + [""] + told + [""] + gaps
  }

  private static func add(
    _ topic: DiffReport.Topic, of section: DiffReport.SectionName, _ titles: [String: String],
    to page: inout MarkdownPage
  ) {
    if section == .verdicts {
      for kind in [DiffChange.Kind.new, .changed, .undecided, .waived, .fixed] {
        page.add(findings(topic.changes.filter { $0.kind == kind }, kind, titles))
      }
    } else {
      page.add(changes(topic, of: section))
    }
    let notes = topic.churn.map { "\($0.count) expected: \($0.reason)" }
    if !notes.isEmpty {
      let line = clipped("\(topic.title): \(notes.joined(separator: "; "))", 1000)
      page.add([MarkdownText.paragraph(line), ""], title: "notes on \(topic.title)")
    }
  }

  private static func findings(
    _ changes: [DiffChange], _ kind: DiffChange.Kind, _ titles: [String: String]
  ) -> MarkdownPage.Table {
    let rows = changes.map { change -> [String] in
      let check = change.check ?? ""
      let title = titles[check].flatMap { $0.isEmpty ? nil : ": \($0)" } ?? ""
      let value = kind == .fixed ? change.old : change.new
      let text = value?.text ?? ""
      let subject =
        change.subject.isEmpty || text.contains(change.subject) ? text : "\(change.subject): \(text)"
      return [change.severity?.rawValue ?? "", check + title, subject, place(value)]
    }
    return MarkdownPage.Table(
      "\(kind.title): \(counted(changes.count, "finding"))", isOpen: kind == .new,
      columns: ["Severity", "Check", "Found", "Where"], rows: rows, limit: kind == .new ? 200 : rowLimit,
      noun: "finding")
  }

  private static func changes(
    _ topic: DiffReport.Topic, of section: DiffReport.SectionName
  ) -> MarkdownPage.Table {
    let isGrave = section == .privilege || section == .exposure
    return MarkdownPage.Table(
      "\(section.rawValue.capitalized), \(topic.title): \(counted(topic.changes.count, "change"))",
      isOpen: isGrave && topic.changes.count <= openRows, columns: ["", "What", "Before", "After"],
      rows: topic.changes.map { change in
        let note = change.note.map { " (\($0))" } ?? ""
        return [
          change.kind.rawValue, change.subject + note, change.old?.text ?? "", change.new?.text ?? "",
        ]
      }, limit: rowLimit, noun: "change")
  }

  private static func place(_ value: DiffChange.Value?) -> String {
    guard let path = value?.path else { return "" }
    return value?.line.map { "\(path):\($0)" } ?? path
  }
}

extension DiffChange.Kind {
  /// Over a table of findings.
  fileprivate var title: String {
    switch self {
    case .new: "New"
    case .changed: "Changed"
    case .undecided: "Not decided any more"
    case .waived: "Newly waived"
    case .fixed: "Fixed"
    default: rawValue.capitalized
    }
  }
}
