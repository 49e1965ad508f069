import Baselines
import Reports

/// For a terminal: the first screen says what matters for a release, then each section follows on a few lines.
public enum DiffText: DiffFormat {
  public static let name = "text"
  public static let isForPeople = true

  /// Changes of a topic that are shown one by one; more are counted.
  static let shownChanges = 10
  /// Lines that a list of names may take.
  static let listLines = 3

  public static func render(_ report: DiffReport, _ style: TextStyle) throws -> String {
    var page = TextPage(style)
    let conclusion = report.conclusion
    for pair in report.pairs { head(pair, &page) }
    verdict(conclusion, &page)
    for pair in report.pairs { DiffOverview.add(pair, &page) }
    for pair in report.pairs {
      if report.pairs.count > 1 { page.heading("", pair.new.name, tone: .strong) }
      for section in pair.sections { self.section(section, &page) }
    }
    guard report.pairs.contains(where: { !$0.sections.isEmpty }) else { return page.text }
    page.blank()
    page.rule()
    verdict(conclusion, &page)
    return page.text
  }

  private static func verdict(_ conclusion: Conclusion, _ page: inout TextPage) {
    page.paragraph(
      conclusion.word.rawValue + "  ", tone: conclusion.word == .pass ? .good : .bad,
      conclusion.reasons.joined(separator: "; "))
  }

  private static func head(_ pair: DiffReport.GuestPair, _ page: inout TextPage) {
    page.row("old", "\(pair.old.target): \(pair.old.name)")
    page.row("new", "\(pair.new.target): \(pair.new.name)")
    if pair.changes.isEmpty { page.paragraph("no change") }
  }

  private static func section(_ section: DiffReport.Section, _ page: inout TextPage) {
    let count = section.topics.map(\.changes.count).reduce(0, +)
    page.heading(section.name.rawValue.uppercased(), counted(count, "change"), tone: .strong)
    notCompared(section, &page)
    for topic in section.topics { self.topic(topic, section.topics.count > 1, &page) }
  }

  /// One line for each reason.
  private static func notCompared(_ section: DiffReport.Section, _ page: inout TextPage) {
    var titles: [String: [String]] = [:]
    for topic in section.topics {
      if let reason = topic.notCompared { titles[reason, default: []].append(topic.title) }
    }
    for (reason, titles) in titles.sorted(by: { $0.key < $1.key }) {
      page.paragraph("? ", tone: .notice, "\(titles.joined(separator: ", ")) not compared: \(reason)")
    }
  }

  private static func topic(_ topic: DiffReport.Topic, _ isTitled: Bool, _ page: inout TextPage) {
    if isTitled, !topic.changes.isEmpty { page.paragraph(topic.title) }
    let isList = topic.name == FileListTopic.name
    var shown = 0
    for group in isList ? topic.changes.map({ [$0] }) : DiffChangeGroups.groups(topic.changes) {
      if group.count > 1 {
        DiffChangeGroups.add(group, &page)
      } else if isList || shown < shownChanges {
        change(group[0], &page)
        shown += 1
      } else {
        shown += 1
      }
    }
    if !isList, shown > shownChanges {
      page.paragraph("  ", "and \(shown - shownChanges) more of \(topic.title)")
    }
    for churn in topic.churn {
      page.paragraph("  ", tone: .faint, "\(churn.count) expected: \(churn.reason)")
    }
  }

  private static func change(_ change: DiffChange, _ page: inout TextPage) {
    let (sign, tone) = sign(change.kind)
    let words = [change.severity?.rawValue, change.check].compactMap { $0 }.joined(separator: " ")
    page.paragraph(
      "\(sign) ", tone: tone, (words.isEmpty ? "" : words + "  ") + change.subject + values(change))
    if let note = change.note { page.paragraph("    ", printable(note, limit: listLines * page.width)) }
  }

  static func values(_ change: DiffChange) -> String {
    switch (change.old, change.new) {
    case (let old?, let new?):
      if let before = old.bytes, let after = new.bytes { return sizes(before, after) }
      if change.kind == .changed, let before = old.severity, let after = new.severity {
        return "  was \(before.rawValue), is \(after.rawValue): \(clipped(new.text))"
      }
      return "  \(clipped(old.text)) -> \(clipped(new.text))"
    case (let value?, nil), (nil, let value?): return value.text.isEmpty ? "" : "  \(clipped(value.text))"
    case (nil, nil): return ""
    }
  }

  /// `1.0 MiB -> 3.0 MiB (+2.0 MiB)`, nothing where the size is the same.
  static func sizes(_ before: Int64, _ after: Int64) -> String {
    guard before != after else { return "" }
    let growth = Int64(clamping: (after &- before).magnitude)
    return "  \(sizeText(before)) -> \(sizeText(after)) (\(after > before ? "+" : "-")\(sizeText(growth)))"
  }

  private static func clipped(_ text: String) -> String { printable(text, limit: 160) }

  static func sign(_ kind: DiffChange.Kind) -> (String, TextPage.Tone) {
    switch kind {
    case .added: ("+", .calm)
    case .removed: ("-", .calm)
    case .changed: ("~", .notice)
    case .moved: (">", .faint)
    case .upgraded: ("^", .calm)
    case .downgraded: ("v", .warning)
    case .new: ("! new", .bad)
    case .fixed: ("fixed", .good)
    case .waived: ("waived", .faint)
    case .undecided: ("? undecided", .notice)
    }
  }
}
