import Evidence
import TestSupport
import Testing

@testable import Facts

/// Parameters in PEM with a prime of some length, which nobody needs to be one.
func dh(_ bits: Int, exponent: Int? = nil, order: Int? = nil, label: String = "DH PARAMETERS") -> String {
  var fields = derNumber(bits) + derNumber(2)
  if let order { fields += derNumber(order) }
  if let exponent { fields += derBytes(2, [UInt8(exponent >> 8), UInt8(exponent & 0xff)]) }
  return pem(label, derBytes(0x30, fields))
}

func pem(_ label: String, _ bytes: [UInt8]) -> String {
  let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  var text = ""
  for start in stride(from: 0, to: bytes.count, by: 3) {
    let part = bytes[start..<min(start + 3, bytes.count)]
    let number = part.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - part.count))
    for place in 0...3 {
      text.append(place <= part.count ? alphabet[number >> (18 - 6 * place) & 63] : "=")
    }
    if start % 48 == 45 { text += "\n" }
  }
  return "-----BEGIN \(label)-----\n\(text)\n-----END \(label)-----\n"
}

func derBytes(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
  let length = content.count
  let head: [UInt8] =
    length < 128
    ? [UInt8(length)] : [0x83, UInt8(length >> 16), UInt8(length >> 8 & 0xff), UInt8(length & 0xff)]
  return [tag] + head + content
}

/// A number of a length in bits: all ones.
func derNumber(_ bits: Int) -> [UInt8] {
  guard bits > 0 else { return derBytes(2, [0]) }
  var digits = [UInt8](repeating: 0xff, count: (bits + 7) / 8)
  digits[0] = UInt8(0xff >> (digits.count * 8 - bits))
  return derBytes(2, digits[0] >= 0x80 ? [0] + digits : digits)
}

@Suite struct DHParametersTests {
  private func read(_ text: String) -> DHParameters? { DHParameters(pem: Array(text.utf8)) }

  @Test(arguments: [1, 7, 8, 9, 512, 768, 1023, 1024, 2048, 4096, 10_000, 10_001, 65_537])
  func lengths(_ bits: Int) {
    #expect(read(dh(bits))?.bits == bits)
  }

  @Test func exponents() {
    #expect(read(dh(2048, exponent: 225)) == DHParameters(bits: 2048, exponentBits: 225))
    #expect(read(dh(2048, order: 256, label: "X9.42 DH PARAMETERS"))?.exponentBits == 256)
    #expect(read(dh(2048, label: "X9.42 DH PARAMETERS")) == nil)
  }

