import Baselines
import DiskImages
import TestSupport
import Testing

@Suite struct LeftoverKindTests {
  private func ask(_ parameters: [String: ParameterValue], _ guest: GuestFixture) throws -> [String: String] {
    let outcomes = try answers(LeftoverKind.self, parameters, guest)
    return Dictionary(
      uniqueKeysWithValues: outcomes.filter { $0.verdict == .fail }.map { ($0.subject, $0.actual) })
  }

  private func sized(_ files: [String: Int]) -> GuestFixture {
    let guest = GuestFixture()
    for (path, size) in files {
      guest.filesystem.addFile(path, .bytes([UInt8](repeating: 1, count: size)))
    }
    return guest
  }

  @Test func countsFilesAndSpaceOfEachPlace() throws {
    let guest = sized([
      "/var/log/a.log": 1000, "/var/log/apt/b.log": 2600, "/var/log/empty": 0, "/tmp/x": 5, "/root/core": 7,
    ])
    #expect(
      try ask(["paths": .list(["/var/log/*", "/root/core", "/absent/*"])], guest)
        == ["/var/log": "2 files, 4 kB", "/root/core": "1 file, 7 bytes"])
  }

  @Test func emptyFilesCountOnlyIfEverythingDoes() throws {
    let guest = sized(["/tmp/empty": 0])
    guest.filesystem.addLink("/tmp/link", to: "/etc")
    guest.filesystem.addDirectory("/tmp/dir")
    #expect(try ask(["paths": .list(["/tmp/*"])], guest) == [:])
    #expect(
      try ask(["paths": .list(["/tmp/*"]), "count": .text("everything")], guest) == [
        "/tmp": "2 files, 0 bytes"
      ])
  }

  @Test func aFileWithSeveralNamesTakesItsSpaceOnce() throws {
    let guest = GuestFixture()
    for name in ["a", "b", "c"] {
      guest.filesystem.addEntry(
        "/tmp/\(name)",
        FileMetadata(mode: 0o100644, size: 5_000_000, links: 3, inode: 17, device: 1))
    }
    #expect(try ask(["paths": .list(["/tmp/*"])], guest) == ["/tmp": "1 file, 5 MB"])
  }

  /// Sizes are what the file claims; their sum cannot overflow.
  @Test func sizesThatCannotBe() throws {
    let guest = GuestFixture()
    for (name, size) in [("a", Int64.max), ("b", Int64.max), ("c", -5)] {
      guest.filesystem.addEntry("/tmp/\(name)", FileMetadata(mode: 0o100644, size: size))
    }
    let words = try #require(try ask(["paths": .list(["/tmp/*"])], guest)["/tmp"])
    #expect(words == "3 files, 9223 PB")
  }

  @Test func namesAreFoundAnywhere() throws {
    let guest = sized([
      "/srv/app/.git/config": 10, "/srv/app/.git/objects/ab/.git": 20, "/etc/a~": 1, "/etc/b.dpkg-old": 2,
      "/etc/x/c.dpkg-new": 3, "/proc/1/.git/config": 4, "/usr/share/doc/z~": 5, "/var/proc/q~": 6,
    ])
    #expect(try ask(["names": .list([".git"])], guest) == ["/srv/app/.git": "2 files, 30 bytes"])
    #expect(
      try ask(["names": .list(["*~"]), "exclude": .list(["/usr/share"])], guest)
        == ["/etc/a~": "1 file, 1 byte", "/var/proc/q~": "1 file, 6 bytes"])
    #expect(
      try ask(["names": .list(["*.dpkg-*"]), "roots": .list(["/etc"]), "by": .text("directory")], guest)
        == ["/etc": "1 file, 2 bytes", "/etc/x": "1 file, 3 bytes"])
  }

  @Test func whatMayStay() throws {
    let guest = sized(["/tmp/a/b": 1, "/tmp/c": 2])
    #expect(
      try ask(["paths": .list(["/tmp/*"]), "allow": .list(["/tmp/a"])], guest) == ["/tmp": "1 file, 2 bytes"])
    #expect(try ask(["paths": .list(["/tmp/*"]), "min_bytes": .integer(4)], guest) == [:])
  }

  @Test func overlappingPatternsCountOnce() throws {
    let guest = sized(["/var/log/a/b/c": 100])
    #expect(
      try ask(["paths": .list(["/var/log/**", "/var/log/a/*", "/var/log/*"])], guest)
        == ["/var/log": "1 file, 100 bytes"])
  }

  private func packaged() -> GuestFixture {
    let guest = sized([
      "/usr/bin/known": 1, "/usr/bin/stranger": 100, "/usr/lib/p/m.py": 1,
      "/usr/lib/p/__pycache__/m.cpython-311.pyc": 50,
      "/usr/lib/p/__pycache__/other.cpython-311.pyc": 60, "/usr/lib/x/libz.so.1.2": 1,
      "/usr/lib/modules/6.1/modules.dep": 9,
      "/usr/lib/x/libevil.so.1.2": 70,
    ])
    guest.filesystem.addLink("/usr/bin/vi", to: "/etc/alternatives/vi")
    guest.filesystem.addLink("/usr/lib/x/libz.so.1", to: "libz.so.1.2")
    guest.filesystem.addLink("/usr/lib/x/libevil.so.1", to: "libevil.so.1.2")
    guest.filesystem.addFile(
      "/var/lib/dpkg/info/p.list", "/usr/bin/known\n/usr/lib/p/m.py\n/usr/lib/x/libz.so.1.2\n")
    return guest
  }

  /// What tools make of packaged files is not foreign.
  @Test func filesOfNoPackage() throws {
    #expect(
      try ask(
        [
          "where": .list(["unpackaged"]), "roots": .list(["/usr"]), "by": .text("directory"),
          "count": .text("everything"),
        ], packaged()) == [
          "/usr/bin": "1 file, 100 bytes", "/usr/lib/p/__pycache__": "1 file, 60 bytes",
          "/usr/lib/x": "2 files, 70 bytes",
        ])
  }

  @Test func withoutListsItIsNotKnownWhatIsForeign() {
    #expect(throws: (any Error).self) {
      try answers(LeftoverKind.self, ["where": .list(["unpackaged"])], sized(["/usr/bin/x": 1]))
    }
  }

  @Test func linksThatLeadNowhere() throws {
    let guest = sized(["/usr/bin/x": 1])
    let links = [
      ("/usr/bin/ok", "x"), ("/usr/bin/bad", "absent"), ("/usr/lib/loop", "loop"),
      ("/usr/lib/run", "/run/later"),
      ("/usr/lib/mtab", "/proc/self/mounts"),
    ]
    for (path, target) in links { guest.filesystem.addLink(path, to: target) }
    #expect(
      try ask(["where": .list(["dangling"]), "by": .text("top")], guest)
        == ["/usr/bin": "1 file, 0 bytes", "/usr/lib": "1 file, 0 bytes"])
  }

  @Test func homesOfNobody() throws {
    let guest = sized([
      "/home/ann/x": 1, "/home/bob/y": 2, "/srv/carl/z": 3, "/home/dora/q": 4, "/var/mail/bob": 5,
    ])
    guest.filesystem.addFile(
      "/etc/passwd",
      "root:x:0:0::/root:/bin/sh\nann:x:1:1::/home/ann:/bin/sh\neve:x:2:2::/home/dora:/bin/sh\n")
    #expect(
      try ask(
        ["paths": .list(["/home/*", "/var/mail/*"]), "where": .list(["nobodys"])], guest)
        == ["/home": "1 file, 2 bytes", "/var/mail": "1 file, 5 bytes"])
    guest.filesystem.addFile("/etc/nsswitch.conf", "passwd: files sss\n")
    #expect(throws: (any Error).self) {
      try answers(LeftoverKind.self, ["paths": .list(["/home/*"]), "where": .list(["nobodys"])], guest)
    }
  }

  @Test func whatCouldNotBeReadIsUndecided() throws {
    let guest = sized(["/srv/a": 1])
    guest.filesystem.addGap("/srv/x", reason: "damaged")
    let outcomes = try answers(LeftoverKind.self, ["names": .list(["*~"])], guest)
    #expect(outcomes.map(\.subject) == ["/srv/x"])
    #expect(throws: (any Error).self) {
      try answers(LeftoverKind.self, ["paths": .list(["/srv/x/*"])], guest)
    }
  }

  /// A directory a thousand levels deep and a hundred thousand names.
  @Test func muchIsCountedInOnePass() throws {
    let guest = GuestFixture()
    guest.filesystem.addFile("/tmp/" + (0..<1000).map { "d\($0)" }.joined(separator: "/") + "/x", "x")
    for number in 0..<20_000 { guest.filesystem.addFile("/tmp/f\(number)~", "x") }
    #expect(try ask(["paths": .list(["/tmp/**"])], guest) == ["/tmp": "20001 files, 20 kB"])
    let outcomes = try answers(LeftoverKind.self, ["names": .list(["*~"])], guest)
    #expect(outcomes.count == 201 && outcomes.last?.actual == "19800 more of the same kind")
  }

  @Test(arguments: [
    [:], ["where": ["strange"]], ["paths": ["relative"]], ["names": ["x"], "roots": ["relative"]],
    ["where": ["nobodys"]],
  ]) func senseless(_ parameters: [String: [String]]) {
    #expect(throws: ParameterError.self) {
      try LeftoverKind(Parameters(parameters.mapValues { .list($0) }))
    }
  }
}
