import Evidence
import TestSupport
import Testing

@testable import Facts

private let debian = ["/etc/os-release": "ID=debian\n"]

@Suite struct PamConfigurationTests {
  private func stack(
    _ service: String, _ phase: PamPhase = .auth, _ files: [String: String]
  ) throws -> PamStack {
    try GuestFixture(files).model(PamConfiguration.self).stack(of: service, phase)
  }

  private func modules(_ stack: PamStack) -> [String] {
    stack.rules.map { rule in
      switch rule.kind {
      case .module: "\(rule.module)\(rule.level > 0 ? "^" : "")"
      case .failure: "FAIL"
      case .substack: "["
      }
    }
  }

  @Test func wordsLinesAndComments() throws {
    let stack = try stack(
      "x", .auth,
      [
        "/etc/pam.d/x": """
        # comment \\
        AUTH  Required /lib/security/pam_env.so a=1 \\
           [b c\\]d] # end
        -auth optional pam_y.so
        account required pam_z.so
        session
        """
      ])
    #expect(modules(stack) == ["pam_env.so", "pam_y.so"])
    #expect(stack.rules[0].arguments == ["a=1", "b c]d"])
    #expect(stack.rules[0].origin.line == 2)
  }

  @Test func includesSubstacksAndTheirPlace() throws {
    let files = [
      "/etc/pam.d/x": "auth include a\nauth substack a\n@include a\nauth required pam_end.so\n",
      "/etc/pam.d/a": "auth required pam_a.so\naccount required pam_b.so\n",
    ]
    #expect(
      try modules(stack("x", .auth, files)) == ["pam_a.so", "[", "pam_a.so^", "pam_a.so", "pam_end.so"])
    #expect(try modules(stack("x", .account, files)) == ["pam_b.so"])
  }

  @Test func vendorFilesCountWhereEtcHasNone() throws {
    let files = [
      "/usr/lib/pam.d/x": "auth include common\n", "/usr/lib/pam.d/common": "auth required pam_v.so\n",
      "/usr/lib/pam.d/y": "auth required pam_v.so\n", "/etc/pam.d/y": "auth required pam_e.so\n",
    ]
    #expect(try modules(stack("x", .auth, files)) == ["pam_v.so"])
    #expect(try modules(stack("y", .auth, files)) == ["pam_e.so"])
    // Debian's libpam looks for what is included in /etc/pam.d alone.
    let onDebian = files.merging(debian) { first, _ in first }
    #expect(try modules(stack("x", .auth, onDebian)) == ["FAIL"])
  }

  @Test func otherStandsInForAPhaseWithoutRules() throws {
    let files = [
      "/etc/pam.d/x": "auth required pam_a.so\n",
      "/etc/pam.d/other": "auth required pam_deny.so\naccount required pam_deny.so\n",
    ]
    #expect(try modules(stack("x", .auth, files)) == ["pam_a.so"])
    let account = try stack("x", .account, files)
    #expect(modules(account) == ["pam_deny.so"] && account.isOther)
    #expect(try stack("unknown", .auth, files).isOther)
  }

  @Test func pamConfCountsOnlyWithoutFolders() throws {
    let conf = "x auth required pam_a.so\nY auth required pam_b.so\nother auth required pam_deny.so\n"
    #expect(try modules(stack("x", .auth, ["/etc/pam.conf": conf])) == ["pam_a.so"])
    #expect(try modules(stack("q", .auth, ["/etc/pam.conf": conf])) == ["pam_deny.so"])
    let both = ["/etc/pam.conf": conf, "/etc/pam.d/other": "auth required pam_o.so\n"]
    #expect(try modules(stack("x", .auth, both)) == ["pam_o.so"])
  }

  @Test func linesThatMakeNoSenseFailWhenReached() throws {
    let files = [
      "/etc/pam.d/x":
        "nonsense required pam_a.so\nauth required\nauth include missing\n"
        + "auth substack x\nauth sufficient pam_permit.so\n"
    ]
    let stack = try stack(
      "x", .auth, ["/etc/pam.d/x": files["/etc/pam.d/x"]?.replacing("auth substack x\n", with: "") ?? ""])
    #expect(modules(stack) == ["FAIL", "FAIL", "FAIL", "pam_permit.so"])
  }

  @Test func circlesEnd() throws {
    #expect(throws: EvidenceGap.self) { try stack("x", .auth, ["/etc/pam.d/x": "auth include x\n"]) }
    #expect(throws: EvidenceGap.self) {
      try stack(
        "x", .auth, ["/etc/pam.d/x": "@include y\n@include y\n", "/etc/pam.d/y": "@include x\n@include x\n"])
    }
    let deep = try stack("x", .auth, ["/etc/pam.d/x": "auth substack x\nauth required pam_a.so\n"])
    #expect(deep.rules.contains { $0.kind == .failure })
  }

  @Test func includesThatMultiplyEnd() throws {
    var files: [String: String] = [:]
    for number in 0..<30 {
      files["/etc/pam.d/a\(number)"] = "@include a\(number + 1)\n@include a\(number + 1)\n"
    }
    files["/etc/pam.d/a30"] = "# \n"
    #expect(throws: EvidenceGap.self) { try stack("a0", .auth, files) }
  }

  @Test func aBrokenServiceDoesNotHideOthers() throws {
    let model = try GuestFixture([
      "/etc/pam.d/bad": "auth required pam_a.so \\", "/etc/pam.d/good": "auth required pam_a.so\n",
    ]).model(PamConfiguration.self)
    #expect(throws: EvidenceGap.self) { try model.stack(of: "bad", .auth) }
    #expect(try model.stack(of: "good", .auth).rules.count == 1)
  }

  /// The trap of Debian's own stacks: a success that jumps over pam_deny.
  @Test(arguments: [
    (
      "auth [success=1 default=ignore] pam_unix.so\n"
        + "auth requisite pam_deny.so\nauth required pam_permit.so\n",
      true
    ),
    (
      "auth [success=2 default=ignore] pam_unix.so\n"
        + "auth requisite pam_deny.so\nauth required pam_permit.so\n",
      false
    ),
    (
      "auth [success=1 default=ignore] pam_unix.so\nauth optional pam_deny.so\nauth required pam_permit.so\n",
      false
    ),
  ])
  func aLoginNeedsPamUnix(_ text: String, _ needed: Bool) throws {
    let stack = try stack("x", .auth, ["/etc/pam.d/x": text])
    let unix = Set(stack.reachable.filter { stack.rules[$0].module == "pam_unix.so" })
    // A jump over the whole stack leaves nothing that says yes.
    #expect(stack.needs(unix) == (needed || text.contains("success=2")))
  }

  @Test func rootokIsLeftOutOfTheQuestion() throws {
    let stack = try stack(
      "su", .auth,
      [
        "/etc/pam.d/su":
          "auth sufficient pam_rootok.so\nauth required pam_wheel.so use_uid\nauth required pam_unix.so\n"
      ])
    #expect(!stack.needs([1]))
    #expect(stack.needs([1], except: ["pam_rootok.so"]))
  }

  @Test func orderAndFailure() throws {
    let text = """
      auth requisite pam_faillock.so preauth
      auth [success=2 default=ignore] pam_unix.so
      auth [default=die] pam_faillock.so authfail
      auth requisite pam_deny.so
      auth required pam_permit.so
      """
    let stack = try stack("x", .auth, ["/etc/pam.d/x": text])
    #expect(stack.runs([0], before: "pam_unix.so"))
    #expect(!stack.runs([2], before: "pam_unix.so"))
    #expect(stack.runs([2], afterFailureOf: "pam_unix.so"))
    #expect(!stack.runs([0], afterFailureOf: "pam_unix.so"))
    let skipped = try self.stack(
      "x", .auth, ["/etc/pam.d/x": text.replacing("success=2 default=ignore", with: "success=3 default=1")])
    #expect(!skipped.runs([2], afterFailureOf: "pam_unix.so"))
  }
}

