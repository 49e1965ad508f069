import DiskImages
import Foundation
import Testing

/// Trees that nobody has by accident: deep, full of loops, with sizes and names that mean harm.
@Suite struct HostileTreeTests {
  @Test func aDirectoryAThousandLevelsDeep() throws {
    let guest = MemoryFilesystem()
    let path = String(repeating: "/d", count: 1000)
    guest.addFile(path + "/file", "x")
    let index = try guest.readIndex()
    #expect(index.count == 1002)
    guard case .found(let file) = index.resolve(path + "/file") else {
      Issue.record("not found")
      return
    }
    #expect(file.path.utf8.count == 2005)
    #expect(index.matches("/**/file").map(\.id) == [file.id])
  }

  @Test func aHundredThousandLinksInALoop() throws {
    let guest = MemoryFilesystem()
    let count = 100_000
    for number in 0..<count { guest.addLink("/l/\(number)", to: "\((number + 1) % count)") }
    let index = try guest.readIndex()
    let links = index.matches("/l/*")
    #expect(links.count == count)
    for link in links {
      guard case .loop = index.target(of: link) else {
        Issue.record("\(link.path) leads somewhere")
        return
      }
    }
  }

  @Test func aSparseFileOfATerabyteIsNotRead() throws {
    let folder = NSTemporaryDirectory() + "sparse-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Data("x".utf8).write(to: URL(filePath: folder + "/huge"))
    let handle = try FileHandle(forWritingTo: URL(filePath: folder + "/huge"))
    do {
      try handle.truncate(atOffset: 1 << 40)
    } catch {
      print("skipped: no sparse file of a terabyte here")
      return
    }
    let guest = try DirectoryFilesystem(path: folder)
    let files = try guest.readIndex().matches("/huge")
    #expect(files.map(\.metadata.size) == [1 << 40])
    try guest.readContents(of: files, limit: 1 << 20) { #expect($1 == .tooLarge(size: 1 << 40)) }
  }
}
