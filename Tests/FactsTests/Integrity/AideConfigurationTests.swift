import DiskImages
import Evidence
import Facts
import TestSupport
import Testing

@Suite struct AideConfigurationTests {
  private static let groups = """
    Checksums = H
    OwnerMode = p+u+g+ftype
    Full = OwnerMode + n + i+s+b+l+X+m+c + Checksums
    VarFile = Full-m-c-Checksums

    """

  private func selection(
    _ rules: String, _ path: String, _ type: FileType = .regular, files: [String: String] = [:]
  )
    throws -> String
  {
    var files = files
    files["/etc/aide/aide.conf"] = Self.groups + rules
    let model = try GuestFixture(files).model(AideConfiguration.self)
    return switch try model.selection(of: path, type: type) {
    case .watched(let rule): rule.expression + " " + (rule.attributes.contains("sha512") ? "Full" : "less")
    case .ignored(let rule): rule.map { "not by " + $0.expression } ?? "no rule"
    }
  }

  @Test(arguments: [
    ("/ 0 Full\n", "/usr/sbin/auditctl", "/ Full"), ("/ Full\n!/usr\n", "/usr/sbin/auditctl", "not by /usr"),
    // The deepest folder decides, within it the first rule.
    ("/ Full\n/usr/sbin/a VarFile\n/usr/sbin/aud Full\n", "/usr/sbin/auditctl", "/usr/sbin/a less"),
    ("/ Full\n/usr/(s?bin)/ VarFile\n", "/usr/sbin/auditctl", "/usr/(s?bin)/ less"),
    ("/ Full\n/usr/share Full\n", "/usr/sbin/auditctl", "/ Full"),
    ("/etc Full\n", "/usr/sbin/auditctl", "no rule"), ("", "/usr/sbin/auditctl", "no rule"),
    ("/usr/sbin$ Full\n", "/usr/sbin/auditctl", "no rule"),
    ("/ Full\n!/usr/sbin$\n", "/usr/sbin/auditctl", "not by /usr/sbin$"),
    ("/ Full\n!/usr/sbin$ d\n", "/usr/sbin/auditctl", "/ Full"),
    ("/ Full\n!/usr/sbin/auditctl$ f\n", "/usr/sbin/auditctl", "not by /usr/sbin/auditctl$"),
    ("/ d Full\n", "/usr/sbin/auditctl", "no rule"), ("/ f,l Full\n", "/usr/sbin/auditctl", "/ Full"),
    ("=/usr/sbin/auditctl$ VarFile\n/ Full\n", "/usr/sbin/auditctl", "/usr/sbin/auditctl$ less"),
    // An equals rule is for what lies in its folder, not below.
    ("/ Full\n=/usr/sbin VarFile\n", "/usr/sbin/auditctl", "/ Full"),
    ("/usr/sbin/audit\\\\.ctl Full\n", "/usr/sbin/audit.ctl", "/usr/sbin/audit\\.ctl Full"),
    ("@@define BIN sbin\n/usr/@@{BIN} Full\n", "/usr/sbin/auditctl", "/usr/sbin Full"),
    (
      "@@define A x\n@@if not defined A\n/ Full\n@@else\n/usr VarFile\n@@endif\n", "/usr/sbin/auditctl",
      "/usr less"
    ),
    (
      "@@ifdef NOTHING\n@@ifdef A\n@@else\n/ Full\n@@endif\n@@else\n/usr VarFile\n@@endif\n",
      "/usr/sbin/auditctl",
      "/usr less"
    ),
    ("@@if hostname web\n/ Full\n@@endif\n", "/usr/sbin/auditctl", "/ Full"),
    ("@@if exists /etc/hostname\n/ Full\n@@endif\n", "/usr/sbin/auditctl", "/ Full"),
  ])
  func selects(_ row: (rules: String, path: String, result: String)) throws {
    #expect(try selection(row.rules, row.path, files: ["/etc/hostname": "web.example.org\n"]) == row.result)
  }

