import DiskImages
import Evidence
import TestSupport
import Testing

@testable import Facts

@Suite struct SudoersTests {
  private func sudoers(_ text: String, _ files: [String: String] = [:]) throws -> Sudoers {
    var files = files
    files["/etc/sudoers"] = text
    return try GuestFixture(files).model(Sudoers.self)
  }

  private func grants(_ text: String) throws -> [String] {
    try sudoers(text).policy.grants.map { grant in
      let groups = grant.runasGroups.isEmpty ? "" : ":" + grant.runasGroups.joined(separator: ",")
      let runas = grant.runasUsers.map { "(\($0.joined(separator: ","))\(groups))" } ?? ""
      let tags = grant.tags.sorted().map { "\($0):" }.joined()
      let command = (grant.isNegated ? "!" : "") + grant.command
      return "\(grant.user) \(grant.hosts.joined(separator: ","))=\(runas)\(tags)\(command)"
    }
  }

  @Test(arguments: [
    ("root ALL=(ALL:ALL) ALL", ["root ALL=(ALL:ALL)ALL"]),
    (
      "%sudo ALL=(ALL) NOPASSWD: /bin/ls, /bin/cat",
      ["%sudo ALL=(ALL)NOPASSWD:/bin/ls", "%sudo ALL=(ALL)NOPASSWD:/bin/cat"]
    ),
    ("bob ALL=NOPASSWD:/bin/a,PASSWD:/bin/b", ["bob ALL=NOPASSWD:/bin/a", "bob ALL=PASSWD:/bin/b"]),
    (
      "a,b ALL = /bin/x -f \"y z\", !/bin/q",
      ["a ALL=/bin/x -f \"y z\"", "a ALL=!/bin/q", "b ALL=/bin/x -f \"y z\"", "b ALL=!/bin/q"]
    ),
    ("#1000 h1,h2=(bin) /bin/x \"\" : h3 = ALL", ["#1000 h1,h2=(bin)/bin/x \"\"", "#1000 h3=ALL"]),
    ("bob ALL=(:adm) /bin/x", ["bob ALL=(:adm)/bin/x"]), ("bob ALL=() /bin/x", ["bob ALL=()/bin/x"]),
    ("bob ALL = sudoedit /etc/motd # c", ["bob ALL=sudoedit /etc/motd"]),
    ("bob ALL = sha256:abcd= /bin/x", ["bob ALL=/bin/x"]),
    ("bob ALL = CWD=/tmp NOEXEC: NOPASSWD: /bin/vi", ["bob ALL=NOEXEC:NOPASSWD:/bin/vi"]),
    ("%domain\\ users ALL=ALL", ["%domain users ALL=ALL"]), ("\"%a b\" ALL=ALL", ["%a b ALL=ALL"]),
    ("bob ALL= \\\n  /bin/x, \\\n  /bin/y", ["bob ALL=/bin/x", "bob ALL=/bin/y"]),
    ("User_Alias A = x, B\nUser_Alias B = y, A\nA ALL=ALL", ["x ALL=ALL", "y ALL=ALL"]),
    (
      "bob ALL=ALL, !C\nCmnd_Alias C = /bin/sh, !/bin/ok : D = /bin/d",
      ["bob ALL=ALL", "bob ALL=!/bin/sh", "bob ALL=/bin/ok"]
    ),
    ("bob H=(R) ALL\nHost_Alias H = h1, h2\nRunas_Alias R = root, bin", ["bob h1,h2=(root,bin)ALL"]),
    ("bob ALL = /bin/a\\:b\\, c", ["bob ALL=/bin/a:b, c"]),
  ])
  func specifications(_ text: String, _ expected: [String]) throws {
    #expect(try grants(text) == expected)
  }

  @Test(arguments: [
    "bob", "bob ALL", "bob ALL=", "Defaults", "Defaults =", "bob ALL=(root /bin/x", "Defaults a b",
  ])
  func badLinesAreNotedAndTheRestKept(_ line: String) throws {
    let policy = try sudoers("\(line)\nroot ALL=ALL\n").policy
    #expect(policy.grants.map(\.user) == ["root"])
    #expect(policy.problems.map(\.line) == [1])
  }

