import Baselines
import DiskImages
import Facts
import TestSupport
import Testing

@Suite struct EnvironmentKindTests {
  private func answer(_ parameters: [String: ParameterValue], _ files: [String: String]) throws -> [Outcome] {
    var files = files
    files["/etc/passwd"] = files["/etc/passwd"] ?? "root:x:0:0::/root:/bin/bash\n"
    return try answers(EnvironmentKind.self, parameters, GuestFixture(files))
  }

  private func verdicts(_ outcomes: [Outcome]) -> [String] {
    outcomes.map { outcome in
      switch outcome.verdict {
      case .pass: "pass"
      case .fail: "fail"
      case .undecided: "undecided"
      }
    }
  }

  private static let umask: [String: ParameterValue] = ["variable": .text("umask"), "mask": .mode(0o027)]

  static let masks: [(String, String, [String])] = [
    ("umask 027", "all", ["pass"]), ("umask 077", "all", ["pass"]), ("umask 022", "all", ["fail", "fail"]),
    ("[ $(id -u) -eq 0 ] && umask 022 || umask 027", "users", ["pass"]),
    ("[ $(id -u) -eq 0 ] && umask 022 || umask 027", "root", ["fail"]),
    ("some-command && umask 027", "root", ["undecided"]), ("umask $(some-command)", "root", ["undecided"]),
    ("some-command && umask 002", "root", ["fail"]), ("", "root", ["fail"]),
  ]

  @Test(arguments: masks) func umask(_ profile: String, _ users: String, _ expected: [String]) throws {
    let parameters = Self.umask.merging(["users": .text(users)]) { $1 }
    #expect(verdicts(try answer(parameters, ["/etc/profile": profile])) == expected)
  }

  @Test func interactiveShellsAreAskedApart() throws {
    let files = ["/etc/profile": "umask 027", "/etc/bash.bashrc": "umask 022"]
    let parameters = Self.umask.merging(["shell": .text("interactive"), "users": .text("users")]) { $1 }
    #expect(try answer(parameters, files).map(\.subject) == ["umask of new accounts in interactive shells"])
    #expect(verdicts(try answer(Self.umask, files)) == ["pass"])
  }

  private static let tmout: [String: ParameterValue] = [
    "variable": .text("TMOUT"), "at_most": .integer(900), "greater_than": .integer(0),
    "readonly": .boolean(true),
    "exported": .boolean(true), "users": .text("users"),
  ]

  static let timeouts: [(String, String)] = [
    ("readonly TMOUT=900; export TMOUT", "pass"), ("TMOUT=600\nreadonly TMOUT\nexport TMOUT", "pass"),
    ("declare -xr TMOUT=900", "pass"), ("typeset -xr TMOUT=900", "pass"), ("TMOUT=900; export TMOUT", "fail"),
    ("readonly TMOUT=900", "fail"), ("readonly TMOUT=901; export TMOUT", "fail"), ("", "fail"),
    ("readonly TMOUT=0; export TMOUT", "fail"), ("declare -xr TMOUT=900\nTMOUT=0\nunset TMOUT", "pass"),
    ("TMOUT=0\ndeclare -xr TMOUT=900", "pass"), ("declare -xr TMOUT=9999\nTMOUT=600", "fail"),
    ("# declare -xr TMOUT=900", "fail"), ("x && declare -xr TMOUT=900", "undecided"),
    ("TMOUT=900\nreadonly TMOUT export TMOUT", "fail"),
  ]

  @Test(arguments: timeouts) func timeout(_ profile: String, _ expected: String) throws {
    #expect(verdicts(try answer(Self.tmout, ["/etc/profile": profile])) == [expected], "\(profile)")
  }

  @Test func aStartFileOfAUserCanUndoIt() throws {
    let passwd =
      "root:x:0:0::/root:/bin/bash\nu:x:1000:1000::/home/u:/bin/bash\nz:x:1001:1::/home/z:/bin/zsh\n"
    let files = [
      "/etc/passwd": passwd, "/etc/profile": "umask 027", "/home/u/.bash_profile": "umask 0",
      "/home/z/.bashrc": "",
    ]
    let outcomes = try answer(Self.umask, files)
    #expect(outcomes.map(\.subject) == ["umask of u", "umask of z"])
    #expect(verdicts(outcomes) == ["fail", "undecided"])
    #expect(outcomes[0].evidence.first?.path == "/home/u/.bash_profile")
  }

  @Test func whatWasNotReadMakesItUndecided() throws {
    let guest = GuestFixture([
      "/etc/passwd": "root:x:0:0::/root:/bin/bash\n", "/etc/profile": "umask 027\n. /etc/x",
    ])
    guest.filesystem.addFile("/etc/x", .tooLarge(size: 1 << 30))
    let outcomes = try answers(
      EnvironmentKind.self, Self.umask.merging(["users": .text("root")]) { $1 }, guest)
    #expect(verdicts(outcomes) == ["undecided"])
  }

  private static let everyRule: ParameterValue = .list([
    "absolute", "directory", "root_owned", "not_group_writable", "not_world_writable",
  ])

  static let paths: [(String, [String])] = [
    ("/ok", []), ("/ok:/link", []), ("/ok:", ["PATH of root: ''"]), (":/ok", ["PATH of root: ''"]),
    ("/ok::/ok", ["PATH of root: ''"]), (".:/ok", ["PATH of root: '.'"]), ("bin", ["PATH of root: 'bin'"]),
    ("/none", ["PATH of root: '/none'"]), ("/file", ["PATH of root: '/file'"]),
    ("/group", ["PATH of root: '/group'"]),
    ("/world", ["PATH of root: '/world'"]), ("/user", ["PATH of root: '/user'"]),
    ("/ok:$(x)/bin", ["PATH of root: '…/bin'"]), ("/ok:$HOME/bin", ["PATH of root: '/root/bin'"]),
  ]

  @Test(arguments: paths) func path(_ value: String, _ expected: [String]) throws {
    let guest = GuestFixture([
      "/etc/passwd": "root:x:0:0::/root:/bin/bash\n", "/etc/profile": "PATH=\(value)", "/file": "",
    ])
    guest.filesystem.addDirectory("/ok")
    guest.filesystem.addLink("/link", to: "ok")
    guest.filesystem.addDirectory("/group", mode: 0o775)
    guest.filesystem.addDirectory("/world", mode: 0o757)
    guest.filesystem.addDirectory("/user", uid: 5)
    let parameters: [String: ParameterValue] = [
      "variable": .text("PATH"), "users": .text("root"), "path": Self.everyRule,
    ]
    let outcomes = try answers(EnvironmentKind.self, parameters, guest)
    #expect(outcomes.filter { $0.verdict != .pass }.map(\.subject) == expected)
  }

  @Test(
    arguments: [
      ["variable": .text("umask")], ["variable": .text("umask"), "mask": .mode(0o22), "equals": .text("1")],
      ["variable": .text("PATH"), "path": .list(["sound"])], ["variable": .text("TMOUT")],
    ] as [[String: ParameterValue]]) func refusesWhatMakesNoSense(_ parameters: [String: ParameterValue])
  {
    #expect(throws: ParameterError.self) { try EnvironmentKind(Parameters(parameters)) }
  }
}
