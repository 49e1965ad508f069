import Binaries
import TestSupport
import Testing

/// Damaged files must end in an answer or in `BinaryError`: never in a crash, never in a request outside the file.
struct BinaryFuzzTests {
  private static let elf: [[UInt8]] = [true, false].flatMap { is64Bit in
    [true, false].map { isBigEndian in
      var sample = ELFSample()
      sample.is64Bit = is64Bit
      sample.isBigEndian = isBigEndian
      sample.dynamic += [(4, 0x40), (ELFDynamic.gnuHash, 0x40)]
      sample.texts = [(15, "/a:/b"), (29, "$ORIGIN"), (14, "libx.so")]
      sample.notes = [("GNU", 5, [2, 0, 0, 0xc0, 4, 0, 0, 0, 3, 0, 0, 0]), ("Go", 4, [1])]
      sample.sections = [(".comment", 1, Array("GCC\0".utf8)), (".symtab", 2, [0])]
      return sample.bytes
    }
  }
  private static let pe: [[UInt8]] = [true, false].map { is64Bit in
    var sample = PESample()
    sample.is64Bit = is64Bit
    sample.directories = [4: (0x400, 0x100), 10: (0x1000, 8)]
    sample.sections = [(".text", 0x6000_0020, [1]), (".sbat", 0x4000_0040, Array("sbat,1\n".utf8))]
    return sample.bytes
  }

  /// Everything that is read of a file; blocks are given as they are asked for.
  private func read(_ bytes: [UInt8]) -> Bool {
    var known = PartialFile(size: UInt64(bytes.count))
    for _ in 0..<32 {
      do {
        if let elf = try ELFFile(known) {
          _ = try elf.properties()
          for section in try elf.sections() { _ = try elf.content(of: section, limit: 1 << 16) }
        } else if let pe = try PEFile(known) {
          _ = try pe.properties()
          _ = try pe.sbat()
          for number in -1...16 { _ = try pe.fileRange(ofDirectory: number) }
        }
        return true
      } catch BinaryError.needs(let ranges) {
        for range in ranges {
          guard range.upperBound <= UInt64(bytes.count) else { return false }
          known.add(Array(bytes[Int(range.lowerBound)..<Int(range.upperBound)]), at: range.lowerBound)
        }
      } catch {
        return true
      }
    }
    return false
  }

  @Test(arguments: elf + pe) func everyFieldAtItsLargest(_ bytes: [UInt8]) {
    for width in [2, 4, 8] {
      for offset in stride(from: 0, to: bytes.count - width, by: width) {
        var damaged = bytes
        damaged.replaceSubrange(offset..<(offset + width), with: [UInt8](repeating: 0xff, count: width))
        #expect(read(damaged), "\(width) bytes at \(offset)")
      }
    }
  }

  @Test(arguments: elf + pe) func everyOffsetEveryLengthAndManyMutations(_ bytes: [UInt8]) {
    Mutations.forEach(of: bytes, rounds: isFullRun ? 200_000 : 3500) { damaged in
      #expect(read(damaged))
    }
  }
}
