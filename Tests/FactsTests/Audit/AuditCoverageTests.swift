import Facts
import Testing

@Suite struct AuditCoverageTests {
  private static let users = [
    AuditField("auid", .atLeast, .number(1000)), AuditField("auid", .notEqual, .number(.max)),
  ]
  private static let chmod = AuditRequirement(syscalls: ["chmod", "fchmod", "fchmodat"], fields: users)
  private static let passwd = AuditRequirement(path: "/etc/passwd", permissions: [.write, .attribute])

  private func holes(_ requirement: AuditRequirement, _ rules: String, _ architecture: String = "amd64")
    throws
    -> [String]
  {
    let model = try auditRules(rules, architecture: architecture)
    #expect(model.problems.isEmpty, "the rules of a row are to be taken")
    return model.coverage(of: requirement).holes.map { hole in
      let condition = hole.condition.map { " \($0)" } ?? ""
      let exclusion = hole.excludedBy.map { _ in hole.isPartial ? " partly excluded" : " excluded" } ?? ""
      return "\(hole.what) \(hole.width)\(condition)\(exclusion)"
    }
  }

  @Test(arguments: [
    (
      "merged",
      "-a always,exit -F arch=b64 -S chmod,fchmod,fchmodat -F auid>=1000 -F auid!=unset -k p\n"
        + "-a always,exit -F arch=b32 -S chmod,fchmod,fchmodat -F auid>=1000 -F auid!=unset -k p"
    ),
    (
      "one -S each",
      "-a always,exit -F arch=b64 -S chmod -S fchmod -S fchmodat -F auid>=1000 -F auid!=-1\n"
        + "-a exit,always -F arch=b32 -S chmod -S fchmod -S fchmodat -F auid>=1000 -F auid!=4294967295"
    ),
    (
      "split, other order and keys",
      "-a always,exit -F arch=b32 -S fchmodat -F auid!=unset -F auid>=1000 -F key=a\n"
        + "-a always,exit -F arch=b64 -S fchmod -F auid>=1000 -F auid!=unset -k b\n"
        + "-a always,exit -F arch=i386 -S chmod,fchmod -F auid>=1000 -F auid!=unset\n"
        + "-a always,exit -F arch=x86_64 -S fchmodat -F auid>=1000 -F auid!=unset\n"
        + "-A always,exit -F arch=b64 -S chmod,open -F auid>=1000 -F auid!=unset"
    ),
    (
      "fewer conditions",
      "-a always,exit -F arch=b64 -S chmod,fchmod,fchmodat -F auid>=500\n"
        + "-a always,exit -F arch=b32 -S chmod,fchmod,fchmodat"
    ),
    (
      "by number",
      "-a always,exit -F arch=b64 -S 90,91,268 -F auid>999\n"
        + "-a always,exit -F arch=b32 -S 15 -S 94 -S 306 -F auid>=1000"
    ),
    ("every call", "-a always,exit -S all -F auid>=1000 -F auid!=unset"),
    (
      "loginuid in hexadecimal",
      "-a always,exit -F arch=b64 -S all -F loginuid>=0x3e8\n"
        + "-a always,exit -F arch=b32 -S all -F loginuid!=0xffffffff"
    ),
    (
      "harmless never",
      "-a never,exit -F arch=b64 -S chmod -F auid=unset\n-a never,exit -S chmod -F auid<1000\n"
        + "-a never,exit -S rename\n-a always,exclude -F msgtype=CWD\n-a never,task -F auid=-1\n"
        + "-a always,exit -S all"
    ),
    ("never after it", "-a always,exit -S all\n-a never,exit -S chmod"),
  ])
  func covered(_ row: (name: String, rules: String)) throws {
    #expect(try holes(Self.chmod, row.rules) == [])
  }

  private static let both =
    "-a always,exit -F arch=b64 -S chmod,fchmod,fchmodat -F auid>=1000 -F auid!=unset\n"
    + "-a always,exit -F arch=b32 -S chmod,fchmod,fchmodat -F auid>=1000 -F auid!=unset\n"

