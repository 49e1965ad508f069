import Evidence
import Foundation
import TestSupport
import Testing

@testable import Facts

@Suite struct TLSLibraryTests {
  private func openssl(
    _ cnf: String?, _ files: [String: String] = [:], packages: [String: String] = bookworm,
    id: String = "debian",
    path: String = "/etc/ssl/openssl.cnf"
  ) throws -> OpenSSLLibrary {
    let guest = GuestFixture(files.merging(["/etc/os-release": "ID=\(id)\n"]) { $1 })
    if let cnf { guest.filesystem.addFile(path, cnf) }
    guest.setPackages(packages)
    return try guest.model(OpenSSLLibrary.self)
  }

  private static let head = "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\n"

  private func versions(_ library: OpenSSLLibrary) -> String {
    library.offer(nil, ciphers: nil).protocols.effective?.value.words ?? ""
  }

  @Test(
    arguments: [
      (nil, "TLSv1.2, TLSv1.3"), ("", "TLSv1.2, TLSv1.3"), (head + "MinProtocol = TLSv1.3\n", "TLSv1.3"),
      (
        head + "MinProtocol = TLSv1\nCipherString = DEFAULT@SECLEVEL=0\n",
        "TLSv1.0, TLSv1.1, TLSv1.2, TLSv1.3"
      ),
      (head + "MinProtocol = TLSv1.1\n", "TLSv1.2, TLSv1.3"), (head + "MaxProtocol = TLSv1.2\n", "TLSv1.2"),
      (head + "Protocol = ALL, -TLSv1.3\n", "TLSv1.2"),
      // Nothing leads to the section.
      ("[c]\nMinProtocol = TLSv1.3\n", "TLSv1.2, TLSv1.3"),
      ("#" + head + "MinProtocol = TLSv1.3\n", "TLSv1.2, TLSv1.3"),
      // The last line of a name counts, also where it goes on.
      (head + "MinProtocol = TLSv1.3\nMinProtocol = \\\nTLSv1.2\n", "TLSv1.2, TLSv1.3"),
      ("low = TLSv1.3\n" + head + "MinProtocol = ${default::low}\n", "TLSv1.3"),
      (head + "low = TLSv1.3\nMinProtocol = $low\n", "TLSv1.3"),
      // Suites of TLS 1.2 alone leave nothing for the older versions.
      (head + "MinProtocol = TLSv1\nCipherString = ECDHE+AESGCM@SECLEVEL=0\n", "TLSv1.2, TLSv1.3"),
      (head + "TLS.MinProtocol = TLSv1.3\nDTLS.MinProtocol = DTLSv1.2\n", "TLSv1.3"),
    ] as [(String?, String)])
  func systemDefaults(_ cnf: String?, _ expected: String) throws {
    #expect(versions(try openssl(cnf)) == expected)
  }

  @Test func redHatsPolicyIsIncluded() throws {
    let cnf =
      "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = crypto_policy\n[crypto_policy]\n.include = /etc/crypto-policies/back-ends/opensslcnf.config\n"
    let back =
      "CipherString = @SECLEVEL=2:kEECDH:kRSA:-aDSS:-3DES:!DES:!RC4:!aNULL:!eNULL\nTLS.MinProtocol = TLSv1.2\n"
    func library(_ text: String) throws -> OpenSSLLibrary {
      try openssl(
        cnf, ["/etc/crypto-policies/back-ends/opensslcnf.config": text], packages: [:], id: "rhel",
        path: "/etc/pki/tls/openssl.cnf")
    }
    let usual = try library(back).offer(nil, ciphers: nil)
    #expect(usual.protocols.effective?.value == [.tls12, .tls13])
    #expect(usual.protocols.effective?.origin.path == "/etc/crypto-policies/back-ends/opensslcnf.config")
    // Red Hat builds with the weak suites, so 3DES is there where the string does not take it out.
    let weak = try library("CipherString = @SECLEVEL=2:ALL:!aNULL\n").offer(nil, ciphers: nil)
    #expect(weak.ciphers.effective?.value.contains { $0.classes.contains("3DES") } == true)
    #expect(weak.ciphers.effective?.value.contains { $0.classes.contains("RC4") } == false)
  }

