import Foundation
import Testing

@testable import DiskImages

struct FileDigestTests {
  // FIPS 180-4 and RFC 1321 give the digests of "abc".
  @Test(arguments: [
    (DigestAlgorithm.md5, "900150983cd24fb0d6963f7d28e17f72"),
    (.sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
    (.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
  ])
  func digestsOfFoldersAndMemory(algorithm: DigestAlgorithm, expected: String) throws {
    let folder = NSTemporaryDirectory() + "digest-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Data("abc".utf8).write(to: URL(filePath: folder + "/file"))
    let memory = MemoryFilesystem()
    memory.addFile("/file", "abc")
    for filesystem in [try DirectoryFilesystem(path: folder), memory] as [any GuestFilesystem] {
      let files = try filesystem.readIndex().matches("/file")
      var found: [FileDigest] = []
      try filesystem.digests(of: files, algorithm: algorithm) { found.append($1) }
      #expect(found == [.hex(expected)])
    }
  }

  @Test func partsOfFiles() throws {
    let folder = NSTemporaryDirectory() + "ranges-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Data("0123456789".utf8).write(to: URL(filePath: folder + "/file"))
    let memory = MemoryFilesystem()
    memory.addFile("/file", "0123456789")
    for filesystem in [try DirectoryFilesystem(path: folder), memory] as [any GuestFilesystem] {
      let file = try #require(try filesystem.readIndex().matches("/file").first)
      var found: [String] = []
      let ranges = [(0, 3), (4, 2), (8, 9), (10, 1), (11, 1)].map {
        FileRange(file, offset: Int64($0.0), length: $0.1)
      }
      try filesystem.readRanges(ranges) { _, content in
        if case .bytes(let bytes) = content { found.append(String(decoding: bytes, as: UTF8.self)) }
      }
      #expect(found == ["012", "45", "89", "", ""])
    }
  }

  @Test(arguments: [
    ("d41d8cd98f00b204e9800998ecf8427e  ./a/b", "/a/b"),
    ("d41d8cd98f00b204e9800998ecf8427e  ./with  spaces", "/with  spaces"),
    ("\\d41d8cd98f00b204e9800998ecf8427e  ./a\\nb\\\\c", "/a\nb\\c"),
    ("d41d8cd98f00b204e9800998ecf8427e", nil),
    ("d41d8cd98f00b204e9800998ecf8427e  /a", nil),
    ("", nil),
  ])
  func linesOfMd5sum(line: String, name: String?) {
    let read = ChecksumLine.read(Array(line.utf8)[...])
    #expect(read.map { String(decoding: $0.name, as: UTF8.self) } == name)
    if name != nil { #expect(read?.digest == "d41d8cd98f00b204e9800998ecf8427e") }
  }
}
