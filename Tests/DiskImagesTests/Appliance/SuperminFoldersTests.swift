import Foundation
import Testing

@testable import DiskImages

@Suite struct SuperminFoldersTests {
  @Test func removesWhatHasComeAndNothingElse() throws {
    let files = FileManager.default
    let place = NSTemporaryDirectory() + "supermin-folders-\(UUID().uuidString)"
    try files.createDirectory(atPath: place, withIntermediateDirectories: true)
    defer { try? files.removeItem(atPath: place) }
    func make(_ name: String) throws {
      try files.createDirectory(atPath: "\(place)/\(name)/d", withIntermediateDirectories: true)
    }
    try make("superminaaaaaa.tmpdir")
    let folders = SuperminFolders(in: place)
    for name in ["superminbbbbbb.tmpdir", "supermincccccc", "other.tmpdir"] { try make(name) }
    folders.removeNew()
    #expect(
      try files.contentsOfDirectory(atPath: place).sorted()
        == ["other.tmpdir", "superminaaaaaa.tmpdir", "supermincccccc"])
  }

  @Test func aPlaceThatIsNotThereHasNone() {
    SuperminFolders(in: "/nowhere").removeNew()
  }
}