@Suite struct PamModuleOptionsTests {
  private func option(
    _ name: String, _ line: String, _ files: [String: String] = [:], pam: String? = nil
  ) throws -> String? {
    var files = files
    files["/etc/pam.d/x"] = line
    if let pam {
      files["/var/lib/dpkg/status"] =
        "Package: libpam-modules\nStatus: install ok installed\nArchitecture: amd64\nVersion: \(pam)\n"
    }
    let model = try GuestFixture(files).model(PamConfiguration.self)
    let rule = try #require(PamPhase.allCases.flatMap { try model.stack(of: "x", $0).rules }.first)
    return try model.option(name, of: rule)?.value
  }

  @Test(arguments: [
    ("auth required pam_faillock.so preauth", "deny = 7\n", "deny", "7"),
    ("auth required pam_faillock.so preauth deny=2", "deny = 7\n", "deny", "2"),
    ("auth required pam_faillock.so preauth", "# deny = 7\n", "deny", "3"),
    ("auth required pam_faillock.so preauth", "deny = 7\ndeny=4\n", "deny", "4"),
    ("auth required pam_faillock.so preauth", "deny = many\n", "deny", "3"),
    ("auth required pam_faillock.so preauth", "unlock_time = never # x\n", "unlock_time", "0"),
    ("auth required pam_faillock.so preauth", "unlock_time = 900\n", "root_unlock_time", "900"),
    ("auth required pam_faillock.so preauth", "even_deny_root\n", "even_deny_root", "yes"),
    ("auth required pam_faillock.so preauth", "", "even_deny_root", "no"),
  ])
  func faillock(_ line: String, _ conf: String, _ name: String, _ expected: String) throws {
    #expect(try option(name, line, ["/etc/security/faillock.conf": conf]) == expected)
  }

