import Foundation
import Testing

@testable import Advisories

private let text = String(
  repeating: "Package: a\nVersion: 1\nArchitecture: all\nFilename: a.deb\nSize: 1\n\n", count: 40)
private let packed = [
  "gzip":
    "H4sIAAAAAAACAwtITM5OTE+1UkjkCkstKs7Mz7NSMORyLErOyCxJTS4pLQJJ5eRwuWXmpOYl5oJ4eimpSVzBmVWpIJVcAaMGjBowasCoAaMGjBowasCoAaMGDEcDAP6dcYwoCgAA",
  "bzip2":
    "QlpoOTFBWSZTWU/psH8AAbffgAAQQAEgECEASQA+754QMAD4Ao0NAAAAUaGgAAAClVMjKM1GmGhPRiE7CYCaCaCZiLcJkE5iaibhVkIsQmgncTATgJwE8iZiYCaCexO4nkTITUTYT+E1E4ieBNRNhPQnoTeJmJ/iZhNhOgmImwnsTETmJvE+hP0TAT4LuSKcKEgn9Ng/gA==",
  "xz":
    "/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4AonAE9dACgYSGbb2jCF/hberuXwS0YwiWNKfcsLu5mf0ZR8f9bVUE5hnLWojaFstmOSxwb6SjoAS+aIoyvoiv8JYLoWedMnDCyon4seJSIjFfMvAAAAAPno8tqOWvYRAAFrqBQAAADbP0o+scRn+wIAAAAABFla",
  "zstd":
    "KLUv/QRYNQIAEsQOFpA7B9sS4fvfsk0TQUTGikVGFbt5WQUtOvyTRI0fgA+/eF2lUKV8eOa09JZJYkHR4WKyYS/qwyNWkocBAAF5CD9EAeLQHAc=",
  "lz4":
    "BCJNGGRAp1IAAADwElBhY2thZ2U6IGEKVmVyc2lvbjogMQpBcmNoaXRlY3R1chsAoGxsCkZpbGVuYW0OAJAuZGViClNpemUqAB8KQQD////////////YUDogMQoKAAAAAHHX4OE=",
]

