import Evidence
import TestSupport
import Testing

@testable import Facts

struct RevokedProgramsTests {
  private static let program: [UInt8] = [
    0x26, 0x16, 0xc4, 0xc1, 0x4c, 0x50, 0x92, 0x40, 0xac, 0xa9, 0x41, 0xf9, 0x36, 0x93, 0x43, 0x28,
  ]
  private static let certificate: [UInt8] = [
    0xa1, 0x59, 0xc0, 0xa5, 0xe4, 0x94, 0xa7, 0x4a, 0x87, 0xb5, 0xab, 0x15, 0x5c, 0x2b, 0xf0, 0x72,
  ]

  private func number(_ value: Int) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private func list(_ kind: [UInt8], _ entries: [[UInt8]], size: Int? = nil) -> [UInt8] {
    let length = size ?? (entries.first?.count ?? 0) + 16
    let body = entries.flatMap { [UInt8](repeating: 9, count: 16) + $0 }
    return kind + number(28 + body.count) + number(0) + number(length) + body
  }

  private let digest = [UInt8](repeating: 0xab, count: 32)

  @Test func digests() throws {
    let other = [UInt8](repeating: 0x11, count: 16)
    let bytes =
      list(Self.program, [digest, [UInt8](repeating: 1, count: 32)]) + list(other, [[1, 2, 3]])
    let update =
      [UInt8](repeating: 0, count: 16) + number(28) + [0, 2, 0xf1, 0x0e] + [UInt8](repeating: 7, count: 20)
    for form in [bytes, [0x27, 0, 0, 0] + bytes, update + bytes] {
      let revoked = try RevokedPrograms(form, source: "x")
      #expect(revoked.programs.count == 2 && revoked.unknown == 1)
      #expect(revoked.programs.contains(String(repeating: "ab", count: 32)))
    }
  }

  @Test func whatIsNoList() {
    let good = list(Self.program, [digest])
    for bytes in [
      [], [1], [UInt8](repeating: 0, count: 64), good + [0], Array(good.dropLast()),
      list(Self.program, [digest], size: 16), list(Self.program, [digest], size: 47),
      list(Self.program, [digest], size: Int(UInt32.max)),
    ] {
      #expect(throws: RevokedPrograms.Failure.self) { try RevokedPrograms(bytes, source: "x") }
    }
  }

  @Test func aCertificateThatIsNone() throws {
    #expect(try RevokedPrograms(list(Self.certificate, [[0x30, 0x82, 1]]), source: "x").unknown == 1)
  }
}

struct SbatLevelTests {
  @Test func generationsBelowTheLevel() throws {
    let level = try #require(SbatLevel("# note\nsbat,1,2025051000\nshim,4\ngrub,5\ngrub.x,2\nbad\n"))
    #expect(level.date == "2025051000" && level.generations == ["shim": 4, "grub": 5, "grub.x": 2])
    func objections(_ text: String) -> [String] { level.objections(to: BootChainProbe.components(text)) }
    #expect(objections("sbat,1\nshim,4\nshim.debian,1\n").isEmpty)
    #expect(
      objections("sbat,1\ngrub,4\ngrub.x,1\n") == ["grub,4 is below grub,5", "grub.x,1 is below grub.x,2"])
    #expect(SbatLevel("shim,4\n") == nil && SbatLevel("") == nil)
  }

  @Test func theShippedLevel() throws {
    #expect(try SbatLevel.shipped.get().generations["shim"] == 4)
  }
}
