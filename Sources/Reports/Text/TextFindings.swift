import Baselines

/// What failed, the gravest first. Where there is much, what is less grave takes one line a check.
struct TextFindings {
  let guest: GuestReport
  let report: Report
  /// Whether every check is shown in full, with why it matters, how to mend it and what it refers to.
  var explains = false

  /// Subjects of one check that are listed.
  private static let subjectLimit = 3
  /// Up to so many checks all are shown in full.
  private static let fullLimit = 25
  /// So many grave checks are shown in full at most.
  private static let graveLimit = 50
  /// So many checks of one severity take a line at most.
  private static let lineLimit = 100

  func add(to page: inout TextPage) {
    let groups = FindingGroup.groups(of: guest, in: report, verdict: .fail)
    var shown = 0
    for severity in Severity.allCases.reversed() {
      let part = groups.filter { $0.severity == severity }
      guard !part.isEmpty else { continue }
      let count = part.map(\.findings.count).reduce(0, +)
      page.heading(
        severity.rawValue.uppercased(),
        counted(count, "finding") + inChecks(part.count, findings: count), tone: severity.tone)
      var hasFull = false
      var compact: [FindingGroup] = []
      for group in part {
        let isFull =
          explains || groups.count <= Self.fullLimit || (severity >= .high && shown < Self.graveLimit)
        if isFull {
          if hasFull { page.blank() }
          addBlock(group, to: &page)
          hasFull = true
          shown += 1
        } else {
          compact.append(group)
        }
      }
      if hasFull && !compact.isEmpty { page.blank() }
      addLines(compact, to: &page)
    }
  }

  // MARK: In full

  private func addBlock(_ group: FindingGroup, to page: inout TextPage) {
    let count = group.findings.count > 1 ? " (\(group.findings.count) findings)" : ""
    page.paragraph(group.newPhrase + group.check.id + "  ", tone: .strong, group.check.title + count)
    let expected = Set(group.findings.map(\.expected))
    if expected.count == 1, let only = expected.first, !only.isEmpty {
      row("expected", only, to: &page)
    }
    if group.findings.count == 1 {
      addOnly(group.findings[0], to: &page)
    } else {
      addSubjects(group.findings, repeatsExpected: expected.count > 1, to: &page)
    }
    if !group.blocks.isEmpty {
      row("blocks", "\(counted(group.blocks.count, "check")): \(list(group.blocks, limit: 4))", to: &page)
    }
    if explains { CheckExplanation(check: group.check).add(to: &page, indentation: 2) }
  }

  private func addOnly(_ finding: GuestReport.Finding, to page: inout TextPage) {
    let subject = finding.subjectUnlessIn(finding.actual, finding.evidence.first?.place ?? "")
    row("found", [subject, finding.actual].compactMap { $0 }.joined(separator: ": "), to: &page)
    var seen: Set<String> = []
    let places = finding.evidence.map { place($0, besides: finding.actual) }.filter {
      seen.insert($0).inserted
    }
    for (position, place) in places.prefix(3).enumerated() {
      row(position == 0 ? "where" : "", place, to: &page)
    }
    let more = places.count - 3
    if more > 0 { row("", "and \(counted(more, "more place", plural: "more places"))", to: &page) }
  }

  private func addSubjects(_ findings: [GuestReport.Finding], repeatsExpected: Bool, to page: inout TextPage)
  {
    // A fourth subject takes no more room than the line that would stand for it.
    let limit = findings.count == Self.subjectLimit + 1 ? findings.count : Self.subjectLimit
    for (position, finding) in findings.prefix(limit).enumerated() {
      var text = finding.found
      if repeatsExpected { text += ", expected \(finding.expected)" }
      if let place = finding.evidence.first?.place, place != finding.subject { text += " (\(place))" }
      row(position == 0 ? "found" : "", text, to: &page)
    }
    if findings.count > limit { row("", "and \(findings.count - limit) more", to: &page) }
  }

  private func place(_ line: EvidenceLine, besides actual: String) -> String {
    var parts = line.place.map { [$0] } ?? []
    if !line.text.isEmpty, parts.isEmpty || !actual.contains(line.text) { parts.append(line.text) }
    if !line.origin.isEmpty { parts.append("(\(line.origin))") }
    return parts.joined(separator: "  ")
  }

  private func row(_ word: String, _ text: String, to page: inout TextPage) {
    page.row(word, indentation: 2, text)
  }

  // MARK: One line

  private func addLines(_ groups: [FindingGroup], to page: inout TextPage) {
    let column = min(page.width / 2, (groups.map { ($0.newPhrase + $0.check.id).count }.max() ?? 0) + 2)
    for group in groups.prefix(Self.lineLimit) {
      page.clipped(
        (group.newPhrase + group.check.id).padded(to: column), tone: .strong,
        Self.line(group, width: page.width - column))
    }
    if groups.count > Self.lineLimit {
      page.paragraph("and \(groups.count - Self.lineLimit) more checks: --format json lists all")
    }
  }

  /// What was found and expected, if the line has room for it; else what was found, or what is not so.
  private static func line(_ group: FindingGroup, width: Int) -> String {
    let short = ShortFinding(group.findings[0])
    var found = short.text
    if group.findings.count > 1 {
      found = "\(group.findings.count) findings, first " + found
    } else if !group.blocks.isEmpty {
      found += "; blocks \(counted(group.blocks.count, "check"))"
    }
    var candidates = [found]
    if !group.check.title.isEmpty { candidates.append("unmet: \(group.check.title)") }
    if group.findings.count == 1, group.blocks.isEmpty, let expected = short.expected {
      candidates.insert("\(found); expected \(expected)", at: 0)
    }
    return candidates.first { printable($0).count <= width } ?? found
  }
}

/// The first of many names: `a, b and 3 more`.
func list(_ names: [String], limit: Int) -> String {
  guard names.count > limit + 1 else { return names.joined(separator: ", ") }
  return names.prefix(limit).joined(separator: ", ") + " and \(names.count - limit) more"
}

extension Severity {
  var tone: TextPage.Tone {
    switch self {
    case .critical: .bad
    case .high: .alert
    case .medium: .notice
    case .low, .info: .calm
    }
  }
}
