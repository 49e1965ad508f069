import Baselines
import TestSupport
import Testing

/// What `tls` asks of groups and of parameters for DHE.
@Suite struct TLSKeyExchangeKindTests {
  private func nginx(_ http: String) -> GuestFixture {
    let guest = bootable([
      "/etc/os-release": "ID=debian\n",
      "/etc/nginx/nginx.conf": "http { \(http) server { listen 443 ssl; } }",
      "/dh": Self.short, "/broken": "",
    ])
    guest.setPackages(["libssl3": "3.0.19-1~deb12u2", "nginx": "1.22.1-9"])
    guest.addStarted("nginx.service", "[Service]\n")
    return guest
  }

  /// 1024 bits, made with `openssl dhparam`.
  private static let short = """
    -----BEGIN DH PARAMETERS-----
    MIGHAoGBAIARcfBjcRNY4t/TxO2kOxZj9wFiTODQ/ftka0AxAbyasRM7ikXivUnY
    xRmTJqgJGkz2K2oVrBMez95yVRph7q4S1rXJS74uUPblPJpncwXIK6jncwg+AhzV
    gfBe69V1qjL8FYOla6K7+BAYDlFT0W8puwk7UCWBk6LSft7UrABnAgEC
    -----END DH PARAMETERS-----

    """

  private func answer(_ parameters: [String: ParameterValue], _ http: String) throws -> [String] {
    try answers(TLSKind.self, parameters, nginx(http)).map {
      switch $0.verdict {
      case .pass: "pass: \($0.actual)"
      case .fail: "fail: \($0.actual)"
      default: "\($0.verdict)"
      }
    }
  }

  @Test(arguments: [
    (["weak"], "", "pass: x25519, secp256r1, x448, secp521r1, secp384r1"),
    (["weak"], "ssl_ecdh_curve P-192:P-256; ssl_ciphers HIGH:@SECLEVEL=0;", "fail: secp192r1"),
    (["weak"], "ssl_ecdh_curve P-192:P-256;", "pass: secp256r1"),
    (["secp521r1", "X448"], "", "fail: x448, secp521r1"),
    (["ffdhe2048"], "", "pass: x25519, secp256r1, x448, secp521r1, secp384r1"),
  ])
  func forbidden(_ groups: [String], _ http: String, _ expected: String) throws {
    #expect(try answer(["forbid_groups": .list(groups)], http) == [expected])
  }

  @Test func allowed() throws {
    let nist: [String: ParameterValue] = ["groups": .list(["secp256r1", "secp384r1", "P-521"])]
    #expect(try answer(nist, "") == ["fail: x25519, x448"])
    #expect(try answer(nist, "ssl_ecdh_curve P-384:P-256;") == ["pass: secp384r1, secp256r1"])
  }

  @Test(arguments: [
    ("", "pass: no DHE: no parameters are set"),
    ("ssl_dhparam /dh; ssl_ciphers HIGH:@SECLEVEL=1;", "fail: DHE with 1024 bits"),
    ("ssl_dhparam /dh; ssl_ciphers ECDHE:@SECLEVEL=1;", "pass: no DHE: no suite with it"),
  ])
  func lengths(_ http: String, _ expected: String) throws {
    #expect(try answer(["min_dh_bits": .integer(2048)], http) == [expected])
  }

  @Test func evidenceIsTheLineThatNamesTheFile() throws {
    let guest = nginx("ssl_dhparam /dh; ssl_ciphers HIGH:@SECLEVEL=1;")
    let outcomes = try answers(TLSKind.self, ["min_dh_bits": .integer(2048)], guest)
    #expect(outcomes.first?.evidence.first?.path == "/etc/nginx/nginx.conf")
    #expect(outcomes.first?.subject == "nginx default:443")
  }

  /// nginx does not start with either: nobody gets anything, but nobody wants that either.
  @Test(arguments: ["ssl_dhparam /dh;", "ssl_dhparam /broken;", "ssl_dhparam /absent;"])
  func whatStopsTheServiceIsUndecided(_ http: String) throws {
    let outcomes = try answers(TLSKind.self, ["min_dh_bits": .integer(2048)], nginx(http))
    #expect(outcomes.count == 1)
    guard case .undecided(let reason)? = outcomes.first?.verdict else {
      Issue.record("\(outcomes)")
      return
    }
    #expect(reason.hasSuffix("the service does not start, or not with TLS"))
  }

  @Test func wrongNames() {
    for parameters: [String: ParameterValue] in [
      ["groups": .list(["secp256"])], ["forbid_groups": .list(["weak", "x"])],
    ] {
      #expect(throws: ParameterError.self) { try answer(parameters, "") }
    }
  }
}
