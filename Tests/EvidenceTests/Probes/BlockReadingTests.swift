import Binaries
import DiskImages
import Evidence
import TestSupport
import Testing

struct BlockReadingTests {
  private func guest(_ files: [String: FileContent]) -> (MemoryFilesystem, [FileEntry]) {
    let guest = MemoryFilesystem()
    for (path, content) in files { guest.addFile(path, content) }
    let index = try? guest.readIndex()
    return (guest, index?.entries.filter { $0.type == .regular } ?? [])
  }

  @Test func blocksAreGivenAsTheyAreAskedFor() throws {
    let (guest, files) = guest([
      "/a": .bytes((0..<200_000).map { UInt8(truncatingIfNeeded: $0) }), "/b": .bytes([]),
    ])
    var seen: [String: [UInt8]] = [:]
    let unread = try BlockReading().read(files, from: guest) { (file, known) throws(BinaryError) in
      if known.size == 0 {
        seen[file.path] = []
        return
      }
      let first = try known.bytes(at: 100_000, count: 2)
      let second = try known.bytes(at: 199_999, count: 1)
      seen[file.path] = Array(first ?? []) + Array(second ?? [])
    }
    #expect(unread.isEmpty)
    #expect(seen == ["/a": [0xa0, 0xa1, 0x3f], "/b": []])
  }

  @Test func aParserThatNeverHasEnoughEnds() throws {
    let (guest, files) = guest(["/a": .bytes([UInt8](repeating: 0, count: 100_000))])
    var calls: UInt64 = 0
    let unread = try BlockReading().read(files, from: guest) { (_, _) throws(BinaryError) in
      calls += 1
      throw .needs([(calls * 10)..<(calls * 10 + 1)])
    }
    #expect(calls == 12)
    #expect(unread.values.map { $0 } == ["its headers lead from block to block"])
  }

  @Test func limitsOfOneFileAndOfAll() throws {
    var reading = BlockReading()
    reading.fileLimit = 10_000
    let (guest, files) = guest(["/a": .bytes([UInt8](repeating: 0, count: 100_000))])
    let large = try reading.read(files, from: guest) { (_, _) throws(BinaryError) in
      throw .needs([0..<50_000])
    }
    #expect(large.values.map { $0 } == ["more than 10000 bytes of it would have to be read"])
    reading.totalLimit = 10
    let used = try reading.read(files, from: guest) { (_, _) throws(BinaryError) in }
    #expect(used.values.map { $0 } == ["the limit of 10 bytes for all files together is used up"])
  }

  @Test func whatCannotBeReadSaysWhy() throws {
    let (guest, files) = guest(["/a": .unreadable(reason: "damaged"), "/b": .bytes([1])])
    guest.addEntry("/c", FileMetadata(mode: 0o100644, size: 50))
    let index = try guest.readIndex()
    let all = index.entries.filter { $0.type == .regular }
    let unread = try BlockReading().read(Array(all), from: guest) { (file, _) throws(BinaryError) in
      if file.path == "/b" { throw .damaged("odd") }
    }
    #expect(files.count == 2)
    #expect(Set(unread.values) == ["odd", "the file is shorter than its size says"])
  }
}
