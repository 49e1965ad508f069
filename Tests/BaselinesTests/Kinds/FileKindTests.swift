import Baselines
import DiskImages
import Evidence
import TestSupport
import Testing

@Suite struct FileKindTests {
  private func guest() -> GuestFixture {
    let guest = GuestFixture([
      "/etc/passwd":
        "root:x:0:0::/root:/bin/sh\nsyslog:x:104:110::/:/bin/false\nanna:x:1000:1000::/h:/bin/bash\n",
      "/etc/group": "root:x:0:\nshadow:x:42:\n", "/etc/shells": "/bin/sh\n/bin/bash\n",
    ])
    guest.filesystem.addFile("/etc/shadow", "secret", mode: 0o640, gid: 42)
    guest.filesystem.addFile("/etc/open", "x", mode: 0o666, uid: 1000, gid: 42)
    guest.filesystem.addFile("/etc/suid", "x", mode: 0o4755)
    guest.filesystem.addFile("/etc/empty", "", mode: 0o600)
    guest.filesystem.addDirectory("/srv/empty")
    guest.filesystem.addLink("/etc/link", to: "open")
    guest.filesystem.addLink("/etc/dangling", to: "/nowhere")
    guest.filesystem.addLink("/etc/outside", to: "../../../../etc/shadow")
    return guest
  }

  private func ask(_ parameters: [String: ParameterValue], _ guest: GuestFixture? = nil) throws -> [Outcome] {
    try answers(FileKind.self, parameters, guest ?? self.guest())
  }

  @Test(
    arguments: [
      ("/etc/shadow", ["mode_max": .mode(0o640)], true), ("/etc/shadow", ["mode_max": .mode(0o600)], false),
      ("/etc/shadow", ["mode_max": .mode(0o777)], true), ("/etc/shadow", ["mode": .mode(0o640)], true),
      ("/etc/shadow", ["mode": .mode(0o644)], false), ("/etc/suid", ["mode_max": .mode(0o755)], false),
      ("/etc/suid", ["mode_max": .mode(0o7755)], true),
      ("/etc/shadow", ["owner": .list(["root"]), "group": .list(["shadow", "root"])], true),
      ("/etc/shadow", ["group": .list(["0"])], false), ("/etc/shadow", ["group": .list(["42"])], true),
      ("/etc/open", ["owner": .list(["root", "@service"])], false),
      ("/etc/open", ["owner": .list(["nosuchuser"])], false),
      // Links are followed, within the guest, unless the link itself is asked for.
      ("/etc/link", ["mode_max": .mode(0o644)], false), ("/etc/outside", ["mode_max": .mode(0o640)], true),
      ("/etc/link", ["type": .text("file")], true), ("/etc/link", ["type": .text("symlink")], false),
      ("/etc/link", ["type": .text("symlink"), "follow": .boolean(false)], true),
      ("/etc/dangling", ["exists": .boolean(true)], false),
      ("/etc/dangling", ["exists": .boolean(false)], true),
      ("/etc/dangling", ["exists": .boolean(false), "follow": .boolean(false)], false),
      ("/etc/none", ["mode_max": .mode(0o600)], true),
      ("/etc/none", ["mode_max": .mode(0o600), "if_absent": .text("fail")], false),
      ("/etc/none", ["exists": .boolean(true)], false), ("/etc/none", ["exists": .boolean(false)], true),
      ("/etc/shadow", ["exists": .boolean(false)], false), ("/etc/shadow", ["exists": .boolean(true)], true),
      ("/etc/empty", ["empty": .boolean(true)], true), ("/etc/shadow", ["empty": .boolean(true)], false),
      ("/etc/empty", ["empty": .boolean(false)], false), ("/srv/empty", ["empty": .boolean(true)], true),
      ("/etc", ["empty": .boolean(true)], false), ("/etc/shadow", ["size_max": .integer(5)], false),
      ("/etc/shadow", ["size_max": .integer(6)], true), ("/etc/none/below", ["empty": .boolean(true)], true),
    ] as [(String, [String: ParameterValue], Bool)])
  func onePath(_ path: String, _ parameters: [String: ParameterValue], _ passes: Bool) throws {
    let outcomes = try ask(parameters.merging(["path": .list([path])]) { _, new in new })
    #expect(outcomes.count == 1 && outcomes.first?.subject == path)
    #expect(outcomes.first?.verdict == (passes ? .pass : .fail), "\(outcomes)")
  }

