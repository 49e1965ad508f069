import DiskImages
import Evidence
import TestSupport
import Testing

@testable import Facts

@Suite struct UnifiedKernelImageTests {
  /// A PE file whose sections lie one behind the other from byte 1024 on.
  private static func image(_ sections: KeyValuePairs<String, [UInt8]>) -> [UInt8] {
    var image = [UInt8](repeating: 0, count: 1024)
    func put(_ value: Int, _ size: Int, at offset: Int) {
      for index in 0..<size { image[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
    }
    image.replaceSubrange(0..<2, with: Array("MZ".utf8))
    put(0x80, 4, at: 0x3c)
    image.replaceSubrange(0x80..<0x84, with: [0x50, 0x45, 0, 0])
    put(sections.count, 2, at: 0x86)
    put(16, 2, at: 0x94)
    var header = 0x80 + 24 + 16
    for (name, content) in sections {
      image.replaceSubrange(header..<header + name.utf8.count, with: Array(name.utf8))
      put(content.count, 4, at: header + 8)
      put((content.count + 511) / 512 * 512, 4, at: header + 16)
      put(image.count, 4, at: header + 20)
      image += content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
      header += 40
    }
    return image
  }

  private func boot(_ image: [UInt8], _ others: [String: String] = [:]) throws -> BootEntries {
    let guest = GuestFixture(others)
    guest.filesystem.addFile("/boot/efi/EFI/Linux/debian-6.1.efi", .bytes(image))
    return try guest.model(BootEntries.self)
  }

  private static let usual = image([
    ".uname": Array("6.1.0-40-amd64\n".utf8), ".cmdline": Array("audit=1 quiet\n\0".utf8),
    ".linux": Array(repeating: 7, count: 4096),
  ])

  @Test func theCommandLineAndTheVersionStandInSections() throws {
    let boot = try boot(Self.usual)
    #expect(try boot.entries.first?.knownArguments().arguments.map(\.name) == ["audit", "quiet"])
    #expect(boot.bootingKernel == "6.1.0-40-amd64")
  }

  @Test func withoutTheSectionNothingGivesACommandLine() throws {
    let entry = try #require(try boot(Self.image([".linux": [1, 2, 3]])).entries.first)
    #expect(try entry.knownArguments().arguments.isEmpty)
  }

  /// Whatever is cut off, the command line is the true one or not known.
  @Test func aCutImageIsNotOneWithoutACommandLine() throws {
    for length in Array(0..<320) + [1024, 1536, 1550] {
      let entry = try #require(try boot(Array(Self.usual.prefix(length))).entries.first)
      #expect(throws: EvidenceGap.self) { try entry.knownArguments() }
    }
    let entry = try #require(try boot(Array(Self.usual.prefix(1551))).entries.first)
    #expect(try entry.knownArguments().last("audit")?.value == "1")
  }

  @Test func theHeadIsReadAlone() throws {
    let images = BootEntries.needs.filter { $0.pattern == GlobPattern("/boot/efi/EFI/Linux/*.efi") }
    #expect(images == [.head("/boot/efi/EFI/Linux/*.efi", bytes: 2 << 20)])
  }

  @Test func noBytesBreakTheReader() {
    for position in 0..<320 {
      for value: UInt8 in [0x00, 0x7f, 0xff] {
        var broken = Self.usual
        broken[position] = value
        _ = UnifiedKernelImage.section(".cmdline", of: broken)
      }
    }
  }

  @Test func anEntryThatStartsAnImageHasItsCommandLine() throws {
    let files = [
      "/boot/efi/loader/entries/a.conf": "title a\nefi /EFI/Linux/debian-6.1.efi\n",
      "/boot/efi/loader/entries/b.conf": "title b\nefi /EFI/other.efi\n",
    ]
    let entries = try boot(Self.usual, files).entries
    let first = try #require(entries.first { $0.title == "a" })
    #expect(try first.knownArguments().last("audit") != nil && first.kernelVersion == "6.1.0-40-amd64")
    let second = try #require(entries.first { $0.title == "b" })
    #expect(throws: EvidenceGap.self) { try second.knownArguments() }
  }
}
