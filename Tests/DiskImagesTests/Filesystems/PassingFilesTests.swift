import Testing

@testable import DiskImages

@Suite struct PassingFilesTests {
  private let index: FileIndex

  init() throws {
    let guest = MemoryFilesystem()
    guest.addFile("/usr/bin/tool", "content", mode: 0o755)
    guest.addFile("/usr/bin/large", String(repeating: "x", count: PassingFiles.fileLimit + 1), mode: 0o755)
    guest.addFile("/etc/passwd", "root")
    index = try guest.readIndex()
  }

  private func file(_ path: String) throws -> FileEntry {
    guard case .found(let file) = index.resolve(path) else { throw GuestReadError("no \(path)") }
    return file
  }

  @Test func keepsSmallPrograms() throws {
    var passing = PassingFiles()
    passing.offer(try file("/usr/bin/tool"), Array("content".utf8))
    #expect(passing.bytes(of: try file("/usr/bin/tool")) == Array("content".utf8))
  }

  @Test func keepsNothingElse() throws {
    var passing = PassingFiles()
    passing.offer(try file("/usr/bin/tool"), Array("cont".utf8))
    passing.offer(try file("/usr/bin/large"), [UInt8](repeating: 120, count: PassingFiles.fileLimit + 1))
    passing.offer(try file("/etc/passwd"), Array("root".utf8))
    for path in ["/usr/bin/tool", "/usr/bin/large", "/etc/passwd"] {
      #expect(passing.bytes(of: try file(path)) == nil)
    }
  }
}
