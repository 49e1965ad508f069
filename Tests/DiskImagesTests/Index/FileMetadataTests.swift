import Testing

@testable import DiskImages

@Suite struct FileMetadataTests {
  @Test(arguments: [
    (UInt32(0o100644), false, false), (0o100640, true, true), (0o100600, false, false),
    (0o100664, true, true),
    (0o100666, false, false), (0o100755, true, true), (0o100700, true, true), (0o100444, false, false),
    (0o100604, false, false), (0o100620, true, true), (0o040755, true, false), (0o040775, true, true),
    (0o120777, false, false), (0o020620, false, false),
  ])
  func attributesMatterWhereTheyCanGiveARight(_ mode: UInt32, _ elsewhere: Bool, _ packaged: Bool) {
    #expect(FileMetadata(mode: mode).attributesCanMatter(isPackaged: false) == elsewhere)
    #expect(FileMetadata(mode: mode).attributesCanMatter(isPackaged: true) == packaged)
  }

  @Test(arguments: [
    ("usr/share/doc", true), ("usr/local", false), ("usr/local/bin", false), ("usr", false),
    ("var/usr/x", false),
    ("", false),
  ])
  func packageManagersOwnUsr(_ path: String, _ isPackaged: Bool) {
    #expect(FileMetadata.isPackagedDirectory(Array(path.utf8)) == isPackaged)
  }
}
