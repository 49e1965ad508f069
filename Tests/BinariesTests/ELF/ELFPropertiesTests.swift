import Binaries
import TestSupport
import Testing

struct ELFPropertiesTests {
  private func properties(_ change: (inout ELFSample) -> Void = { _ in }) throws -> ELFProperties {
    var sample = ELFSample()
    change(&sample)
    return try #require(try ELFFile(PartialFile(sample.bytes))).properties()
  }

  @Test func aUsualProgram() throws {
    let elf = try properties()
    #expect(elf.role == .program && elf.isPositionIndependent && !elf.isStatic)
    #expect(elf.relro == .full)
    #expect(!elf.bindsNow && !elf.stackIsExecutable && !elf.hasWritableCode && !elf.hasTextRelocations)
    #expect(elf.hasCanary == true && elf.fortified == 1 && elf.unfortified == 0)
    #expect(elf.isStripped == true && elf.language == nil && elf.features.isEmpty)
  }

  /// DT_DEBUG, DF_1_PIE, an interpreter without a name of a library: each makes a program.
  @Test func programsAndLibraries() throws {
    #expect(try properties { $0.dynamic = [] }.role == .program)
    #expect(
      try properties {
        $0.dynamic = []
        $0.texts = [(14, "libc.so.6")]
      }.role == .library)
    #expect(
      try properties {
        $0.interpreter = nil
        $0.dynamic = []
      }.role == .library)
    #expect(
      try properties {
        $0.interpreter = nil
        $0.dynamic = [(0x6fff_fffb, 0x0800_0000)]
      }.role == .program)
    #expect(try properties { $0.isStatic = true }.isStatic)
    #expect(try properties { $0.type = 2 }.isPositionIndependent == false)
    #expect(try properties { $0.type = 1 }.role == .other)
    #expect(try properties { $0.type = 4 }.role == .other)
  }

  @Test(
    arguments: [
      ([(21, 0), (23, 0)], ELFProperties.Relro.partial, false), ([(21, 0), (23, 0), (24, 0)], .full, true),
      ([(23, 0), (30, 8)], .full, true), ([(23, 0), (0x6fff_fffb, 1)], .full, true),
      ([(21, 0)], .full, false),
    ] as [([(tag: UInt64, value: UInt64)], ELFProperties.Relro, Bool)])
  func relro(_ dynamic: [(tag: UInt64, value: UInt64)], _ relro: ELFProperties.Relro, _ bindsNow: Bool) throws
  {
    let elf = try properties { $0.dynamic = dynamic }
    #expect(elf.relro == relro && elf.bindsNow == bindsNow)
    #expect(
      try properties {
        $0.dynamic = dynamic
        $0.hasRelro = false
      }.relro == .none)
  }

  @Test func staticProgramsShowTheirTablesInSectionsAlone() throws {
    #expect(try properties { $0.isStatic = true }.relro == .full)
    #expect(
      try properties {
        $0.isStatic = true
        $0.sections = [(".got.plt", 1, [0])]
      }.relro == .partial)
  }

  /// elf_read_implies_exec and DEFAULT_STACK_PERMS.
  @Test(
    arguments: [
      (6, 62, false), (7, 62, true), (nil, 62, true), (nil, 3, true), (nil, 183, false), (nil, 21, false),
      (7, 183, true),
    ] as [(UInt32?, UInt16, Bool)])
  func stack(_ flags: UInt32?, _ machine: UInt16, _ isExecutable: Bool) throws {
    let elf = try properties {
      $0.stack = flags
      $0.machine = machine
    }
    #expect(elf.stackIsExecutable == isExecutable)
  }

  @Test func writableCodeAndTextRelocations() throws {
    #expect(try properties { $0.load = 7 }.hasWritableCode)
    #expect(try properties { $0.dynamic = [(22, 0)] }.hasTextRelocations)
    #expect(try properties { $0.dynamic = [(30, 4)] }.hasTextRelocations)
  }

  @Test func canary() throws {
    #expect(try properties { $0.imports = ["puts"] }.hasCanary == false)
    #expect(
      try properties {
        $0.imports = []
        $0.texts = [(14, "libc.so.6")]
      }.hasCanary == nil)
    #expect(try properties { $0.isStatic = true }.hasCanary == nil)
    #expect(try properties { $0.imports = ["memcpy", "strcpy"] }.unfortified == 2)
  }

  @Test func libraryPaths() throws {
    let elf = try properties { $0.texts = [(15, "/a:$ORIGIN/../lib"), (29, "")] }
    #expect(elf.rpath == ["/a", "$ORIGIN/../lib"])
    #expect(elf.runpath == [""])
  }

  @Test func aLibraryPathOutsideTheStringsIsDamage() {
    #expect(throws: BinaryError.self) { try properties { $0.dynamic = [(29, 1 << 40)] } }
  }

  private func property(_ type: UInt32, _ bits: UInt8) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: type >> (8 * UInt32($0))) } + [
      4, 0, 0, 0, bits, 0, 0, 0, 0, 0, 0, 0,
    ]
  }

  @Test func branchProtection() throws {
    #expect(try properties { $0.notes = [("GNU", 5, property(0xc000_0002, 3))] }.features == [.ibt, .shstk])
    #expect(try properties { $0.notes = [("GNU", 5, property(0xc000_0002, 2))] }.features == [.shstk])
    #expect(
      try properties {
        $0.machine = 183
        $0.notes = [("GNU", 5, property(0xc000_0000, 3))]
      }.features == [.bti, .pac])
    // The bits of another processor say nothing.
    #expect(try properties { $0.notes = [("GNU", 5, property(0xc000_0000, 3))] }.features.isEmpty)
  }

  @Test func languages() throws {
    #expect(try properties { $0.notes = [("Go", 4, [1])] }.language == .go)
    #expect(try properties { $0.sections = [(".go.buildinfo", 1, [])] }.language == .go)
    #expect(try properties { $0.sections = [(".dep-v0", 1, [])] }.language == .rust)
    #expect(
      try properties { $0.sections = [(".comment", 1, Array("rustc version 1.80.0\0".utf8))] }.language
        == .rust)
    #expect(try properties { $0.sections = [(".comment", 1, Array("GCC: 12\0".utf8))] }.language == nil)
  }

  @Test func symbolsForDebuggers() throws {
    #expect(try properties { $0.sections = [(".symtab", 2, [0])] }.isStripped == false)
    #expect(try properties { $0.sections = [] }.isStripped == nil)
  }
}
