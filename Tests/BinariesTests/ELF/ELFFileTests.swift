import TestSupport
import Testing

@testable import Binaries

struct ELFFileTests {
  private func file(_ change: (inout ELFSample) -> Void = { _ in }) throws -> ELFFile {
    var sample = ELFSample()
    change(&sample)
    return try #require(try ELFFile(PartialFile(sample.bytes)))
  }

  @Test(arguments: [true, false], [true, false])
  func bothClassesAndOrders(_ is64Bit: Bool, _ isBigEndian: Bool) throws {
    let elf = try file {
      $0.is64Bit = is64Bit
      $0.isBigEndian = isBigEndian
      $0.machine = 22
      $0.texts = [(14, "libx.so")]
    }
    #expect(elf.header.is64Bit == is64Bit)
    #expect(elf.header.order == (isBigEndian ? .big : .little))
    #expect(elf.header.machine.name == "s390")
    let segments = try elf.segments()
    #expect(try elf.interpreter(in: segments) == "/lib64/ld-linux-x86-64.so.2")
    let dynamic = try #require(try elf.dynamic(in: segments))
    let name = try #require(dynamic.value(ELFDynamic.soName))
    #expect(try elf.dynamicString(at: name, dynamic, in: segments) == "libx.so")
    #expect(try elf.imports(dynamic, in: segments)?.names == ["__stack_chk_fail", "__memcpy_chk"])
    #expect(try elf.sections().map(\.name) == ["", ".text", ".shstrtab"])
  }

  @Test func sectionsAreFoundByName() throws {
    let elf = try file { $0.sections = [(".a", 1, [1, 2]), (".go.buildinfo", 1, [7, 8, 9])] }
    let section = try #require(try elf.section(named: ".go.buildinfo"))
    #expect(try elf.content(of: section, limit: 3).map { $0 } == [7, 8, 9])
    #expect(throws: BinaryError.self) { try elf.content(of: section, limit: 2) }
    #expect(try elf.section(named: ".b") == nil)
  }

  @Test func countsThatAreTooLargeForTheHeader() throws {
    let elf = try file { $0.hasExtendedNumbering = true }
    #expect(try elf.segments().count == 8)
    #expect(try elf.sections().map(\.name) == ["", ".text", ".shstrtab"])
  }

  @Test func notesWithTheirOwners() throws {
    let elf = try file { $0.notes = [("GNU", 3, [1, 2, 3]), ("Go", 4, [9])] }
    #expect(
      try elf.notes(in: elf.segments()) == [
        ELFNote(owner: "GNU", type: 3, content: [1, 2, 3]), ELFNote(owner: "Go", type: 4, content: [9]),
      ])
  }

  @Test func fewBlocksSuffice() throws {
    var sample = ELFSample()
    sample.padding = 1_000_000
    let bytes = sample.bytes
    var known = PartialFile(size: UInt64(bytes.count))
    var read = 0
    var rounds = 0
    var properties: ELFProperties?
    while properties == nil, rounds < 10 {
      rounds += 1
      do {
        properties = try ELFFile(known)?.properties()
      } catch BinaryError.needs(let ranges) {
        for range in ranges {
          read += range.count
          known.add(Array(bytes[Int(range.lowerBound)..<Int(range.upperBound)]), at: range.lowerBound)
        }
      }
    }
    #expect(properties?.isStripped == true)
    #expect(read < 4096)
  }

  @Test(arguments: ["", "\u{7f}ELF", "#!/bin/sh\n", "ELF\u{7f}"]) func otherFilesAreNone(_ text: String) {
    let file = PartialFile(Array(text.utf8))
    #expect((try? ELFFile(file)) == nil)
  }

  @Test func nonsenseIsDamaged() throws {
    var bytes = ELFSample().bytes
    bytes[4] = 7
    #expect(throws: BinaryError.damaged("no ELF class 7")) { try ELFFile(PartialFile(bytes)) }
    bytes = Array(ELFSample().bytes.prefix(40))
    #expect(throws: BinaryError.self) { try ELFFile(PartialFile(bytes)) }
  }
}
