import Evidence
import Facts
import TestSupport
import Testing

@Suite struct PacmanDatabaseTests {
  @Test func realEntriesAndACorruptOne() throws {
    let guest = GuestFixture()
    guard try guest.addTestData("pacman", at: "/var/lib/pacman/local") else { return }
    let model = try guest.model(InstalledPackages.self)
    #expect(model.packages.map(\.name) == ["emacs", "gmp", "madeup", "pacman", "tree-sitter"])
    #expect(model.installed("gmp")?.version == "6.2.1-2")
    #expect(model.installed("gmp")?.licence == "LGPL3 AND GPL" && model.installed("gmp")?.installedAt != nil)
    #expect(model.problems.map(\.path) == ["/var/lib/pacman/local/corrupt-0.2.1-3/desc"])
    #expect(model.installed("libtree-sitter.so")?.name == "tree-sitter")
  }

  @Test func aFolderWithoutARecordIsAProblem() throws {
    let guest = GuestFixture(["/var/lib/pacman/local/ALPM_DB_VERSION": "9\n"])
    guest.filesystem.addDirectory("/var/lib/pacman/local/lost-1-1")
    // Without any package it is no database without packages, but one that cannot be read.
    #expect(throws: EvidenceGap.self) { try guest.model(InstalledPackages.self) }
    guest.filesystem.addFile("/var/lib/pacman/local/a-1-1/desc", "%NAME%\na\n\n%VERSION%\n1-1\n\n")
    let model = try guest.model(InstalledPackages.self)
    #expect(model.packages.map(\.name) == ["a"] && model.problems.count == 1 && model.formats == ["pacman"])
  }
}