  @Test func faillockWithAFileOfItsOwn() throws {
    let line = "auth required pam_faillock.so conf=/etc/lock.conf"
    #expect(try option("deny", line, ["/etc/lock.conf": "deny 9\n"]) == "9")
    #expect(throws: EvidenceGap.self) { try option("deny", line) }
  }

  /// libpwquality reads the folder first, so that the main file wins, and stops at the first bad line.
  @Test(arguments: [
    (["/etc/security/pwquality.conf": "minlen = 14\n"], "14"),
    (["/etc/security/pwquality.conf": "minlen=12\nminlen 15\n"], "15"),
    (
      [
        "/etc/security/pwquality.conf": "minlen = 14\n",
        "/etc/security/pwquality.conf.d/50.conf": "minlen = 20\n",
      ], "14"
    ),
    (
      [
        "/etc/security/pwquality.conf": "# minlen = 14\n",
        "/etc/security/pwquality.conf.d/50.conf": "minlen = 20\n",
      ], "20"
    ),
    (
      [
        "/etc/security/pwquality.conf.d/9.conf": "minlen = 20\n",
        "/etc/security/pwquality.conf.d/50.conf": "minlen = 30\n",
      ], "20"
    ),
    (["/etc/security/pwquality.conf.d/50.txt": "minlen = 30\n"], "8"),
    (
      ["/etc/security/pwquality.conf.d/1.conf": "broken\n", "/etc/security/pwquality.conf": "minlen = 14\n"],
      "8"
    ),
    (["/etc/security/pwquality.conf": "minlen = 3\n"], "6"), ([:], "8"),
  ])
  func pwquality(_ files: [String: String], _ expected: String) throws {
    #expect(try option("minlen", "password requisite pam_pwquality.so retry=3", files) == expected)
  }

  @Test func pwqualityArgumentsBeatTheFile() throws {
    let conf = ["/etc/security/pwquality.conf": "minlen = 14\nenforce_for_root = 0\n"]
    #expect(try option("minlen", "password requisite pam_pwquality.so minlen=9", conf) == "9")
    #expect(try option("enforce_for_root", "password requisite pam_pwquality.so", conf) == "yes")
  }

  /// Debian 12's pam_pwhistory reads no file.
  @Test(arguments: [("1.5.2-6+deb12u2", "10"), ("1.7.0-5", "24")])
  func pwhistoryFileDependsOnTheRelease(_ version: String, _ expected: String) throws {
    let conf = ["/etc/security/pwhistory.conf": "remember = 24\nremember = 30\n"]
    #expect(try option("remember", "password required pam_pwhistory.so", conf, pam: version) == expected)
    #expect(
      try option("remember", "password required pam_pwhistory.so remember=5", conf, pam: version) == "5")
  }

  @Test(arguments: [
    ("password required pam_unix.so yescrypt", "", "hash", "yescrypt"),
    ("password required pam_unix.so sha512 md5", "", "hash", "md5"),
    ("password required pam_unix.so", "ENCRYPT_METHOD SHA512\n", "hash", "sha512"),
    ("password required pam_unix.so", "encrypt_method YESCRYPT\nENCRYPT_METHOD MD5\n", "hash", "yescrypt"),
    ("password required pam_unix.so", "", "hash", "des"),
    ("password required pam_unix.so yescrypt", "", "rounds", "5"),
    ("password required pam_unix.so yescrypt rounds=99", "", "rounds", "11"),
    ("password required pam_unix.so sha512 rounds=11", "", "rounds", "5000"),
    ("password required pam_unix.so sha512", "SHA_CRYPT_MAX_ROUNDS 65536\n", "rounds", "65536"),
    ("password required pam_unix.so", "", "remember", "0"),
  ])
  func unix(_ line: String, _ definitions: String, _ name: String, _ expected: String) throws {
    #expect(try option(name, line, ["/etc/login.defs": definitions]) == expected)
  }

  @Test func anUnreadableFileIsAGap() throws {
    let guest = GuestFixture(["/etc/pam.d/x": "auth required pam_faillock.so preauth\n"])
    guest.filesystem.addFile("/etc/security/faillock.conf", .unreadable(reason: "damaged"))
    let model = try guest.model(PamConfiguration.self)
    let rule = try model.stack(of: "x", .auth).rules[0]
    #expect(throws: EvidenceGap.self) { try model.option("deny", of: rule) }
  }
}