  @Test func includesThatNeverEnd() throws {
    #expect(throws: EvidenceGap.self) { try openssl(".include /etc/ssl/openssl.cnf\n") }
    #expect(versions(try openssl(".include /absent\n" + Self.head)) == "TLSv1.2, TLSv1.3")
  }

  /// The same strings through `openssl ciphers` of this machine, where it has one of Debian's releases 3.x.
  @Test func cipherStringsEqualOpenSSL() throws {
    let strings = [
      "DEFAULT", "DEFAULT:@SECLEVEL=0", "ALL", "ALL:COMPLEMENTOFALL", "HIGH:!aNULL:!MD5",
      "HIGH:MEDIUM:!aNULL",
      "ECDHE+AESGCM:DHE+AESGCM", "ECDHE+CHACHA20:!ECDSA", "kRSA:-AES256:+SHA1",
      "aNULL:-aNULL:HIGH:MEDIUM:+RC4:@STRENGTH",
      "ALL:!kRSA:!SRP:!kDHd:!DSS:!aNULL:!eNULL:!EXPORT:!DES:!3DES:!MD5:!PSK:!RC4:!ADH:!LOW@STRENGTH",
      "AES128-SHA:ECDHE-RSA-AES128-GCM-SHA256", "!AES128-SHA:AES128-SHA:AES256-SHA",
      "ALL:-AES128-SHA:AES128-SHA",
      "EECDH:EDH:!aNULL", "EECDH+AES:nonsense+AES:AES256-SHA", "PSK:SRP", "kPSK:kDHEPSK:kRSAPSK:kECDHEPSK",
      "aDSS:aECDSA",
      "TLSv1.2", "SSLv3", "TLSv1:!AES128", "FIPS:!aNULL", "CAMELLIA:ARIA:AESCCM8", "SHA256:SHA384",
      "ADH:AECDH", "eNULL",
      "ALL:!ALL:HIGH:AES128-SHA", "HIGH DEFAULT", "AESGCM,AESCCM", "CAMELLIA128;ARIA256",
      "COMPLEMENTOFDEFAULT",
    ]
    guard let oracle = try OpenSSL.ciphers("ALL:COMPLEMENTOFALL"), oracle.count > 140 else {
      print("skipped: no openssl 3 with the usual suites")
      return
    }
    let suites = OpenSSLSuite.all.filter { !$0.isOfWeakBuilds && !$0.isHistoric }
    for string in strings {
      let expected = try OpenSSL.ciphers(string) ?? []
      let ours = OpenSSLCipherString(string, suites: suites).names
      #expect(ours == expected, "\(string): \(ours.symmetricDifference(expected).sorted())")
    }
  }

  @Test func classes() {
    func classes(_ name: String) -> Set<String> {
      OpenSSLSuite.all.first { $0.name == name }?.cipher.classes ?? []
    }
    #expect(classes("NULL-MD5") == ["NULL", "MD5", "kRSA"])
    #expect(classes("AECDH-DES-CBC3-SHA") == ["anon", "3DES", "CBC", "SHA1"])
    #expect(classes("EXP-RC4-MD5") == ["EXPORT", "RC4", "MD5", "kRSA"])
    #expect(classes("ECDHE-RSA-AES128-GCM-SHA256").isEmpty)
  }

