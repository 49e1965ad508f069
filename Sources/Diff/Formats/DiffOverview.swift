import Baselines
import Reports

/// One line for each section: what a release engineer reads first.
enum DiffOverview {
  /// So many things of a kind are named, not only counted, where each of them can decide.
  private static let named = 3
  /// Bytes of a name.
  private static let nameLimit = 48
  private static let namedSections: Set<DiffReport.SectionName> = [.verdicts, .privilege, .exposure]

  /// What changed of one thing.
  struct Line: Hashable {
    var word: String
    var words: String
    /// The section that it sums up.
    var section: DiffReport.SectionName?
  }

  /// Score and coverage where they moved, sections with changes, what was not compared, and what is the same.
  static func lines(_ pair: DiffReport.GuestPair) -> [Line] {
    guard !pair.sections.isEmpty else { return [] }
    var lines: [Line] = []
    if let score = transition(pair.old.score, pair.new.score, scoreText) {
      lines.append(Line(word: "score", words: score))
    }
    if let coverage = transition(pair.old.coverage, pair.new.coverage, percentText) {
      lines.append(Line(word: "coverage", words: coverage))
    }
    lines += sections(pair)
    lines += pair.gaps.enumerated().map { Line(word: $0 == 0 ? "not compared" : "", words: $1.words) }
    let named = Set(pair.sections.map(\.name))
    let rest = DiffReport.SectionName.allCases.filter { !named.contains($0) }.map(\.rawValue)
    if !rest.isEmpty { lines.append(Line(word: "no change", words: rest.joined(separator: ", "))) }
    return lines
  }

  /// One line for each section with something to say.
  static func sections(_ pair: DiffReport.GuestPair) -> [Line] {
    pair.sections.compactMap { section in
      let words = words(section)
      return words.isEmpty ? nil : Line(word: section.name.rawValue, words: words, section: section.name)
    }
  }

  /// `61 -> 64`; nil where both are the same.
  private static func transition(_ old: Double?, _ new: Double?, _ words: (Double) -> String) -> String? {
    let (before, after) = (old.map(words) ?? "none", new.map(words) ?? "none")
    return before == after ? nil : "\(before) -> \(after)"
  }

  private static func words(_ section: DiffReport.Section) -> String {
    var parts: [String] = []
    for topic in section.topics where !topic.changes.isEmpty {
      let title = topic.title == section.name.rawValue || section.name == .verdicts ? "" : "\(topic.title) "
      switch section.name {
      case .size: parts.append(growth(topic))
      case .files where topic.name == FilesTopic.name: parts.append(files(topic))
      case .files: break
      default: parts.append(title + counts(topic.changes, isNaming: namedSections.contains(section.name)))
      }
    }
    let churn = section.topics.flatMap(\.churn)
    if churn.isEmpty { return parts.joined(separator: "; ") }
    // Of a section without a change nothing else is shown.
    let reasons = churn.map { "\($0.count) \($0.reason)" }.joined(separator: ", ")
    parts.append("\(churn.map(\.count).reduce(0, +)) expected" + (parts.isEmpty ? " alone: \(reasons)" : ""))
    return parts.joined(separator: "; ")
  }

  /// `1 new (medium: ssh.root-login), 3 fixed`, `190 upgraded, 39 added`.
  private static func counts(_ changes: [DiffChange], isNaming: Bool) -> String {
    DiffChange.Kind.byConsequence.compactMap { kind in
      let found = changes.filter { $0.kind == kind }
      guard !found.isEmpty else { return nil }
      let details = [
        kind == .new ? severities(found) : "", isNaming && found.count <= named ? names(found) : "",
      ].filter { !$0.isEmpty }
      let words = "\(found.count) \(kind.rawValue)"
      return details.isEmpty ? words : words + " (\(details.joined(separator: ": ")))"
    }.joined(separator: ", ")
  }

  /// `medium`, `1 critical, 2 medium`.
  private static func severities(_ changes: [DiffChange]) -> String {
    let counts = Severity.allCases.sorted(by: >).compactMap { severity in
      let count = changes.filter { $0.severity == severity }.count
      return count == 0 ? nil : (count, severity.rawValue)
    }
    return counts.count == 1 ? counts[0].1 : counts.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
  }

  /// Empty where a name is too long to stand in a line with others.
  private static func names(_ changes: [DiffChange]) -> String {
    var seen: Set<String> = []
    let names = changes.map { $0.check ?? $0.subject }.filter { seen.insert($0).inserted }
    return names.contains { $0.utf8.count > nameLimit }
      ? "" : names.map { printable($0) }.joined(separator: ", ")
  }

  private static func growth(_ topic: DiffReport.Topic) -> String {
    let whole = topic.changes.first { $0.subject == "/" }
    guard let before = whole?.old?.bytes, let after = whole?.new?.bytes else {
      return "\(topic.changes.count) directories by \(sizeText(SizeTopic.threshold)) or more"
    }
    return DiffText.sizes(before, after)
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
