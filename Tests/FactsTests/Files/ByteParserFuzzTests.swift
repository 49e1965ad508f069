import TestSupport
import Testing

@testable import Facts

/// Parsers of bytes that no file format of programs holds: damaged input ends in an answer or an error.
@Suite struct ByteParserFuzzTests {
  /// A name, a well-formed input and what reads it: true if it was taken.
  private struct Target: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var bytes: [UInt8]
    var parse: @Sendable ([UInt8]) -> Bool
  }

  private static func little(_ values: [UInt64], _ size: Int) -> [UInt8] {
    values.flatMap { value in (0..<size).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) } }
  }

  private static let capabilities = Target(
    testDescription: "file capabilities", bytes: little([0x0300_0001, 1 << 21, 0, 1, 0, 1000], 4)
  ) { FileCapabilities($0).map { $0.words.isEmpty == false && !$0.names.isEmpty } ?? false }

  private static let accessList = Target(
    testDescription: "access list",
    bytes: little([2], 4)
      + [(1, 6, 0xffff_ffff), (2, 7, 33), (4, 4, 0xffff_ffff), (16, 7, 0xffff_ffff), (32, 4, 0xffff_ffff)]
      .flatMap { little([$0.0, $0.1], 2) + little([$0.2], 4) }
  ) { AccessList($0) != nil }

  /// EFI_SIGNATURE_LIST with one SHA-256.
  private static let revoked = Target(
    testDescription: "dbx",
    bytes: [
      0x26, 0x16, 0xc4, 0xc1, 0x4c, 0x50, 0x92, 0x40, 0xac, 0xa9, 0x41, 0xf9, 0x36, 0x93, 0x43, 0x28,
    ] + little([76, 0, 48], 4) + [UInt8](repeating: 0, count: 16) + [UInt8](repeating: 7, count: 32)
  ) { (try? RevokedPrograms($0, source: "dbx")) != nil }

  private static let mtree = Target(
    testDescription: "mtree",
    bytes: Array(
      "#mtree\n/set type=file uid=0 mode=644\n./a\\040b sha256digest=ab link=c\\134\n/unset uid\n./d\n".utf8)
  ) { Mtree($0).entries.count == 2 }

  private static let goBuildInformation = Target(
    testDescription: "Go's build information",
    bytes: [0xff] + Array(" Go buildinf:".utf8) + [8, 2] + [UInt8](repeating: 0, count: 16)
      + [8] + Array("go1.22.1".utf8) + [51] + [UInt8](repeating: 0x30, count: 16)
      + Array("dep\ta.org/b\tv1.0.0\n".utf8) + [UInt8](repeating: 0x30, count: 16)
  ) { (try? GoBuildInfo.packages($0[...]))?.count == 2 }

  @Test(arguments: [capabilities, accessList, revoked, mtree, goBuildInformation])
  private func everyOffsetEveryLengthAndManyMutations(_ target: Target) {
    #expect(target.parse(target.bytes))
    #expect(!target.parse([]))
    Mutations.forEach(of: target.bytes, rounds: isFullRun ? 100_000 : 3000) { _ = target.parse($0) }
  }
}