  @Test func others() throws {
    let good = dh(2048)
    let bad: [String] = [
      "", "\n", "-----BEGIN DH PARAMETERS-----\n",
      "-----BEGIN DH PARAMETERS-----\n-----END DH PARAMETERS-----\n",
      String(good.prefix(100)), good.replacing("-----END DH PARAMETERS-----\n", with: ""),
      good.replacing("-----BEGIN", with: " -----BEGIN"), good.replacing("\n", with: "\n!"),
      // Something else, and lengths beyond the bytes.
      pem("CERTIFICATE", derBytes(0x30, derNumber(2048) + derNumber(2))),
      pem("DH PARAMETERS", derBytes(0x31, derNumber(2048) + derNumber(2))),
      pem("DH PARAMETERS", derBytes(0x30, derNumber(2048))),
      pem("DH PARAMETERS", derBytes(0x30, derBytes(4, [1, 2, 3]) + derNumber(2))),
      pem("DH PARAMETERS", derBytes(0x30, derNumber(512) + derNumber(2) + derBytes(2, [0xff]))),
      pem("DH PARAMETERS", derBytes(0x30, derNumber(512) + derNumber(2) + derNumber(200))),
      pem("DH PARAMETERS", [0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 2, 1, 1]), pem("DH PARAMETERS", [0x30]),
      pem("DH PARAMETERS", [0x30, 0x80, 2, 1, 1, 0, 0]),
    ]
    for text in bad { #expect(read(text) == nil, "\(text)") }
    // The bytes themselves are no PEM, and neither is UTF-16.
    #expect(DHParameters(pem: derBytes(0x30, derNumber(2048) + derNumber(2))) == nil)
    #expect(DHParameters(pem: good.utf16.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }) == nil)
    #expect(read("\u{feff}" + good) == nil)
    // What stands before does no harm, nor do other ends of lines.
    #expect(read(pem("CERTIFICATE", [0x30, 0]) + "words\n" + good)?.bits == 2048)
    #expect(read(good.replacing("\n", with: "\r\n"))?.bits == 2048)
    #expect(read(dh(1024) + good)?.bits == 1024)
  }

  /// 2^20 openings without an end take no more than a glance each.
  @Test(.timeLimit(.minutes(1))) func hostile() {
    #expect(read(String(repeating: "-----BEGIN DH PARAMETERS-----\n", count: 30_000)) == nil)
    #expect(read("-----BEGIN DH PARAMETERS-----\n" + String(repeating: "A", count: 1 << 20)) == nil)
  }

  @Test(arguments: [
    (DHParameters(bits: 512), 0, false), (DHParameters(bits: 1023), 0, false),
    (DHParameters(bits: 1024), 0, true),
    (DHParameters(bits: 1024), 1, true), (DHParameters(bits: 1024), 2, false),
    (DHParameters(bits: 2047), 2, false),
    (DHParameters(bits: 2048), 2, true), (DHParameters(bits: 2048), 3, false),
    (DHParameters(bits: 3072), 3, true),
    (DHParameters(bits: 2048, exponentBits: 225), 2, true),
    (DHParameters(bits: 2048, exponentBits: 223), 2, false),
    (DHParameters(bits: 8192, exponentBits: 120), 0, false),
  ])
  func levels(_ parameters: DHParameters, _ level: Int, _ expected: Bool) {
    #expect(OpenSSLLibrary.takes(parameters, level: level) == expected)
  }
}

@Suite struct OpenSSLGroupsTests {
  private func library(_ version: String, _ cnf: String? = nil) throws -> OpenSSLLibrary {
    let guest = GuestFixture(["/etc/os-release": "ID=debian\n"])
    if let cnf {
      guest.filesystem.addFile(
        "/etc/ssl/openssl.cnf", "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\n" + cnf)
    }
    guest.setPackages([version.hasPrefix("1") ? "libssl1.1" : "libssl3": version])
    return try guest.model(OpenSSLLibrary.self)
  }

  /// What `openssl s_client -groups` of 3.0.19 and 3.5.9 took and refused.
  @Test(arguments: [
    ("P-256", "secp256r1", "secp256r1"), ("p-256", nil, "secp256r1"), ("SECP256R1", nil, "secp256r1"),
    ("prime256v1", "secp256r1", "secp256r1"), ("x25519", "x25519", "x25519"),
    ("P-256:prime256v1", nil, "secp256r1"), ("P-256::P-384", nil, nil), ("P-256:", nil, nil),
    ("?nothing:P-256", nil, "secp256r1"), ("nothing:P-256", nil, nil),
    ("P-256/P-384", nil, "secp256r1, secp384r1"), ("*P-256", nil, "secp256r1"),
    (" P-256 : P-384 ", "secp256r1, secp384r1", "secp256r1, secp384r1"),
    ("brainpoolP256r1tls13", nil, "brainpoolP256r1tls13"),
    ("X25519MLKEM768", nil, "X25519MLKEM768"),
    ("DEFAULT:-X25519:-x448", nil, "X25519MLKEM768, secp256r1, secp384r1, secp521r1, ffdhe2048, ffdhe3072"),
    ("GROUP-X25519", nil, nil), ("23", nil, nil),
  ])
  func lists(_ list: String, _ old: String?, _ new: String?) throws {
    #expect(try library("3.0.19-1~deb12u2").groups(list)?.words == old)
    #expect(try library("3.5.9-1").groups(list)?.words == new)
  }

