import Binaries
import DiskImages
import TestSupport
import Testing

@testable import Evidence

struct BootChainProbeTests {
  static let path = "/boot/efi/EFI/BOOT/BOOTX64.EFI"

  static var program: [UInt8] {
    var sample = PESample()
    sample.subsystem = 10
    sample.sections = [
      (".text", 0x6000_0020, [0xc3]),
      (".sbat", 0x4000_0040, Array("sbat,1,x\nshim,4,UEFI shim\nno,x\n".utf8)),
    ]
    return sample.bytes
  }

  private func answer(_ bytes: [UInt8], chunk: Int = 8 << 20) throws -> ProbeAnswer<BootProgram> {
    let guest = GuestFixture()
    guest.filesystem.addFile(Self.path, .bytes(bytes))
    var probe = BootChainProbe()
    probe.chunk = chunk
    return try probe.answer(try guest.evidence(), guest.filesystem)
  }

  private func record(_ bytes: [UInt8], chunk: Int = 8 << 20) throws -> BootProgram {
    let answer = try answer(bytes, chunk: chunk)
    return try #require(answer.records.values.first, "\(answer.unread)")
  }

  @Test func anUnsignedProgram() throws {
    let program = try record(Self.program)
    #expect(program.form == .program && program.signatures.isEmpty && program.machine == .x86_64)
    #expect(program.sbat?.map(\.name) == ["sbat", "shim"] && program.sbat?.last?.generation == 4)
    #expect(program.digest?.count == 64)
  }

  @Test func digestsDoNotDependOnTheSizeOfChunks() throws {
    #expect(try record(Self.program, chunk: 7).digest == record(Self.program).digest)
  }

  @Test(arguments: [([0x1f, 0x8b, 8, 0], BootProgram.Form.compressed), ([0x7f, 0x45, 0x4c, 0x46], .other)])
  func whatIsNoProgram(_ head: [UInt8], _ form: BootProgram.Form) throws {
    #expect(try record(head + [UInt8](repeating: 0, count: 100)).form == form)
  }

  @Test func filesThatAreLookedAt() throws {
    let guest = GuestFixture([
      "/boot/efi/efi/debian/ShimX64.EFI": "", "/boot/vmlinuz-6.1": "", "/usr/lib/shim/shimx64.efi.signed": "",
      "/boot/efi/EFI/debian/grub.cfg": "", "/boot/config-6.1": "", "/efi/TOKEN/6.1/linux": "",
      "/boot/efi/other.efi": "",
    ])
    let names = BootChainProbe.candidates(try guest.evidence().index).map(\.path)
    #expect(
      Set(names) == [
        "/boot/efi/efi/debian/ShimX64.EFI", "/boot/vmlinuz-6.1", "/usr/lib/shim/shimx64.efi.signed",
        "/efi/TOKEN/6.1/linux",
      ])
  }

  /// Tables that do not fit into the file, and entries that do not fit into the table.
  @Test(arguments: [
    (0x600, 0x100, [UInt8]()), (0xffff_fff0, 0x20, []), (0x400, 0xffff_ffff, []),
    (0x400, 0x10, [0, 0, 0, 0, 0, 2, 2, 0]), (0x400, 0x10, [8, 0, 0, 0, 0, 2, 2, 0]),
    (0x400, 0x10, [0xff, 0xff, 0xff, 0xff, 0, 2, 2, 0]), (0x400, 0x10, [0x11, 0, 0, 0, 0, 2, 2, 0]),
    (0x400, 4, []),
  ])
  func damagedTables(_ address: Int, _ size: Int, _ table: [UInt8]) throws {
    var sample = PESample()
    sample.sections = [(".text", 0x6000_0020, table + [0xc3])]
    sample.directories = [4: (UInt32(address), UInt32(size))]
    let answer = try answer(sample.bytes)
    #expect(answer.records.isEmpty && answer.unread.count == 1)
  }

  /// An entry that is no PKCS#7, and one of another kind.
  @Test(
    arguments: [[0x10, 0, 0, 0, 0, 2, 2, 0, 0x30, 0x84], [0x10, 0, 0, 0, 0, 2, 0xf1, 0xe, 0, 0]] as [[UInt8]])
  func anEntryThatIsNoSignature(_ entry: [UInt8]) throws {
    var sample = PESample()
    sample.sections = [(".text", 0x6000_0020, entry)]
    sample.directories = [4: (0x400, 0x10)]
    let signature = try #require(try record(sample.bytes).signatures.first)
    guard case .unknown = signature.state else {
      Issue.record("\(signature.state)")
      return
    }
  }
}