  /// `gnutls-cli -l --priority …` of GnuTLS 3.7.9 says the same of the versions.
  @Test(arguments: [
    ("NORMAL", "TLSv1.0, TLSv1.1, TLSv1.2, TLSv1.3"), ("NORMAL:-VERS-TLS1.0", "TLSv1.1, TLSv1.2, TLSv1.3"),
    ("SECURE256:-VERS-ALL:+VERS-TLS1.2", "TLSv1.2"),
    ("NONE:+VERS-TLS1.3:+AES-256-GCM:+GROUP-X25519", "TLSv1.3"),
    ("NORMAL:!VERS-TLS1.0:!VERS-TLS1.1:%COMPAT", "TLSv1.2, TLSv1.3"), ("@SYSTEM", "TLSv1.2, TLSv1.3"),
    ("@LOOP", "no version"),
  ])
  func priorities(_ text: String, _ expected: String) throws {
    let guest = GuestFixture([
      "/etc/gnutls/config": "[priorities]\nSYSTEM = NORMAL:-VERS-TLS1.0:-VERS-TLS1.1\nLOOP = @LOOP\n"
    ])
    let offer = try guest.model(GnuTLSLibrary.self).offer(Effective(text, origin: .compiledDefault("test")))
    #expect(offer.protocols.effective?.value.words == expected)
  }

  /// `gnutls-cli -l --priority …` of 3.7.9 lists these algorithms.
  @Test(arguments: [
    ("NORMAL", ["CBC", "SHA1", "kRSA"]), ("PFS", ["CBC", "SHA1"]), ("SECURE192", ["kRSA"]),
    ("NORMAL:-RSA:-SHA1", []), ("NORMAL:-AES-128-CBC:-AES-256-CBC", ["kRSA"]),
    ("NORMAL:-VERS-ALL:+VERS-TLS1.3", []), ("SECURE256:+SHA1:+3DES-CBC", ["3DES", "CBC", "SHA1", "kRSA"]),
    ("NORMAL:-CIPHER-ALL:+AES-128-GCM", ["kRSA"]), ("SUITEB192", []),
  ])
  func classesOfPriorities(_ text: String, _ expected: [String]) throws {
    let offer = try GuestFixture().model(GnuTLSLibrary.self)
      .offer(Effective(text, origin: .compiledDefault("test")))
    let classes = offer.ciphers.effective?.value.reduce(into: Set<String>()) { $0.formUnion($1.classes) }
    #expect(classes?.sorted() == expected)
  }

  @Test func gnuTLSOverridesBeatEveryProgram() throws {
    let guest = GuestFixture([
      "/etc/gnutls/config":
        "[overrides]\ndisabled-version = tls1.0\ndisabled-version = tls1.1\ntls-disabled-cipher = 3des-cbc\n"
    ])
    let text = Effective("NORMAL:+3DES-CBC:+ARCFOUR-128", origin: Origin.compiledDefault("test"))
    let offer = try guest.model(GnuTLSLibrary.self).offer(text)
    #expect(offer.protocols.effective?.value == [.tls12, .tls13])
    let names = offer.ciphers.effective?.value.map(\.name) ?? []
    #expect(names.contains("ARCFOUR-128") && !names.contains("3DES-CBC"))
    #expect(offer.refused == "/etc/gnutls/config disables TLSv1.0, TLSv1.1")
  }

  @Test func cryptoPolicy() throws {
    #expect(try GuestFixture().model(CryptoPolicy.self).effective == nil)
    let both = GuestFixture([
      "/etc/crypto-policies/config": "# c\nDEFAULT\n", "/etc/crypto-policies/state/current": "LEGACY\n",
    ])
    let policy = try both.model(CryptoPolicy.self).effective
    #expect(policy?.value == "LEGACY")
    #expect(policy?.shadowed.map(\.value) == ["DEFAULT"])
  }
}

/// The program, as an oracle.
private enum OpenSSL {
  /// Names that a string stands for, those of TLS 1.3 left out; nil without the program.
  static func ciphers(_ text: String) throws -> Set<String>? {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/openssl")
    process.arguments = ["ciphers", text]
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl") else { return nil }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return Set(
      output.split { $0 == ":" || $0.isWhitespace }.map(String.init).filter { !$0.hasPrefix("TLS_") })
  }
}