  @Test(arguments: [
    ("", "use_pty", ["off"]), ("Defaults use_pty", "use_pty", ["on"]),
    ("Defaults use_pty\nDefaults !use_pty", "use_pty", ["off"]),
    ("Defaults !!use_pty", "use_pty", ["on"]), ("Defaults env_reset , use_pty", "use_pty", ["on"]),
    ("Defaults logfile=\"/var/log/a b\"", "logfile", ["/var/log/a b"]),
    ("Defaults logfile = /var/log/sudo.log", "logfile", ["/var/log/sudo.log"]),
    (
      "Defaults env_keep=\"A B\"\nDefaults env_keep+=\"C D\"\nDefaults env_keep -= \"A B D\"", "env_keep",
      ["C"]
    ),
    ("Defaults:bob !use_pty\nDefaults use_pty", "use_pty", ["on", ":bob off"]),
    ("Defaults use_pty\nDefaults!/bin/ls,/bin/cat !use_pty", "use_pty", ["on", "!/bin/ls,/bin/cat off"]),
    ("Defaults>root timestamp_timeout=0", "timestamp_timeout", ["5", ">root 0"]),
    ("Defaults@h1,h2 umask=077", "umask", ["0022", "@h1,h2 077"]),
    ("#Defaults use_pty", "use_pty", ["off"]), ("Defaults \\\n use_pty", "use_pty", ["on"]),
  ])
  func defaults(_ text: String, _ name: String, _ expected: [String]) throws {
    let found = try sudoers(text).answers(name).map { answer in
      (answer.scope.map { "\($0) " } ?? "") + answer.value.value.joined(separator: ",")
    }
    #expect(found == expected)
  }

  @Test(arguments: [
    ("a", true), ("b.conf", false), ("c~", false), ("README", true), (".d", false), ("10-e", true),
  ])
  func includedNames(_ name: String, _ isRead: Bool) throws {
    for keyword in ["@includedir", "#includedir"] {
      let model = try sudoers(
        "\(keyword) /etc/sudoers.d\n", ["/etc/sudoers.d/\(name)": "bob ALL=NOPASSWD: ALL\n"])
      #expect(model.policy.grants.isEmpty != isRead)
    }
  }

  @Test func includesKeepTheOrder() throws {
    let model = try sudoers(
      "Defaults use_pty\n@include sudoers.local\n@includedir /etc/sudoers.d\nDefaults insults\n",
      [
        "/etc/sudoers.local": "Defaults !use_pty\n", "/etc/sudoers.d/10": "Defaults use_pty\n",
        "/etc/sudoers.d/9": "Defaults !use_pty\n",
      ])
    // "10" comes before "9" by bytes.
    let value = try #require(model.answers("use_pty").first?.value)
    #expect(value.value == ["off"] && value.origin.path == "/etc/sudoers.d/9")
    #expect(value.shadowed.map(\.origin.path).prefix(2) == ["/etc/sudoers.d/10", "/etc/sudoers.local"])
  }

  @Test func commentsAreNotIncludes() throws {
    let model = try sudoers(
      "# include x\n# #includedir /etc/sudoers.d\n", ["/etc/sudoers.d/a": "bob ALL=ALL\n"])
    #expect(model.policy.grants.isEmpty && model.policy.problems.isEmpty)
  }

  @Test func insecureFilesAreIgnored() throws {
    let guest = GuestFixture(["/etc/sudoers": "@includedir /etc/sudoers.d\n"])
    guest.filesystem.addFile("/etc/sudoers.d/a", "bob ALL=ALL\n", mode: 0o646)
    guest.filesystem.addFile("/etc/sudoers.d/b", "eve ALL=ALL\n", mode: 0o440, uid: 1000)
    guest.filesystem.addFile("/etc/sudoers.d/c", "ann ALL=ALL\n", mode: 0o440)
    let model = try guest.model(Sudoers.self)
    #expect(model.policy.grants.map(\.user) == ["ann"] && model.policy.problems.count == 2)
    guest.filesystem.addFile("/etc/sudoers", "", mode: 0o666)
    #expect(throws: EvidenceGap.self) { try guest.model(Sudoers.self) }
  }

