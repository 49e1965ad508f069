import Foundation
import Testing

@testable import Evidence

@Suite struct PrivateKeyTests {
  /// Made with ssh-keygen for this test; guards nothing.
  static let openSSH = [
    "-----BEGIN OPENSSH PRIVATE KEY-----",
    "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW",
    "QyNTUxOQAAACBJPWVfJv0pwQR+m3WTmv0sVzPrMeltAT8Izs/goTePAwAAAIi5kRS8uZEU",
    "vAAAAAtzc2gtZWQyNTUxOQAAACBJPWVfJv0pwQR+m3WTmv0sVzPrMeltAT8Izs/goTePAw",
    "AAAEBNadi/QzWE5OyrqbC9rznN4weAXoGTCnxYNCVRqIEIlkk9ZV8m/SnBBH6bdZOa/SxX",
    "M+sx6W0BPwjOz+ChN48DAAAABHRlc3QB",
    "-----END OPENSSH PRIVATE KEY-----",
  ].joined(separator: "\n")
  static let fingerprint = "/agMqiH4S7OXNslIxHtFzmL5k/HkorfnIU3AW5da8rY"

  static let body = [String](repeating: String(repeating: "S3CR", count: 16), count: 3)

  private func pem(_ label: String, _ headers: [String] = []) -> String {
    (["-----BEGIN \(label)-----"] + headers + Self.body + ["-----END \(label)-----", ""]).joined(
      separator: "\n")
  }

  @Test(arguments: [
    ("RSA PRIVATE KEY", [], "private-key-plain"), ("PRIVATE KEY", [], "private-key-plain"),
    ("ENCRYPTED PRIVATE KEY", [], "private-key-encrypted"),
    (
      "EC PRIVATE KEY", ["Proc-Type: 4,ENCRYPTED", "DEK-Info: AES-128-CBC,00AA", ""],
      "private-key-encrypted"
    ), ("PGP PRIVATE KEY BLOCK", ["Version: 1", ""], "private-key"),
  ]) func keepsTheHeaderAndSaysWhetherItIsEncrypted(_ label: String, _ headers: [String], _ kind: String) {
    let result = reduced("/root/k", pem(label, headers))
    #expect(
      result.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        == ["-----BEGIN \(label)-----"] + headers + [
          "(cut-by-brinell-\(kind))", "", "", "-----END \(label)-----", "",
        ])
    #expect(reduced("/root/k", result) == result)
  }

  @Test func tellsTheFingerprintOfAnOpenSSHKey() {
    let result = reduced("/etc/ssh/ssh_host_ed25519_key", Self.openSSH)
    let markers = CutMarker.all(in: TextFile(path: "/k", bytes: Array(result.utf8)))
    #expect(markers == [CutMarker(kind: .plainPrivateKey, fingerprint: Self.fingerprint, line: 2)])
    #expect(!result.contains("b3BlbnNzaC1rZXktdjE"))
  }

  @Test func findsKeysWithinOtherFiles() {
    let indented = pem("RSA PRIVATE KEY").split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
    let inJSON =
      "{\"private_key\": \"-----BEGIN PRIVATE KEY-----\\nS3CR\(Self.body.joined(separator: "\\n"))\\n-----END PRIVATE KEY-----\\n\", \"a\": 1}"
    let commented = pem("RSA PRIVATE KEY").split(separator: "\n").map { "# " + $0 }.joined(separator: "\n")
    let unfinished = "-----BEGIN PRIVATE KEY-----\n" + Self.body.joined(separator: "\n")
    for text in ["ssh_keys:\n  rsa_private: |\n" + indented, inJSON, commented, unfinished] {
      for path in ["/var/lib/cloud/seed/user-data", "/opt/a.json"] {
        let result = reduced(path, text)
        #expect(!result.contains("S3CR"))
        #expect(result.contains("private-key-plain"))
        #expect(reduced(path, result) == result)
      }
    }
    #expect(reduced("/opt/a.json", inJSON).hasSuffix(", \"a\": 1}"))
  }

  @Test func aPuTTYKeyIsCut() {
    let text =
      "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nPublic-Lines: 1\nAAAA\nPrivate-Lines: 2\nS3CR3TAA\nS3CR3TBB\nPrivate-MAC: 00\n"
    #expect(
      reduced("/root/k.ppk", text)
        == "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nPublic-Lines: 1\nAAAA\nPrivate-Lines: 2\n(cut-by-brinell-private-key-plain)\n\nPrivate-MAC: 00\n"
    )
  }

  @Test(
    arguments: [
      ([0x02, 0x01, 0x00, 0x02, 0x01], true), ([0x02, 0x01, 0x00, 0x30, 0x01], true),
      ([0x02, 0x01, 0x01, 0x04], true),
      ([0x02, 0x01, 0x03, 0x30], true),
      ([0x30, 0x10, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05], true),
      ([0x02, 0x10, 0x00, 0x02], false), ([0x30, 0x82, 0x01, 0x00, 0xa0, 0x03], false),
    ] as [([UInt8], Bool)]) func recognisesKeysInDER(_ beginning: [UInt8], _ isKey: Bool)
  {
    let content = beginning + [UInt8](repeating: 7, count: 120 - beginning.count)
    #expect(isSecretBinary([0x30, 120] + content) == isKey)
    let long = beginning + [UInt8](repeating: 7, count: 300 - beginning.count)
    #expect(isSecretBinary([0x30, 0x82, 0x01, 0x2c] + long) == isKey)
    #expect(!isSecretBinary([0x30, 0x82, 0x01, 0x2d] + long))
  }
}
