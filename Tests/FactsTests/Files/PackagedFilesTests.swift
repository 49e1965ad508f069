import Facts
import TestSupport
import Testing

@Suite struct PackagedFilesTests {
  @Test func oneInodeUnderBothNamesOfAMergedUsr() throws {
    let guest = GuestFixture([
      "/usr/bin/su": "x", "/usr/bin/mine": "x", "/var/lib/dpkg/info/util-linux.list": "/.\n/bin\n/bin/su\n",
      "/var/lib/dpkg/info/libc6:amd64.list": "/usr/bin/gone\n",
    ])
    guest.filesystem.addLink("/bin", to: "usr/bin")
    let evidence = try guest.evidence()
    let packages = try guest.model(PackagedFiles.self)
    #expect(packages.isKnown)
    #expect(packages.owner(of: try #require(try evidence.entry(at: "/usr/bin/su"))) == "util-linux")
    #expect(packages.owner(of: try #require(try evidence.entry(at: "/usr/bin/mine"))) == nil)
  }

  @Test func aDivertedFileLiesElsewhere() throws {
    let guest = GuestFixture([
      "/usr/bin/x": "new", "/usr/bin/x.distrib": "old", "/var/lib/dpkg/info/old.list": "/usr/bin/x\n",
      "/var/lib/dpkg/info/new.list": "/usr/bin/x\n",
      "/var/lib/dpkg/diversions": "/usr/bin/x\n/usr/bin/x.distrib\nnew\ntruncated\n",
    ])
    let evidence = try guest.evidence()
    let packages = try guest.model(PackagedFiles.self)
    #expect(packages.owner(of: try #require(try evidence.entry(at: "/usr/bin/x"))) == "new")
    #expect(packages.owner(of: try #require(try evidence.entry(at: "/usr/bin/x.distrib"))) == "old")
  }

  @Test func withoutListsNothingIsKnown() throws {
    #expect(try !GuestFixture(["/etc/x": ""]).model(PackagedFiles.self).isKnown)
  }

  @Test func overridesUnderEitherName() throws {
    let model = try GuestFixture([
      "/var/lib/dpkg/statoverride": "root crontab 2755 /usr/bin/crontab\nroot root 4750 /bin/su\nshort\n"
    ]).model(StatOverrides.self)
    #expect(model.override(for: "/usr/bin/crontab")?.line == 1)
    #expect(model.override(for: "/usr/bin/su")?.text == "root root 4750 /bin/su")
    #expect(model.override(for: "/bin/crontab") != nil && model.override(for: "/bin/x") == nil)
  }
}
