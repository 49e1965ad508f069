import Baselines
import DiskImages
import Evidence
import TestSupport
import Testing

@Suite struct FileScanKindTests {
  private func guest() -> GuestFixture {
    let guest = GuestFixture([
      "/etc/passwd": "root:x:0:0::/root:/bin/sh\nweb:x:33:33::/:/bin/false\n",
      "/etc/group": "root:x:0:\nweb:x:33:web\ncrontab:x:105:\n",
      "/var/lib/dpkg/info/sudo.list": "/usr/bin/sudo\n", "/var/lib/dpkg/info/cron.list": "/usr/bin/crontab\n",
    ])
    guest.filesystem.addFile("/usr/bin/sudo", "x", mode: 0o4755)
    guest.filesystem.addFile("/usr/bin/crontab", "x", mode: 0o2755, gid: 105)
    guest.filesystem.addFile("/opt/backdoor", "x", mode: 0o4755)
    guest.filesystem.addFile("/srv/www/up load", "x", mode: 0o666)
    guest.filesystem.addFile("/srv/gone", "x", mode: 0o644, uid: 4711, gid: 4712)
    guest.filesystem.addDirectory("/srv/drop", mode: 0o777)
    guest.filesystem.addDirectory("/tmp", mode: 0o1777)
    guest.filesystem.addDirectory("/var/shared", mode: 0o1777, uid: 33)
    guest.filesystem.addFile("/root/.bash_history", "ls", mode: 0o600)
    guest.filesystem.addFile("/home/a/.bash_history", "", mode: 0o600)
    guest.filesystem.addLink("/home/a/lost", to: "/nowhere")
    guest.filesystem.addFile("/proc/x", "", mode: 0o4777)
    guest.filesystem.addEntry("/srv/disk", FileMetadata(mode: 0o060600))
    return guest
  }

  private func failing(_ parameters: [String: ParameterValue], _ guest: GuestFixture? = nil) throws
    -> [String]
  {
    try answers(FileScanKind.self, parameters, guest ?? self.guest()).filter { $0.verdict == .fail }.map(
      \.subject)
  }

  @Test(
    arguments: [
      (["where": .list(["suid", "sgid"])], ["/opt/backdoor", "/usr/bin/crontab", "/usr/bin/sudo"]),
      (["where": .list(["suid"]), "exclude": .list(["/opt"])], ["/usr/bin/sudo"]),
      (["where": .list(["suid"]), "roots": .list(["/opt", "/nowhere"])], ["/opt/backdoor"]),
      (["where": .list(["suid", "sgid"]), "allow": .list(["/usr/bin/*"])], ["/opt/backdoor"]),
      // With a package the file has to be the package's.
      (
        ["where": .list(["suid"]), "allow": .list(["/usr/bin/sudo sudo|sudo-ldap", "/opt/backdoor sudo"])],
        ["/opt/backdoor"]
      ),
      (["where": .list(["sgid"]), "allow": .list(["/usr/bin/crontab bcron", "/usr/bin/crontab cron"])], []),
      (["where": .list(["world_writable"]), "type": .text("file")], ["/srv/www/up load"]),
      (
        ["where": .list(["world_writable"]), "type": .text("directory"), "also": .list(["no_sticky"])],
        ["/srv/drop"]
      ),
      (
        ["where": .list(["world_writable"]), "type": .text("directory"), "owner": .list(["root"])],
        ["/var/shared"]
      ),
      (["where": .list(["unowned"])], ["/srv/gone"]), (["where": .list(["ungrouped"])], ["/srv/gone"]),
      (["where": .list(["unowned"]), "allow": .list(["/srv/*"])], []),
      (["where": .list(["not_empty"]), "names": .list([".bash_history"])], ["/root/.bash_history"]),
      (["names": .list(["*_history"]), "roots": .list(["/home"])], ["/home/a/.bash_history"]),
      (["where": .list(["dangling"])], ["/home/a/lost"]), (["where": .list(["device"])], ["/srv/disk"]),
      (
        [
          "where": .list(["any"]), "roots": .list(["/usr/bin"]), "also": .list(["not_sgid"]),
          "group": .list(["root"]),
        ], []
      ),
      (
        ["where": .list(["any"]), "roots": .list(["/usr/bin"]), "group": .list(["root"])],
        ["/usr/bin/crontab"]
      ),
      (
        ["where": .list(["unpackaged"]), "roots": .list(["/usr", "/opt"]), "type": .text("file")],
        ["/opt/backdoor"]
      ),
      (["where": .list(["suid"]), "also": .list(["writable_besides_root"])], []),
    ] as [([String: ParameterValue], [String])])
  func findings(_ parameters: [String: ParameterValue], _ expected: [String]) throws {
    #expect(try failing(parameters).sorted() == expected)
  }

