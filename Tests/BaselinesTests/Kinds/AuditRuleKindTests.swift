import Baselines
import DiskImages
import Evidence
import Facts
import TestSupport
import Testing

@Suite struct AuditRuleKindTests {
  private func guest(_ rules: String) -> GuestFixture {
    let guest = GuestFixture([
      "/var/lib/dpkg/status":
        "Package: dpkg\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n",
      "/etc/audit/rules.d/a.rules": rules, "/etc/passwd": "root:x:0:0::/root:/bin/sh\n", "/etc/hosts": "",
    ])
    return guest
  }

  private func verdicts(_ parameters: [String: ParameterValue], _ rules: String) throws -> [Outcome.Verdict] {
    try answers(AuditRuleKind.self, parameters, guest(rules)).map(\.verdict)
  }

  @Test func watches() throws {
    let parameters: [String: ParameterValue] = [
      "watch": .list(["/etc/hosts", "/etc/passwd"]), "permissions": .text("wa"),
    ]
    let outcomes = try answers(AuditRuleKind.self, parameters, guest("-w /etc/passwd -p wa -k id\n"))
    #expect(outcomes.map(\.subject) == ["/etc/hosts", "/etc/passwd"])
    #expect(outcomes.map(\.verdict) == [.fail, .pass])
    #expect(outcomes[0].expected == "write and attribute change recorded")
    #expect(
      outcomes[0].actual
        == "not recorded: write b64, attribute change b64, write b32, attribute change b32")
    #expect(outcomes[1].evidence.first?.path == "/etc/audit/rules.d/a.rules")
    #expect(outcomes[1].evidence.first?.line == 1)
  }

  @Test func onlyExistingPaths() throws {
    let rules = "-w /etc/hosts -p wa\n"
    let paths = ParameterValue.list(["/etc/hosts", "/etc/netplan"])
    #expect(try verdicts(["watch": paths], rules) == [.pass, .fail])
    #expect(try verdicts(["watch": paths, "only_existing": .boolean(true)], rules) == [.pass])
  }

  @Test(arguments: [
    (
      "-a always,exit -F arch=b64 -S mount -F auid>=1000 -F auid!=unset\n"
        + "-a always,exit -F arch=b32 -S mount -F auid>=1000 -F auid!=unset\n", Outcome.Verdict.pass
    ),
    ("-a always,exit -F arch=b64 -S mount -F auid>=1000 -F auid!=unset\n", .fail), ("-D\n", .fail),
  ])
  func syscalls(_ row: (rules: String, verdict: Outcome.Verdict)) throws {
    let parameters: [String: ParameterValue] = [
      "syscalls": .list(["mount"]), "fields": .list(["auid>=1000", "auid!=unset"]),
    ]
    #expect(try verdicts(parameters, row.rules) == [row.verdict])
  }

  @Test func oneArchitectureOnDemand() throws {
    let rules = "-a always,exit -F arch=b64 -S mount\n"
    #expect(try verdicts(["syscalls": .list(["mount"]), "arches": .list(["b64"])], rules) == [.pass])
  }

  @Test func aCallThatTheArchitectureDoesNotHaveIsNotMissed() throws {
    let parameters: [String: ParameterValue] = ["syscalls": .list(["stime"]), "arches": .list(["b64"])]
    let outcomes = try answers(AuditRuleKind.self, parameters, guest(""))
    #expect(outcomes.map(\.verdict) == [.pass] && outcomes[0].actual == "no such system call here")
  }

  @Test func exclusions() throws {
    let rules = "-a never,exit -F arch=b64 -S mount -F exe=/usr/bin/fusermount3\n-a always,exit -S all\n"
    let syscalls = ParameterValue.list(["mount"])
    let guest = guest(rules)
    guest.filesystem.addFile("/usr/bin/fusermount3", "")
    let outcomes = try answers(AuditRuleKind.self, ["syscalls": syscalls], guest)
    #expect(outcomes.map(\.verdict) == [.fail])
    #expect(outcomes[0].actual == "partly excluded: mount b64")
    #expect(outcomes[0].evidence.contains { $0.origin == "drop-in, keeps events out" && $0.line == 1 })
    let allowed: [String: ParameterValue] = ["syscalls": syscalls, "exclusions": .text("allow")]
    #expect(try answers(AuditRuleKind.self, allowed, guest).map(\.verdict) == [.pass])
  }

  @Test func nothingIsRecordedWhileAuditingIsOff() throws {
    let guest = guest("-a always,exit -S all\n-e 0\n")
    guest.filesystem.addFile(
      "/usr/lib/systemd/system/auditd.service",
      "[Service]\nExecStart=/sbin/auditd\nExecStartPost=-/sbin/augenrules --load\n")
    let outcomes = try answers(AuditRuleKind.self, ["syscalls": .list(["mount"])], guest)
    #expect(outcomes.map(\.verdict) == [.fail] && outcomes[0].actual == "auditing is switched off")
    #expect(outcomes[0].evidence.first?.line == 2)
  }

  @Test func saysWhereTheLoadingEnds() throws {
    let outcomes = try answers(
      AuditRuleKind.self, ["watch": .list(["/etc/passwd"])],
      guest("-w /nowhere/x -p wa\n-w /etc/passwd -p wa\n"))
    #expect(outcomes[0].actual.hasSuffix("loading ends early: the directory of /nowhere/x does not exist"))
    #expect(outcomes[0].evidence.last?.line == 1)
  }

  private func privilegedGuest(_ rules: String) -> GuestFixture {
    let guest = guest(rules)
    guest.filesystem.addFile("/usr/bin/su", "", mode: 0o4755)
    guest.filesystem.addFile("/usr/bin/wall", "", mode: 0o2755)
    guest.filesystem.addFile("/usr/bin/unused", "", mode: 0o4644)
    guest.filesystem.addDirectory("/var/mail", mode: 0o2775)
    for path in ["/usr/bin/sudo", "/usr/bin/sudoedit"] {
      guest.filesystem.addEntry(path, FileMetadata(mode: 0o104755, links: 2, inode: 77, device: 1))
    }
    return guest
  }

  private let privileged: [String: ParameterValue] = [
    "privileged": .boolean(true), "fields": .list(["auid>=1000", "auid!=unset"]),
  ]

  @Test func privilegedPrograms() throws {
    let users = "-F perm=x -F auid>=1000 -F auid!=unset -k privileged\n"
    let all = ["su", "wall", "sudoedit"].map { "-a always,exit -F path=/usr/bin/\($0) \(users)" }.joined()
    let outcomes = try answers(AuditRuleKind.self, privileged, privilegedGuest(all))
    #expect(outcomes.map(\.verdict) == [.pass, .pass, .pass])
    let some = try answers(
      AuditRuleKind.self, privileged, privilegedGuest("-a always,exit -F path=/usr/bin/su \(users)"))
    #expect(some.filter { $0.verdict == .fail }.map(\.subject) == ["/usr/bin/sudo", "/usr/bin/wall"])
    let none = try answers(AuditRuleKind.self, privileged, privilegedGuest(""))
    #expect(none.map(\.subject) == ["setuid and setgid programs"])
    #expect(none[0].actual == "none of 3 programs is recorded: /usr/bin/su, /usr/bin/sudo, /usr/bin/wall")
  }

  @Test func everyExecutionCoversPrivilegedPrograms() throws {
    let rules =
      "-a always,exit -F arch=b64 -S execve,execveat\n-a always,exit -F arch=b32 -S execve,execveat\n"
    #expect(
      try answers(AuditRuleKind.self, privileged, privilegedGuest(rules)).map(\.verdict) == [
        .pass, .pass, .pass,
      ])
  }

  @Test(
    arguments: [
      [:], ["watch": .list(["/etc/passwd"]), "syscalls": .list(["open"])], ["watch": .list(["etc/passwd"])],
      ["watch": .list(["/etc/passwd"]), "permissions": .text("wz")],
      ["watch": .list(["/etc/passwd"]), "permissions": .text("")],
      ["syscalls": .list(["open"]), "fields": .list(["auid"])],
      ["syscalls": .list(["open"]), "fields": .list(["nothing=1"])],
      ["syscalls": .list(["open"]), "arches": .list(["x86"])], ["privileged": .boolean(false)],
      ["watch": .list(["/etc/passwd"]), "key": .text("a'b")],
    ] as [[String: ParameterValue]])
  func senselessParameters(_ parameters: [String: ParameterValue]) {
    #expect(throws: ParameterError.self) { try AuditRuleKind(Parameters(parameters)) }
  }

  @Test func withoutAnArchitectureItIsUndecided() throws {
    #expect(throws: EvidenceGap.self) {
      try answers(AuditRuleKind.self, ["watch": .list(["/etc/passwd"])], GuestFixture())
    }
  }

  /// What the fix adds makes the check pass.
  @Test(
    arguments: [
      ["watch": .list(["/etc/passwd", "/etc/hosts"]), "key": .text("identity")],
      ["watch": .list(["/etc/passwd"]), "permissions": .text("x"), "fields": .list(["auid>=1000"])],
      ["syscalls": .list(["stime", "settimeofday"])],
      [
        "syscalls": .list(["open", "openat"]), "fields": .list(["auid>=1000", "auid!=unset"]),
        "for_each": .list(["exit=-EACCES", "exit=-EPERM"]),
      ],
      ["syscalls": .list(["execve"]), "fields": .list(["euid!=uid", "auid!=unset"])],
    ] as [[String: ParameterValue]])
  func theFixMends(_ parameters: [String: ParameterValue]) throws {
    let fix = try #require(try AuditRuleKind(Parameters(parameters)).fix)
    let rules = fix.shell.split(separator: "\n").compactMap { line in
      line.split(separator: "'").dropFirst(2).first { $0.hasPrefix("-a") || $0.hasPrefix("-w") }.map(
        String.init)
        ?? line.split(separator: "'").first { $0.hasPrefix("-a") || $0.hasPrefix("-w") }.map(String.init)
    }
    let outcomes = try answers(AuditRuleKind.self, parameters, guest(rules.joined(separator: "\n") + "\n"))
    #expect(outcomes.allSatisfy { $0.verdict == .pass }, "\(rules) \(outcomes.map(\.actual))")
    #expect(fix.ansible.contains(rules[0]))
  }
}
