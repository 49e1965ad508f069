import Foundation
import TestSupport
import Testing

import enum Crypto.P256
import enum Crypto.P384

@testable import Evidence

@Suite struct KeyReaderTests {
  private func findings(_ path: String, _ bytes: [UInt8]) -> [SecretFinding] {
    SecretDetectors.search(SearchedFile(path: path, bytes: bytes))?.findings ?? []
  }

  @Test func ellipticKeysHaveTheirPublicHalf() throws {
    let key = P256.Signing.PrivateKey()
    let found = findings("/root/a.pem", Array(key.pemRepresentation.utf8))
    let digest = SHA256.hex(Array(key.publicKey.derRepresentation))
    #expect(
      found == [
        SecretFinding(.privateKey, line: 1, words: "ECDSA key, P-256", isEncrypted: false, publicKey: digest)
      ])
    let der = findings("/root/a.der", Array(key.derRepresentation))
    #expect(der.map(\.publicKey) == [digest])
  }

  @Test func aKeyWithinJSONAndYAML() {
    let pem = P384.Signing.PrivateKey().pemRepresentation
    let json = "{\n \"k\": \"\(pem.replacingOccurrences(of: "\n", with: "\\n"))\"}"
    #expect(findings("/root/a.json", Array(json.utf8)).map(\.line) == [2])
    let yaml = "k: |\n" + pem.split(separator: "\n").map { "    \($0)\n" }.joined()
    #expect(findings("/root/a.yaml", Array(yaml.utf8)).map(\.words) == ["ECDSA key, P-384"])
  }

  @Test(arguments: [
    "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n",
    "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\n-----END PRIVATE KEY-----\n",
    "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----\n",
    "if grep -q '-----BEGIN RSA PRIVATE KEY-----' x; then\n",
    "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----\n",
    "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nAAAA\n-----END PGP PRIVATE KEY BLOCK-----\n", "-----BEGIN ",
    "-----BEGIN RSA PRIVATE KEY",
  ])
  func noKeys(_ text: String) { #expect(findings("/root/a.pem", Array(text.utf8)).isEmpty) }

  @Test func encryptedForms() {
    let old =
      "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n\(String(repeating: "QUJD", count: 16))\n-----END RSA PRIVATE KEY-----\n"
    #expect(findings("/a.pem", Array(old.utf8)).map(\.isEncrypted) == [true])
    let putty =
      "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: %\nComment: a\nPublic-Lines: 1\nAAAA\nPrivate-Lines: 1\nAAAA\nPrivate-MAC: 00\n"
    #expect(findings("/a.ppk", Array(putty.replacing("%", with: "none").utf8)).map(\.isEncrypted) == [false])
    #expect(
      findings("/a.ppk", Array(putty.replacing("%", with: "aes256-cbc").utf8)).map(\.isEncrypted) == [true])
  }

  @Test func javaStoresOfCertificatesAreNoSecret() {
    func entry(_ tag: UInt8) -> [UInt8] {
      [0, 0, 0, tag, 0, 1, 97] + [UInt8](repeating: 0, count: 8) + [0, 1, 88, 0, 0, 0, 2, 1, 2]
    }
    let header: [UInt8] = [0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2, 0, 0, 0]
    #expect(KeyContainer.java(header + [1] + entry(2)) == nil)
    #expect(KeyContainer.java(header + [2] + entry(2) + entry(1))?.isEncrypted == true)
    #expect(KeyContainer.java(header + [9] + entry(2)) == nil)
  }

  @Test func openPGPKeysTellWhetherTheyAreEncrypted() {
    // Version 4, time, EdDSA, curve of 9 bytes, a point of 263 bits, then the octet.
    func key(_ octet: UInt8) -> [UInt8] {
      [0xc5, 80, 4, 0, 0, 0, 0, 22, 9] + [UInt8](repeating: 1, count: 9) + [1, 7]
        + [UInt8](repeating: 2, count: 33) + [octet]
        + [UInt8](repeating: 3, count: 26)
    }
    #expect(KeyContainer.openPGP(key(0))?.isEncrypted == false)
    #expect(KeyContainer.openPGP(key(254))?.isEncrypted == true)
    #expect(KeyContainer.openPGP([0xc6] + key(0).dropFirst()) == nil)
  }

  /// The fuzz target of the readers of keys: mutations of keys of every form, the same each time.
  @Test func mutatedKeysNeverStopTheSearch() throws {
    let key = P256.Signing.PrivateKey()
    let rsa = derElement(
      0x30, [0x02, 1, 0] + (0..<8).flatMap { _ in derElement(0x02, [UInt8](repeating: 0x55, count: 40)) })
    let bag = derElement(
      0x30,
      derElement(0x06, [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x0a, 0x01, 0x01])
        + derElement(0xa0, rsa))
    func content(_ inner: [UInt8]) -> [UInt8] {
      derElement(
        0x30,
        derElement(0x06, [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01])
          + derElement(0xa0, derElement(0x04, inner)))
    }
    let pkcs12 = derElement(0x30, [0x02, 1, 3] + content(derElement(0x30, content(derElement(0x30, bag)))))
    #expect(KeyContainer.pkcs12(pkcs12)?.isEncrypted == false)
    #expect(PrivateKeyForm(rsa)?.words == "RSA key, 319 bits")
    var ssh = Array("openssh-key-v1".utf8) + [0]
    for field in ["none", "none", ""] { ssh += [0, 0, 0, UInt8(field.utf8.count)] + Array(field.utf8) }
    ssh +=
      [0, 0, 0, 1, 0, 0, 0, 51, 0, 0, 0, 11] + Array("ssh-ed25519".utf8) + [0, 0, 0, 32]
      + [UInt8](repeating: 9, count: 32)
    let jks: [UInt8] = [
      0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 97, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
      4, 1, 2, 3, 4,
    ]
    let seeds = [Array(key.derRepresentation), rsa, pkcs12, ssh, jks, Array(key.pemRepresentation.utf8)]
    var generator = Seeded(42)
    for _ in 0..<(isFullRun ? 200_000 : 6_000) {
      guard var bytes = seeds.randomElement(using: &generator) else { continue }
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        let position = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0...3, using: &generator) {
        case 0: bytes[position] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes[position] = [0, 0x7f, 0x80, 0x84, 0xff].randomElement(using: &generator) ?? 0
        case 2: bytes = Array(bytes.prefix(position + 1))
        default: bytes.insert(contentsOf: bytes.prefix(8), at: position)
        }
      }
      _ = PrivateKeyForm(bytes)
      _ = KeyContainer.pkcs12(bytes)
      _ = KeyContainer.java(bytes)
      _ = KeyContainer.openPGP(bytes)
      _ = KeyContainer.gnuPG(bytes, name: "secring.gpg")
      _ = PublicHalf.digest(ofCertificate: bytes)
      _ = OpenSSHKeyEnvelope(blob: bytes)?.publicKey.flatMap(PublicHalf.ssh)
      _ = findings("/root/a.key", bytes)
    }
  }
}
