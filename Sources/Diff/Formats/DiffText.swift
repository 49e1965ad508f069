import Baselines
import Reports

/// For a terminal: what matters for a release first, each section on a few lines.
public enum DiffText: DiffFormat {
  public static let name = "text"
  public static let isForPeople = true

  /// Changes of a topic that are shown; the rest is counted.
  static let shownChanges = 12

  public static func render(_ report: DiffReport, _ style: TextStyle) throws -> String {
    var page = TextPage(style)
    let conclusion = report.conclusion
    for pair in report.pairs {
      head(pair, &page)
      for section in pair.sections { self.section(section, &page) }
    }
    page.blank()
    page.rule()
    page.paragraph(
      conclusion.word.rawValue + "  ", tone: conclusion.word == .pass ? .good : .bad,
      conclusion.reasons.joined(separator: "; "))
    return page.text
  }

  private static func head(_ pair: DiffReport.GuestPair, _ page: inout TextPage) {
    page.row("old", "\(pair.old.target): \(pair.old.name)")
    page.row("new", "\(pair.new.target): \(pair.new.name)")
    if pair.sections.isEmpty { page.paragraph("no change") }
  }

  private static func section(_ section: DiffReport.Section, _ page: inout TextPage) {
    let count = section.topics.map(\.changes.count).reduce(0, +)
    page.heading(section.name.rawValue.uppercased(), counted(count, "change"), tone: .strong)
    for topic in section.topics { self.topic(topic, &page) }
  }

  private static func topic(_ topic: DiffReport.Topic, _ page: inout TextPage) {
    if let reason = topic.notCompared {
      page.paragraph("? ", tone: .notice, "\(topic.title) not compared: \(reason)")
    }
    for change in topic.changes.prefix(shownChanges) { self.change(change, &page) }
    let rest = topic.changes.count - shownChanges
    if rest > 0 { page.paragraph("  ", "and \(rest) more of \(topic.title)") }
    for churn in topic.churn {
      page.paragraph("  ", tone: .faint, "\(churn.count) expected: \(churn.reason)")
    }
  }

  private static func change(_ change: DiffChange, _ page: inout TextPage) {
    let (sign, tone) = sign(change.kind)
    let words = [change.severity?.rawValue, change.check].compactMap { $0 }.joined(separator: " ")
    page.paragraph(
      "\(sign) ", tone: tone, (words.isEmpty ? "" : words + "  ") + change.subject + values(change))
    if let note = change.note { page.paragraph("    ", note) }
  }

  private static func values(_ change: DiffChange) -> String {
    switch (change.old?.text, change.new?.text) {
    case (let old?, let new?): "  \(old) -> \(new)"
    case (let value?, nil), (nil, let value?): value.isEmpty ? "" : "  \(value)"
    case (nil, nil): ""
    }
  }

  private static func sign(_ kind: DiffChange.Kind) -> (String, TextPage.Tone) {
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