private func bytes(_ base64: String) throws -> [UInt8] { Array(try #require(Data(base64Encoded: base64))) }

@Suite struct PackedIndexTests {
  @Test(arguments: packed.keys.sorted()) func unpacks(_ form: String) throws {
    let packed = try bytes(try #require(packed[form]))
    #expect(PackedIndex.isPacked(packed))
    #expect(try PackedIndex.unpack(packed) == Array(text.utf8))
  }

  /// No part of a compressed index is taken for the whole.
  @Test(arguments: packed.keys.sorted()) func aCutStreamIsAnError(_ form: String) throws {
    let whole = try bytes(try #require(packed[form]))
    for count in 7..<whole.count {
      let index = try? DebianPackagesIndex.read(try PackedIndex.unpack(Array(whole[..<count])))
      #expect(index == nil || index?.size == text.utf8.count, "\(form) cut at \(count)")
    }
  }

  @Test func whatIsNotPackedStays() throws {
    #expect(try PackedIndex.unpack(Array("Package: a".utf8)) == Array("Package: a".utf8))
    #expect(try PackedIndex.unpack([]) == [])
  }

  /// 200 MiB of zeros in 177 bytes.
  @Test func aBombIsAnError() throws {
    let bomb = try bytes(
      "QlpoOTFBWSZTWQ4J4t8BX45AAMAAAAggADCATUZCoCWpCoCXMUFZJlNZDgni3wFfjkAAwAAACCAAMIBNRkKgJakKgJcxQVkmU1kOCeLfAV+OQADAAAAIIAAwgE1GQqAlqQqAlzFBWSZTWQ4J4t8BX45AAMAAAAggADCATUZCoCWpCoCXMUFZJlNZ8TGEcADIDEBAwAAAQAAIIAAwzAUpphQCLYigEXi7kinChIIup43Q"
    )
    #expect(throws: IndexError.self) { try PackedIndex.unpack(bomb) }
  }

  @Test(arguments: [
    [0x1f, 0x8b], [0x1f, 0x8b, 8, 0, 0xff, 0xff], [0x28, 0xb5, 0x2f, 0xfd, 1, 2, 3], [0x42, 0x5a, 0x68],
  ])
  func garbageIsAnError(_ bytes: [UInt8]) {
    #expect(throws: IndexError.self) {
      let unpacked = try PackedIndex.unpack(bytes)
      if unpacked.isEmpty { throw IndexError("nothing in it") }
    }
  }
}

@Suite struct ArchiveIndexTests {
  private static let apk =
    "H4sIAAAAAAACA+3WwWqDMByA8ZzzFHuBBmNSO7xJLUUKztUxdivrKEWQFowt9u2X7jCGl550B7/fJSHhT04fRJXZOlfbMlGdGErgRdb+rF5/9cyf/f18YRZaPAViBBfXfjb+STFNrjoKTFe6KpfbrHjLXvJ/7D/s92+tof8xXA0NTFlSbLI8XX0M+caj/rWd9/v3PwD6H8MyftWdLOL9xd32506+x1qZSOlZEwYyibvnaBdZef69l/eBmx9wrt591dXh1D6eITMAAAAAAAAAAAAAGNw3MY7MPQAoAAA="
  private static let pacman =
    "H4sIAAAAAAACA+3VT2vCQBCH4T3vp/Cyx8Rd86fiLZWUCmohgV4lsWkRPYhpQfLpHTSQ1lMPbUB8n8vszGUv+9tpdpvSc37gO280fKvqtfp7VsRheK7iuloXdOfz3NkgiNTAqh581Z/FQa5X98k8zebpMlmkRjfyFPz99kNr0w2keUzytvHKoq5k8ppm+exlabSbtE9Hhkk2fTb6OI5Xcai1wk1ovuf/fbOr6v7zLz/Adf4jF5P/PhyJwF2T8P/X2v99/t3oZ/7tg4vIfz/7/7LqSzY2AAAAAAAAAAAAANy2E7gON8oAKAAA"

  @Test func apk() throws {
    let index = try ApkIndex.read(try bytes(Self.apk))
    #expect(
      index.packages == [
        IndexedPackage(name: "busybox", version: "1.36.1-r20", architecture: "x86_64"),
        IndexedPackage(
          name: "ssl_client", version: "1.36.1-r20", architecture: "x86_64", sourceName: "busybox"),
      ])
    #expect(
      try ApkIndex.read(try bytes(Self.apk), selection: IndexSelection(names: ["busybox"])).packages.count
        == 1)
  }

  @Test func pacman() throws {
    let index = try PacmanIndex.read(try bytes(Self.pacman))
    #expect(
      index.packages == [
        IndexedPackage(name: "zlib", version: "1:1.3.1-2", architecture: "x86_64", sourceName: "zlib-base")
      ])
    #expect(index.total == 2 && index.skipped == 1)
  }

  @Test(arguments: [20, 100, 150]) func aCutArchiveIsAnError(_ count: Int) throws {
    let cut = Array(try bytes(Self.apk)[..<count])
    #expect(throws: IndexError.self) { try ApkIndex.read(cut) }
    #expect(throws: IndexError.self) { try PacmanIndex.read(Array(try bytes(Self.pacman)[..<count])) }
  }

  @Test func anArchiveWithoutTheIndexIsAnError() throws {
    #expect(throws: IndexError.self) { try ApkIndex.read(try bytes(Self.pacman)) }
    #expect(throws: IndexError.self) { try ApkIndex.read([]) }
    #expect(throws: IndexError.self) { try PacmanIndex.read(Array("<html></html>".utf8)) }
  }
}
