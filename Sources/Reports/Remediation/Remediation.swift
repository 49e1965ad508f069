import Baselines

/// What failed in a report, with the code that mends it.
///
/// Guest text is left out: the code is made of the baseline's parameters alone.
struct Remediation {
  struct Step {
    var check: Report.CheckDescription
    /// Nil where no change of files mends it.
    var fix: Fix?
  }

  let steps: [Step]

  /// Every check that failed on some guest, once, in the order of the catalogue.
  init(_ report: Report) {
    var failed: Set<String> = []
    for guest in report.targets.flatMap(\.guests) {
      for finding in guest.findings where finding.verdict == .fail { failed.insert(finding.check) }
    }
    steps = report.checks.filter { failed.contains($0.id) }.map { Step(check: $0, fix: $0.fix) }
  }

  /// `id: title` on one line.
  static func name(_ check: Report.CheckDescription) -> String {
    printable("\(check.id): \(check.title)")
  }

  static func words(_ check: Report.CheckDescription) -> [String] {
    printable(check.remediation).split(whereSeparator: \.isNewline).map(String.init)
  }
}

/// The registry of the forms in which remediation is written.
public enum RemediationFormats {
  /// Every form; a new one adds a line.
  public static let all: [any ReportFormat.Type] = [AnsiblePlaybook.self, ShellScript.self]

  /// The form with the given name.
  public static func named(_ name: String) -> (any ReportFormat.Type)? { all.first { $0.name == name } }

  /// Names for messages.
  public static var names: [String] { all.map { $0.name } }
}
