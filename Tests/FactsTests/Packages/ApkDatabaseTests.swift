import Facts
import TestSupport
import Testing

@Suite struct ApkDatabaseTests {
  @Test func readsOriginAndProvides() throws {
    let model = try GuestFixture([
      "/lib/apk/db/installed":
        "C:Q1\nP:busybox\nV:1.36.1-r2\nA:x86_64\no:busybox-src\np:cmd:sh=1.36 /bin/sh so:x.so.1=1\nF:bin\nR:P:trap\n\nP:musl\nV:1.2-r0\n"
    ]).model(InstalledPackages.self)
    let busybox = try #require(model.installed("busybox"))
    #expect(busybox.version == "1.36.1-r2" && busybox.sourceName == "busybox-src")
    #expect(busybox.provides == ["cmd:sh", "/bin/sh", "so:x.so.1"])
    #expect(model.packages.map(\.name) == ["busybox", "musl"] && model.formats == ["apk"])
    #expect(model.installed("musl")?.origin.line == 10)
  }

  @Test(arguments: [("installed-15", 15, 0), ("installed-16", 16, 1), ("corrupt_installed", 1, 1)])
  func realDatabases(_ name: String, packages: Int, problems: Int) throws {
    guard let bytes = try testData("apk/\(name)") else { return }
    let guest = GuestFixture()
    guest.filesystem.addFile("/lib/apk/db/installed", .bytes(bytes))
    let model = try guest.model(InstalledPackages.self)
    #expect(model.packages.count == packages && model.problems.count == problems)
    if name.hasPrefix("corrupt") { #expect(model.problems.first?.line == 1) }
  }
}
