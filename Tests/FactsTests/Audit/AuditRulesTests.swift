import DiskImages
import Evidence
import Facts
import TestSupport
import Testing

@Suite struct AuditRulesTests {
  private func lines(_ rules: AuditRules) -> [String] { rules.rules.compactMap(\.origin.text) }

  @Test func mergesFilesInTheOrderOfLs() throws {
    let guest = auditGuest(
      "-w /etc/passwd -p wa\n", in: "/etc/audit/rules.d/9-a.rules",
      more: [
        "/etc/audit/rules.d/10-b.rules": "-w /etc/group -p wa\n",
        "/etc/audit/rules.d/.hidden.rules": "-w /etc/hosts\n",
        "/etc/audit/rules.d/10-b.rules.bak": "-w /etc/hosts\n",
        "/etc/audit/rules.d/with blank.rules": "-w /etc/hosts\n",
        "/etc/audit/audit.rules": "-w /etc/issue\n",
      ])
    let model = try guest.model(AuditRules.self)
    #expect(lines(model) == ["-w /etc/passwd -p wa", "-w /etc/group -p wa"])
    #expect(model.source.way == .directory("/etc/audit/rules.d"))
    #expect(model.source.isStarted && model.source.unit == "auditd.service")
    #expect(model.problems.isEmpty)
  }

  /// augenrules moves `-D` to the front and `-e` to the end, whatever file they are in.
  @Test func controlLinesHaveTheirPlace() throws {
    let guest = auditGuest(
      "-e 2\n-f 2\n-w /etc/passwd -p wa\n-b 100\n", in: "/etc/audit/rules.d/10-a.rules",
      more: ["/etc/audit/rules.d/20-b.rules": "# comment\n\n-w /etc/group -p wa\n-D\n-b 8192\n"])
    let model = try guest.model(AuditRules.self)
    #expect(lines(model) == ["-w /etc/passwd -p wa", "-w /etc/group -p wa"])
    #expect(model.setting(.enabled).value == 2)
    #expect(model.setting(.enabled).origin.path == "/etc/audit/rules.d/10-a.rules")
    #expect(model.setting(.failureMode).value == 2)
    // Only the last -b is kept.
    #expect(model.setting(.backlogLimit).value == 8192)
    #expect(model.setting(.backlogLimit).shadowed.isEmpty)
    #expect(model.setting(.rateLimit).origin.kind == .compiledDefault)
  }

  /// mawk, Debian's awk, reads `\s` as the letter s, so an indented control line stays in place.
  @Test(arguments: [(true, 1, 1), (false, 2, 2)])
  func indentedControlLines(isMawk: Bool, enabled: Int, count: Int) throws {
    let guest = auditGuest(
      "-w /etc/passwd -p wa\n  -D\n-w /etc/group -p wa\n  -e 2\n  -e 1\n", more: ["/usr/bin/gawk": ""])
    if !isMawk { guest.filesystem.addLink("/etc/alternatives/awk", to: "/usr/bin/gawk") }
    let model = try guest.model(AuditRules.self)
    // In place, -e 2 locks before -e 1; moved to the end, only the last one counts.
    #expect(model.setting(.enabled).value == (isMawk ? 2 : 1))
    #expect(model.rules.count == count)
  }

  @Test func aFileWithoutALineFeedRunsIntoTheNext() throws {
    let guest = auditGuest(
      "-w /etc/passwd -p wa", in: "/etc/audit/rules.d/10-a.rules",
      more: ["/etc/audit/rules.d/20-b.rules": "-w /etc/group -p wa\n-w /etc/hosts -p wa\n"])
    let model = try guest.model(AuditRules.self)
    #expect(model.rules.isEmpty)
    #expect(model.stop?.origin.text == "-w /etc/passwd -p wa-w /etc/group -p wa")
  }

