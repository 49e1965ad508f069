import DiskImages
import Evidence
import Facts
import TestSupport
import Testing

@Suite struct RecordedFilesTests {
  private static let sum = "5d41402abc4b2a76b9719d911017c592"

  private func lines(_ guest: GuestFixture) throws -> [String] {
    try guest.model(RecordedFiles.self).items.map { item in
      var words = [item.record.package, displayText(item.record.path)]
      if let digest = item.record.digest {
        words.append("\(digest.algorithm.rawValue):\(digest.hex.prefix(8))")
      }
      if let mode = item.record.mode { words.append(String(mode, radix: 8)) }
      if let owner = item.record.owner, let group = item.record.group { words.append("\(owner):\(group)") }
      if let capabilities = item.record.capabilities { words.append(capabilities) }
      if item.record.isConfiguration { words.append("config") }
      if item.record.mayBeMissing { words.append("dispensable") }
      if item.record.isContentFree { words.append("any-content") }
      if item.record.isModeFree { words.append("any-mode") }
      switch item.place {
      case .entry: break
      case .absent: words.append("absent")
      case .unknown: words.append("unknown")
      case .transient: words.append("transient")
      }
      return words.joined(separator: " ")
    }
  }

  @Test func dpkgWithConffilesAndDiversions() throws {
    let guest = GuestFixture([
      "/usr/bin/tool": "x", "/etc/tool.conf": "x", "/usr/bin/sh.distrib": "x",
      "/var/lib/dpkg/status":
        "Package: tool\nStatus: install ok installed\nVersion: 1\nConffiles:\n /etc/tool.conf \(Self.sum)\n /etc/new newconffile\n",
      "/var/lib/dpkg/info/tool.list":
        "/.\n/usr\n/bin/tool\n/etc/tool.conf\n/usr/bin/sh\n/run/tool\nrelative\n",
      "/var/lib/dpkg/info/tool.md5sums":
        "\(Self.sum)  bin/tool\n\(Self.sum)  usr/bin/sh\n\(Self.sum)  run/tool\n",
      "/var/lib/dpkg/diversions": "/usr/bin/sh\n/usr/bin/sh.distrib\ndash\n",
    ])
    guest.filesystem.addLink("/bin", to: "usr/bin")
    #expect(
      try lines(guest) == [
        "tool /", "tool /usr", "tool /bin/tool md5:5d41402a",
        "tool /etc/tool.conf md5:5d41402a config dispensable",
        "tool /usr/bin/sh.distrib md5:5d41402a", "tool /run/tool md5:5d41402a transient",
      ])
  }

  @Test func garbageInMd5sumsSaysNothing() throws {
    let guest = GuestFixture(["/a": "x", "/b": "x", "/var/lib/dpkg/info/p.list": "/a\n/b\n/c\n/d\n"])
    guest.filesystem.addFile(
      "/var/lib/dpkg/info/p.md5sums",
      .bytes(
        [0xff, 0x00, 0x0a] + Array("\(Self.sum)\n\(Self.sum) a\nzz\(Self.sum.dropFirst(2))  a\n\n".utf8)
          + Array("\(Self.sum.uppercased())  a\n\(Self.sum) *b\n\(Self.sum)  ./c\n\(Self.sum)  ".utf8)))
    #expect(try lines(guest) == ["p /a", "p /b md5:5d41402a", "p /c md5:5d41402a absent", "p /d absent"])
  }

  @Test func namesThatAreNotUTF8AreFound() throws {
    let guest = GuestFixture([:])
    guest.filesystem.addFile("/usr/\\xff\\n", "x")
    guest.filesystem.addFile("/var/lib/dpkg/info/p.list", .bytes(Array("/usr/".utf8) + [0xff, 0x0a]))
    #expect(try lines(guest) == ["p /usr/\\xff absent"])
    guest.filesystem.addFile("/usr/\\xff", "x")
    #expect(try lines(guest) == ["p /usr/\\xff"])
  }

  @Test(arguments: [
    ("path-exclude=/usr/share/doc/*\n", true),
    ("path-exclude /usr/share/doc/*\npath-include=/usr/share/doc/*/copyright\n", false),
    ("path-include=/usr/share/doc/*/copyright\npath-exclude=\"/usr/share/*\"\n", true),
    ("# path-exclude=/usr/share/doc/*\npath-excluded=/usr/*\n", false),
  ])
  func whatDpkgLeavesOut(_ configuration: String, _ isExcluded: Bool) throws {
    let guest = GuestFixture([
      "/etc/dpkg/dpkg.cfg.d/excludes": configuration,
      "/etc/dpkg/dpkg.cfg.d/ignored.bak": "path-exclude=/usr/*",
      "/var/lib/dpkg/info/p.list": "/usr/share/doc/p/copyright\n",
      "/var/lib/dpkg/info/p.md5sums": "\(Self.sum)  usr/share/doc/p/copyright\n",
    ])
    #expect(try guest.model(RecordedFiles.self).items.map(\.record.mayBeMissing) == [isExcluded])
  }

  @Test func distrolessImages() throws {
    let guest = GuestFixture([
      "/usr/bin/x": "x", "/var/lib/dpkg/status.d/p": "Package: p\nVersion: 1\n",
      "/var/lib/dpkg/status.d/p.md5sums": "\(Self.sum)  usr/bin/x\n",
    ])
    #expect(try lines(guest) == ["p /usr/bin/x md5:5d41402a"])
  }

  @Test func apk() throws {
    let guest = GuestFixture([
      "/bin/busybox": "x",
      "/lib/apk/db/installed":
        """
      P:busybox
      F:
      F:bin
      M:0:0:700
      R:busybox
      a:0:0:4755
      Z:Q1rT+hyGjBPsZhKjmYeGvLs3Hv5Q4=
      F:etc
      R:x
      a:0:x
      Z:Q1not base64

      P:other
      F:etc/init.d
      R:y
      """,
    ])
    #expect(
      try lines(guest) == [
        "busybox / 40755 0:0", "busybox /bin 40700 0:0", "busybox /bin/busybox sha1:ad3fa1c8 104755 0:0",
        "busybox /etc 40755 0:0 absent", "busybox /etc/x 100644 0:0 config absent",
        "other /etc/init.d 40755 0:0 absent", "other /etc/init.d/y 100644 0:0 absent",
      ])
  }

  @Test func rpm() throws {
    let digest = String(repeating: "ab", count: 32)
    let header = RpmSamples.header([
      (1000, .text("p")), (1001, .text("1")), (1029, .bytes([0, 0, 0, 2, 1])),
      (1030, .shorts([0o104755, 0o100644, 0o100600, 0o100644, 0o100644])),
      (1035, .texts([digest, digest, "", digest, digest])), (1037, .longs([0, 17, 64, 2, 0])),
      (1039, .texts(["root", "root", "svc", "root", "root"])),
      (1040, .texts(["root", "root", "svc", "root", "root"])),
      (1045, .longs([.max, .max & ~64, .max, .max, .max])),
      (1116, .longs([0, 1, 1, 9, 0])), (1117, .texts(["ping", "p.conf", "ghost", "lost", "replaced"])),
      (1118, .texts(["/usr/bin/", "/etc/"])), (5010, .texts(["cap_net_raw=p", "", "", "", ""])),
      (5011, .number(8)),
    ])
    let guest = GuestFixture(["/usr/bin/ping": "x"])
    guest.filesystem.addFile("/usr/lib/sysimage/rpm/Packages.db", .bytes(RpmSamples.ndb([header])))
    #expect(
      try lines(guest) == [
        "p /usr/bin/ping sha256:abababab 104755 root:root cap_net_raw=p",
        "p /etc/p.conf sha256:abababab 100644 root:root config any-mode absent",
        "p /etc/ghost 100600 svc:svc dispensable any-content any-mode absent",
        "p /usr/bin/replaced sha256:abababab 100644 root:root any-content any-mode absent",
      ])
    let packages = try guest.model(PackagedFiles.self)
    #expect(packages.formats == ["rpm"])
    #expect(packages.owner(of: try #require(try guest.evidence().entry(at: "/usr/bin/ping"))) == "p")
  }

  @Test func rpmListsThatAreTooShortOrLong() throws {
    let header = RpmSamples.header([
      (1000, .text("p")), (1001, .text("1")), (1030, .shorts([0o100755])), (1116, .longs([0, 0])),
      (1117, .texts(["a", "b", "c"])), (1118, .texts(["/"])),
    ])
    let guest = GuestFixture(["/a": "", "/b": ""])
    guest.filesystem.addFile("/var/lib/rpm/Packages.db", .bytes(RpmSamples.ndb([header])))
    #expect(try lines(guest) == ["p /a 100755", "p /b"])
  }

  /// Targets count unless the package leaves them open (`%verify(not link)`), of ghosts and of what was not installed.
  @Test func rpmTargetsOfLinks() throws {
    let header = RpmSamples.header([
      (1000, .text("p")), (1001, .text("1")), (1029, .bytes([0, 0, 0, 2])),
      (1030, .shorts([0o120777, 0o120777, 0o120777, 0o120777])),
      (1036, .texts(["kept", "open", "ghost", "lost"])), (1037, .longs([0, 0, 64, 0])),
      (1045, .longs([.max, .max & ~4, .max, .max])), (1116, .longs([0, 0, 0, 0])),
      (1117, .texts(["a", "b", "c", "d"])), (1118, .texts(["/"])),
    ])
    let guest = GuestFixture([:])
    guest.filesystem.addFile("/var/lib/rpm/Packages.db", .bytes(RpmSamples.ndb([header])))
    let targets = try guest.model(RecordedFiles.self).items.map(\.record.target)
    #expect(targets == [Array("kept".utf8), nil, nil, nil])
  }

  @Test func nothingIsKnownBelowAGap() throws {
    let guest = GuestFixture(["/var/lib/dpkg/info/p.list": "/opt/x\n"])
    guest.filesystem.addGap("/opt", reason: "damaged")
    #expect(try lines(guest) == ["p /opt/x unknown"])
  }

  @Test(arguments: [
    ("/x", 0o755, true), ("/x", 0o644, false), ("/libc.so", 0o644, true), ("/libc.so.6", 0o644, true),
    ("/so", 0o644, false), ("/x.sort", 0o644, false), ("/.so", 0o644, false), ("/a.so.gz.so", 0o644, true),
    ("/ld.so.cache", 0o644, false), ("/liba.so.1.2.3", 0o644, true), ("/x.so.", 0o644, false),
    ("/1.2", 0o644, false),
  ])
  func programs(_ path: String, _ mode: UInt32, _ isProgram: Bool) throws {
    let guest = GuestFixture()
    guest.filesystem.addFile(path, "x", mode: mode)
    #expect(try guest.evidence().entry(at: path)?.isProgram == isProgram)
  }
}
