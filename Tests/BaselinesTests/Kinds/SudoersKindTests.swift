import TestSupport
import Testing

@testable import Baselines

@Suite struct SudoersKindTests {
  private func verdicts(
    _ text: String, _ parameters: [String: ParameterValue], _ files: [String: String] = [:]
  ) throws -> [String] {
    let guest = GuestFixture(files.merging(["/etc/sudoers": text]) { $1 })
    return try answers(SudoersKind.self, parameters, guest).map { "\($0.verdict) \($0.subject)" }
  }

  @Test(arguments: [
    ("Defaults use_pty", ["pass Defaults use_pty"]), ("", ["fail Defaults use_pty"]),
    ("Defaults use_pty\nDefaults:bob !use_pty", ["fail Defaults:bob use_pty"]),
    ("Defaults !use_pty\n@includedir /etc/sudoers.d", ["pass Defaults use_pty"]),
  ])
  func switches(_ text: String, _ expected: [String]) throws {
    let found = try verdicts(
      text, ["defaults": .text("use_pty"), "set": .boolean(true)],
      ["/etc/sudoers.d/pty": "Defaults use_pty\n", "/etc/sudoers.d/z.conf": "Defaults !use_pty\n"])
    #expect(found == expected)
  }

  @Test(arguments: [
    ("", true), ("Defaults timestamp_timeout=15", true), ("Defaults timestamp_timeout=14.5", true),
    ("Defaults timestamp_timeout=15.5", false), ("Defaults timestamp_timeout=-1", false),
    ("Defaults timestamp_timeout=60", false),
    ("Defaults timestamp_timeout=5\nDefaults:bob timestamp_timeout=60", false),
  ])
  func timestamps(_ text: String, _ passes: Bool) throws {
    let found = try verdicts(
      text, ["defaults": .text("timestamp_timeout"), "at_least": .integer(0), "at_most": .integer(15)])
    #expect(found.allSatisfy { $0.hasPrefix("pass") } == passes)
  }

  @Test func modesAndPaths() throws {
    #expect(
      try verdicts("Defaults umask=0077", ["defaults": .text("umask"), "equals": .text("077")]) == [
        "pass Defaults umask"
      ])
    #expect(
      try verdicts(
        "Defaults logfile=\"/var/log/sudo.log\"",
        ["defaults": .text("logfile"), "equals": .text("/var/log/sudo.log")]) == ["pass Defaults logfile"])
    #expect(
      try verdicts("Defaults !logfile", ["defaults": .text("logfile"), "set": .boolean(true)]) == [
        "fail Defaults logfile"
      ])
    #expect(
      try verdicts("", ["defaults": .text("authenticate"), "set": .boolean(true)]) == [
        "pass Defaults authenticate"
      ])
  }

  @Test(arguments: [
    ("bob ALL=(ALL) NOPASSWD: ALL", "nopasswd", ["fail bob ALL"]),
    ("root ALL=(ALL) NOPASSWD: ALL", "nopasswd", []),
    ("bob ALL=(ALL) NOPASSWD: ALL\nbob ALL=(ALL) ALL", "nopasswd", []),
    ("bob ALL=(ALL) NOPASSWD: /bin/a, PASSWD: /bin/b", "nopasswd", ["fail bob /bin/a"]),
    ("A ALL=NOPASSWD: ALL\nUser_Alias A = x, %y", "nopasswd", ["fail x ALL", "fail %y ALL"]),
    ("bob ALL=NOPASSWD: !/bin/a", "nopasswd", []),
    ("bob ALL=ALL, !C\nCmnd_Alias C = /bin/sh", "negated_command", ["fail bob !/bin/sh"]),
    ("bob ALL=(www) ALL", "root_target", []), ("%sudo ALL=(ALL:ALL) ALL", "root_target", ["fail %sudo ALL"]),
    ("bob ALL=/bin/a, /bin/b -x, /bin/c \"\"", "without_arguments", ["fail bob /bin/a"]),
    ("bob ALL=ALL", "all_commands", ["fail bob ALL"]),
  ])
  func grants(_ text: String, _ question: String, _ expected: [String]) throws {
    #expect(try verdicts(text, ["grants": .text(question)]) == expected)
  }

  @Test func exceptionsAreLeftOut() throws {
    let found = try verdicts(
      "debian ALL=NOPASSWD: ALL\nbob ALL=NOPASSWD: ALL",
      ["grants": .text("nopasswd"), "except": .list(["debian"])])
    #expect(found == ["fail bob ALL"])
  }

  @Test(arguments: [
    [:], ["defaults": ParameterValue.text("use_pty")], ["grants": .text("nopasswd"), "set": .boolean(true)],
    ["grants": .text("nopasswd"), "defaults": .text("use_pty"), "set": .boolean(true)],
  ])
  func parametersThatMakeNoSense(_ parameters: [String: ParameterValue]) {
    #expect(throws: ParameterError.self) { try SudoersKind(Parameters(parameters)) }
  }
}