/// Against sbsigntool and pesign.
@Suite(.enabled(if: BootSigning.isAvailable))
struct BootSignatureOracleTests {
  private let signing: BootSigning

  init() throws { signing = try BootSigning.shared.get() }

  private func record(_ bytes: [UInt8]) throws -> BootProgram? {
    let guest = GuestFixture()
    guest.filesystem.addFile(BootChainProbeTests.path, .bytes(bytes))
    return try BootChainProbe().answer(try guest.evidence(), guest.filesystem).records.values.first
  }

  @Test func oneSignature() throws {
    let signed = try signing.sign(BootChainProbeTests.program)
    let program = try #require(try record(signed))
    #expect(program.signatures.map { $0.signer?.subject } == ["Key one"])
    #expect(program.signatures.map { $0.signer?.subject ?? "" } == (try signing.signers(signed)))
    #expect(program.signatures.map(\.state) == [.intact])
    #expect(program.digest == (try signing.digest(signed)))
    let signer = try #require(program.signatures.first?.signer)
    #expect(signer.digest == SHA256.hex(try signing.certificate()))
    let (start, end) = (try #require(signer.notBefore), try #require(signer.notAfter))
    #expect(end - start == 3650 * 86_400)
  }

  @Test func twoSignaturesAndNone() throws {
    let one = try signing.sign(BootChainProbeTests.program)
    let two = try signing.sign(one, key: "two")
    let program = try #require(try record(two))
    #expect(program.signatures.map { $0.signer?.subject ?? "" } == ["Key one", "Key two"])
    #expect(program.signatures.map(\.state) == [.intact, .intact])
    #expect(program.digest == (try record(one)?.digest))
    let bare = try signing.stripped(try signing.stripped(two))
    #expect(try record(bare)?.signatures.isEmpty == true && record(bare)?.digest == program.digest)
  }

  /// One byte anywhere: intact if and only if sbverify accepts it. Within the certificate it may reject more, as it
  /// compares with the one that it was given.
  @Test func oneByteAltered() throws {
    let signed = try signing.sign(BootChainProbeTests.program)
    let certificate = try signing.certificate()
    let start = try #require(signed.indices.first { signed[$0...].starts(with: certificate) })
    for offset in stride(from: 0x150, to: signed.count, by: 83) {
      var altered = signed
      altered[offset] ^= 0x5a
      let isIntact = try record(altered)?.signatures.first?.state == .intact
      let isAccepted = try signing.accepts(altered)
      let isCertificate = (start..<(start + certificate.count)).contains(offset)
      #expect(isIntact == isAccepted || isIntact && isCertificate, "byte \(offset)")
    }
    var summed = signed
    summed[0x40 + 24 + 64] ^= 1
    #expect(try record(summed)?.signatures.first?.state == .intact, "the checksum is not covered")
  }

  /// Who alters a file and exchanges the digest in its signature has not the key.
  @Test func anExchangedDigest() throws {
    let signed = try signing.sign(BootChainProbeTests.program)
    var altered = signed
    altered[0x400] ^= 1
    func digest(_ bytes: [UInt8]) throws -> [UInt8] {
      let hex = Array(try #require(try record(bytes)?.digest).utf8)
      return stride(from: 0, to: hex.count, by: 2).compactMap {
        UInt8(String(decoding: hex[$0..<($0 + 2)], as: UTF8.self), radix: 16)
      }
    }
    let (old, new) = (try digest(signed), try digest(altered))
    let place = try #require(altered.indices.first { altered[$0...].starts(with: old) })
    altered.replaceSubrange(place..<(place + 32), with: new)
    #expect(try record(altered)?.signatures.first?.state == .altered("the signed digest was exchanged"))
  }

  /// Damaged files end in a record or in a reason.
  @Test func damagedFiles() throws {
    let signed = try signing.sign(BootChainProbeTests.program)
    var state: UInt64 = 20_261_124
    func random(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    for _ in 0..<(isFullRun ? 20_000 : 400) {
      var damaged = signed
      for _ in 0...random(6) {
        let offset = random(3) == 0 ? random(damaged.count) : 0x800 + random(damaged.count - 0x800)
        damaged[offset] = [0, 1, 0x7f, 0x80, 0xff, UInt8(random(256))][random(6)]
      }
      if random(4) == 0 { damaged.removeLast(random(damaged.count)) }
      let guest = GuestFixture()
      guest.filesystem.addFile(BootChainProbeTests.path, .bytes(damaged))
      let answer = try BootChainProbe().answer(try guest.evidence(), guest.filesystem)
      #expect(answer.records.count + answer.unread.count == 1)
    }
  }
}