  @Test func auditctlReadsOneFileIfTheUnitSaysSo() throws {
    let guest = auditGuest(
      "-w /etc/passwd\n",
      more: [
        "/etc/audit/audit.rules": "-e 2\n-w /etc/group\n",
        "/etc/systemd/system/auditd.service.d/load.conf":
          "[Service]\nExecStartPost=\nExecStartPost=-/sbin/auditctl -R /etc/audit/audit.rules\n",
      ])
    let model = try guest.model(AuditRules.self)
    #expect(model.source.way == .file("/etc/audit/audit.rules"))
    #expect(model.source.loader?.path == "/etc/systemd/system/auditd.service.d/load.conf")
    // Unlike augenrules, auditctl takes the lines as they come: -e 2 locks the rest out.
    #expect(model.rules.isEmpty)
    #expect(model.stop?.origin.line == 2)
  }

  @Test func withoutTheDirectoryTheFileIsLoaded() throws {
    let guest = auditGuest("-w /etc/group\n", in: "/etc/audit/audit.rules")
    #expect(lines(try guest.model(AuditRules.self)) == ["-w /etc/group"])
  }

  @Test func auditdFourLoadsInAUnitOfItsOwn() throws {
    let guest = auditGuest(
      "-w /etc/group\r\n-e 0\r\n", version: "1:4.0.2-2",
      more: [
        "/usr/lib/systemd/system/auditd.service":
          "[Unit]\nRequires=audit-rules.service\n[Service]\nExecStart=/usr/sbin/auditd\n",
        "/usr/lib/systemd/system/audit-rules.service": "[Service]\nExecStart=/usr/sbin/augenrules --load\n",
      ])
    let model = try guest.model(AuditRules.self)
    #expect(model.source.unit == "audit-rules.service" && model.source.isStarted)
    #expect(model.rules.count == 1)
    // The daemon starts after the rules and switches auditing on again.
    #expect(model.setting(.enabled).value == 1)
    #expect(model.setting(.enabled).shadowed.first?.value == 0)
  }

  /// What auditctl 3.0.9 or the kernel refuses; the line after it is then not loaded.
  @Test(arguments: [
    "-w etc/passwd", "-w /nowhere/below/this", "-a always,exit -F dir=/nowhere -F perm=wa",
    "-a always,exit -F path=/etc/passwd/ -F perm=wa", "-a always,exit -S open -F arch=b64",
    "-a always,exit -F arch=b64 -S nosuchcall", "-a always,exit -F arch=b64 -S stime", "-a always -S open",
    "-a always,exit -S open -F auid>=", "-a always,exit -S open -F nofield=1",
    "-a always,exit -S open -F auid=nobody2",
    "-S open", "-F auid=0 -a always,exit -S open", "-k key -w /etc/passwd", "-w /etc/passwd -p wz",
    "-w /etc/passwd -p wa stray", "-w /etc/hosts -w /etc/issue", "-Z", "-r many",
    "-d always,exit -S open",
    "-R /etc/audit/other.rules", "\t# comment after a tab", "-a always,exit -S open -C uid!=gid",
    "-a always,exit -F exit=ENOTANERROR -S open", "-a always,user -F path=/etc/passwd", "-W /etc/shadow",
    "-w /etc/group -p wa", "-a always,exit -F path=/etc/passwd -F path=/etc/group",
    "-a exclude,always -S open",
    "-w /etc/passwd -p wa\r",
  ])
  func anErrorEndsTheLoading(_ line: String) throws {
    let model = try auditRules("-w /etc/group -p wa\n\(line)\n-w /etc/issue -p wa\n")
    #expect(model.rules.map(\.origin.line) == [1])
    #expect(model.stop?.origin.line == 2)
  }

  @Test(arguments: [
    "-w /etc/absent -p wa", "-w /run/utmp/x -p wa", "-w /var/run/faillock -p wa",
    "-w /etc/pam.d/ -p wa -k a -k b",
    "-a always,exit -F arch=b32 -S stime", "-a exit,always -S 2 -F auid!=unset -F key=x",
    "-a always,exit -F arch=x86_64 -S open,openat -F exit=-EACCES -F auid>=1000 -F auid!=-1 -kaccess",
    "-a never,task", "-a always,exit", "-a always,exclude -F msgtype=CWD",
    "-a never,filesystem -F fstype=tracefs", "-i", "-c",
    "--backlog_wait_time 60000", "--loginuid-immutable", "-r 0", "-a possible,exit -S open", "  # comment",
    "   ",
    "-a always,exit -F uid=chrony -F gid=adm -S all", "-w /etc/pass\\ wd -p wa",
    "-a always,exit -F arch=b64 -C euid!=uid -F auid!=unset -S execve -k user_emulation",
  ])
  func theseAreTaken(_ line: String) throws {
    let model = try auditRules("-w /etc/group -p wa\n\(line)\n-w /etc/issue -p wa\n")
    #expect(model.problems.isEmpty)
    #expect(model.rules.last?.origin.line == 3)
  }

