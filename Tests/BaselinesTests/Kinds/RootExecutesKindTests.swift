import Baselines
import DiskImages
import TestSupport
import Testing

@Suite struct RootExecutesKindTests {
  private func guest() -> GuestFixture {
    GuestFixture([
      "/etc/passwd": "root:x:0:0::/root:/bin/sh\nbob:x:1000:1000::/home/bob:/bin/sh\n",
      "/etc/group": "root:x:0:\nstaff:x:50:\nops:x:60:bob\n",
    ])
  }

  private func findings(_ guest: GuestFixture) throws -> [String] {
    try answers(RootExecutesKind.self, [:], guest).filter { $0.verdict != .pass }.map {
      "\($0.subject): \($0.actual)"
    }
  }

  @Test func onlyRootCanChangeIt() throws {
    let guest = guest()
    guest.filesystem.addFile("/etc/cron.daily/job", "x", mode: 0o755)
    guest.filesystem.addFile("/usr/local/bin/x", "x", mode: 0o775, gid: 50)
    #expect(try findings(guest) == [])
  }

  @Test(arguments: [
    (0o757, UInt32(0), UInt32(0), "everybody"), (0o755, 1000, 0, "owner bob"), (0o775, 0, 60, "group ops"),
    (0o755, 4711, 0, "owner 4711"),
  ])
  func byModeAndOwner(_ mode: UInt32, _ uid: UInt32, _ gid: UInt32, _ who: String) throws {
    let guest = guest()
    guest.filesystem.addFile("/etc/cron.daily/job", "x", mode: mode, uid: uid, gid: gid)
    #expect(try findings(guest) == ["/etc/cron.daily/job: job of cron; writable: \(who)"])
  }

  @Test func byAccessList() throws {
    let guest = guest()
    // user::rwx user:1000:rwx group::r-x mask::rwx other::r-x
    let list: [UInt8] =
      [2, 0, 0, 0, 1, 0, 7, 0, 255, 255, 255, 255, 2, 0, 7, 0, 232, 3, 0, 0, 4, 0, 5, 0, 255, 255, 255, 255]
      + [16, 0, 7, 0, 255, 255, 255, 255, 32, 0, 5, 0, 255, 255, 255, 255]
    guest.filesystem.addFile(
      "/etc/cron.daily/job", .bytes([]), mode: 0o775,
      attributes: [ExtendedAttribute(name: "system.posix_acl_access", value: list)])
    #expect(try findings(guest) == ["/etc/cron.daily/job: job of cron; writable: access list user:bob:rwx"])
  }

  @Test func byDirectoriesAbove() throws {
    let guest = guest()
    guest.filesystem.addDirectory("/etc/cron.daily", mode: 0o777)
    guest.filesystem.addFile("/etc/cron.daily/job", "x", mode: 0o755)
    #expect(
      try findings(guest) == [
        "/etc/cron.daily: job of cron; writable: everybody",
        "/etc/cron.daily/job: job of cron; writable: /etc/cron.daily: everybody",
      ])
  }

  @Test func byTheLinkAndByItsTarget() throws {
    let guest = guest()
    guest.filesystem.addFile("/home/bob/job", "x", mode: 0o755, uid: 0)
    guest.filesystem.addDirectory("/home/bob", uid: 1000)
    guest.filesystem.addLink("/etc/cron.daily/job", to: "/home/bob/job")
    #expect(try findings(guest) == ["/etc/cron.daily/job: job of cron; writable: /home/bob: owner bob"])
  }

  @Test func oneFileUnderTwoNamesIsOneFinding() throws {
    let guest = guest()
    guest.filesystem.addLink("/sbin", to: "usr/sbin")
    guest.filesystem.addFile("/usr/sbin/x", "x", mode: 0o757)
    #expect(try findings(guest) == ["/usr/sbin/x: in root's PATH; writable: everybody"])
  }

  @Test func whatIsMissingCanBeCreated() throws {
    let guest = guest()
    guest.filesystem.addFile("/etc/ld.so.preload", "/srv/lib/a.so\n")
    guest.filesystem.addDirectory("/srv", uid: 1000)
    #expect(
      try findings(guest) == ["/srv/lib/a.so: loaded into every program; writable: missing, /srv: owner bob"])
  }

  @Test func theStickyBitProtectsRootsFiles() throws {
    let guest = guest()
    guest.filesystem.addFile("/etc/ld.so.preload", "/srv/a.so\n")
    guest.filesystem.addDirectory("/srv", mode: 0o1777)
    guest.filesystem.addFile("/srv/a.so", "x")
    #expect(try findings(guest) == [])
    guest.filesystem.addFile("/etc/ld.so.preload", "/srv/b.so\n")
    #expect(
      try findings(guest) == ["/srv/b.so: loaded into every program; writable: missing, /srv: everybody"])
  }

  @Test func belowAGapNothingIsKnown() throws {
    let guest = guest()
    guest.filesystem.addFile("/etc/ld.so.preload", "/opt/a.so\n")
    guest.filesystem.addGap("/opt", reason: "damaged")
    let outcomes = try answers(RootExecutesKind.self, [:], guest)
    #expect(outcomes.map(\.verdict) == [.undecided(reason: "/opt: damaged")])
  }
}
