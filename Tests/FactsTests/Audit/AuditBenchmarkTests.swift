import Facts
import Testing

/// A rule set as benchmarks print it, against what they want recorded.
@Suite struct AuditBenchmarkTests {
  private static let rules = """
    -w /etc/sudoers -p wa -k scope
    -w /etc/sudoers.d -p wa -k scope
    -a always,exit -F arch=b64 -C euid!=uid -F auid!=unset -S execve -k user_emulation
    -a always,exit -F arch=b32 -C euid!=uid -F auid!=unset -S execve -k user_emulation
    -w /var/log/sudo.log -p wa -k sudo_log_file
    -a always,exit -F arch=b64 -S adjtimex,settimeofday -k time-change
    -a always,exit -F arch=b32 -S adjtimex,settimeofday -k time-change
    -a always,exit -F arch=b64 -S clock_settime -F a0=0x0 -k time-change
    -a always,exit -F arch=b32 -S clock_settime -F a0=0x0 -k time-change
    -w /etc/localtime -p wa -k time-change
    -a always,exit -F arch=b64 -S sethostname,setdomainname -k system-locale
    -a always,exit -F arch=b32 -S sethostname,setdomainname -k system-locale
    -w /etc/issue -p wa -k system-locale
    -w /etc/issue.net -p wa -k system-locale
    -w /etc/hosts -p wa -k system-locale
    -w /etc/networks -p wa -k system-locale
    -w /etc/network/ -p wa -k system-locale
    -a always,exit -F path=/usr/bin/sudo -F perm=x -F auid>=1000 -F auid!=unset -k privileged
    -a always,exit -F path=/usr/bin/su -F perm=x -F auid>=1000 -F auid!=unset -k privileged
    -a always,exit -F arch=b64 -S creat,open,openat,truncate,ftruncate -F exit=-EACCES -F auid>=1000 -F auid!=unset -k access
    -a always,exit -F arch=b64 -S creat,open,openat,truncate,ftruncate -F exit=-EPERM -F auid>=1000 -F auid!=unset -k access
    -a always,exit -F arch=b32 -S creat,open,openat,truncate,ftruncate -F exit=-EACCES -F auid>=1000 -F auid!=unset -k access
    -a always,exit -F arch=b32 -S creat,open,openat,truncate,ftruncate -F exit=-EPERM -F auid>=1000 -F auid!=unset -k access
    -w /etc/group -p wa -k identity
    -w /etc/passwd -p wa -k identity
    -w /etc/gshadow -p wa -k identity
    -w /etc/shadow -p wa -k identity
    -w /etc/security/opasswd -p wa -k identity
    -w /etc/nsswitch.conf -p wa -k identity
    -w /etc/pam.conf -p wa -k identity
    -w /etc/pam.d -p wa -k identity
    -a always,exit -F arch=b64 -S chmod,fchmod,fchmodat -F auid>=1000 -F auid!=unset -F key=perm_mod
    -a always,exit -F arch=b64 -S chown,fchown,lchown,fchownat -F auid>=1000 -F auid!=unset -F key=perm_mod
    -a always,exit -F arch=b32 -S chmod,fchmod,fchmodat -F auid>=1000 -F auid!=unset -F key=perm_mod
    -a always,exit -F arch=b32 -S lchown,fchown,chown,fchownat -F auid>=1000 -F auid!=unset -F key=perm_mod
    -a always,exit -F arch=b64 -S setxattr,lsetxattr,fsetxattr,removexattr,lremovexattr,fremovexattr -F auid>=1000 -F auid!=unset -F key=perm_mod
    -a always,exit -F arch=b32 -S setxattr,lsetxattr,fsetxattr,removexattr,lremovexattr,fremovexattr -F auid>=1000 -F auid!=unset -F key=perm_mod
    -a always,exit -F arch=b32 -S mount -F auid>=1000 -F auid!=unset -k mounts
    -a always,exit -F arch=b64 -S mount -F auid>=1000 -F auid!=unset -k mounts
    -w /var/run/utmp -p wa -k session
    -w /var/log/wtmp -p wa -k session
    -w /var/log/btmp -p wa -k session
    -w /var/log/lastlog -p wa -k logins
    -w /var/run/faillock -p wa -k logins
    -a always,exit -F arch=b64 -S rename,unlink,unlinkat,renameat -F auid>=1000 -F auid!=unset -F key=delete
    -a always,exit -F arch=b32 -S rename,unlink,unlinkat,renameat -F auid>=1000 -F auid!=unset -F key=delete
    -w /etc/apparmor/ -p wa -k MAC-policy
    -w /etc/apparmor.d/ -p wa -k MAC-policy
    -a always,exit -F path=/usr/bin/chcon -F perm=x -F auid>=1000 -F auid!=unset -k perm_chng
    -a always,exit -F path=/usr/bin/setfacl -F perm=x -F auid>=1000 -F auid!=unset -k perm_chng
    -a always,exit -F path=/usr/bin/chacl -F perm=x -F auid>=1000 -F auid!=unset -k perm_chng
    -a always,exit -F path=/usr/sbin/usermod -F perm=x -F auid>=1000 -F auid!=unset -k usermod
    -a always,exit -F arch=b64 -S init_module,finit_module,delete_module,create_module,query_module -F auid>=1000 -F auid!=unset -k kernel_modules
    -a always,exit -F path=/usr/bin/kmod -F perm=x -F auid>=1000 -F auid!=unset -k kernel_modules
    -a always,exit -F arch=b32 -S init_module,finit_module,delete_module,create_module,query_module -F auid>=1000 -F auid!=unset -k kernel_modules
    """