  @Test func circlesAndHugeFilesEnd() throws {
    // sudo gives up on the 129th level and goes on with the next line.
    let model = try sudoers("@include /etc/sudoers\nbob ALL=ALL\n")
    #expect(!model.policy.problems.isEmpty && model.policy.grants.allSatisfy { $0.user == "bob" })
    #expect(throws: EvidenceGap.self) {
      try sudoers(
        "@include /etc/sudoers\n@includedir /etc/sudoers.d\n", ["/etc/sudoers.d/a": "@include /etc/sudoers\n"]
      )
    }
    let aliases = (0..<2000).map { "Cmnd_Alias A\($0) = A\($0 + 1), A\($0 + 1), /bin/x\n" }.joined()
    #expect(try sudoers(aliases + "bob ALL=A0\n").policy.grants.count == 2002)
    let many = String(repeating: "bob ALL=NOPASSWD: ALL\n", count: 2000)
    let policy = try sudoers(many)
    #expect(policy.policy.grants.indices.allSatisfy { policy.isOverridden($0) == ($0 != 1999) })
  }

  @Test(arguments: [
    ("bob ALL=NOPASSWD: ALL\nbob ALL=ALL", false), ("bob ALL=(ALL) NOPASSWD: ALL\nALL ALL=(ALL) ALL", true),
    ("bob ALL=(ALL) NOPASSWD: /bin/x\nbob ALL=(ALL) ALL", true),
    ("bob h1=(ALL) NOPASSWD: /bin/x\nbob h2=(ALL) ALL", false),
    ("bob ALL=(ALL) ALL\nbob ALL=(ALL) NOPASSWD: ALL", false),
  ])
  func theLastMatchWins(_ text: String, _ overridden: Bool) throws {
    let model = try sudoers(text)
    let index = try #require(model.policy.grants.firstIndex { $0.tags.contains("NOPASSWD") })
    #expect(model.isOverridden(index) == (overridden || text.contains("bob ALL=ALL")))
  }

  @Test(arguments: [
    ("bob ALL=ALL", true), ("bob ALL=(ALL) ALL", true), ("bob ALL=(#0) ALL", true),
    ("bob ALL=(www) ALL", false),
    ("bob ALL=(:adm) ALL", false), ("bob ALL=(ALL,!root) ALL", false),
  ])
  func rootAsTarget(_ text: String, _ expected: Bool) throws {
    #expect(try sudoers(text).policy.grants[0].targetsRoot == expected)
  }

  @Test(arguments: [
    ("ID=debian\n", "1.9.13p3-1+deb12u4", "off", "15"), ("ID=debian\n", "1.9.16p2-3", "on", "15"),
    ("ID=\"rhel\"\nID_LIKE=\"fedora\"\n", "1.9.5p2-10.el9", "off", "5"),
  ])
  func compiledDefaults(_ release: String, _ version: String, _ pty: String, _ timeout: String) throws {
    let model = try sudoers(
      "",
      [
        "/etc/os-release": release,
        "/var/lib/dpkg/status":
          "Package: sudo\nStatus: install ok installed\nArchitecture: amd64\nVersion: \(version)\n",
      ])
    #expect(model.answers("use_pty").map(\.value.value) == [[pty]])
    #expect(model.answers("timestamp_timeout").map(\.value.value) == [[timeout]])
  }

  @Test func hostileFilesCostLittle() throws {
    let continued = String(repeating: "a\\\n", count: 20_000)
    #expect(try sudoers(continued).policy.grants.isEmpty)
    let settings = (0..<1000).map { "Defaults:u\($0) env_keep+=V\($0)\nDefaults env_keep+=V\($0)\n" }
      .joined()
    #expect(try sudoers(settings).answers("env_keep").count == 1001)
    let users = (0..<1000).map { "u\($0)" }.joined(separator: ",")
    let circles =
      "User_Alias U = \(users)\nCmnd_Alias C = C\n" + String(repeating: "U ALL=C\n", count: 1100)
    #expect(throws: EvidenceGap.self) { try sudoers(circles) }
    let many =
      "User_Alias U = \(users)\nCmnd_Alias C = /bin/a, /bin/b\n" + String(repeating: "U ALL=C\n", count: 110)
    #expect(throws: EvidenceGap.self) { try sudoers(many) }
    let include = String(repeating: "#" + String(repeating: "x", count: 99) + "\n", count: 9000)
    let bomb = String(repeating: "@include /etc/big\n", count: 6)
    #expect(throws: EvidenceGap.self) { try sudoers(bomb, ["/etc/big": include]) }
  }
}
