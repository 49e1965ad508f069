import Baselines
import Evidence
import Facts
import TestSupport
import Testing

@Suite struct BootSignatureKindTests {
  private static func program(_ sbat: String) -> [UInt8] {
    var sample = PESample()
    sample.subsystem = 10
    sample.sections = [
      (".text", 0x6000_0020, [0xc3]), (".sbat", 0x4000_0040, Array("sbat,1\n\(sbat)\n".utf8)),
    ]
    return sample.bytes
  }

  private func outcomes(_ question: String, _ bytes: [UInt8], _ revoked: RevokedPrograms? = nil) throws
    -> [Outcome]
  {
    let guest = GuestFixture()
    guest.filesystem.addFile("/boot/efi/EFI/BOOT/BOOTX64.EFI", .bytes(bytes))
    let kind = try BootSignatureKind(Parameters(["is": .text(question)]))
    let facts = try guest.collected(by: kind.plan)
    if let revoked { facts.supply(revoked) }
    return try kind.evaluate(facts)
  }

  @Test func notSigned() throws {
    let outcome = try #require(try outcomes("signed", Self.program("shim,4")).first)
    #expect(outcome.verdict == .fail && outcome.actual == "not signed")
    #expect(outcome.subject == "/boot/efi/EFI/BOOT/BOOTX64.EFI")
    #expect(try outcomes("intact", Self.program("shim,4")).isEmpty)
  }

  /// Of kernels something is known without an EFI system partition, of the way to them nothing.
  @Test func withoutAPartition() throws {
    func verdicts(_ question: String, _ files: [String: String]) throws -> [String] {
      let guest = GuestFixture(files)
      guest.filesystem.addFile("/boot/vmlinuz-6.1.0-1-amd64", .bytes(Self.program("linux,1")))
      let kind = try BootSignatureKind(Parameters(["is": .text(question)]))
      return try kind.evaluate(guest.collected(by: kind.plan)).map { "\($0.subject) \($0.actual)" }
    }
    #expect(try verdicts("intact", [:]).isEmpty)
    #expect(throws: EvidenceGap.self) { try verdicts("signed", [:]) }
    #expect(throws: EvidenceGap.self) { try verdicts("sbat", [:]) }
    let fstab = ["/etc/fstab": "LABEL=ESP /boot/efi vfat defaults 0 1\n"]
    #expect(try verdicts("intact", fstab) == ["/boot/efi not read"])
    let kind = try BootSignatureKind(Parameters(["is": .text("intact")]))
    #expect(throws: EvidenceGap.self) { try kind.evaluate(GuestFixture().collected(by: kind.plan)) }
  }

  @Test(arguments: [
    ("shim,4", true), ("shim,3", false), ("grub,5", true), ("grub,4", false), ("own,1", true),
  ])
  func generations(_ sbat: String, _ passes: Bool) throws {
    #expect(try outcomes("sbat", Self.program(sbat)).map(\.verdict) == [passes ? .pass : .fail])
  }

  @Test func revokedByDigest() throws {
    #expect(throws: EvidenceGap.self) { try outcomes("not_revoked", Self.program("shim,4")) }
    let guest = GuestFixture()
    guest.filesystem.addFile("/boot/efi/EFI/BOOT/BOOTX64.EFI", .bytes(Self.program("shim,4")))
    let chain = try guest.collected(for: [BootChain.self]).model(BootChain.self)
    let hex = Array(try #require(try chain.steps.first?.content.get().digest).utf8)
    let digest = stride(from: 0, to: hex.count, by: 2).compactMap {
      UInt8(String(decoding: hex[$0..<($0 + 2)], as: UTF8.self), radix: 16)
    }
    for (entry, verdict) in [(digest, Outcome.Verdict.fail), ([UInt8](repeating: 1, count: 32), .pass)] {
      let list: [UInt8] =
        [0x26, 0x16, 0xc4, 0xc1, 0x4c, 0x50, 0x92, 0x40, 0xac, 0xa9, 0x41, 0xf9, 0x36, 0x93, 0x43, 0x28]
        + [76, 0, 0, 0, 0, 0, 0, 0, 48, 0, 0, 0] + [UInt8](repeating: 0, count: 16) + entry
      let revoked = try RevokedPrograms(list, source: "dbx")
      #expect(try outcomes("not_revoked", Self.program("shim,4"), revoked).map(\.verdict) == [verdict])
    }
  }

  @Test(.enabled(if: BootSigning.isAvailable)) func signedAndAltered() throws {
    let signing = try BootSigning.shared.get()
    var signed = try signing.sign(Self.program("shim,4"))
    #expect(try outcomes("signed", signed).map(\.actual) == ["signed by Key one"])
    let certificate = try signing.certificate()
    func number(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    let list: [UInt8] =
      [0xa1, 0x59, 0xc0, 0xa5, 0xe4, 0x94, 0xa7, 0x4a, 0x87, 0xb5, 0xab, 0x15, 0x5c, 0x2b, 0xf0, 0x72]
      + number(44 + certificate.count) + number(0) + number(16 + certificate.count)
      + [UInt8](repeating: 0, count: 16) + certificate
    let revoked = try RevokedPrograms(list, source: "dbx")
    #expect(try outcomes("not_revoked", signed, revoked).map(\.verdict) == [.fail])
    signed[0x400] ^= 1
    for question in ["signed", "intact"] {
      let outcome = try #require(try outcomes(question, signed).first)
      #expect(outcome.verdict == .fail && outcome.actual.contains("altered"))
    }
  }
}
