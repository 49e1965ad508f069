import Baselines
import Reports

/// For a terminal: the first screen says what matters for a release, then each section follows on a few lines.
public enum DiffText: DiffFormat {
  public static let name = "text"
  public static let isForPeople = true

  /// Lines that a list of names or a note may take.
  static let listLines = 3

  /// How much is shown of one topic.
  private struct Room {
    /// Changes that are shown one by one; more are counted.
    var changes: Int
    /// Lines that a list of names may take.
    var lines: Int

    /// Each of these can decide over a release.
    init(_ section: DiffReport.SectionName) {
      let isGrave = section == .privilege || section == .exposure
      (changes, lines) = isGrave ? (30, 12) : (10, listLines)
    }
  }

  public static func render(_ report: DiffReport, _ style: TextStyle) throws -> String {
    var page = TextPage(style)
    let conclusion = report.conclusion
    for pair in report.pairs { head(pair, &page) }
    verdict(conclusion, &page)
    for pair in report.pairs {
      let lines = DiffOverview.lines(pair)
      if !lines.isEmpty { page.blank() }
      for line in lines { page.row(line.word, column: 15, line.words) }
    }
    for pair in report.pairs {
      if report.pairs.count > 1 { page.heading("", pair.new.name, tone: .strong) }
      for section in pair.sections where section.hasChanges { self.section(section, &page) }
    }
    guard report.pairs.contains(where: { !$0.changes.isEmpty }) else { return page.text }
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
    if pair.changes.isEmpty {
      page.paragraph(pair.sameWords)
    }
  }

  private static func section(_ section: DiffReport.Section, _ page: inout TextPage) {
    page.heading(section.name.rawValue.uppercased(), counted(section.count, "change"), tone: .strong)
    let told = section.topics.filter { !$0.changes.isEmpty || !$0.churn.isEmpty }
    for topic in told {
      self.topic(topic, isTitled: told.count > 1, Room(section.name), &page)
    }
    if section.name == .files, !section.topics.contains(where: { $0.name == FileListTopic.name }) {
      page.paragraph("  ", tone: .faint, "--files lists every file")
    }
  }

  private static func topic(
    _ topic: DiffReport.Topic, isTitled: Bool, _ room: Room, _ page: inout TextPage
  ) {
    if isTitled, !topic.changes.isEmpty { page.paragraph(topic.title) }
    if topic.name == FileListTopic.name {
      for change in topic.changes { self.change(change, &page) }
    } else {
      var single = 0
      for group in DiffChangeGroups.groups(topic.changes) {
        if group.count > 1 {
          DiffChangeGroups.add(group, lines: room.lines, &page)
        } else {
          single += 1
          if single <= room.changes { change(group[0], &page) }
        }
      }
      if single > room.changes {
        page.paragraph("  ", "and \(single - room.changes) more of \(topic.title)")
      }
    }
    for churn in topic.churn {
      page.paragraph("  ", tone: .faint, "\(churn.count) expected: \(churn.reason)")
    }
  }

  private static func change(_ change: DiffChange, _ page: inout TextPage) {
    let (sign, tone) = sign(change.kind)
    let words = [change.severity?.rawValue, change.check].compactMap { $0 }.joined(separator: " ")
    page.paragraph(
      "\(sign) ", tone: tone,
      (words.isEmpty ? "" : words + "  ") + joined(change.subject, values(change), by: ": "))
    if let note = change.note { page.paragraph("    ", printable(note, limit: listLines * page.width)) }
  }

  /// What a thing is called and what is said of it.
  static func joined(_ subject: String, _ values: String, by separator: String) -> String {
    [subject, values].filter { !$0.isEmpty }.joined(separator: separator)
  }

  static func values(_ change: DiffChange) -> String {
    switch (change.old, change.new) {
    case (let old?, let new?):
      if let before = old.bytes, let after = new.bytes { return sizes(before, after) }
      if change.kind == .changed, let before = old.severity, let after = new.severity {
        return "was \(before.rawValue), is \(after.rawValue): \(clipped(new.text))"
      }
      if old.text.isEmpty { return "now also \(clipped(new.text))" }
      if new.text.isEmpty { return "no longer \(clipped(old.text))" }
      return "\(clipped(old.text)) -> \(clipped(new.text))"
    case (let value?, nil), (nil, let value?): return clipped(value.text)
    case (nil, nil): return ""
    }
  }

  /// `1.0 MiB -> 3.0 MiB (+2.0 MiB)`, nothing where the size is the same.
  static func sizes(_ before: Int64, _ after: Int64) -> String {
    guard before != after else { return "" }
    let growth = Int64(clamping: (after &- before).magnitude)
    return "\(sizeText(before)) -> \(sizeText(after)) (\(after > before ? "+" : "-")\(sizeText(growth)))"
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
