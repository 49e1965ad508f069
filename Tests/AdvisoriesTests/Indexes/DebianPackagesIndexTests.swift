import Testing

@testable import Advisories

private func stanza(_ name: String, _ version: String, extra: String = "") -> String {
  "Package: \(name)\n\(extra)Version: \(version)\nArchitecture: amd64\nFilename: pool/\(name).deb\nSize: 12\n\n"
}

private func read(_ text: String, names: Set<String>? = nil) throws -> PackageIndex {
  try DebianPackagesIndex.read(Array(text.utf8), selection: IndexSelection(names: names))
}

@Suite struct DebianPackagesIndexTests {
  @Test func fields() throws {
    let index = try read(
      stanza("a", "1:2-3") + stanza("b", "1", extra: "Source: src-b (9-1)\nDescription: x\n Version: 7\n")
        + "Version: 4\nPackage: c\nSource: c-src\nArchitecture: all\nPhased-Update-Percentage: 30\nSize: 1\nFilename: c\n"
    )
    #expect(
      index.packages == [
        IndexedPackage(name: "a", version: "1:2-3", architecture: "amd64"),
        IndexedPackage(
          name: "b", version: "1", architecture: "amd64", sourceName: "src-b", sourceVersion: "9-1"),
        IndexedPackage(name: "c", version: "4", architecture: "all", sourceName: "c-src", phase: 30),
      ])
    #expect(index.total == 3 && index.skipped == 0)
  }

  @Test func keepsWhatIsAskedFor() throws {
    let index = try read(stanza("a", "1") + stanza("b", "2"), names: ["b"])
    #expect(index.packages.map(\.name) == ["b"] && index.total == 2)
  }

  @Test func anEmptyIndexIsEmpty() throws { #expect(try read("").total == 0) }

  /// At every byte but the ends of packages, which only the size tells.
  @Test func aCutIndexIsAnError() throws {
    let text = stanza("a", "1") + stanza("b", "2")
    let whole = try read(text)
    #expect(throws: Never.self) { try whole.requireSize(text.utf8.count) }
    let bytes = Array(text.utf8)
    for count in 1..<bytes.count {
      do {
        let index = try DebianPackagesIndex.read(Array(bytes[..<count]))
        #expect(throws: IndexError.self) { try index.requireSize(bytes.count) }
        // Every package of it is complete, and it ends where one does.
        #expect(index.packages.count == (count < bytes.count / 2 + 3 ? 1 : 2))
      } catch {}
    }
    #expect(throws: IndexError.self) { try DebianPackagesIndex.read(Array(bytes[..<(bytes.count / 2 - 20)])) }
  }

  @Test(arguments: [
    [UInt8](repeating: 0, count: 10_000), (0..<10_000).map { UInt8(truncatingIfNeeded: $0 &* 167) } + [10],
    Array("<html><body>404</body></html>\n".utf8), [0xff, 0xfe, 0x0a],
    Array("Package:\n\n\n\nPackage: \n".utf8),
  ])
  func whatIsNoIndexIsAnError(_ bytes: [UInt8]) {
    #expect(throws: IndexError.self) { try DebianPackagesIndex.read(bytes) }
  }

  @Test func recordsOutOfAllMeasureAreSkipped() throws {
    let index = try read(
      "Package: big\nDescription: " + String(repeating: "x", count: 10_000_000) + "\n\n"
        + stanza("long", String(repeating: "1.", count: 5_000)) + stanza("a", "1"))
    #expect(index.packages.map(\.name) == ["a"] && index.skipped == 2 && index.total == 3)
  }
}