  @Test(arguments: [
    (
      "64 bits alone", "-a always,exit -F arch=b64 -S chmod,fchmod,fchmodat",
      ["chmod b32", "fchmod b32", "fchmodat b32"]
    ),
    (
      "one call is missing", "-a always,exit -F arch=b64 -S chmod,fchmod\n-a always,exit -F arch=b32 -S all",
      ["fchmodat b64"]
    ),
    // Without arch, numbers are those of x86-64; on i386 they are other calls.
    ("no arch", "-a always,exit -S chmod,fchmod,fchmodat", ["chmod b32", "fchmod b32", "fchmodat b32"]),
    (
      "more conditions", "-a always,exit -S all -F auid>=1000 -F success=1",
      ["chmod b64", "fchmod b64", "fchmodat b64", "chmod b32", "fchmod b32", "fchmodat b32"]
    ),
    (
      "a higher limit", "-a always,exit -F arch=b64 -S all -F auid>1000\n-a always,exit -F arch=b32 -S all",
      ["chmod b64", "fchmod b64", "fchmodat b64"]
    ),
    (
      "only in a directory",
      "-a always,exit -F arch=b64 -S all -F dir=/etc\n-a always,exit -F arch=b32 -S all",
      ["chmod b64", "fchmod b64", "fchmodat b64"]
    ),
    (
      "the wrong list", "-a always,task",
      ["chmod b64", "fchmod b64", "fchmodat b64", "chmod b32", "fchmod b32", "fchmodat b32"]
    ),
    ("never before", "-a never,exit -F arch=b64 -S chmod\n" + both, ["chmod b64 excluded"]),
    ("never put before", both + "-A never,exit -F arch=b64 -S chmod -F auid>=1", ["chmod b64 excluded"]),
    (
      "never for one user", "-a never,exit -F arch=b64 -S fchmod -F auid=1001\n" + both,
      ["fchmod b64 partly excluded"]
    ),
    (
      "never for one program", "-a never,exit -F arch=b32 -S all -F exe=/usr/bin/backup\n" + both,
      ["chmod b32 partly excluded", "fchmod b32 partly excluded", "fchmodat b32 partly excluded"]
    ),
    (
      "never in a directory", "-a never,exit -F arch=b64 -S chmod -F dir=/dev/shm\n" + both,
      ["chmod b64 partly excluded"]
    ),
    (
      "no task is audited", "-a task,never\n-a always,exit -S all",
      [
        "chmod b64 excluded", "fchmod b64 excluded", "fchmodat b64 excluded", "chmod b32 excluded",
        "fchmod b32 excluded", "fchmodat b32 excluded",
      ]
    ),
    (
      "records of calls are dropped",
      "-a always,exclude -F msgtype=SYSCALL -F auid>=1000\n-a always,exit -S all",
      [
        "chmod b64 excluded", "fchmod b64 excluded", "fchmodat b64 excluded", "chmod b32 excluded",
        "fchmod b32 excluded", "fchmodat b32 excluded",
      ]
    ),
  ])
  func notCovered(_ row: (name: String, rules: String, holes: [String])) throws {
    #expect(try holes(Self.chmod, row.rules) == row.holes)
  }

