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
    page.heading("NOT DECIDED", "\(counted(checks, "check")); the image cannot tell, or it could not be read",
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
  private func addGroups(_ findings: [Finding], to page: inout TextPage) {
    var reasons: [String] = []
    var checks: [String: [String]] = [:]
    for finding in findings {
      let reason = finding.reason ?? finding.actual
      if checks[reason] == nil { reasons.append(reason) }
      if checks[reason]?.contains(finding.check) != true { checks[reason, default: []].append(finding.check) }
    }
    let sorted = reasons.enumerated().sorted { left, right in
      let (a, b) = (checks[left.element]?.count ?? 0, checks[right.element]?.count ?? 0)
      return a == b ? left.offset < right.offset : a > b
    }.map(\.element)
    for reason in sorted.prefix(Self.reasonLimit) {
      page.paragraph(reason)
      page.paragraph("  ", list(checks[reason] ?? [], limit: 12))
    }
    if sorted.count > Self.reasonLimit {
      page.paragraph("and \(sorted.count - Self.reasonLimit) more reasons")
    }
  }

  private func addWaived(to page: inout TextPage) {
    let waived = guest.findings.filter { $0.verdict == .waived }
    guard !waived.isEmpty else { return }
    page.heading("WAIVED", counted(waived.count, "finding"), tone: .calm)
    for finding in waived.prefix(50) {
      let waiver = finding.waiver.map { "until \($0.expires), \($0.owner): \($0.reason)" } ?? ""
      page.paragraph(finding.check + "  ", tone: .strong, "\(finding.subject) \(waiver)")
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
    if reasons.count > 8 { page.paragraph("and \(reasons.count - 8) more reasons") }
  }
}
