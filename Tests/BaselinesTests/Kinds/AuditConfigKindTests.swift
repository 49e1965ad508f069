import Baselines
import Evidence
import TestSupport
import Testing

@Suite struct AuditConfigKindTests {
  private func outcome(_ text: String?, _ parameters: [String: ParameterValue]) throws -> Outcome {
    let guest = GuestFixture()
    if let text { guest.filesystem.addFile("/etc/audit/auditd.conf", text, mode: 0o640) }
    return try #require(try answers(AuditConfigKind.self, parameters, guest).first)
  }

  private let keepLogs: [String: ParameterValue] = [
    "key": .text("max_log_file_action"), "equals": .text("keep_logs"),
  ]

  @Test(arguments: [
    ("max_log_file_action = KEEP_LOGS\n", Outcome.Verdict.pass),
    ("MAX_LOG_FILE_ACTION   =   keep_logs\n", .pass),
    ("# comment\n\nmax_log_file_action = rotate\nmax_log_file_action = keep_logs\n", .pass),
    ("max_log_file_action = keep_logs\nmax_log_file_action = rotate\n", .fail), ("", .fail),
    // The daemon wants blanks around the sign, knows its keywords and values, and else does not start.
    ("max_log_file_action=keep_logs\n", .fail), ("max_log_file_action = keep_logs\nnothing = 1\n", .fail),
    ("max_log_file_action = keep_logs\nmax_log_file = many\n", .fail),
    ("max_log_file_action = keep_logs\nspace_left_action = shout\n", .fail),
    ("max_log_file_action = keep_logs twice\n", .fail),
    ("max_log_file_action = keep_logs\nflush = incremental_async\n", .fail),
    ("max_log_file_action = keep_logs\nflush = incremental_async\nfreq = 50\nspace_left = 25%\n", .pass),
    ("max_log_file_action = keep_logs\nspace_left_action = exec /usr/local/bin/full\n", .pass),
  ])
  func readsAsTheDaemon(_ row: (text: String, verdict: Outcome.Verdict)) throws {
    #expect(try outcome(row.text, keepLogs).verdict == row.verdict, "\(row.text)")
  }

  @Test func withoutAFileTheDefaultsCount() throws {
    let outcome = try outcome(nil, ["key": .text("action_mail_acct"), "equals": .text("root")])
    #expect(outcome.verdict == .pass && outcome.actual == "action_mail_acct = root (compiled default)")
    #expect(try self.outcome(nil, ["key": .text("max_log_file"), "at_least": .integer(6)]).verdict == .fail)
  }

  @Test func showsTheLineAndWhatItShadows() throws {
    let outcome = try outcome(
      "max_log_file = 6\nmax_log_file = 8\n",
      [
        "key": .text("max_log_file"), "at_least": .integer(6),
      ])
    #expect(outcome.actual == "max_log_file = 8" && outcome.evidence.map(\.line) == [2, 1])
  }

  @Test func aLinkOrAnotherOwnerIsRefused() throws {
    let guest = GuestFixture(["/etc/audit/real": "max_log_file_action = keep_logs\n"])
    guest.filesystem.addLink("/etc/audit/auditd.conf", to: "real")
    let linked = try #require(try answers(AuditConfigKind.self, keepLogs, guest).first)
    #expect(linked.verdict == .fail)
    #expect(linked.actual == "auditd refuses its configuration: it is a symbolic link")
    guest.filesystem.addFile("/etc/audit/auditd.conf", "max_log_file_action = keep_logs\n", uid: 7)
    #expect(try answers(AuditConfigKind.self, keepLogs, guest).map(\.verdict) == [.fail])
  }

  @Test func anotherFolder() throws {
    let guest = GuestFixture([
      "/etc/audit/auditd.conf": "max_log_file = 1\n", "/srv/audit/auditd.conf": "max_log_file = 9\n",
      "/usr/lib/systemd/system/auditd.service": "[Service]\nExecStart=/sbin/auditd -c /srv/audit\n",
    ])
    let parameters: [String: ParameterValue] = ["key": .text("max_log_file"), "equals": .text("9")]
    #expect(try answers(AuditConfigKind.self, parameters, guest).map(\.verdict) == [.pass])
  }

  @Test func aKeywordThatDoesNotExist() {
    #expect(throws: ParameterError.self) {
      try AuditConfigKind(Parameters(["key": .text("max_logs"), "equals": .text("1")]))
    }
    #expect(throws: ParameterError.self) { try AuditConfigKind(Parameters(["key": .text("max_log_file")])) }
  }
}
