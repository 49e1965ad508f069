import Testing

@testable import DiskImages

@Suite struct FileMetadataTests {
  @Test(arguments: [
    (UInt32(0o100644), false), (0o100640, true), (0o100600, false), (0o100664, true), (0o100666, false),
    (0o100755, true), (0o100700, true), (0o100444, false), (0o100604, false), (0o100620, true),
    (0o040755, true),
    (0o120777, false), (0o020620, false),
  ])
  func attributesMatterWhereTheyCanGiveARight(_ mode: UInt32, _ matters: Bool) {
    #expect(FileMetadata(mode: mode).attributesCanMatter == matters)
  }
}
