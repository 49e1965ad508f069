import Baselines
import Evidence
import TestSupport
import Testing

@Suite struct AuditSettingKindTests {
  private func outcome(_ rules: String, _ setting: String, _ comparison: (String, String)) throws -> Outcome {
    let guest = GuestFixture([
      "/var/lib/dpkg/status":
        "Package: dpkg\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n",
      "/etc/audit/rules.d/a.rules": rules,
    ])
    let parameters: [String: ParameterValue] = [
      "setting": .text(setting), comparison.0: .text(comparison.1),
    ]
    return try #require(try answers(AuditSettingKind.self, parameters, guest).first)
  }

  @Test(arguments: [
    ("-e 2\n", Outcome.Verdict.pass), ("-e 2\n-a always,exit -S mount\n", .pass), ("-e 1\n-e 2\n", .pass),
    ("-e 2\n-e 1\n", .fail), ("", .fail), ("# -e 2\n", .fail), ("-e2\n", .pass),
    // An error before the last line: the lock is never set.
    ("-w /nowhere/x\n-e 2\n", .fail), ("-i\n-w /nowhere/x\n-e 2\n", .pass),
    ("--loginuid-immutable\n-e 2\n", .pass),
  ])
  func immutable(_ row: (rules: String, verdict: Outcome.Verdict)) throws {
    #expect(try outcome(row.rules, "enabled", ("equals", "2")).verdict == row.verdict)
  }

  @Test func others() throws {
    let rules = "-b 8192\n-f 1\n--loginuid-immutable\n--backlog_wait_time=60000\n"
    #expect(try outcome(rules, "backlog_limit", ("equals", "8192")).verdict == .pass)
    #expect(try outcome(rules, "backlog_wait_time", ("equals", "60000")).verdict == .pass)
    #expect(try outcome(rules, "failure_mode", ("in", "2")).verdict == .fail)
    #expect(try outcome(rules, "loginuid_immutable", ("equals", "1")).verdict == .pass)
    let limit = try outcome("", "rate_limit", ("equals", "0"))
    #expect(limit.verdict == .pass && limit.actual == "rate_limit 0 (default)")
  }

  @Test func theLoadingThatEndsIsShown() throws {
    let outcome = try outcome("-w /nowhere/x\n-e 2\n", "enabled", ("equals", "2"))
    #expect(outcome.evidence.contains { $0.line == 1 && $0.origin.contains("loading of rules ends here") })
  }

  @Test func theFixIsALineOfTheLastFile() throws {
    let kind = try AuditSettingKind(Parameters(["setting": .text("enabled"), "equals": .text("2")]))
    #expect(kind.fix?.shell.contains("'-e 2' >> /etc/audit/rules.d/99-finalize.rules") == true)
  }
}