  /// Each way of failing has to be recorded.
  @Test func alternatives() throws {
    let denied = AuditRequirement(
      syscalls: ["openat"], fields: Self.users,
      alternatives: [
        AuditField("exit", .equal, .number(0xffff_fff3)), AuditField("exit", .equal, .number(.max)),
      ])
    #expect(
      try holes(
        denied,
        "-a always,exit -F arch=b64 -S openat -F exit=-EACCES -F auid>=1000 -F auid!=unset\n"
          + "-a always,exit -F arch=b32 -S openat -F exit=-13 -F auid>=1000 -F auid!=unset")
        == ["openat b64 exit=-1", "openat b32 exit=-1"])
    #expect(try holes(denied, "-a always,exit -S all -F success=0").isEmpty)
    #expect(try holes(denied, "-a always,exit -S all -F success!=1").isEmpty)
    // EACCES without a sign is no error that a call returns.
    #expect(
      try holes(denied, "-a always,exit -S all -F exit=EACCES\n-a always,exit -S all -F exit=-EPERM").count
        == 2)
    #expect(try holes(denied, "-a never,exit -S all -F success=1\n-a always,exit -S all").isEmpty)
  }

  @Test func comparisonsOfFields() throws {
    let emulation = AuditRequirement(
      syscalls: ["execve"],
      fields: [AuditField("euid", .notEqual, .field("uid")), AuditField("auid", .notEqual, .number(.max))])
    #expect(
      try holes(
        emulation,
        "-a always,exit -F arch=b64 -C uid!=euid -F auid!=unset -S execve\n"
          + "-a always,exit -F arch=b32 -C euid!=uid -S execve"
      ).isEmpty)
    #expect(try holes(emulation, "-a always,exit -S all -C uid=euid").count == 2)
    #expect(try holes(emulation, "-a always,exit -S all -C gid!=egid").count == 2)
  }

  @Test(arguments: [
    ("watch", "-w /etc/passwd -p wa -k identity", []),
    ("every access", "-w /etc/passwd", []),
    ("upper case, both at once", "-w /etc/passwd -p WAX", []),
    ("as a rule", "-a always,exit -F path=/etc/passwd -F perm=wa -F key=identity", []),
    (
      "as two rules for each architecture",
      "-a always,exit -F arch=b64 -F path=/etc/passwd -F perm=wa\n"
        + "-a always,exit -F arch=b32 -S all -F path=/etc/passwd -F perm=w\n"
        + "-a always,exit -F arch=b32 -S all -F path=/etc/passwd -F perm=a", []
    ),
    ("the directory", "-w /etc/ -p wa", []),
    ("dir=", "-a always,exit -F dir=/etc/ -F perm=wa", []),
    ("through another path", "-w /var/run/../../etc/passwd -p wa", []),
    ("no path at all", "-a always,exit -F perm=wa", []),
    (
      "64 bits alone", "-a always,exit -F arch=b64 -F path=/etc/passwd -F perm=wa",
      ["write b32", "attribute change b32"]
    ),
    ("one permission", "-w /etc/passwd -p w", ["attribute change b64", "attribute change b32"]),
    (
      "users alone", "-w /etc/passwd -p wa -F auid>=1000",
      ["write b64", "attribute change b64", "write b32", "attribute change b32"]
    ),
    (
      "some calls alone", "-a always,exit -S open -F path=/etc/passwd -F perm=wa",
      ["write b64", "attribute change b64", "write b32", "attribute change b32"]
    ),
    (
      "the directory itself", "-a always,exit -F path=/etc -F perm=wa",
      ["write b64", "attribute change b64", "write b32", "attribute change b32"]
    ),
    (
      "never in the directory", "-a never,exit -F dir=/etc\n-w /etc/passwd -p wa",
      [
        "write b64 excluded", "attribute change b64 excluded", "write b32 excluded",
        "attribute change b32 excluded",
      ]
    ),
    (
      "never elsewhere",
      "-a never,exit -F dir=/dev/shm\n-a never,exit -F path=/etc/group\n-w /etc/passwd -p wa", []
    ),
  ])
  func watches(_ row: (name: String, rules: String, holes: [String])) throws {
    #expect(try holes(Self.passwd, row.rules) == row.holes)
  }

  @Test(arguments: [
    // A path= on a directory meets the directory alone, -w and dir= all that is in it.
    ("/etc/pam.d/", "wa", "-w /etc/pam.d -p wa", 0),
    ("/etc/pam.d/", "wa", "-a always,exit -F path=/etc/pam.d -F perm=wa", 4),
    ("/etc/pam.d", "wa", "-a never,exit -F path=/etc/pam.d/common-auth\n-w /etc/pam.d -p wa", 4),
    // The directory above is resolved.
    ("/var/run/faillock", "wa", "-w /run/faillock -p wa", 0),
    ("/run/utmp", "wa", "-w /var/run/utmp -p wa", 0),
    // Executing a link executes what it points at; a watch on the link never meets that.
    ("/sbin/insmod", "x", "-w /sbin/insmod -p x", 2),
    ("/sbin/insmod", "x", "-w /usr/bin/kmod -p x", 0),
    ("/sbin/insmod", "x", "-a always,exit -S execve,execveat", 1),
    (
      "/usr/bin/kmod", "x",
      "-a always,exit -F arch=b64 -S execve -F path=/usr/bin/kmod\n"
        + "-a always,exit -F arch=b32 -S execve,execveat -F path=/usr/bin/kmod -F perm=x", 1
    ),
    // Changing a link is what replaces it.
    ("/usr/sbin/insmod", "wa", "-w /sbin/insmod -p wa", 0),
    ("/etc/later", "wa", "-w /etc/later -p wa", 0),
  ])
  func paths(_ row: (path: String, permissions: String, rules: String, holes: Int)) throws {
    let requirement = AuditRequirement(
      path: row.path,
      permissions: row.permissions.compactMap { AuditRule.Permission(rawValue: String($0)) })
    #expect(try holes(requirement, row.rules).count == row.holes)
  }

  @Test(arguments: [
    // Without /boot/config-* arm64 has 64 bits alone; its calls are fewer, too.
    ("arm64", "-a always,exit -F arch=b64 -S fchmod,fchmodat -F auid>=1000", []),
    ("i386", "-a always,exit -F arch=b32 -S chmod,fchmod,fchmodat", []),
    ("riscv64", "-a always,exit -F arch=b64 -S fchmod,fchmodat", ["chmod b64"]),
  ])
  func architectures(_ row: (name: String, rules: String, holes: [String])) throws {
    #expect(try holes(Self.chmod, row.rules, row.name) == row.holes)
  }

  @Test(arguments: [("CONFIG_COMPAT=y", ["b64", "b32"]), ("# CONFIG_COMPAT is not set", ["b64"])])
  func theKernelSaysWhetherItRuns32Bits(_ row: (line: String, widths: [String])) throws {
    let guest = auditGuest("", architecture: "arm64", more: ["/boot/config-6.1": "CONFIG_A=y\n\(row.line)\n"])
    #expect(try guest.model(AuditArchitectures.self).all.map(\.width) == row.widths)
  }
}