  private static let users = [
    AuditField("auid", .atLeast, .number(1000)), AuditField("auid", .notEqual, .number(.max)),
  ]

  private static let calls: [AuditRequirement] = [
    AuditRequirement(
      syscalls: ["execve"],
      fields: [AuditField("euid", .notEqual, .field("uid")), AuditField("auid", .notEqual, .number(.max))]),
    AuditRequirement(syscalls: ["adjtimex", "settimeofday"]),
    AuditRequirement(syscalls: ["clock_settime"], fields: [AuditField("a0", .equal, .number(0))]),
    AuditRequirement(syscalls: ["sethostname", "setdomainname"]),
    AuditRequirement(
      syscalls: ["creat", "open", "openat", "truncate", "ftruncate"], fields: users,
      alternatives: [
        AuditField("exit", .equal, .number(UInt32(bitPattern: -13))),
        AuditField("exit", .equal, .number(UInt32(bitPattern: -1))),
      ]),
    AuditRequirement(
      syscalls: [
        "chmod", "fchmod", "fchmodat", "chown", "fchown", "lchown", "fchownat", "setxattr", "lsetxattr",
        "fsetxattr", "removexattr", "lremovexattr", "fremovexattr", "mount", "rename", "unlink", "unlinkat",
        "renameat", "init_module", "finit_module", "delete_module", "create_module", "query_module",
      ], fields: users),
  ]

  private static let changed = [
    "/etc/sudoers", "/etc/sudoers.d", "/var/log/sudo.log", "/etc/localtime", "/etc/issue", "/etc/issue.net",
    "/etc/hosts", "/etc/networks", "/etc/network", "/etc/group", "/etc/passwd", "/etc/gshadow", "/etc/shadow",
    "/etc/security/opasswd", "/etc/nsswitch.conf", "/etc/pam.conf", "/etc/pam.d", "/var/run/utmp",
    "/var/log/wtmp", "/var/log/btmp", "/var/log/lastlog", "/var/run/faillock", "/etc/apparmor",
    "/etc/apparmor.d",
  ]
  private static let executed = [
    "/usr/bin/sudo", "/usr/bin/su", "/usr/bin/chcon", "/usr/bin/setfacl", "/usr/bin/chacl",
    "/usr/sbin/usermod",
    "/sbin/insmod",
  ]

  private static let requirements =
    calls + changed.map { AuditRequirement(path: $0, permissions: [.write, .attribute]) }
    + executed.map { AuditRequirement(path: $0, permissions: [.execute], fields: users) }

  private func loaded(_ lines: [String]) throws -> AuditRules {
    let folders = ["/etc/security/limits.conf", "/etc/sudoers.d/README", "/etc/apparmor.d/local/README"]
    let guest = auditGuest(
      lines.joined(separator: "\n") + "\n", more: Dictionary(folders.map { ($0, "") }) { $1 })
    let rules = try guest.model(AuditRules.self)
    #expect(rules.problems.isEmpty)
    return rules
  }

  private func missing(_ rules: AuditRules) -> Int {
    Self.requirements.filter { !rules.coverage(of: $0).holes.isEmpty }.count
  }

  @Test func everythingIsRecorded() throws {
    let rules = try loaded(Self.rules.split(separator: "\n").map(String.init))
    #expect(rules.rules.count == Self.rules.split(separator: "\n").count)
    for requirement in Self.requirements {
      #expect(rules.coverage(of: requirement).holes.isEmpty, "\(requirement)")
    }
  }

  /// Each line is needed, and neither order nor splitting of the others matters.
  @Test func everyLineCounts() throws {
    let lines = Self.rules.split(separator: "\n").map(String.init)
    for (index, line) in lines.enumerated() {
      var rest = lines
      rest.remove(at: index)
      #expect(try missing(loaded(rest.reversed())) > 0, "\(line)")
    }
  }

  @Test func oneCallALine() throws {
    let split = Self.rules.split(separator: "\n").flatMap { line -> [String] in
      guard let option = line.firstRange(of: "-S ") else { return [String(line)] }
      let calls = line[option.upperBound...].prefix { $0 != " " }
      return calls.split(separator: ",").map { call in
        String(line).replacing("-S \(calls)", with: "-S \(call)")
      }
    }
    #expect(split.count > 100)
    #expect(try missing(loaded(split.reversed())) == 0)
  }
}
