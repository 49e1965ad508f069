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

  @Test(arguments: elf + pe) func everyOffsetReplaced(_ bytes: [UInt8]) {
    for offset in bytes.indices {
      for value in [0, 1, 0x7f, 0x80, 0xff] as [UInt8] {
        var damaged = bytes
        damaged[offset] = value
        #expect(read(damaged), "byte \(offset) as \(value)")
      }
    }
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

  @Test(arguments: elf + pe) func everyLength(_ bytes: [UInt8]) {
    for length in bytes.indices { #expect(read(Array(bytes.prefix(length))), "length \(length)") }
  }

  @Test(arguments: elf + pe) func manyMutations(_ bytes: [UInt8]) {
    var random = SeededGenerator(seed: 20_261_124)
    for round in 0..<(isFullRun ? 200_000 : 3500) {
      var damaged = bytes
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        let offset = Int.random(in: damaged.indices, using: &random)
        let interesting: [UInt8] = [0, 1, 2, 4, 8, 0x10, 0x7f, 0x80, 0xfe, 0xff]
        damaged[offset] =
          Bool.random(using: &random)
          ? interesting[Int.random(in: 0..<interesting.count, using: &random)]
          : UInt8.random(in: 0...255, using: &random)
      }
      #expect(read(damaged), "round \(round)")
    }
  }
}

/// SplitMix64: the same numbers in each run.
private struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
    return value ^ value >> 31
  }
}
