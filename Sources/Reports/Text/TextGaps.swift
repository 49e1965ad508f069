import Baselines

/// What has no answer and why, what was accepted and what did not apply.
struct TextGaps {
  let guest: GuestReport
  /// Whether there were no disks to look at.
  let isTree: Bool
  /// What checks are about by their id, if they are to be explained.
  let explained: [String: Report.CheckDescription]?

  private static let reasonLimit = 20
  private static let checkLimit = 12
  private static let waiverLimit = 50

  /// - Parameter explains: whether every check comes with why it matters and what meets it.
  init(_ guest: GuestReport, of target: TargetReport, in report: Report, explains: Bool) {
    self.guest = guest
    isTree = target.disks.isEmpty
    explained = explains ? report.checksByID : nil
  }

  func add(to page: inout TextPage) {
    addUndecided(to: &page)
    addErrors(to: &page)
    addWaived(to: &page)
    addNotApplicable(to: &page)
  }

  private func addUndecided(to page: inout TextPage) {
    let groups = ReasonGroup.groups(of: guest, verdict: .undecided)
    guard !groups.isEmpty else { return }
    let checks = Set(groups.flatMap(\.checks)).count
    page.heading(
      "NOT DECIDED", "\(counted(checks, "check")); the image cannot tell, or it could not be read",
      tone: .warning)
    if explained != nil { addAdvice(to: &page) }
    add(groups, to: &page)
  }

  /// What gets a check decided.
  private func addAdvice(to page: inout TextPage) {
    var advice = "To have them decided, mend what the reason names and scan again."
    if isTree { advice += " A tree shows no disks, partitions and boot loader: the image does." }
    advice += " What only the running machine can tell, look up there and record with a waiver."
    page.paragraph(advice)
    page.blank()
  }

  private func addErrors(to page: inout TextPage) {
    let groups = ReasonGroup.groups(of: guest, verdict: .error)
    guard !groups.isEmpty else { return }
    let checks = Set(groups.flatMap(\.checks)).count
    page.heading("ERRORS", "Brinell failed on \(counted(checks, "check"))", tone: .bad)
    add(groups, to: &page)
  }

  private func add(_ groups: [ReasonGroup], to page: inout TextPage) {
    var told: Set<String> = []
    let limit = explained == nil ? Self.reasonLimit : groups.count
    for group in groups.prefix(limit) {
      if explained == nil {
        add(group, to: &page)
      } else {
        explain(group, &told, to: &page)
      }
    }
    if groups.count > limit { page.paragraph("and \(counted(groups.count - limit, "more reason"))") }
  }

  /// The subject of all findings of a group, if they have the same.
  private func onlySubject(_ group: ReasonGroup) -> String? {
    let subjects = Set(group.findings.map(\.subject))
    return subjects.count == 1 ? subjects.first.flatMap { $0.isEmpty ? nil : $0 } : nil
  }

  private func reason(_ group: ReasonGroup) -> String {
    onlySubject(group) == nil ? group.reason : group.findings[0].found(group.reason)
  }

  private func subjects(of check: String, _ group: ReasonGroup) -> String {
    guard onlySubject(group) == nil else { return "" }
    var seen: Set<String> = []
    let names = group.findings.filter { $0.check == check && !$0.subject.isEmpty }.map(\.subject)
      .filter { seen.insert($0).inserted }
    return names.isEmpty ? "" : " (\(list(names, limit: 3)))"
  }

  /// The reason with what it is about, and the checks that it leaves open.
  private func add(_ group: ReasonGroup, to page: inout TextPage) {
    page.paragraph(reason(group))
    let checks = group.checks
    if onlySubject(group) != nil {
      page.paragraph("  ", list(checks, limit: Self.checkLimit))
      return
    }
    for check in checks.prefix(Self.checkLimit) {
      page.paragraph("  ", check + subjects(of: check, group))
    }
    let rest = checks.count - Self.checkLimit
    if rest > 0 { page.paragraph("  ", "and \(counted(rest, "more check"))") }
  }

  /// The same with what each check is about, where it is named first.
  private func explain(_ group: ReasonGroup, _ told: inout Set<String>, to page: inout TextPage) {
    page.blank()
    page.paragraph(reason(group))
    for check in group.checks {
      let title = (explained?[check]?.title ?? "") + subjects(of: check, group)
      page.paragraph("  " + check + "  ", tone: .strong, title)
      if told.insert(check).inserted { explain(check, to: &page, indentation: 4) }
    }
  }

  private func explain(_ check: String, to page: inout TextPage, indentation: Int) {
    guard let check = explained?[check] else { return }
    CheckExplanation(check: check, remedy: "to meet").add(to: &page, indentation: indentation)
  }

  private func addWaived(to page: inout TextPage) {
    let waived = guest.findings.filter { $0.verdict == .waived }
    guard !waived.isEmpty else { return }
    page.heading("WAIVED", counted(waived.count, "finding"), tone: .calm)
    var told: Set<String> = []
    let limit = explained == nil ? Self.waiverLimit : waived.count
    for finding in waived.prefix(limit) {
      let waiver = finding.waiver.map { "until \($0.expires) by \($0.owner): \($0.reason)" } ?? ""
      let parts = [finding.subject, waiver].filter { !$0.isEmpty }
      page.paragraph(finding.check + "  ", tone: .strong, parts.joined(separator: ", "))
      guard explained != nil, told.insert(finding.check).inserted else { continue }
      if !finding.actual.isEmpty { page.row("found", indentation: 2, finding.found) }
      explain(finding.check, to: &page, indentation: 2)
    }
    if waived.count > limit { page.paragraph("and \(waived.count - limit) more") }
  }

  private func addNotApplicable(to page: inout TextPage) {
    let reasons = guest.coverage.notApplicableReasons
    guard !reasons.isEmpty else { return }
    page.heading("NOT APPLICABLE", counted(guest.coverage.notApplicableCount, "check"), tone: .calm)
    for (reason, count) in reasons.prefix(8) { page.paragraph("\(count)  ", reason) }
    if reasons.count > 8 { page.paragraph("and \(counted(reasons.count - 8, "more reason"))") }
  }
}
