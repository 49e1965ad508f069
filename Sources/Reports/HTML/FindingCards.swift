import Baselines

/// What failed: one card for each check, the gravest first, and the five to begin with.
struct FindingCards {
  /// Titles of checks by id.
  let titles: [String: String]
  let views: [HTMLView]
  let top: [HTMLView]
  private let count: Int

  /// Findings of a check that are shown before the rest is folded.
  private static let shown = 12
  /// So many grave cards are unfolded at most.
  private static let openLimit = 8
  /// Places of one finding that are shown.
  private static let evidenceLimit = 12

  init(_ guest: GuestReport, anchor: String, in report: Report) {
    let groups = FindingGroup.groups(of: guest, in: report, verdict: .fail)
    let omitted = Dictionary(guest.verdicts.map { ($0.check, $0.omitted ?? 0) }) { first, _ in first }
    titles = Dictionary(report.checks.map { ($0.id, $0.title) }) { first, _ in first }
    count = groups.map(\.findings.count).reduce(0, +)
    var views: [HTMLView] = []
    for (position, group) in groups.enumerated() {
      let view = Self.card(group, omitted: omitted[group.check.id] ?? 0, titles)
      view["anchor"] = "\(anchor)-finding-\(position + 1)"
      view["isOpen"] = group.severity >= .high && position < Self.openLimit
      views.append(view)
    }
    self.views = views
    top = Self.first(of: groups).map { position in
      Self.advice(groups[position], anchor: "\(anchor)-finding-\(position + 1)")
    }
  }

  /// `107 in 90 checks`.
  var total: String { "\(count)" + inChecks(views.count, findings: count) }

  var sections: [PageSection] {
    views.isEmpty ? [] : [PageSection(id: "findings", title: "Findings", count: count)]
  }

  // MARK: What to mend first

  /// The gravest, of those what unblocks most checks.
  private static func first(of groups: [FindingGroup]) -> [Int] {
    let order = groups.indices.sorted { left, right in
      let (a, b) = (groups[left], groups[right])
      if a.severity != b.severity { return a.severity > b.severity }
      return a.blocks.count == b.blocks.count ? left < right : a.blocks.count > b.blocks.count
    }
    return Array(order.prefix(5))
  }

  private static func advice(_ group: FindingGroup, anchor: String) -> HTMLView {
    let first = group.findings[0]
    var found = printable(first.found, limit: 140)
    if group.findings.count > 1 { found = "\(group.findings.count) findings, first " + found }
    return [
      "severity": group.severity.rawValue, "title": title(group.check), "anchor": anchor, "found": found,
      "remediation": printable(group.check.remediation, limit: 220),
      "unblocks": group.blocks.isEmpty ? nil : "unblocks \(counted(group.blocks.count, "check"))",
    ]
  }

  private static func title(_ check: Report.CheckDescription) -> String {
    check.title.isEmpty ? check.id : check.title
  }

  // MARK: Cards

  private static func card(_ group: FindingGroup, omitted: Int, _ titles: [String: String]) -> HTMLView {
    let check = group.check
    let expected = Set(group.findings.map(\.expected))
    let rows = group.findings.map { row($0, repeatsExpected: expected.count > 1) }
    // A last one takes no more room than the line that would stand for it.
    let shown = rows.count == Self.shown + 1 ? rows.count : Self.shown
    let blocks = group.blocks
    return [
      "severity": group.severity.rawValue, "area": CheckArea(check: check.id).id, "id": check.id,
      "title": title(check), "new": group.newPhrase.isEmpty ? nil : group.newPhrase.lowercased(),
      "count": rows.count > 1 ? "\(rows.count) findings" : nil,
      "expected": expected.count == 1 ? expected.first : nil, "rows": Array(rows.prefix(shown)),
      "rest": Array(rows.dropFirst(shown)),
      "restCount": rows.count > shown ? rows.count - shown : nil,
      "omitted": omitted > 0 ? counted(omitted, "more finding") : nil,
      "blockedCount": blocks.isEmpty ? nil : counted(blocks.count, "check"),
      "blocks": blocks.map { ["id": $0, "title": titles[$0]] as HTMLView },
      "rationale": check.rationale, "remediation": check.remediation, "shell": check.fix?.shell,
      "references": ReferenceLinks.views(check.references), "hasReferences": !check.references.isEmpty,
    ]
  }

  private static func row(_ finding: GuestReport.Finding, repeatsExpected: Bool) -> HTMLView {
    let evidence = finding.evidence.prefix(evidenceLimit)
    let more = finding.evidence.count - evidence.count
    return [
      "subject": finding.subject, "actual": finding.actual,
      "ownExpected": repeatsExpected ? finding.expected : nil, "reason": finding.reason,
      "evidence": evidence.map(place), "moreEvidence": more > 0 ? counted(more, "more place") : nil,
      "expired": finding.expiredWaiver.map { "accepted until \($0.expires) by \($0.owner): \($0.reason)" },
      "links": ReferenceLinks.views(in: finding.subject),
    ]
  }

  private static func place(_ line: EvidenceLine) -> HTMLView {
    ["place": line.place, "text": line.text, "origin": line.origin]
  }
}
