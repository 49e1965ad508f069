import Baselines

/// What has no answer and why, what was accepted and what did not apply.
struct TextGaps {
  let guest: GuestReport

  private static let reasonLimit = 20

  func add(to page: inout TextPage) {
    addUndecided(to: &page)
    addErrors(to: &page)
    addWaived(to: &page)
    addNotApplicable(to: &page)
  }

  private func addUndecided(to page: inout TextPage) {
    let open = guest.findings.filter { $0.verdict == .undecided }
    guard !open.isEmpty else { return }
    let checks = Set(open.map(\.check)).count
    page.heading(
      "NOT DECIDED", "\(counted(checks, "check")); the image cannot tell, or it could not be read",
      tone: .warning)
    addGroups(open, to: &page)
  }

  private func addErrors(to page: inout TextPage) {
    let failed = guest.findings.filter { $0.verdict == .error }
    guard !failed.isEmpty else { return }
    page.heading(
      "ERRORS", "Brinell failed on \(counted(Set(failed.map(\.check)).count, "check"))", tone: .bad)
    addGroups(failed, to: &page)
  }

  /// One block a reason, the most frequent first.
  private func addGroups(_ findings: [GuestReport.Finding], to page: inout TextPage) {
    var order: [String] = []
    var groups: [String: [GuestReport.Finding]] = [:]
    for finding in findings {
      let reason = finding.reason ?? finding.actual
      if groups[reason] == nil { order.append(reason) }
      groups[reason, default: []].append(finding)
    }
    let sorted = order.enumerated().sorted { left, right in
      let (a, b) = (groups[left.element]?.count ?? 0, groups[right.element]?.count ?? 0)
      return a == b ? left.offset < right.offset : a > b
    }.map(\.element)
    for reason in sorted.prefix(Self.reasonLimit) { addGroup(reason, groups[reason] ?? [], to: &page) }
    if sorted.count > Self.reasonLimit {
      page.paragraph("and \(counted(sorted.count - Self.reasonLimit, "more reason"))")
    }
  }

  /// The reason with what it is about, and the checks that it leaves open.
  private func addGroup(_ reason: String, _ findings: [GuestReport.Finding], to page: inout TextPage) {
    let subjects = Set(findings.map(\.subject))
    var order: [String] = []
    var byCheck: [String: [String]] = [:]
    for finding in findings {
      if byCheck[finding.check] == nil { order.append(finding.check) }
      byCheck[finding.check, default: []].append(finding.subject)
    }
    if subjects.count == 1, let subject = subjects.first, !subject.isEmpty {
      page.paragraph(reason.contains(subject) ? reason : "\(subject): \(reason)")
      page.paragraph("  ", list(order, limit: 12))
      return
    }
    page.paragraph(reason)
    for check in order.prefix(12) {
      page.paragraph("  ", "\(check) (\(list(Self.distinct(byCheck[check] ?? []), limit: 3)))")
    }
    if order.count > 12 { page.paragraph("  ", "and \(order.count - 12) more checks") }
  }

  private static func distinct(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
  }

  private func addWaived(to page: inout TextPage) {
    let waived = guest.findings.filter { $0.verdict == .waived }
    guard !waived.isEmpty else { return }
    page.heading("WAIVED", counted(waived.count, "finding"), tone: .calm)
    for finding in waived.prefix(50) {
      let waiver = finding.waiver.map { "until \($0.expires) by \($0.owner): \($0.reason)" } ?? ""
      let parts = [finding.subject, waiver].filter { !$0.isEmpty }
      page.paragraph(finding.check + "  ", tone: .strong, parts.joined(separator: ", "))
    }
    if waived.count > 50 { page.paragraph("and \(waived.count - 50) more") }
  }

  private func addNotApplicable(to page: inout TextPage) {
    let reasons = guest.coverage.notApplicable.sorted {
      $0.value == $1.value ? $0.key < $1.key : $0.value > $1.value
    }
    guard !reasons.isEmpty else { return }
    let total = reasons.map(\.value).reduce(0, +)
    page.heading("NOT APPLICABLE", counted(total, "check"), tone: .calm)
    for (reason, count) in reasons.prefix(8) { page.paragraph("\(count)  ", reason) }
    if reasons.count > 8 { page.paragraph("and \(counted(reasons.count - 8, "more reason"))") }
  }
}