  @Test(arguments: ["-i", "-c"])
  func errorsCanBeIgnored(_ option: String) throws {
    let model = try auditRules(
      "\(option)\n-w /nowhere/x\n-w /etc/group\n-w /etc/group\n-w /etc/issue\n-e 2\n")
    #expect(lines(model) == ["-w /etc/group", "-w /etc/issue"])
    #expect(model.problems.count == 2 && model.stop == nil)
    #expect(model.setting(.enabled).value == 2)
  }

  @Test func rulesAreDeleted() throws {
    let model = try auditRules(
      """
      -w /etc/passwd -p wa -k identity
      -w /etc/group -p wa -k identity
      -w /etc/issue -p wa -k net
      -W /etc/passwd -p wa -k identity
      -a always,exit -F arch=b64 -S mount -k mount
      -d exit,always -F arch=b64 -S mount -k mount
      -D -k ident
      -A never,exit -S open
      """)
    #expect(lines(model) == ["-A never,exit -S open", "-w /etc/issue -p wa -k net"])
    #expect(model.problems.isEmpty)
  }

  @Test func anUnsafeFileIsNotRead() throws {
    let guest = auditGuest("-w /etc/group\n", in: "/etc/audit/audit.rules")
    guest.filesystem.addFile("/etc/audit/audit.rules", "-w /etc/group\n", mode: 0o666)
    let model = try guest.model(AuditRules.self)
    #expect(model.rules.isEmpty && model.stop?.reason == "everybody can write it")
  }

  @Test func uglyFiles() throws {
    #expect(try auditRules("").rules.isEmpty)
    #expect(try auditRules("\u{0}\u{1}\n").stop != nil)
    let guest = auditGuest("")
    guest.filesystem.addFile(
      "/etc/audit/rules.d/x.rules", .bytes([0xff, 0xfe, 0x0a] + [UInt8](repeating: 0x2d, count: 20_000)))
    #expect(try guest.model(AuditRules.self).rules.isEmpty)
    guest.filesystem.addLink("/etc/audit/rules.d/loop.rules", to: "loop.rules")
    guest.filesystem.addLink("/etc/audit/rules.d/y.rules", to: "/nowhere")
    #expect(try guest.model(AuditRules.self).stop != nil)
    guest.filesystem.addFile("/etc/audit/rules.d/z.rules", .tooLarge(size: 1 << 30))
    #expect(throws: EvidenceGap.self) { try guest.model(AuditRules.self) }
  }

  @Test func manyRulesAreTakenInLinearTime() throws {
    let text = (0..<20_000).map { "-w /etc/file\($0) -p wa -k key\($0)" }.joined(separator: "\n")
    let model = try auditRules(text + "\n-D -k key1\n")
    #expect(model.problems.isEmpty)
    #expect(model.rules.allSatisfy { !($0.origin.text ?? "").contains("key1") })
  }

  /// As `ls -1v` of coreutils 9.1 lists them.
  @Test func versionOrder() throws {
    let names = [
      "3.rules", "9.a.rules", "9a.rules", "9-a.rules", "10-a.b.rules", "10-a.rules", "10-a-b.rules",
      "30.rules",
      "30-x.rules", "30-x-2.rules", "30-x-10.rules", "30_x.rules", "99.rules", "100.rules", "A.rules",
      "a.rules",
      "audit.rules", "z~.rules",
    ]
    let guest = auditGuest("")
    for name in names { guest.filesystem.addFile("/etc/audit/rules.d/" + name, "-w /etc/\(name)\n") }
    #expect(try lines(guest.model(AuditRules.self)) == names.map { "-w /etc/" + $0 })
  }
}
