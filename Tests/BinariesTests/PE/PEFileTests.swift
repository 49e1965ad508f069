import Binaries
import TestSupport
import Testing

struct PEFileTests {
  private func file(_ change: (inout PESample) -> Void = { _ in }) throws -> PEFile {
    var sample = PESample()
    change(&sample)
    return try #require(try PEFile(PartialFile(sample.bytes)))
  }

  @Test(arguments: [true, false]) func bothSizes(_ is64Bit: Bool) throws {
    let pe = try file {
      $0.is64Bit = is64Bit
      $0.machine = is64Bit ? 0xaa64 : 0x14c
      $0.directories = [4: (0x400, 0x100)]
    }
    let properties = try pe.properties()
    #expect(properties.is64Bit == is64Bit && properties.machine.name == (is64Bit ? "arm64" : "i386"))
    #expect(properties.isPositionIndependent && properties.isDataNotExecutable && properties.hasHighEntropy)
    #expect(properties.isSigned && !properties.isManaged && !properties.hasWritableCode)
    #expect(try pe.fileRange(ofDirectory: PEDirectory.certificates) == 0x400..<0x500)
  }

  @Test func whatProtectsIt() throws {
    #expect(try file { $0.dllCharacteristics = 0 }.properties().isPositionIndependent == false)
    #expect(try file { $0.characteristics |= 1 }.properties().isPositionIndependent == false)
    #expect(try file { $0.dllCharacteristics |= 0x4000 }.properties().hasControlFlowGuard)
    #expect(try file { $0.directories = [14: (0x1000, 8)] }.properties().isManaged)
    #expect(try file { $0.subsystem = 10 }.properties().isFirmwareProgram)
    #expect(try file { $0.characteristics |= 0x2000 }.properties().isLibrary)
    #expect(try file { $0.sections = [(".x", 0xa000_0000, [])] }.properties().hasWritableCode)
  }

  @Test func sectionsAndSbat() throws {
    let pe = try file {
      $0.sections = [(".text", 0x6000_0020, [1]), (".sbat", 0x4000_0040, Array("sbat,1\n".utf8))]
    }
    #expect(try pe.sbat() == "sbat,1\n")
    #expect(try pe.offset(ofAddress: 0x2001, in: pe.sections()) == 0x601)
    #expect(try file().sbat() == nil)
  }

  @Test func programsOfDOSAreNone() throws {
    var bytes = PESample().bytes
    bytes[0x40] = 0
    #expect(try PEFile(PartialFile(bytes)) == nil)
    #expect(try PEFile(PartialFile(Array("MZ".utf8))) == nil)
  }

  @Test func aDirectoryOutsideTheFileIsDamaged() throws {
    let pe = try file { $0.directories = [4: (0xffff_fff0, 0xffff_ffff)] }
    #expect(throws: BinaryError.self) { try pe.fileRange(ofDirectory: PEDirectory.certificates) }
  }
}