  /// ssl/t1_lib.c of each release, and names of objects before 3.0.
  @Test func releases() throws {
    let old = try library("1.1.1w-0")
    #expect(old.systemGroups.value.words == "x25519, secp256r1, x448, secp521r1, secp384r1")
    #expect(old.groups("x25519") == nil)
    #expect(old.groups("ffdhe2048") == nil)
    #expect(old.groups("X25519:prime256v1:P-384")?.words == "x25519, secp256r1, secp384r1")
    #expect(
      try library("3.5.9-1").systemGroups.value.words.hasPrefix("X25519MLKEM768, x25519, secp256r1, x448"))
    #expect(try library("3.3.2-1").groups("?nothing:P-256")?.words == "secp256r1")
  }

  /// Tried with `openssl s_server`: what is not taken counts for nothing, and the last line that is taken decides.
  @Test(arguments: [
    ("Groups = P-384\n", "secp384r1"), ("Curves = P-521\nGroups = P-384\n", "secp384r1"),
    ("Groups = P-384\nCurves = P-521\n", "secp521r1"), ("ECDHParameters = P-521\n", "secp521r1"),
    ("Groups = P-384\nECDHParameters = Automatic\n", "secp384r1"),
    ("Groups = P-384\nCurves = P-521:nothing\n", "secp384r1"),
    ("ECDHParameters = P-521:P-384\nGroups = P-256\n", "secp256r1"),
    // At level 2, below 112 bits; for TLS 1.3 there is none of these.
    ("Groups = P-192:sect163k1:P-224\n", "secp224r1"),
    ("Groups = P-192:X25519\nCipherString = DEFAULT@SECLEVEL=0\n", "secp192r1, x25519"),
    ("Groups = ffdhe2048\n", "ffdhe2048"),
    ("CipherString = DEFAULT@SECLEVEL=3\nGroups = P-224:P-256:ffdhe2048\n", "secp256r1"),
    ("CipherString = DHE:kRSA\nMaxProtocol = TLSv1.2\n", "no group"),
    ("MinProtocol = TLSv1.3\nGroups = secp256k1:P-384\n", "secp384r1"),
  ])
  func ofTheSystem(_ cnf: String, _ expected: String) throws {
    let offer = try library("3.0.19-1~deb12u2", cnf).offer(nil, ciphers: nil)
    #expect(offer.groups.effective?.value.words == expected)
  }

  @Test func theirOriginIsTheLine() throws {
    let groups = try library("3.0.19-1", "Groups = P-384\n").systemGroups
    #expect(groups.origin.path == "/etc/ssl/openssl.cnf")
    #expect(groups.origin.line == 7)
    #expect(groups.shadowed.first?.origin.kind == .compiledDefault)
    #expect(try library("3.0.19-1").systemGroups.origin.kind == .compiledDefault)
  }

  /// Without a group of TLS 1.3 there is no TLS 1.3, and without a curve no suite with ECDHE.
  @Test func versionsGoWithTheirGroups() throws {
    let curves = try library("3.0.19-1", "Groups = secp256k1\n").offer(nil, ciphers: nil)
    #expect(curves.protocols.effective?.value == [.tls12])
    #expect(curves.refused?.hasSuffix("no group is left for TLSv1.3") == true)
    let field = try library("3.0.19-1", "Groups = ffdhe2048\n").offer(nil, ciphers: nil)
    #expect(field.protocols.effective?.value == [.tls12, .tls13])
    #expect(field.ciphers.effective?.value.contains { $0.name.hasPrefix("ECDHE") } == false)
    #expect(field.ciphers.effective?.value.contains { $0.name.hasPrefix("DHE") } == true)
  }

  @Test func gnuTLSDisablesCurves() throws {
    func library(_ text: String) throws -> GnuTLSLibrary {
      try GuestFixture(["/etc/gnutls/config": text]).model(GnuTLSLibrary.self)
    }
    let off = try library("[overrides]\ndisabled-curve = secp256r1\ndisabled-curve = x25519\n").offer(nil)
    #expect(off.groups.effective?.value.words.hasPrefix("secp384r1, secp521r1, x448, ffdhe2048") == true)
    let on = try library(
      "[global]\noverride-mode = allowlist\n[overrides]\nenabled-version = tls1.3\nenabled-curve = x448\n"
    ).offer(nil)
    #expect(on.groups.effective?.value.words == "x448")
  }
}
