import Baselines
import Foundation
import Testing

@testable import Reports

@Suite struct RemediationTests {
  private var report: Report {
    var mended = ReportSamples.check("ssh.root-login", .high, title: "Root \"stays\" out")
    mended.fix = Fix(
      shell: "echo 'PermitRootLogin no' > /etc/ssh/sshd_config.d/10.conf",
      ansible:
        "ansible.builtin.copy:\n  dest: /etc/ssh/sshd_config.d/10.conf\n  content: \"PermitRootLogin no\\n\"")
    var passed = ReportSamples.check("ssh.passed")
    passed.fix = Fix(shell: "touch /passed", ansible: "ansible.builtin.file:\n  path: /passed")
    let byHand = ReportSamples.check("left.machine-id", title: "No\nidentity $(touch /evil)")
    let guest = ReportSamples.guest(
      [
        ReportSamples.finding("ssh.root-login", .high, subject: "'; rm -rf /"),
        ReportSamples.finding("left.machine-id"),
      ], passed: ["ssh.passed"])
    var report = ReportSamples.report([ReportSamples.target([guest])])
    report.checks = [mended, passed, byHand]
    return report
  }

  @Test func theScriptMendsWhatFailedAndNothingElse() throws {
    let script = ShellScript.render(report, TextStyle())
    #expect(script.contains("PermitRootLogin no") && !script.contains("/passed"))
    #expect(!script.contains("rm -rf"))
    let code = script.split(separator: "\n").filter { !$0.hasPrefix("#") }
    #expect(code == ["set -eu", "echo 'PermitRootLogin no' > /etc/ssh/sshd_config.d/10.conf"])
    #expect(try exitStatus("/bin/sh", ["-n"], input: script) == 0)
  }

  @Test func thePlaybookIsYAMLWithOneTaskAFinding() throws {
    let playbook = AnsiblePlaybook.render(report, TextStyle())
    #expect(
      playbook.contains(
        "    - name: \"ssh.root-login: Root \\\"stays\\\" out\"\n      ansible.builtin.copy:\n"))
    #expect(playbook.contains("# - left.machine-id: No\\nidentity"))
    #expect(!playbook.contains("/passed"))
  }

  @Test func aReportWithoutFindingsHasNoTask() {
    var report = report
    report.targets = []
    #expect(AnsiblePlaybook.render(report, TextStyle()).contains("tasks: []"))
    #expect(ShellScript.render(report, TextStyle()).hasSuffix("set -eu\n"))
  }

  private func exitStatus(_ program: String, _ arguments: [String], input: String) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardInput = pipe
    try process.run()
    try pipe.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try pipe.fileHandleForWriting.close()
    process.waitUntilExit()
    return process.terminationStatus
  }
}
