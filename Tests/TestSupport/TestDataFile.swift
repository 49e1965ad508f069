import DiskImages
import Foundation

/// The bytes of a file of `../shared/testdata`; nil, said once, where the folder is absent.
public func testData(_ path: String) throws -> [UInt8]? {
  guard let folder = testDataFolder else { return nil }
  return Array(try Data(contentsOf: URL(filePath: "\(folder)/\(path)")))
}

extension GuestFixture {
  /// Puts every file of a folder of `../shared/testdata` below `path`; false where the folder is absent.
  public func addTestData(_ source: String, at path: String) throws -> Bool {
    guard let folder = testDataFolder else { return false }
    for file in try FileManager.default.subpathsOfDirectory(atPath: "\(folder)/\(source)") {
      var isDirectory: ObjCBool = false
      let full = "\(folder)/\(source)/\(file)"
      guard FileManager.default.fileExists(atPath: full, isDirectory: &isDirectory), !isDirectory.boolValue
      else {
        continue
      }
      filesystem.addFile("\(path)/\(file)", .bytes(Array(try Data(contentsOf: URL(filePath: full)))))
    }
    return true
  }
}
