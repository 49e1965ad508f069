import DiskImages
import Foundation
import Testing

@Suite struct DirectoryFilesystemTests {
  private func withTree(_ body: (String) throws -> Void) throws {
    let path = NSTemporaryDirectory() + "brinell-tree-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path + "/etc", withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  private func content(_ filesystem: DirectoryFilesystem, _ path: String) throws -> FileContent? {
    let index = try filesystem.readIndex()
    guard case .found(let entry) = index.resolve(path) else { return nil }
    var result: FileContent?
    try filesystem.readContents(of: [entry], limit: 100) { result = $1 }
    return result
  }

  @Test func linksOutOfTheTreeAreNeverFollowed() throws {
    try withTree { path in
      let outside = path + "-outside"
      try "host secret".write(toFile: outside, atomically: true, encoding: .utf8)
      defer { try? FileManager.default.removeItem(atPath: outside) }
      let manager = FileManager.default
      try manager.createSymbolicLink(atPath: path + "/etc/absolute", withDestinationPath: outside)
      try manager.createSymbolicLink(
        atPath: path + "/etc/relative",
        withDestinationPath: "../../" + (outside as NSString).lastPathComponent)
      try manager.createSymbolicLink(atPath: path + "/etc/hosts.d", withDestinationPath: "/tmp")
      let filesystem = try DirectoryFilesystem(path: path)
      #expect(try content(filesystem, "/etc/absolute") == nil)
      #expect(try content(filesystem, "/etc/relative") == nil)
      let index = try filesystem.readIndex()
      #expect(index.matches("/etc/hosts.d/*").isEmpty)
      #expect(index.count == 5)
      #expect(filesystem.cost.contentBytes == 0)
    }
  }

  @Test func readsWithinTheLimit() throws {
    try withTree { path in
      try "hello".write(toFile: path + "/etc/small", atomically: true, encoding: .utf8)
      try String(repeating: "x", count: 101).write(
        toFile: path + "/etc/large", atomically: true, encoding: .utf8)
      let filesystem = try DirectoryFilesystem(path: path)
      #expect(try content(filesystem, "/etc/small") == .bytes(Array("hello".utf8)))
      #expect(try content(filesystem, "/etc/large") == .tooLarge(size: 101))
    }
  }

  @Test func readsTheHeadOfALargeFile() throws {
    try withTree { path in
      try "0123456789".write(toFile: path + "/etc/large", atomically: true, encoding: .utf8)
      let filesystem = try DirectoryFilesystem(path: path)
      guard case .found(let entry) = try filesystem.readIndex().resolve("/etc/large") else {
        Issue.record("the file is absent")
        return
      }
      var heads: [FileContent] = []
      try filesystem.readHeads(of: [entry], length: 4) { heads.append($1) }
      #expect(heads == [.bytes(Array("0123".utf8))])
      #expect(filesystem.cost.contentBytes == 4)
    }
  }

  @Test func aFifoDoesNotBlock() throws {
    try withTree { path in
      #expect(mkfifo(path + "/etc/fifo", 0o600) == 0)
      let filesystem = try DirectoryFilesystem(path: path)
      guard case .unreadable = try content(filesystem, "/etc/fifo") else {
        Issue.record("a FIFO has no content")
        return
      }
    }
  }

  @Test func namesThatAreNotTextAndDeepTreesSurvive() throws {
    try withTree { path in
      let odd = Array((path + "/etc/").utf8) + [0xff, 0x0a, 0x41, 0]
      let descriptor = open(odd.map { CChar(bitPattern: $0) }, O_CREAT | O_WRONLY, 0o644)
      #expect(descriptor >= 0)
      close(descriptor)
      var deep = path
      for _ in 0..<300 { deep += "/d" }
      try FileManager.default.createDirectory(atPath: deep, withIntermediateDirectories: true)
      let filesystem = try DirectoryFilesystem(path: path)
      let index = try filesystem.readIndex()
      #expect(index.matches("/etc/*").map(\.path) == ["/etc/\\xff\\nA"])
      #expect(index.count == 303)
    }
  }

  @Test func aMissingDirectoryIsNamed() {
    #expect(throws: GuestReadError("/nowhere: no such file or directory")) {
      try DirectoryFilesystem(path: "/nowhere")
    }
  }
}
