/// An Ansible playbook that mends what a change of files mends.
public enum AnsiblePlaybook: ReportFormat {
  public static let name = "ansible"
  public static let summary = "an Ansible playbook that mends what failed"

  public static func render(_ report: Report, _ style: TextStyle) -> String {
    let steps = Remediation(report).steps
    var lines = [
      "# Made by \(report.tool.name) \(report.tool.version) for the findings of \(report.asOf).", "---",
      "- name: Mend the findings of Brinell", "  hosts: all", "  become: true",
    ]
    let tasks = steps.filter { $0.fix != nil }
    lines.append(tasks.isEmpty ? "  tasks: []" : "  tasks:")
    for step in tasks {
      guard let fix = step.fix else { continue }
      lines.append("    - name: \(quoted(Remediation.name(step.check)))")
      for line in fix.ansible.split(separator: "\n", omittingEmptySubsequences: false) where !line.isEmpty {
        lines.append("      " + line)
      }
      lines.append("      tags: [\(quoted(step.check.id))]")
    }
    let rest = steps.filter { $0.fix == nil }
    if !rest.isEmpty { lines += ["", "# By hand:"] }
    for step in rest {
      lines.append("# - " + Remediation.name(step.check))
      lines += Remediation.words(step.check).map { "#   " + $0 }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A YAML scalar in double quotes.
  private static func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }
}
