import Baselines

/// Findings of one check of one guest, shown as one block.
struct FindingGroup {
  var check: Report.CheckDescription
  /// The highest of the findings.
  var severity: Severity
  var findings: [GuestReport.Finding]
  /// How many of the findings, the first ones, are new since an earlier report; nil where nothing was compared.
  var newCount: Int?

  /// `NEW ` before a check with new findings; `3 NEW ` where there are others too.
  var newPhrase: String {
    guard let newCount, newCount > 0 else { return "" }
    return newCount == findings.count ? "NEW " : "\(newCount) NEW "
  }

  /// Checks that cannot be met before this one.
  var blocks: [String] {
    var seen: Set<String> = []
    return findings.flatMap(\.blocks).filter { seen.insert($0).inserted }
  }

  /// Findings with the verdict, by check, the gravest first, then those with new ones and then in the order of the
  /// report.
  static func groups(of guest: GuestReport, in report: Report, verdict: CheckResult.Verdict) -> [FindingGroup]
  {
    let checks = report.checksByID
    var groups: [FindingGroup] = []
    var positions: [String: Int] = [:]
    let isNew = guest.isNew
    for finding in guest.findings where finding.verdict == verdict {
      if let position = positions[finding.check] {
        groups[position].findings.append(finding)
        groups[position].severity = max(groups[position].severity, finding.severity)
        continue
      }
      positions[finding.check] = groups.count
      let check =
        checks[finding.check]
        ?? Report.CheckDescription(id: finding.check, title: "", severity: finding.severity)
      groups.append(FindingGroup(check: check, severity: finding.severity, findings: [finding]))
    }
    if let isNew { groups = groups.map { $0.withNewFirst(isNew) } }
    return Severity.allCases.reversed().flatMap { severity in
      let part = groups.filter { $0.severity == severity }
      return part.filter { $0.newCount ?? 0 > 0 } + part.filter { $0.newCount ?? 0 == 0 }
    }
  }

  private func withNewFirst(_ isNew: (GuestReport.Finding) -> Bool) -> FindingGroup {
    var group = self
    let new = findings.filter(isNew)
    group.findings = new + findings.filter { !isNew($0) }
    group.newCount = new.count
    return group
  }
}

extension GuestReport.Finding {
  /// What was found and where, nothing said twice: `/etc/crontab: mode 0644`.
  var found: String { found(actual) }

  /// The subject before a text, unless one of them holds the other.
  func found(_ text: String) -> String {
    if !text.isEmpty, subject.hasSuffix(" " + text) { return subject }
    return [subjectUnlessIn(text) ?? "", text].filter { !$0.isEmpty }.joined(separator: ": ")
  }

  /// The subject where what follows does not name it anyhow.
  func subjectUnlessIn(_ texts: String...) -> String? {
    subject.isEmpty || texts.contains { $0.contains(subject) } ? nil : subject
  }
}

/// ` in 46 checks`, where that is not the number of findings too.
func inChecks(_ checks: Int, findings: Int) -> String {
  checks == findings ? "" : " in \(counted(checks, "check"))"
}

extension EvidenceLine {
  /// `/etc/ssh/sshd_config:33`; nil for a compiled default.
  var place: String? {
    guard let path else { return nil }
    return line.map { "\(path):\($0)" } ?? path
  }
}
