import Baselines
import Reports

/// One line for each section: what a release engineer reads first.
enum DiffOverview {
  static func add(_ pair: DiffReport.GuestPair, _ page: inout TextPage) {
    guard !pair.sections.isEmpty else { return }
    page.blank()
    for section in pair.sections {
      page.row(section.name.rawValue, column: 15, words(section))
    }
    let names = Set(pair.sections.map(\.name))
    let rest = DiffReport.SectionName.allCases.filter { !names.contains($0) }.map(\.rawValue)
    if !rest.isEmpty { page.row("no change", column: 15, rest.joined(separator: ", ")) }
  }

  private static func words(_ section: DiffReport.Section) -> String {
    var parts: [String] = []
    for topic in section.topics where !topic.changes.isEmpty {
      let title = topic.title == section.name.rawValue || section.name == .verdicts ? "" : "\(topic.title) "
      switch section.name {
      case .size: parts.append(growth(topic))
      case .files where topic.name == FilesTopic.name: parts.append(files(topic))
      default: parts.append(title + counts(topic.changes))
      }
    }
    let churn = section.topics.flatMap(\.churn).map(\.count).reduce(0, +)
    if churn > 0 { parts.append("\(churn) expected") }
    let unknown = section.topics.filter { $0.notCompared != nil }.map(\.title)
    if unknown.count == 1 { parts.append("\(unknown[0]) not fully compared") }
    if unknown.count > 1 { parts.append("\(unknown.count) topics not fully compared") }
    return parts.joined(separator: "; ")
  }

  /// `1 new (medium), 3 fixed`, `190 upgraded, 39 added`.
  private static func counts(_ changes: [DiffChange]) -> String {
    DiffChange.Kind.byConsequence.compactMap { kind in
      let found = changes.filter { $0.kind == kind }
      guard !found.isEmpty else { return nil }
      return "\(found.count) \(kind.rawValue)" + (kind == .new ? severities(found) : "")
    }.joined(separator: ", ")
  }

  private static func severities(_ changes: [DiffChange]) -> String {
    let words = Severity.allCases.sorted(by: >).compactMap { severity in
      let count = changes.filter { $0.severity == severity }.count
      return count == 0 ? nil : "\(count) \(severity.rawValue)"
    }
    return " (\(words.joined(separator: ", ")))"
  }

  private static func growth(_ topic: DiffReport.Topic) -> String {
    let whole = topic.changes.first { $0.subject == "/" }
    guard let before = whole?.old?.bytes, let after = whole?.new?.bytes else {
      return "\(topic.changes.count) directories by \(sizeText(SizeTopic.threshold)) or more"
    }
    return String(DiffText.sizes(before, after).dropFirst(2))
  }

  private static func files(_ topic: DiffReport.Topic) -> String {
    let all = topic.changes.compactMap(\.files)
    let counts: [(Int, String)] = [
      (all.map(\.added).reduce(0, +), "added"), (all.map(\.removed).reduce(0, +), "removed"),
      (all.map(\.changed).reduce(0, +), "changed"),
      (all.map { $0.moved + $0.movedIn }.reduce(0, +), "moved"),
    ]
    return counts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
  }
}

extension DiffChange.Kind {
  /// What a reader wants to know first.
  static let byConsequence: [DiffChange.Kind] = [
    .new, .downgraded, .removed, .added, .changed, .undecided, .waived, .fixed, .moved, .upgraded,
  ]
}
