import DiskImages
import Evidence
import Facts
import TestSupport
import Testing

@Suite struct AccountsTests {
  private func accounts(_ files: [String: String]) throws -> Accounts { try GuestFixture(files).model() }

  @Test func readsLinesAsTheCLibraryDoes() throws {
    let model = try accounts([
      "/etc/passwd": """
      root:x:0:0:root:/root:/bin/bash
      # a comment
        blank:x:5:5::/:/bin/sh

      short:x:7:8
      shell:x:9:9:::/bin/a:b
      nouid:x::1:::
      word:x:one:1:::
      big:x:4294967295:1:::
      toobig:x:4294967296:1:::
      :x:1:1:::
      notapasswdline
      +nis::::::
      +::::::
      -bad:x:1:1:::
      """
    ])
    #expect(model.accounts.map(\.name) == ["root", "blank", "short", "shell", "big"])
    let short = try #require(model.account(named: "short"))
    #expect(short.uid == 7 && short.gid == 8 && short.loginShell == "/bin/sh" && short.home.isEmpty)
    #expect(model.account(named: "shell")?.shell == "/bin/a:b")
    #expect(model.compatibilityEntries.map(\.line) == [13, 14, 15])
    #expect(model.malformedLines.compactMap(\.line) == [7, 8, 10, 11, 12])
    #expect(
      model.origin(of: short) == Origin(path: "/etc/passwd", line: 5, kind: .explicit, text: "short:…:7:8:::")
    )
  }

  @Test func theFirstOfTwoIsFoundAndBothAreListed() throws {
    let model = try accounts([
      "/etc/passwd": "a:x:5:1::/1:\na:x:6:1::/2:\nb:x:5:1::/3:\n", "/etc/group": "g:x:1:a\ng:x:2:b\nh:x:1:\n",
      "/etc/shadow": "a:*:1\na:$1$x$y:2\n",
    ])
    #expect(model.account(named: "a")?.home == "/1" && model.account(uid: 5)?.name == "a")
    #expect(model.group(named: "g")?.gid == 1 && model.group(gid: 1)?.name == "g")
    #expect(model.accounts.count == 3 && model.groups.count == 3)
    #expect(try model.password(of: model.accounts[0]) == .locked(nil))
  }

  static let states: [(passwd: String, shadow: String?, state: String)] = [
    ("x", "*", "locked"), ("x", "!", "locked"), ("x", "!!", "locked"), ("x", "!*", "locked"),
    ("x", "*LK*", "locked"),
    ("x", "", "empty"), ("x", nil, "unusable"), ("x", "x", "unusable"), ("x", "secret", "unusable"),
    ("x", "$y$j9T$a$b", "hashed"), ("x", "$6$(cut-by-brinell-hash)", "hashed"), ("x", "!$6$a$b", "locked"),
    ("x", "(cut-by-brinell-des-hash)", "hashed"), ("x", "chERDiI95PGCQ", "hashed"),
    ("x", "(cut-by-brinell-unknown-hash)", "unusable"), ("", "*", "empty"), ("*", "", "locked"),
    ("!", nil, "locked"),
    ("chERDiI95PGCQ", nil, "hashed"), ("(cut-by-brinell-des-hash)", nil, "hashed"), ("xx", nil, "unusable"),
  ]

  @Test(arguments: states) func passwordStates(_ passwd: String, _ shadow: String?, _ state: String) throws {
    var files = ["/etc/passwd": "u:\(passwd):1:1::/:\n"]
    if let shadow { files["/etc/shadow"] = "u:\(shadow):::::::\n" }
    let model = try accounts(files)
    #expect(try model.password(of: model.accounts[0]).name == state)
  }

  @Test func agesAreDaysOrNothing() throws {
    let model = try accounts(["/etc/passwd": "u:x:1:1:::\n", "/etc/shadow": "u:*:20000:-1:365:7::21000:\n"])
    let aging = try #require(try model.shadowEntry(of: model.accounts[0])?.aging)
    #expect(aging.lastChange == 20000 && aging.minimum == nil && aging.maximum == 365 && aging.warning == 7)
    #expect(aging.inactive == nil && aging.expiry == 21000)
  }

  @Test func sourcesComeFromNsswitch() throws {
    let passwd = "local:x:1:1:::\n"
    let sss = try accounts([
      "/etc/passwd": passwd, "/etc/nsswitch.conf": "passwd: files [NOTFOUND=return] sss systemd # x\n",
    ])
    #expect(sss.foreignAccountSources == ["sss"] && sss.accounts.count == 1)
    let unused = try accounts(["/etc/passwd": passwd, "/etc/nsswitch.conf": "passwd: ldap\n"])
    #expect(unused.accounts.isEmpty && unused.foreignAccountSources == ["ldap"])
    let ostree = try accounts([
      "/etc/passwd": passwd, "/usr/lib/passwd": "vendor:x:2:2:::\n",
      "/etc/nsswitch.conf": "passwd:\tfiles altfiles\n",
    ])
    #expect(ostree.accounts.map(\.name) == ["local", "vendor"])
    #expect(try accounts(["/etc/passwd": passwd]).foreignAccountSources.isEmpty)
  }

  @Test func anUnreadableShadowLeavesTheRestKnown() throws {
    let guest = GuestFixture(["/etc/passwd": "u:x:1:1:::\nv:*:2:2:::\n"])
    guest.filesystem.addFile("/etc/shadow", .unreadable(reason: "permission denied"))
    let model = try guest.model(Accounts.self)
    #expect(throws: EvidenceGap(path: "/etc/shadow", reason: "permission denied")) {
      try model.password(of: model.accounts[0])
    }
    #expect(try model.password(of: model.accounts[1]) == .locked(nil))
  }

  @Test func aGuestWithoutAccountsHasNone() throws {
    let model = try accounts([:])
    #expect(model.accounts.isEmpty && model.groups.isEmpty && model.account(uid: 0) == nil)
  }

  @Test func linksLoopsAndRubbish() throws {
    let guest = GuestFixture()
    guest.filesystem.addLink("/etc/passwd", to: "passwd")
    #expect(throws: EvidenceGap.self) { try guest.model(Accounts.self) }
    let rubbish = GuestFixture()
    rubbish.filesystem.addFile(
      "/etc/passwd", .bytes([0, 0xff, 0x3a, 0x3a, 0x0a, 0x3a] + Array("x:x:1:1:\u{fffd}".utf8)))
    #expect(try rubbish.model(Accounts.self).accounts.isEmpty)
  }

  @Test func manyAccountsTakeLinearTime() throws {
    func time(_ count: Int) throws -> Duration {
      let lines = (0..<count).map { "user\($0):x:\($0):\($0)::/home/user\($0):/bin/bash\n" }.joined()
      let facts = try GuestFixture(["/etc/passwd": lines]).facts()
      let start = ThreadClock.now
      #expect(try facts.model(Accounts.self).accounts.count == count)
      return ThreadClock.now - start
    }
    _ = try time(1000)
    let (small, large) = (try time(10_000), try time(80_000))
    #expect(large < small * 24 + .milliseconds(200))
  }

  static let loginShells: [(String, Bool, Bool)] = [
    ("/bin/bash", true, false), ("", true, false), ("/usr/sbin/nologin", false, true),
    ("/bin/false", false, true),
    ("/bin/sync", false, false), ("/usr/bin/git-shell", true, false), ("/sbin/halt", false, false),
  ]

  @Test(arguments: loginShells) func whichShellsLetIn(_ shell: String, _ letsIn: Bool, _ refuses: Bool) throws
  {
    let account = try #require(try accounts(["/etc/passwd": "u:x:1:1:::\(shell)\n"]).accounts.first)
    #expect(account.hasLoginShell == letsIn && account.refusesLogin == refuses)
  }
}
