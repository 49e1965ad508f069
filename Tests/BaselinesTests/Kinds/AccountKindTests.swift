import Baselines
import DiskImages
import Evidence
import Facts
import TestSupport
import Testing

@Suite struct AccountKindTests {
  private static let passwd = """
    root:x:0:0:root:/root:/bin/bash
    daemon:x:1:1::/usr/sbin:/usr/sbin/nologin
    sync:x:4:65534::/bin:/bin/sync
    svc:x:998:998::/var/lib/svc:/bin/bash
    u:x:1000:1000::/home/u:/bin/bash
    v:x:1001:1000::/home/v:/bin/zsh
    nobody:x:65534:65534::/nonexistent:/usr/sbin/nologin
    """
  private static let shadow = """
    root:*:19000:0:99999:7:::
    daemon:*:19000::::::
    sync:*:19000::::::
    svc:!:19000::::::
    u:$6$a$b:19000:1:365:7:30::
    v::30000:0:99999:7:::
    nobody:*:19000::::::
    """

  private func guest(_ passwd: String = passwd, _ shadow: String = shadow) -> GuestFixture {
    GuestFixture([
      "/etc/passwd": passwd, "/etc/shadow": shadow, "/etc/group": "root:x:0:\nu:x:1000:\n",
      "/etc/shells": "/bin/bash\n/bin/sh\n", "/etc/login.defs": "UID_MIN 1000\n",
    ])
  }

  private func failing(
    _ parameters: [String: ParameterValue], _ guest: GuestFixture? = nil
  ) throws -> [String] {
    try answers(AccountKind.self, parameters, guest ?? self.guest()).filter { $0.verdict == .fail }.map(
      \.subject)
  }

  private static func select(_ values: [String: ParameterValue]) -> ParameterValue { .mapping(values) }

  static let selections: [([String: ParameterValue], [String])] = [
    ([:], ["root", "daemon", "sync", "svc", "u", "v", "nobody"]), (["class": .text("root")], ["root"]),
    (["class": .text("system")], ["daemon", "sync", "svc", "nobody"]),
    (["class": .text("regular")], ["u", "v"]),
    (["class": .text("interactive")], ["u", "v"]), (["class": .text("login")], ["root", "svc", "u", "v"]),
    (["uid_min": .integer(1), "uid_max": .integer(998)], ["daemon", "sync", "svc"]),
    (["names": .list(["u", "root"])], ["root", "u"]), (["names": .list([])], []),
    (["class": .text("login"), "except": .list(["u"])], ["root", "svc", "v"]),
    (["valid_shell": .boolean(true)], ["root", "svc", "u"]),
    (["valid_shell": .boolean(false)], ["daemon", "sync", "v", "nobody"]),
    (["shells": .list(["/bin/zsh"])], ["v"]), (["password": .list(["hashed", "empty"])], ["u", "v"]),
  ]

  /// A requirement that nobody fulfils shows who is selected.
  @Test(arguments: selections) func selects(_ selection: [String: ParameterValue], _ expected: [String])
    throws
  {
    #expect(try failing(["select": .mapping(selection), "gid": .integer(4711)]) == expected)
  }

  static let rules: [([String: ParameterValue], [String])] = [
    (["password": .list(["locked", "hashed"])], ["v"]),
    (["shell": .text("listed")], ["daemon", "sync", "v", "nobody"]),
    (["shell": .text("refusing"), "select": .mapping(["class": .text("system")])], ["svc"]),
    (["shell_in": .list(["/bin/bash", "/bin/zsh"])], ["daemon", "sync", "nobody"]),
    (["group_exists": .boolean(true)], ["daemon", "sync", "svc", "nobody"]),
    (["shadowed": .boolean(true)], []),
    (["gid": .integer(0), "select": .mapping(["class": .text("root")])], []), (["unique": .text("uid")], []),
    (["only": .list(["root"]), "select": .mapping(["uid_min": .integer(0), "uid_max": .integer(0)])], []),
    (
      [
        "aging": .mapping(["field": .text("max"), "at_most": .integer(365)]),
        "select": .mapping(["class": .text("regular")]),
      ],
      ["v"]
    ),
    (
      [
        "aging": .mapping(["field": .text("inactive"), "at_most": .integer(45)]),
        "select": .mapping(["class": .text("regular")]),
      ],
      ["v"]
    ), (["changed_in_past": .boolean(true)], ["v"]), (["no_compatibility_entries": .boolean(true)], []),
  ]

  @Test(arguments: rules) func judges(_ parameters: [String: ParameterValue], _ expected: [String]) throws {
    #expect(try failing(parameters) == expected)
  }

