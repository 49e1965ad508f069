import Foundation
import TestSupport
import Testing

@testable import DiskImages

@Suite struct EncryptionHeaderTests {
  private func read(_ bytes: [UInt8], _ content: String? = nil) -> EncryptionHeader? {
    EncryptionHeader.read(DeviceBytes(bytes), content: content)
  }

  // MARK: LUKS2

  @Test func anOrdinaryVolumeOfLUKS2() throws {
    let header = try #require(read(LUKSVolumes.luks2()))
    #expect(header.scheme == .luks2 && header.problems.isEmpty && header.label == "data")
    #expect(header.segments.map(\.encryption) == ["aes-xts-plain64"] && header.segments.first?.keyBits == 512)
    #expect(header.keySlots.first?.kdf == .init(type: "argon2id", time: 4, memory: 1_048_576, cpus: 4))
    #expect(header.words == "LUKS2 aes-xts-plain64, 512 bits, argon2id")
    #expect(!header.isDetached)
  }

  @Test func theLaterCopyCounts() throws {
    let old = LUKSVolumes.json(encryption: "aes-cbc-plain")
    for (sequences, wanted) in [((3, 4), "aes-xts-plain64"), ((5, 4), "aes-cbc-plain")]
      as [((UInt64, UInt64), String)]
    {
      let header = try #require(
        read(LUKSVolumes.luks2(old, sequences: sequences, secondJSON: LUKSVolumes.json())))
      #expect(header.segments.first?.encryption == wanted)
      #expect(header.problems.contains { $0.contains("differ") })
    }
  }

  @Test(arguments: [100, 448, 4200, 9000])
  func aWrongChecksumIsToldAndTheOtherCopyIsRead(_ place: Int) throws {
    var bytes = LUKSVolumes.luks2()
    bytes[place] ^= 1
    let header = try #require(read(bytes))
    #expect(header.problems == ["the first copy of the header: the checksum is wrong"])
    #expect(header.segments.first?.encryption == "aes-xts-plain64")
    bytes[16384 + place] ^= 1
    let both = try #require(read(bytes))
    #expect(both.segments.isEmpty && both.problems.count == 2)
    #expect(both.words == "LUKS2, header unreadable")
  }

  @Test func theSecondCopyIsFoundWithoutTheFirst() throws {
    var bytes = LUKSVolumes.luks2(length: 65536)
    bytes.replaceSubrange(0..<4096, with: repeatElement(0, count: 4096))
    let header = try #require(read(bytes))
    #expect(header.headerSize == 65536 && header.keySlots.count == 1)
    #expect(header.problems == ["the first copy of the header is missing"])
  }

  @Test func aHeaderAloneIsADetachedOne() throws {
    let json = LUKSVolumes.json().replacing("\"16777216\"", with: "\"0\"")
    let header = try #require(read(LUKSVolumes.luks2(json)))
    #expect(header.isDetached && header.words.hasSuffix("detached header"))
  }

  @Test func theKeyOfTheTagsIsNotTheCiphers() throws {
    let json = LUKSVolumes.json(keyBytes: 96).replacing(
      "\"sector_size\":512", with: "\"sector_size\":512,\"integrity\":{\"type\":\"hmac(sha256)\"}")
    let header = try #require(read(LUKSVolumes.luks2(json)))
    #expect(header.segments.first?.keyBits == 512 && header.segments.first?.integrity == "hmac(sha256)")
    #expect(header.keySlots.first?.keyBits == 768)
  }

  @Test func aCopyOfTheHeaderHasTheSameFingerprintAndANewKeyAnother() throws {
    let one = try #require(read(LUKSVolumes.luks2()))
    let other = try #require(read(LUKSVolumes.luks2(LUKSVolumes.json(salt: "b3RoZXI="))))
    #expect(one.digests.first?.fingerprint == read(LUKSVolumes.luks2())?.digests.first?.fingerprint)
    #expect(one.digests.first?.fingerprint != other.digests.first?.fingerprint)
    let stored = String(decoding: try JSONEncoder().encode(one), as: UTF8.self)
    #expect(!stored.contains("c2FsdA==") && !stored.contains("ZGlnZXN0"))
  }

  // MARK: Tokens

  @Test(arguments: [
    (#""tpm2-pcrs":[7],"tpm2-pcr-bank":"sha256""#, false), (#""tpm2-pcrs":[]"#, true),
    (#""tpm2-pcrs":[],"tpm2-pin":true"#, false),
    (#""tpm2-pcrs":[],"tpm2_pubkey":"x","tpm2_pubkey_pcrs":[11]"#, false),
    (#""tpm2-pcrs":[],"tpm2_pubkey_pcrs":[11]"#, true), (#""tpm2-pcrs":[],"tpm2_pcrlock":true"#, false),
    (#""tpm2-pcrs":"7""#, nil), (#""tpm2-blob":"x""#, nil), (#""tpm2-pcrs":[-1]"#, nil),
  ])
  func whatATokenOfSystemdIsBoundTo(_ members: String, _ isUnbound: Bool?) throws {
    let token = #""0":{"type":"systemd-tpm2","keyslots":["0"],\#(members)}"#
    let header = try #require(read(LUKSVolumes.luks2(LUKSVolumes.json(tokens: token))))
    #expect(header.tokens.first?.isUnboundTPM == isUnbound && header.tokens.first?.isTPM == true)
  }

  private static let bound = #"{"pin":"tpm2","tpm2":{"pcr_bank":"sha256","pcr_ids":"0, 7"}}"#
  private static let unbound = #"{"pin":"tpm2","tpm2":{"hash":"sha256"}}"#
  private static let tang = #"{"pin":"tang","tang":{"url":"http://10.0.0.1"}}"#

  private static func sharing(_ threshold: Int, _ parts: [String]) -> String {
    let list = parts.map { "\"\(protected($0))..x.y.z\"" }.joined(separator: ",")
    return #"{"pin":"sss","sss":{"t":\#(threshold),"p":"x","jwe":[\#(list)]}}"#
  }

  private static func protected(_ clevis: String) -> String {
    Data(#"{"alg":"dir","clevis":\#(clevis)}"#.utf8).base64EncodedString()
      .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  @Test(arguments: [
    (bound, [[0, 7]], false), (unbound, [[]], true), (tang, [[]], false),
    (sharing(2, [unbound, tang]), [[], []], false), (sharing(1, [unbound, tang]), [[], []], true),
    (sharing(1, [bound, tang]), [[0, 7], []], false),
    (sharing(1, [sharing(1, [unbound])]), [], nil), (sharing(0, [tang]), [], nil), ("{}", [], nil),
    ("7", [], nil),
  ])
  func whatAPinOfClevisIsBoundTo(_ clevis: String, _ pcrs: [[Int]], _ isUnbound: Bool?) throws {
    let token = #""0":{"type":"clevis","keyslots":["0"],"jwe":{"protected":"\#(Self.protected(clevis))"}}"#
    let header = try #require(read(LUKSVolumes.luks2(LUKSVolumes.json(tokens: token))))
    let found = try #require(header.tokens.first)
    #expect(found.isUnboundTPM == isUnbound)
    if isUnbound != nil { #expect(found.pins.map(\.pcrs) == pcrs) }
  }

  // MARK: LUKS1 and others

  @Test func aVolumeOfLUKS1() throws {
    let header = try #require(read(LUKSVolumes.luks1()))
    #expect(header.scheme == .luks1 && header.problems.isEmpty)
    #expect(header.keySlots.map(\.id) == ["2"] && header.keySlots.first?.kdf?.iterations == 1_000_000)
    #expect(header.segments.first?.offset == 4096 * 512)
    #expect(header.words == "LUKS1 aes-xts-plain64, 512 bits, pbkdf2")
  }

  @Test func aCutOffHeaderOfLUKS1SaysSo() throws {
    let header = try #require(read(Array(LUKSVolumes.luks1().prefix(300))))
    #expect(header.problems == ["the header is cut off"] && header.segments.isEmpty)
  }

  @Test(arguments: [(0x10000, true), (0x200, false)])
  func ext4CanEncryptFolders(_ features: UInt32, _ can: Bool) {
    var bytes = [UInt8](repeating: 0, count: 4096)
    bytes[1024 + 0x38] = 0x53
    bytes[1024 + 0x39] = 0xEF
    for index in 0..<4 {
      bytes[1024 + 0x60 + index] = UInt8(truncatingIfNeeded: features >> (8 * UInt32(index)))
    }
    #expect((read(bytes, "ext4")?.scheme == .fscrypt) == can)
    #expect(read(bytes) == nil)
  }

  @Test(
    arguments: [(0x0800, "recovery password"), (0x0000, "clear key"), (0x0500, "TPM and PIN")]
      as [(UInt16, String)])
  func bitLockersProtectors(_ kind: UInt16, _ words: String) throws {
    var bytes = [UInt8](repeating: 0, count: 128 << 10)
    bytes.replaceSubrange(3..<11, with: "-FVE-FS-".utf8)
    bytes[178] = 1  // The metadata lies at 65536.
    bytes.replaceSubrange(65536..<65544, with: "-FVE-FS-".utf8)
    bytes[65536 + 64] = 48 + 60
    bytes[65536 + 64 + 36] = 0x05
    bytes[65536 + 64 + 37] = 0x80
    let entry = 65536 + 64 + 48
    bytes[entry] = 60
    bytes[entry + 2] = 2
    bytes[entry + 4] = 8
    bytes[entry + 8 + 26] = UInt8(kind & 255)
    bytes[entry + 8 + 27] = UInt8(kind >> 8)
    let header = try #require(read(bytes))
    #expect(header.protectors == [words] && header.segments.first?.keyBits == 512)
  }

  @Test func aHashTreesSuperblock() throws {
    var bytes = [UInt8](repeating: 0, count: 512)
    bytes.replaceSubrange(0..<6, with: "verity".utf8)
    bytes[8] = 1
    bytes[16] = 0xab
    bytes.replaceSubrange(32..<38, with: "sha256".utf8)
    bytes[65] = 16
    bytes[72] = 9
    let header = try #require(VerityHeader(DeviceBytes(bytes)))
    #expect(header.algorithm == "sha256" && header.blockSize == 4096 && header.dataBlocks == 9)
    #expect(header.uuid == "ab000000-0000-0000-0000-000000000000")
  }

  @Test func factsSurviveABundlesKeys() throws {
    let token =
      #""0":{"type":"systemd-tpm2","keyslots":["0"],"tpm2-pcrs":[7],"tpm2_pubkey":"x","tpm2_pubkey_pcrs":[11]}"#
    var device = StorageDevice(
      name: "/dev/sda1", kind: .partition, partitionUUID: "pu",
      encryption: read(LUKSVolumes.luks2(LUKSVolumes.json(tokens: token))))
    device.verity = nil
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    #expect(try decoder.decode(StorageDevice.self, from: encoder.encode(device)) == device)
  }

  // MARK: Ugly ones

  @Test(arguments: [
    "", "{", "[]", "7", "{}", #"{"keyslots":[],"segments":{},"digests":{}}"#,
    String(repeating: "[", count: 11000),
    #"{"keyslots":{},"segments":{},"digests":{},"tokens":7}"#,
  ])
  func aBrokenJSONAreaGivesNoFactsAndNoCrash(_ json: String) throws {
    let header = try #require(read(LUKSVolumes.luks2(json)))
    #expect(header.segments.isEmpty && header.keySlots.isEmpty)
  }

  @Test func aHundredThousandKeysAreRefused() throws {
    let members = (0..<100_000).map { "\"\($0)\":{}" }.joined(separator: ",")
    let json = "{\"keyslots\":{\(members)},\"segments\":{},\"digests\":{}}"
    let header = try #require(read(LUKSVolumes.luks2(json, length: 4 << 20)))
    #expect(header.problems.first?.contains("100000 keyslots") == true)
  }

  @Test(arguments: [0, 1, 4096, 0x8000_0000_0000_0000, UInt64.max])
  func aLengthThatNoneCanHaveIsTold(_ length: UInt64) throws {
    var bytes = LUKSVolumes.luks2()
    bytes.replaceSubrange(8..<16, with: withUnsafeBytes(of: length.bigEndian) { Array($0) })
    let header = try #require(read(bytes))
    #expect(header.problems.first?.contains("which none can have") == true && header.keySlots.count == 1)
    #expect(read(Array(bytes.prefix(16384)))?.keySlots.isEmpty == true)
  }

  @Test func numbersThatOverflowAreUnknown() throws {
    let json = LUKSVolumes.json(
      kdf: #"{"type":"argon2id","time":99999999999999999999999,"memory":-1,"cpus":1.5}"#
    )
    .replacing("\"16777216\"", with: "\"99999999999999999999999\"")
    let header = try #require(read(LUKSVolumes.luks2(json)))
    #expect(header.keySlots.first?.kdf?.memory == nil && header.keySlots.first?.type == "luks2")
  }

  /// Changed bytes, checksums made right again so that what lies behind them is reached.
  @Test(arguments: 0..<8)
  func mutationsOfHeadersDoNotCrash(_ seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed) &+ 1)
    let json = Array(
      LUKSVolumes.json(tokens: #""0":{"type":"systemd-tpm2","keyslots":["0"],"tpm2-pcrs":[7]}"#).utf8)
    let luks1 = LUKSVolumes.luks1()
    for _ in 0..<60 {
      var changed = json
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        let place = Int.random(in: 0..<changed.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: changed[place] = UInt8.random(in: 1...255, using: &random)
        case 1: changed.remove(at: place)
        default: changed.insert(contentsOf: changed[place...].prefix(40), at: place)
        }
      }
      let header = read(LUKSVolumes.luks2(String(decoding: changed, as: UTF8.self)))
      #expect(header?.scheme == .luks2)
      _ = header?.words
      var old = luks1
      for _ in 0..<8 {
        old[Int.random(in: 6..<592, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      _ = read(old)?.words
      _ = read(Array(old.prefix(Int.random(in: 0..<700, using: &random))))
    }
  }
}

/// Numbers that are the same in every run (splitmix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
