import DiskImages
import TestSupport
import Testing

@testable import Facts

@Suite struct EncryptionStrengthTests {
  private func weaknesses(_ header: [UInt8], _ strength: EncryptionStrength = .init()) -> [String]? {
    strength.weaknesses(of: EncryptedVolume(device: "x", header: EncryptionHeader.read(DeviceBytes(header))))
  }

  private static let old = #"{"type":"pbkdf2","hash":"sha256","iterations":1000}"#
  private static let small = #"{"type":"argon2id","time":4,"memory":32768,"cpus":1}"#

  @Test(
    arguments: [
      (LUKSVolumes.json(), []), (LUKSVolumes.json(encryption: "aes-cbc-essiv:sha256", keyBytes: 32), []),
      (LUKSVolumes.json(encryption: "aes-cbc-plain64", keyBytes: 32), ["aes-cbc-plain64 shows equal blocks"]),
      (LUKSVolumes.json(encryption: "aes-ecb", keyBytes: 32), ["aes-ecb shows equal blocks"]),
      (LUKSVolumes.json(keyBytes: 32), ["a key of 128 bits"]),
      (LUKSVolumes.json(encryption: "capi:xts(aes)-plain64"), []),
      (
        LUKSVolumes.json(encryption: "capi:ecb(aes)-plain", keyBytes: 32),
        ["capi:ecb(aes)-plain shows equal blocks"]
      ),
      (LUKSVolumes.json(encryption: "capi:xts(aes)-plain64", keyBytes: 32), ["a key of 128 bits"]),
      (
        LUKSVolumes.json(encryption: "blowfish-cbc-essiv:sha256", keyBytes: 32),
        ["cipher blowfish of the last century"]
      ),
      (LUKSVolumes.json(kdf: LUKSVolumes.pbkdf2), ["a passphrase stretched with PBKDF2"]),
      (LUKSVolumes.json(kdf: old), ["PBKDF2 with few iterations"]),
      (LUKSVolumes.json(kdf: small), ["argon2id with little memory"]),
      (
        LUKSVolumes.json(kdf: old, tokens: #""0":{"type":"systemd-tpm2","keyslots":["0"],"tpm2-pcrs":[7]}"#),
        []
      ),
      (
        LUKSVolumes.json(kdf: old, tokens: #""0":{"type":"systemd-tpm2","keyslots":["1"],"tpm2-pcrs":[7]}"#),
        ["PBKDF2 with few iterations"]
      ),
      (
        LUKSVolumes.json(kdf: old, tokens: #""0":{"type":"luks2-keyring","keyslots":["0"]}"#),
        ["PBKDF2 with few iterations"]
      ),
    ] as [(String, [String])])
  func whatIsWeakAboutLUKS2(_ json: String, _ wanted: [String]) {
    #expect(weaknesses(LUKSVolumes.luks2(json)) == wanted)
  }

  @Test func whatIsWeakAboutLUKS1() {
    #expect(weaknesses(LUKSVolumes.luks1()) == ["LUKS1"])
    #expect(
      weaknesses(LUKSVolumes.luks1(mode: "cbc-plain", keyBytes: 16, iterations: 1000)) == [
        "LUKS1", "aes-cbc-plain shows equal blocks", "a key of 128 bits", "PBKDF2 with few iterations",
      ])
    var strength = EncryptionStrength()
    strength.allowsLUKS1 = true
    #expect(weaknesses(LUKSVolumes.luks1(), strength) == [])
  }

  @Test func anUnfinishedReencryptionIsTold() {
    let json = LUKSVolumes.json().replacing(
      "\"json_size\"", with: "\"requirements\":{\"mandatory\":[\"online-reencrypt-v2\"]},\"json_size\"")
    #expect(weaknesses(LUKSVolumes.luks2(json)) == ["unfinished: online-reencrypt-v2"])
  }

  @Test func aHeaderThatCannotBeReadIsNotKnown() {
    #expect(weaknesses(LUKSVolumes.luks2("{")) == nil)
    #expect(EncryptionStrength().weaknesses(of: EncryptedVolume(device: "x")) == nil)
  }
}