  @Test func whatPasswdItselfSaysCounts() throws {
    let passwd = "toor:x:0:0::/:/bin/sh\na:$1$x$y:5:5:::\nb::6:6:::\nb:*:7:7:::\n+:::::::\n"
    let guest = self.guest(passwd, "toor:*:1\n")
    #expect(
      try failing(["only": .list(["root"]), "select": .mapping(["uid_max": .integer(0)])], guest) == ["toor"])
    #expect(try failing(["shadowed": .boolean(true)], guest) == ["a", "b"])
    #expect(try failing(["password": .list(["locked", "hashed"])], guest) == ["b"])
    #expect(try failing(["unique": .text("name")], guest) == ["name b"])
    #expect(try failing(["no_compatibility_entries": .boolean(true)], guest) == ["/etc/passwd: +"])
    let twins = self.guest("a:x:5:5:::\nb:x:5:6:::\n", "")
    let outcome = try answers(AccountKind.self, ["unique": .text("uid")], twins)
    #expect(outcome.map(\.actual) == ["shared by a, b"] && outcome[0].evidence.map(\.line) == [1, 2])
  }

  @Test func aGroupThatMayComeFromElsewhereIsUndecided() throws {
    let guest = self.guest()
    guest.filesystem.addFile("/etc/nsswitch.conf", "group: files sss\n")
    #expect(throws: EvidenceGap.self) {
      try answers(AccountKind.self, ["group_exists": .boolean(true)], guest)
    }
  }

  @Test func anUnreadableShadowIsUndecidedOnlyWhereItIsNeeded() throws {
    let guest = self.guest()
    guest.filesystem.addFile("/etc/shadow", .unreadable(reason: "permission denied"))
    #expect(throws: EvidenceGap.self) {
      try answers(AccountKind.self, ["password": .list(["locked"])], guest)
    }
    #expect(try failing(["unique": .text("uid")], guest).isEmpty)
  }

  private func guestWithHomes() -> GuestFixture {
    let guest = self.guest()
    guest.filesystem.addDirectory("/root", mode: 0o700)
    guest.filesystem.addDirectory("/home/u", mode: 0o755, uid: 1000, gid: 1000)
    guest.filesystem.addFile("/home/u/.bashrc", "", mode: 0o644, uid: 1000, gid: 1000)
    guest.filesystem.addFile("/home/u/.netrc", "", mode: 0o600, uid: 0, gid: 1000)
    guest.filesystem.addFile("/home/u/d/f", "", mode: 0o666, uid: 1001, gid: 1000)
    guest.filesystem.addLink("/home/u/.link", to: "/etc/passwd")
    return guest
  }

  static let homes: [(String, [String: ParameterValue], [String])] = [
    ("home", ["exists": .boolean(true)], ["v"]), ("home", ["mode_max": .mode(0o750)], ["u"]),
    ("home", ["owned": .boolean(true), "group_owned": .boolean(true)], []),
    ("dot_files", ["mode_max": .mode(0o740)], ["/home/u/.bashrc"]),
    ("dot_files", ["owned": .boolean(true)], ["/home/u/.netrc"]),
    ("dot_files", ["names": .list([".netrc", ".rhosts"]), "absent": .boolean(true)], ["/home/u/.netrc"]),
    ("dot_files", ["names": .list([".l*"]), "absent": .boolean(true)], ["/home/u/.link"]),
    ("dot_files", ["names": .list([".net*"]), "mode_max": .mode(0o400)], ["/home/u/.netrc"]),
    ("home_files", ["owned": .boolean(true)], ["u"]), ("home_files", ["mode_max": .mode(0o777)], []),
  ]

  @Test(arguments: homes) func judgesHomes(
    _ rule: String, _ parameters: [String: ParameterValue], _ expected: [String]
  ) throws {
    let selection: [String: ParameterValue] = ["class": .text("interactive")]
    #expect(
      try failing([rule: .mapping(parameters), "select": .mapping(selection)], guestWithHomes()) == expected)
  }

  @Test func homesThatAreElsewhereAreUndecided() throws {
    let guest = self.guest()
    guest.filesystem.addGap("/home", reason: "could not be mounted")
    let selection: ParameterValue = .mapping(["class": .text("interactive")])
    let outcomes = try answers(
      AccountKind.self, ["select": selection, "home": .mapping(["exists": .boolean(true)])], guest)
    #expect(outcomes.map(\.subject) == ["u", "v"])
    #expect(outcomes.allSatisfy { if case .undecided = $0.verdict { true } else { false } })
  }

  @Test func aHomeThatIsADirectoryOfTheSystemIsNotSearched() throws {
    let guest = self.guest("u:x:1000:1000::/usr:/bin/bash\n", "")
    guest.filesystem.addFile("/usr/a", "")
    let outcomes = try answers(AccountKind.self, ["home_files": .mapping(["owned": .boolean(true)])], guest)
    #expect(outcomes.map(\.actual) == ["the home directory is /usr, a directory of the system"])
  }

  @Test func manyObjectionsAreCountedAndNotListed() throws {
    let passwd = (0..<3000).map { "a\($0)::\($0):1:::\n" }.joined()
    let outcomes = try answers(AccountKind.self, ["password": .list(["locked"])], guest(passwd))
    #expect(outcomes.count == 501 && outcomes.last?.actual == "2500 more, not listed")
  }

  @Test func aGuestWithoutAccountsPasses() throws {
    #expect(try answers(AccountKind.self, ["unique": .text("uid")], GuestFixture()).map(\.verdict) == [.pass])
  }

  @Test(
    arguments: [
      [:], ["select": .mapping([:])], ["password": .list(["lokced"])],
      ["unique": .text("uid"), "select": .mapping(["uid_min": .integer(5), "uid_max": .integer(1)])],
      ["dot_files": .mapping(["absent": .boolean(true)])], ["dot_files": .mapping([:])],
      ["aging": .mapping(["field": .text("max")])],
    ] as [[String: ParameterValue]]) func refusesWhatMakesNoSense(_ parameters: [String: ParameterValue])
  {
    #expect(throws: ParameterError.self) { try AccountKind(Parameters(parameters)) }
  }
}
