import Facts
import TestSupport
import Testing

@Suite struct IdentityNamesTests {
  private func names(_ files: [String: String]) throws -> IdentityNames {
    try GuestFixture(files).model(IdentityNames.self)
  }

  private let passwd = """
    root:x:0:0:root:/root:/bin/bash
    toor:x:0:0::/root:/bin/sh
    daemon:x:1:1::/:/usr/sbin/nologin
    www-data:x:33:33::/var/www:/usr/sbin/nologin
    anna:x:1000:1000::/home/anna:/bin/bash
    broken
    :x:7:7::/:
    badnumber:x:seven:7::/:/bin/sh
    """
  private let group = """
    root:x:0:
    shadow:x:42:
    adm:x:4:anna,root
    onlyroot:x:9:root
    www-data:x:33:
    staff:x:50:
    anna:x:1000:
    """

  @Test func theFirstEntryNamesANumber() throws {
    let names = try names(["/etc/passwd": passwd, "/etc/group": group])
    #expect(names.userName(0) == "root")
    #expect(names.uid("toor") == 0)
    #expect(names.userName(7) == nil)
    #expect(names.groupName(42) == "shadow")
    #expect(names.uid("1234") == 1234 && names.gid("shadow") == 42 && names.gid("nosuch") == nil)
    #expect(names.text(uid: 1000, gid: 77) == "anna:77")
  }

  @Test(arguments: [
    (4, true), (9, false), (42, false), (33, true), (50, false), (1000, true), (0, false),
  ]) func groupsWithPeopleInThem(_ gid: UInt32, _ expected: Bool) throws {
    #expect(try names(["/etc/passwd": passwd, "/etc/group": group]).hasMembers(gid) == expected)
  }

  @Test func serviceAccountsHaveNoLoginShell() throws {
    let names = try names([
      "/etc/passwd": passwd, "/etc/group": group, "/etc/shells": "# shells\n/bin/sh\n/bin/bash\n",
    ])
    #expect(names.isServiceUser(33) && names.isServiceGroup(33))
    #expect(!names.isServiceUser(1000) && !names.isServiceUser(0) && !names.isServiceUser(4711))
    #expect(!names.isServiceGroup(4))
    let owner = OwnerRequirement(["syslog", "@service"])
    #expect(owner.accepts(user: 33, names) && !owner.accepts(user: 1000, names))
  }

  @Test func rootHasANameWithoutFiles() throws {
    let names = try names([:])
    #expect(!names.hasDatabase && names.userName(0) == "root" && names.groupName(0) == "root")
    #expect(names.userName(1) == nil)
  }

  @Test func otherSourcesOfNames() throws {
    let names = try names([
      "/etc/nsswitch.conf": "passwd: files systemd sss # ldap\ngroup:\tfiles ldap\nhosts: files nis\n"
    ])
    #expect(names.remoteSources == ["sss", "ldap"])
  }

  @Test func aHundredThousandUsers() throws {
    let lines = (0..<100_000).map { "u\($0):x:\($0):100::/:/bin/sh" }.joined(separator: "\n")
    let names = try names(["/etc/passwd": lines])
    #expect(names.userName(99_999) == "u99999")
  }
}
