import Evidence
import Facts
import TestSupport
import Testing

@Suite struct RpmDatabaseTests {
  @Test(arguments: [
    "/var/lib/rpm/Packages", "/var/lib/rpm/Packages.db", "/usr/lib/sysimage/rpm/rpmdb.sqlite",
    "/usr/share/rpm/rpmdb.sqlite",
  ])
  func aDatabaseThatCannotBeReadIsNoEmptyOne(_ path: String) throws {
    let guest = GuestFixture([
      path: "x", "/var/lib/dpkg/status": "Package: a\nStatus: install ok installed\nVersion: 1\n",
    ])
    #expect(throws: EvidenceGap.self) { try guest.model(InstalledPackages.self) }
  }

  @Test func anEmptyFolderIsNoDatabase() throws {
    let guest = GuestFixture()
    guest.filesystem.addDirectory("/var/lib/rpm")
    #expect(try guest.model(InstalledPackages.self).formats.isEmpty)
  }
}