  @Test func includes() throws {
    let guest = GuestFixture([
      "/etc/aide/aide.conf": Self.groups
        + "@@include /etc/aide/aide.conf.d ^[a-z0-9_]+$\n@@include /etc/aide/more\n",
      "/etc/aide/aide.conf.d/20_b": "/b Full\n", "/etc/aide/aide.conf.d/10_a": "/a Full\n",
      "/etc/aide/aide.conf.d/Upper": "/upper Full\n",
      "/etc/aide/more": "/more Full\n@@include /etc/aide/more\n",
    ])
    let model = try guest.model(AideConfiguration.self)
    #expect(model.rules.prefix(3).map(\.expression) == ["/a", "/b", "/more"])
    // It includes itself, at most 16 deep.
    #expect(model.rules.count < 20 && !model.problems.isEmpty)
  }

  @Test func prefixedAndExecutedIncludes() throws {
    let guest = GuestFixture([
      "/etc/aide.conf": Self.groups + "@@x_include /etc/aide.conf.d ^[a-z]+$ /srv/root\n",
      "/etc/aide.conf.d/plain": "/etc Full\n",
    ])
    guest.filesystem.addFile("/etc/aide.conf.d/script", "#!/bin/sh\necho \"/usr/sbin Full\"\n", mode: 0o755)
    let model = try guest.model(AideConfiguration.self)
    #expect(model.path == "/etc/aide.conf")
    #expect(model.rules.map(\.expression) == ["/srv/root/etc"])
    #expect(model.scripts.map(\.path) == ["/etc/aide.conf.d/script"])
    #expect(try model.scripts(mentioning: "/usr/sbin/auditctl").count == 1)
    #expect(try model.scripts(mentioning: "/opt/x").isEmpty)
  }

  @Test func database() throws {
    func url(_ text: String) throws -> String? {
      try GuestFixture(["/etc/aide/aide.conf": text]).model(AideConfiguration.self).databasePath
    }
    #expect(
      try url("database_in=file:/var/lib/aide/aide.db\ndatabase_in=file:/other\n") == "/var/lib/aide/aide.db")
    #expect(
      try url("@@define DBDIR /var/lib/aide\ndatabase = file:@@{DBDIR}/aide.db.gz\n")
        == "/var/lib/aide/aide.db.gz")
    #expect(try url("database_in=https://example.org/aide.db\n") == nil)
    #expect(try url("") == nil)
  }

  @Test func expressions() throws {
    let text = "A = p+u\nB = A-u+g\n/x B\n/y A + i\n/z UNKNOWN\nC = NOTHING\n/w R\n"
    let model = try GuestFixture(["/etc/aide/aide.conf": text]).model(AideConfiguration.self)
    #expect(model.rules.map(\.expression) == ["/x", "/y", "/w"])
    #expect(model.rules[0].attributes == ["p", "g"] && model.rules[1].attributes == ["p", "u", "i"])
    #expect(model.rules[2].attributes.isSuperset(of: ["md5", "acl", "xattrs"]))
    #expect(model.problems.map(\.line) == [5, 6])
  }

  @Test func anExpressionThatCannotBeReadIsUndecided() throws {
    #expect(throws: EvidenceGap.self) { try selection("/usr/sbin/(?!audit) Full\n", "/usr/sbin/auditctl") }
    // Elsewhere it does not matter.
    #expect(try selection("/ Full\n/srv/(?!audit) Full\n", "/usr/sbin/auditctl") == "/ Full")
  }

  @Test func ugly() throws {
    #expect(try selection("@@endif\n@@else\n@@\n@@if\n", "/x") == "no rule")
    let doubling = (0..<60).map { "@@define A\($0 + 1) @@{A\($0)}@@{A\($0)}\n" }.joined()
    #expect(try selection("@@define A0 /aaaaaaaa\n" + doubling + "/@@{A60} Full\n", "/x") == "no rule")
    #expect(try selection(String(repeating: "x", count: 500_000), "/x") == "no rule")
  }
}
