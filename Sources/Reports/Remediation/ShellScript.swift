/// A POSIX shell script that mends what a change of files mends; it runs within the guest, or in a chroot of its tree.
public enum ShellScript: ReportFormat {
  public static let name = "shell"
  public static let summary = "a POSIX shell script that mends what failed"

  public static func render(_ report: Report, _ style: TextStyle) -> String {
    var lines = [
      "#!/bin/sh", "# Made by \(report.tool.name) \(report.tool.version) for the findings of \(report.asOf).",
      "# Read it before you run it, as root, within the guest.", "set -eu", "",
    ]
    for step in Remediation(report).steps {
      lines.append("# " + Remediation.name(step.check))
      if let fix = step.fix {
        lines += fix.shell.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      } else {
        lines += ["# by hand:"] + Remediation.words(step.check).map { "#   " + $0 }
      }
      lines.append("")
    }
    return lines.joined(separator: "\n")
  }
}