  @Test func aPatternGivesOneAnswerForEachFileThatFails() throws {
    let outcomes = try ask(["path": .list(["/etc/*"]), "only": .text("file"), "mode_max": .mode(0o644)])
    #expect(outcomes.map(\.subject) == ["/etc/open", "/etc/suid"])
    #expect(outcomes.first?.expected == "mode 0644 or stricter" && outcomes.first?.actual == "mode 0666")
  }

  @Test func aPatternWhoseFilesAllPassGivesOneAnswer() throws {
    let outcomes = try ask(["path": .list(["/etc/sha*"]), "mode_max": .mode(0o640)])
    #expect(outcomes.map(\.verdict) == [.pass] && outcomes.first?.actual == "1 file, all as expected")
    #expect(try ask(["path": .list(["/etc/none*"]), "mode_max": .mode(0o640)]).map(\.verdict) == [.pass])
    #expect(
      try ask(["path": .list(["/etc/none*"]), "mode_max": .mode(0o640), "if_absent": .text("fail")]).map(
        \.verdict)
        == [.fail])
  }

  @Test func whatIsExcludedDoesNotCount() throws {
    let outcomes = try ask([
      "path": .list(["/**"]), "only": .text("file"), "mode_max": .mode(0o644), "exclude": .list(["/etc/su*"]),
    ])
    #expect(outcomes.map(\.subject) == ["/etc/open"])
  }

  @Test func oneInodeIsJudgedOnce() throws {
    #expect(
      try ask(["path": .list(["/etc/open", "/etc/link", "/etc/op*"]), "mode_max": .mode(0o600)]).count == 2)
  }

  @Test func theNextBootDecides() throws {
    let guest = guest()
    guest.filesystem.addFile("/usr/bin/systemd-tmpfiles", "", mode: 0o755)
    guest.filesystem.addFile(
      "/usr/lib/tmpfiles.d/a.conf", "z /etc/shadow 0644\nf /etc/made 0666\nd /etc/madedir\n")
    let shadow = try #require(
      try ask(["path": .list(["/etc/shadow"]), "mode_max": .mode(0o640)], guest).first)
    #expect(shadow.verdict == .fail && shadow.actual == "mode 0644 from the next boot on")
    #expect(shadow.evidence.map(\.path) == ["/usr/lib/tmpfiles.d/a.conf", "/etc/shadow"])
    #expect(
      try ask(["path": .list(["/etc/made"]), "mode_max": .mode(0o640)], guest).map(\.verdict) == [.fail])
    #expect(
      try ask(["path": .list(["/etc/made"]), "exists": .boolean(false)], guest).map(\.verdict) == [.fail])
    #expect(
      try ask(["path": .list(["/etc/made"]), "exists": .boolean(true)], guest).map(\.verdict) == [.pass])
    #expect(
      try ask(["path": .list(["/etc/madedir"]), "type": .text("directory")], guest).map(\.verdict) == [.pass])
  }

  @Test func anAccessListCountsWhereAModeIsAsked() throws {
    let guest = guest()
    // user:104:r--, mask r--
    let list: [UInt8] =
      [2, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 2, 0, 4, 0, 104, 0, 0, 0, 4, 0, 4, 0, 0, 0, 0, 0]
      + [0x10, 0, 4, 0, 0, 0, 0, 0, 0x20, 0, 0, 0, 0, 0, 0, 0]
    guest.filesystem.addFile(
      "/etc/acl", .bytes([]), mode: 0o640, attributes: [.init(name: "system.posix_acl_access", value: list)])
    let asked: [String: ParameterValue] = ["path": .list(["/etc/acl"]), "mode_max": .mode(0o640)]
    #expect(try ask(asked, guest).first?.actual == "access list user:syslog:r--")
    #expect(try ask(asked.merging(["acl": .text("ignore")]) { $1 }, guest).first?.verdict == .pass)
    #expect(try ask(["path": .list(["/etc/acl"]), "acl": .text("none")], guest).first?.verdict == .fail)
  }

  @Test func anOverrideOfDpkgIsShown() throws {
    let guest = guest()
    guest.filesystem.addFile("/var/lib/dpkg/statoverride", "root root 4755 /etc/suid\n")
    let outcome = try #require(
      try ask(["path": .list(["/etc/suid"]), "mode_max": .mode(0o755)], guest).first)
    #expect(outcome.evidence.contains { $0.path == "/var/lib/dpkg/statoverride" && $0.line == 1 })
  }

  @Test func loopsAndGapsAreUndecided() throws {
    let guest = guest()
    guest.filesystem.addLink("/etc/a", to: "b")
    guest.filesystem.addLink("/etc/b", to: "a")
    guest.filesystem.addGap("/var", reason: "damaged")
    #expect(throws: EvidenceGap.self) {
      try ask(["path": .list(["/etc/a"]), "exists": .boolean(true)], guest)
    }
    #expect(throws: EvidenceGap.self) {
      try ask(["path": .list(["/var/log/x"]), "exists": .boolean(false)], guest)
    }
    #expect(throws: EvidenceGap.self) {
      try ask(["path": .list(["/var/*"]), "exists": .boolean(false)], guest)
    }
  }

  @Test func longListsAreCutWithACount() throws {
    let guest = guest()
    for number in 0..<250 { guest.filesystem.addFile("/data/f\(number)", "", mode: 0o666) }
    let outcomes = try ask(["path": .list(["/data/*"]), "mode_max": .mode(0o644)], guest)
    #expect(outcomes.count == 201 && outcomes.last?.actual == "50 more of the same kind")
  }

  @Test(
    arguments: [
      [:], ["path": .list(["/x"])], ["path": .list(["x"]), "exists": .boolean(true)],
      ["path": .list(["/x"]), "mode": .mode(1), "mode_max": .mode(1)],
      ["path": .list(["/x"]), "exists": .boolean(false), "owner": .list(["root"])],
    ] as [[String: ParameterValue]])
  func senselessParameters(_ parameters: [String: ParameterValue]) {
    #expect(throws: ParameterError.self) { try FileKind(Parameters(parameters)) }
  }

  @Test(
    arguments: [
      (
        [
          "path": .list(["/etc/shadow"]), "mode_max": .mode(0o640), "owner": .list(["root"]),
          "group": .list(["shadow"]),
        ],
        "for f in /etc/shadow; do [ -e \"$f\" ] || continue; chown -- root \"$f\"; chgrp -- shadow \"$f\"; "
          + "chmod -- u-xs,g-wxs,o-rwx,-t \"$f\"; done"
      ),
      (
        ["path": .list(["/etc/ssh/ssh_host_*_key", "/a b/*"]), "exists": .boolean(false)],
        "rm -f -- /etc/ssh/ssh_host_*_key '/a b/'*"
      ),
      (
        ["path": .list(["/etc/machine-id"]), "empty": .boolean(true)],
        "[ ! -f /etc/machine-id ] || : > /etc/machine-id"
      ),
      (["path": .list(["/usr/bin/**"]), "mode_max": .mode(0o755)], nil),
      (["path": .list(["/x"]), "type": .text("file")], nil),
      (["path": .list(["/x"]), "owner": .list(["@service"])], nil),
    ] as [([String: ParameterValue], String?)])
  func fixes(_ parameters: [String: ParameterValue], _ shell: String?) throws {
    #expect(try FileKind(Parameters(parameters)).fix?.shell == shell)
  }

  @Test func anAnsibleTask() throws {
    let kind = try FileKind(
      Parameters(["path": .list(["/etc/crontab"]), "mode": .mode(0o600), "owner": .list(["root"])]))
    #expect(
      kind.fix?.ansible
        == "ansible.builtin.file:\n  path: \"/etc/crontab\"\n  mode: \"0600\"\n  owner: \"root\"")
  }
}
