import DiskImages
import Facts
import TestSupport
import Testing

@Suite struct TmpfilesTests {
  /// A guest with systemd-tmpfiles, a few accounts, and something to change.
  private func guest(_ files: [String: String]) -> GuestFixture {
    let guest = GuestFixture(files)
    guest.filesystem.addFile("/usr/bin/systemd-tmpfiles", "", mode: 0o755)
    guest.filesystem.addFile("/etc/passwd", "root:x:0:0::/root:/bin/sh\nsvc:x:100:101::/:/bin/false\n")
    guest.filesystem.addFile("/etc/group", "root:x:0:\nsvc:x:101:\nutmp:x:43:\n")
    guest.filesystem.addDirectory("/var/spool/svc", mode: 0o700, uid: 100, gid: 101)
    guest.filesystem.addFile("/var/spool/svc/a", "x", mode: 0o600, uid: 100, gid: 101)
    guest.filesystem.addFile("/var/spool/svc/b", "x", mode: 0o750, uid: 100, gid: 101)
    return guest
  }

  /// Mode and owner of a path after the next boot.
  private func state(_ path: String, _ guest: GuestFixture) throws -> String? {
    let evidence = try guest.evidence()
    let model = try guest.model(Tmpfiles.self)
    let change: Tmpfiles.Change?
    if let entry = try evidence.entry(at: path) {
      change = model.changes[entry.id]
    } else {
      change = model.creation(of: path)
    }
    return change.map {
      "\(String($0.permissions, radix: 8)) \($0.uid):\($0.gid)\($0.creates.map { " " + $0 } ?? "")"
    }
  }

  @Test(
    arguments: [
      // d, f and their like set mode and owner of what exists too; `-` leaves them.
      ("d /var/spool/svc 0755 root root -", "/var/spool/svc", "755 0:0"),
      ("d /var/spool/svc - root - -", "/var/spool/svc", "700 0:101"),
      ("d /var/spool/svc 0700 svc svc", "/var/spool/svc", nil),
      ("d /var/spool/svc :0755 :root :root", "/var/spool/svc", nil),
      ("f /var/spool/svc/a 0666", "/var/spool/svc/a", "666 100:101"),
      // z takes patterns and makes nothing; m is its old name.
      ("z /var/spool/*/a 0644 0 0", "/var/spool/svc/a", "644 0:0"),
      ("z /var/spool/svc/new 0644", "/var/spool/svc/new", nil),
      ("m /var/spool/svc/a 0644", "/var/spool/svc/a", "644 100:101"),
      // Z goes below; ~ keeps bits from those who had none.
      ("Z /var/spool/svc ~2775 - utmp", "/var/spool/svc/a", "664 100:43"),
      ("Z /var/spool/svc ~2775 - utmp", "/var/spool/svc/b", "775 100:43"),
      ("Z /var/spool/svc ~2775 - utmp", "/var/spool/svc", "2775 100:43"),
      // e is for directories that exist.
      ("e /var/spool/* 0711", "/var/spool/svc", "711 100:101"),
      ("e /var/spool/svc/* 0711", "/var/spool/svc/a", nil),
      // What is absent is made; without a mode 0755 or 0644.
      ("d /srv/new", "/srv/new", "755 0:0 directory"),
      ("f /srv/new - svc utmp", "/srv/new", "644 100:43 file"),
      ("f /srv/new 0600\nz /srv/new 0666", "/srv/new", "666 0:0 file"),
      ("r /srv/new\nx /srv/new\nw /srv/new - - - - text", "/srv/new", nil),
      // The line of a credential that is not there does nothing.
      ("f^ /srv/new 0600 root root - x", "/srv/new", nil),
      // Known specifiers, quotes, doubled slashes; others make the line invalid.
      ("d %S/new 0700", "/var/lib/new", "700 0:0 directory"),
      ("d /var/%b 0755", "/var/x", nil),
      ("d \"/srv/with blank\" 0700", "/srv/with blank", "700 0:0 directory"),
      ("d //srv///new/ 0700", "/srv/new", "700 0:0 directory"),
      ("d /var/run/x 0750", "/run/x", "750 0:0 directory"),
      // Unknown users and bad modes make the line invalid.
      ("d /var/spool/svc 0777 nosuch", "/var/spool/svc", nil),
      ("d /var/spool/svc 9999", "/var/spool/svc", nil),
      ("# d /var/spool/svc 0777", "/var/spool/svc", nil),
      ("d", "/var/spool/svc", nil),
    ] as [(String, String, String?)])
  func oneLine(_ line: String, _ path: String, _ expected: String?) throws {
    #expect(try state(path, guest(["/usr/lib/tmpfiles.d/a.conf": line])) == expected)
  }

  @Test func aFileInEtcMasksItsNamesake() throws {
    let guest = guest([
      "/usr/lib/tmpfiles.d/a.conf": "d /var/spool/svc 0777",
      "/etc/tmpfiles.d/a.conf": "d /var/spool/svc 0750",
    ])
    #expect(try state("/var/spool/svc", guest) == "750 100:101")
  }

  @Test func aLinkToNullSwitchesAFileOff() throws {
    let guest = guest(["/usr/lib/tmpfiles.d/a.conf": "d /var/spool/svc 0777"])
    guest.filesystem.addLink("/etc/tmpfiles.d/a.conf", to: "/dev/null")
    guest.filesystem.addEntry("/dev/null", FileMetadata(mode: 0o020666))
    #expect(try state("/var/spool/svc", guest) == nil)
  }

  @Test func theFirstNameWinsForOnePath() throws {
    let guest = guest([
      "/usr/lib/tmpfiles.d/10.conf": "d /var/spool/svc 0711",
      "/etc/tmpfiles.d/20.conf": "d /var/spool/svc 0777",
    ])
    #expect(try state("/var/spool/svc", guest) == "711 100:101")
  }

  @Test func patternsComeAfterEverythingElse() throws {
    let guest = guest([
      "/usr/lib/tmpfiles.d/10.conf": "z /var/spool/svc 0700",
      "/usr/lib/tmpfiles.d/20.conf": "d /var/spool/svc 0777",
    ])
    #expect(try state("/var/spool/svc", guest) == "700 100:101")
  }

  @Test func theOriginIsTheDecisiveLine() throws {
    let guest = guest(["/usr/lib/tmpfiles.d/a.conf": "# x\nd /var/spool/svc 0755\n"])
    let change = try #require(try guest.model(Tmpfiles.self).changes.values.first)
    #expect(change.origins.first?.path == "/usr/lib/tmpfiles.d/a.conf")
    #expect(change.origins.first?.line == 2)
  }

  @Test func nothingHappensWithoutTheProgram() throws {
    let guest = GuestFixture(["/usr/lib/tmpfiles.d/a.conf": "d /x 0777"])
    #expect(try guest.model(Tmpfiles.self).creation(of: "/x") == nil)
  }

  @Test func aPathThroughALinkIsFollowed() throws {
    let guest = guest(["/usr/lib/tmpfiles.d/a.conf": "d /spool/svc 0755"])
    guest.filesystem.addLink("/spool", to: "var/spool")
    #expect(try state("/var/spool/svc", guest) == "755 100:101")
  }

  @Test func hostileLines() throws {
    let guest = guest([
      "/usr/lib/tmpfiles.d/a.conf": String(repeating: "\"", count: 100_000) + "\nd /x\\\n" + "d \u{0}/\n",
      "/usr/lib/tmpfiles.d/b.conf": String(repeating: "z /var/spool/* 0755\n", count: 5_000),
    ])
    #expect(try state("/var/spool/svc", guest) == "755 100:101")
  }
}
