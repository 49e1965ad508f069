import Foundation
import TestSupport
import Testing

@testable import Evidence

@Suite(.enabled(if: MadeCertificates.isThere)) struct CertificateReaderTests {
  private func der(_ name: String) throws -> [UInt8] {
    let bytes = try #require(MadeCertificates.file(name), "openssl does not make \(name)")
    return Array(try #require(CertificateContainers(path: "/\(name)", bytes: bytes).found.first).der)
  }

  private func details(_ name: String) throws -> CertificateDetails {
    try #require(CertificateReader(try der(name)[...]).read())
  }

  @Test(arguments: [
    ("rsa512.pem", "RSA key, 512 bits", 512), ("rsa1024.pem", "RSA key, 1024 bits", 1024),
    ("rsa3072.pem", "RSA key, 3072 bits", 3072), ("pss-key.pem", "RSA key, 2048 bits", 2048),
    ("dsa.pem", "DSA key, 1024 bits", 1024), ("prime192v1.pem", "EC key, prime192v1", 192),
    ("secp224r1.pem", "EC key, secp224r1", 224), ("brainpoolP256r1.pem", "EC key, brainpoolP256r1", 256),
    ("explicit.pem", "EC key, curve given by its parameters", nil), ("ed25519.pem", "Ed25519 key", 253),
    ("ed448.pem", "Ed448 key", 446),
  ]) func keys(_ name: String, _ words: String, _ bits: Int?) throws {
    let key = try details(name).key
    #expect(key.words == words)
    #expect(key.bits == bits)
  }

  @Test(arguments: [
    ("self-md5.pem", "md5WithRSAEncryption", "MD5"), ("self-sha1.pem", "sha1WithRSAEncryption", "SHA1"),
    ("self-ecdsa-sha1.pem", "ecdsa-with-SHA1", "SHA1"), ("self-pss.pem", "rsassaPss", "SHA256"),
    ("self-sha3-256.pem", "RSA-SHA3-256", "SHA3-256"), ("ed25519.pem", "ED25519", nil),
    ("signed-md5.pem", "md5WithRSAEncryption", "MD5"),
  ]) func signatures(_ name: String, _ algorithm: String, _ digest: String?) throws {
    let details = try details(name)
    #expect(details.signature == algorithm)
    #expect(details.signatureDigest == digest)
  }

  @Test(arguments: [
    ("rsa1024.pem", CertificateDetails.SelfSignature.verified), ("rsa2048.pem", .verified),
    ("self-sha1.pem", .verified), ("self-sha384.pem", .verified), ("self-sha512.pem", .verified),
    ("prime256v1.pem", .verified), ("secp384r1.pem", .verified), ("secp521r1.pem", .verified),
    ("ed25519.pem", .verified), ("expired.pem", .verified), ("rsa512.pem", .byName),
    ("self-md5.pem", .byName),
    ("self-pss.pem", .byName), ("dsa.pem", .byName), ("ed448.pem", .byName), ("secp224r1.pem", .byName),
    ("server.pem", .none), ("middle.pem", .none),
  ]) func selfSignatures(_ name: String, _ expected: CertificateDetails.SelfSignature) throws {
    #expect(try details(name).selfSignature == expected)
  }

  @Test(arguments: ["rsa2048.pem", "prime256v1.pem", "ed25519.pem"])
  func aSignatureOfAnotherKeyIsNoneOfItsOwn(_ name: String) throws {
    var bytes = try der(name)
    bytes[bytes.count - 1] ^= 1
    #expect(CertificateReader(bytes[...]).read()?.selfSignature == .otherKey)
  }

  @Test func fields() throws {
    let server = try details("server.pem")
    #expect(server.subject == "CN=www.example")
    #expect(server.issuer == "CN=Example Issuing,O=Example\\, Inc.")
    #expect(server.serial == "-05")
    #expect(server.names == ["DNS:www.example", "DNS:*.www.example"])
    #expect(server.extendedKeyUsage == ["serverAuth", "clientAuth"])
    #expect(server.keyUsage == ["digitalSignature", "keyEncipherment"])
    #expect(!server.isAuthority)
    let middle = try details("middle.pem")
    #expect(middle.isAuthority && middle.keyUsage == ["keyCertSign"] && middle.serial == "7FABCDEF")
    #expect(try details("rsa2048.pem").names == ["DNS:a.example", "IP:192.0.2.1", "IP:2001:DB8:0:0:0:0:0:1"])
    #expect(try details("nameless.pem").subject == "")
    #expect(try details("rsa2048.pem").keyUsage == nil)
    #expect(try details("trusted.pem").fingerprint == server.fingerprint)
  }

  @Test(
    arguments: [
      ("expired.pem", 1_577_836_800, 1_609_459_200), ("edges.pem", -631_152_000, 2_524_607_999),
      ("forever.pem", 1_709_251_199, 253_402_300_799), ("backwards.pem", 1_735_689_600, 1_704_067_200),
    ] as [(String, Int64, Int64)]) func dates(_ name: String, _ start: Int64, _ end: Int64) throws
  {
    let details = try details(name)
    #expect(details.notBefore == start)
    #expect(details.notAfter == end)
  }

  @Test(arguments: ["server.pem", "rsa2048.pem", "prime256v1.pem", "dsa.pem", "names.pem"])
  func theKeyIsRecognised(_ name: String) throws {
    let key = try #require(MadeCertificates.file(name.replacing(".pem", with: ".key")))
    let record = try #require(SecretDetectors.search(SearchedFile(path: "/a.key", bytes: key)))
    let half = record.findings.first?.publicKey
    // PKCS#8 of DSA holds no public half.
    if name == "dsa.pem", half == nil { return }
    #expect(half == (try details(name)).publicKey)
  }

  @Test func everyLengthAndEveryByte() throws {
    let bytes = try der("server.pem")
    let whole = CertificateReader(bytes[...]).read()
    for length in bytes.indices { #expect(CertificateReader(bytes[..<length]).read() == nil) }
    for offset in bytes.indices {
      for value in [0, 0x30, 0x7f, 0x80, 0x84, 0xff] as [UInt8] where bytes[offset] != value {
        var damaged = bytes
        damaged[offset] = value
        #expect(CertificateReader(damaged[...]).read() != whole)
      }
    }
  }

  @Test(arguments: ["chain.p7c", "open.p12", "server.der", "rsa1024.pem", "names.pem", "explicit.pem"])
  func manyMutations(_ name: String) throws {
    let bytes = try #require(MadeCertificates.file(name))
    var random = SeededGenerator(seed: 20_261_124)
    for _ in 0..<(isFullRun ? 100_000 : 400) {
      var damaged = bytes
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        let offset = Int.random(in: damaged.indices, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: damaged[offset] = UInt8.random(in: 0...255, using: &random)
        case 1:
          damaged.removeSubrange(offset..<min(damaged.count, offset + Int.random(in: 1...9, using: &random)))
        default: damaged.insert(contentsOf: damaged[offset...].prefix(16), at: offset)
        }
        if damaged.isEmpty { damaged = bytes }
      }
      var files = CertificateFiles()
      let record = files.read(path: "/\(name)", damaged)
      #expect(record.details.count <= record.places.count)
    }
  }
}