  @Test func aForeignFileSaysFromWhichPackageItShouldBe() throws {
    let outcome = try #require(
      try answers(
        FileScanKind.self,
        ["where": .list(["suid"]), "allow": .list(["/usr/bin/sudo", "/opt/backdoor sudo"])], guest()
      ).first)
    #expect(outcome.actual == "4755 root:root, not from package sudo")
  }

  @Test func withoutListsOfPackagesThePathHasToDo() throws {
    let guest = GuestFixture(["/etc/passwd": "root:x:0:0::/:/bin/sh\n"])
    guest.filesystem.addFile("/usr/bin/sudo", "x", mode: 0o4755)
    #expect(try failing(["where": .list(["suid"]), "allow": .list(["/usr/bin/sudo sudo"])], guest) == [])
    #expect(throws: EvidenceGap.self) { try failing(["where": .list(["unpackaged"])], guest) }
  }

  @Test func namesThatComeFromElsewhereLeaveOwnersUndecided() throws {
    let guest = guest()
    guest.filesystem.addFile("/etc/nsswitch.conf", "passwd: files sss\ngroup: files\n")
    let outcomes = try answers(FileScanKind.self, ["where": .list(["unowned"])], guest)
    #expect(outcomes.map(\.subject) == ["/srv/gone"])
    #expect(
      outcomes.map(\.verdict) == [.undecided(reason: "names also come from sss (nsswitch.conf)")])
  }

  @Test func whatDynamicUsersKeepIsTheirs() throws {
    let guest = guest()
    guest.filesystem.addFile("/var/lib/private/svc/x", "", mode: 0o600, uid: 61_500, gid: 61_500)
    guest.filesystem.addFile("/srv/y", "", mode: 0o600, uid: 61_500)
    #expect(try failing(["where": .list(["unowned"])], guest) == ["/srv/gone", "/srv/y"])
  }

  @Test func withoutAUserDatabaseNothingIsUnowned() throws {
    let guest = GuestFixture()
    guest.filesystem.addFile("/x", "", mode: 0o644, uid: 5)
    #expect(throws: EvidenceGap.self) { try failing(["where": .list(["unowned"])], guest) }
  }

  @Test func aGapIsUndecidedBesideTheFindings() throws {
    let guest = guest()
    guest.filesystem.addGap("/var/lib/lost", reason: "damaged")
    guest.filesystem.addGap("/dev/x", reason: "never mind")
    let outcomes = try answers(FileScanKind.self, ["where": .list(["suid"])], guest)
    #expect(outcomes.first?.verdict == .undecided(reason: "/var/lib/lost: damaged"))
    #expect(outcomes.count == 3)
    #expect(
      try answers(FileScanKind.self, ["where": .list(["suid"]), "roots": .list(["/opt"])], guest).map(
        \.verdict) == [.fail])
  }

  @Test func oneAnswerWhereNothingIsFound() throws {
    let outcomes = try answers(FileScanKind.self, ["where": .list(["capabilities"])], guest())
    #expect(
      outcomes == [
        .init(.pass, subject: "/", expected: "no file with file capabilities", actual: "none found")
      ])
  }

  @Test func capabilitiesAreNamed() throws {
    let guest = guest()
    let value: [UInt8] = [1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    guest.filesystem.addFile(
      "/usr/bin/ping", .bytes([]), mode: 0o755, attributes: [.init(name: "security.capability", value: value)]
    )
    let outcomes = try answers(FileScanKind.self, ["where": .list(["capabilities"])], guest)
    #expect(outcomes.map(\.actual) == ["0755 root:root, cap_net_raw=ep"])
  }

  @Test func namesThatAreNotTextAreEscaped() throws {
    let guest = guest()
    guest.filesystem.addFile("/srv/a\\nb\\xff", "", mode: 0o666)
    #expect(
      try failing(["where": .list(["world_writable"]), "type": .text("file")], guest).contains(
        "/srv/a\\nb\\xff"))
  }

  @Test func longListsAreCutWithACount() throws {
    let guest = guest()
    for number in 0..<300 { guest.filesystem.addFile("/data/f\(number)", "", mode: 0o4755) }
    #expect(try answers(FileScanKind.self, ["where": .list(["suid"])], guest).count == 201)
  }

  @Test(
    arguments: [
      [:], ["where": .list(["nonsense"])], ["where": .list(["suid"]), "roots": .list(["opt"])],
      ["where": .list(["suid"]), "also": .list(["x"])],
    ] as [[String: ParameterValue]])
  func senselessParameters(_ parameters: [String: ParameterValue]) {
    #expect(throws: ParameterError.self) { try FileScanKind(Parameters(parameters)) }
  }
}
