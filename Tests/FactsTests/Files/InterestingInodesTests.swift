import DiskImages
import Evidence
import Facts
import Foundation
import TestSupport
import Testing

@Suite struct InterestingInodesTests {
  private func guest() -> GuestFixture {
    GuestFixture([
      "/etc/passwd": "root:x:0:0::/root:/bin/sh\nweb:x:33:33::/:/bin/false\n",
      "/etc/group": "root:x:0:\nweb:x:33:\nstaff:x:50:\nops:x:60:web\n",
    ])
  }

  private func paths(_ guest: GuestFixture, _ property: InterestingInodes.Property) throws -> [String] {
    try guest.model(InterestingInodes.self).entries(property).map(\.path)
  }

  @Test func privilegeNeedsARegularFileAndAnExecuteBitForTheGroup() throws {
    let guest = guest()
    guest.filesystem.addFile("/a/suid", "", mode: 0o4755)
    guest.filesystem.addFile("/a/suid-not-executable", "", mode: 0o4644)
    guest.filesystem.addFile("/a/sgid", "", mode: 0o2755)
    guest.filesystem.addFile("/a/locking", "", mode: 0o2644)
    guest.filesystem.addDirectory("/a/dir", mode: 0o6755)
    guest.filesystem.addFile("/proc/1/suid", "", mode: 0o4755)
    guest.filesystem.addFile("/run/suid", "", mode: 0o4755)
    guest.filesystem.addFile("/srv/proc/suid", "", mode: 0o4755)
    #expect(try paths(guest, .suid).sorted() == ["/a/suid", "/a/suid-not-executable", "/srv/proc/suid"])
    #expect(try paths(guest, .sgid) == ["/a/sgid"])
  }

  @Test func linksHaveNoModeButAnOwner() throws {
    let guest = guest()
    guest.filesystem.addLink("/a/link", to: "x")
    guest.filesystem.addFile("/a/open", "", mode: 0o666, uid: 4711, gid: 33)
    guest.filesystem.addFile("/a/group", "", mode: 0o664, uid: 33, gid: 4712)
    #expect(try paths(guest, .worldWritable) == ["/a/open"])
    #expect(try paths(guest, .groupWritable).sorted() == ["/a/group", "/a/open"])
    #expect(try paths(guest, .unowned) == ["/a/open"])
    #expect(try paths(guest, .ungrouped) == ["/a/group"])
  }

  @Test func theNextBootCounts() throws {
    let guest = guest()
    guest.filesystem.addFile("/usr/bin/systemd-tmpfiles", "", mode: 0o755)
    guest.filesystem.addFile("/etc/tmpfiles.d/a.conf", "z /srv/x 0666\nz /srv/y 0600\n")
    guest.filesystem.addFile("/srv/x", "", mode: 0o600)
    guest.filesystem.addFile("/srv/y", "", mode: 0o666)
    #expect(try paths(guest, .worldWritable) == ["/srv/x"])
  }

  @Test(
    arguments: [
      (0o755, 0, 0, 0o755, 0, 0, false), (0o775, 0, 50, 0o755, 0, 0, false),
      (0o775, 0, 60, 0o755, 0, 0, true),
      (0o775, 0, 33, 0o755, 0, 0, true), (0o755, 33, 0, 0o755, 0, 0, true), (0o757, 0, 0, 0o755, 0, 0, true),
      (0o755, 0, 0, 0o777, 0, 0, true), (0o755, 0, 0, 0o1777, 0, 0, false),
      (0o755, 0, 0, 0o1777, 33, 0, true),
      (0o755, 0, 0, 0o775, 0, 60, true),
    ] as [(UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, Bool)])
  func whoCanReplaceAFile(
    _ mode: UInt32, _ uid: UInt32, _ gid: UInt32, _ above: UInt32, _ aboveUid: UInt32, _ aboveGid: UInt32,
    _ expected: Bool
  ) throws {
    let guest = guest()
    guest.filesystem.addDirectory("/opt/x", mode: above, uid: aboveUid, gid: aboveGid)
    guest.filesystem.addFile("/opt/x/program", "", mode: mode, uid: uid, gid: gid)
    let facts = try guest.facts()
    let entry = try #require(try facts.evidence.entry(at: "/opt/x/program"))
    let writers = try facts.model(InterestingInodes.self).writersBesidesRoot(
      of: entry, facts.model(IdentityNames.self))
    #expect(writers.isEmpty != expected, "\(writers)")
  }

  @Test func anAccessListCanLetSomebodyWrite() throws {
    let guest = guest()
    let list = FileAttributesTests.list([(1, 7, 0), (2, 6, 33), (4, 5, 0), (0x10, 7, 0), (0x20, 5, 0)])
    guest.filesystem.addFile(
      "/opt/program", .bytes([]), mode: 0o775,
      attributes: [.init(name: "system.posix_acl_access", value: list)])
    let facts = try guest.facts()
    let entry = try #require(try facts.evidence.entry(at: "/opt/program"))
    let writers = try facts.model(InterestingInodes.self).writersBesidesRoot(
      of: entry, facts.model(IdentityNames.self))
    #expect(writers == ["access list user:web:rw-"])
  }

  /// Linear, and far below what a scan may take: a debug build is some ten times slower than a release.
  @Test func aHundredThousandInodes() throws {
    var builder = FileIndexBuilder(root: FileMetadata(mode: 0o040755))
    var directory: UInt32 = 0
    for number in 0..<100_000 {
      if number % 1000 == 0 {
        directory = builder.add("d\(number)".utf8, to: 0, metadata: FileMetadata(mode: 0o040755)) ?? 0
      }
      builder.add(
        "f\(number)".utf8, to: directory,
        metadata: FileMetadata(mode: number % 1_000 == 1 ? 0o104755 : 0o100644))
    }
    let facts = GuestFacts(Evidence(index: builder.finish()), asOf: 0)
    let start = ThreadClock.now
    #expect(try facts.model(InterestingInodes.self).entries(.suid).count == 100)
    #expect(ThreadClock.now - start < .seconds(5))
  }
}
