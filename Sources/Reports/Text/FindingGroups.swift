import Baselines

/// Findings of one check of one guest, shown as one block.
struct FindingGroup {
  var check: Report.CheckDescription
  /// The highest of the findings.
  var severity: Severity
  var findings: [GuestReport.Finding]

  /// Checks that cannot be met before this one.
  var blocks: [String] {
    var seen: Set<String> = []
    return findings.flatMap(\.blocks).filter { seen.insert($0).inserted }
  }

  /// Findings with the verdict, by check, the gravest first and then in the order of the report.
  static func groups(of guest: GuestReport, in report: Report, verdict: CheckResult.Verdict) -> [FindingGroup]
  {
    let checks = Dictionary(report.checks.map { ($0.id, $0) }) { first, _ in first }
    var groups: [FindingGroup] = []
    var positions: [String: Int] = [:]
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
    return Severity.allCases.reversed().flatMap { severity in groups.filter { $0.severity == severity } }
  }
}

extension GuestReport.Finding {
  /// The subject where what follows does not name it anyhow.
  func subjectUnlessIn(_ texts: String...) -> String? {
    subject.isEmpty || texts.contains { $0.contains(subject) } ? nil : subject
  }
}

extension EvidenceLine {
  /// `/etc/ssh/sshd_config:33`; nil for a compiled default.
  var place: String? {
    guard let path else { return nil }
    return line.map { "\(path):\($0)" } ?? path
  }
}
