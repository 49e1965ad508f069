import Baselines
import TestSupport
import Testing

@Suite struct TLSKindTests {
  private func guest(_ files: [String: String], _ units: [String] = ["nginx.service"]) -> GuestFixture {
    let guest = bootable(files.merging(["/etc/os-release": "ID=debian\n"]) { old, _ in old })
    guest.setPackages(["libssl3": "3.0.19-1~deb12u2", "nginx": "1.22.1-9", "postfix": "3.7.11-0"])
    for unit in units { guest.addStarted(unit, "[Service]\n") }
    return guest
  }

  private func nginx(_ http: String) -> GuestFixture { guest(["/etc/nginx/nginx.conf": "http { \(http) }"]) }

  private func findings(_ parameters: [String: ParameterValue], _ guest: GuestFixture) throws -> [String] {
    try answers(TLSKind.self, parameters, guest).filter { $0.verdict == .fail }.map {
      "\($0.subject): \($0.actual)"
    }
  }

  private static let old = "ssl_protocols TLSv1 TLSv1.2; ssl_ciphers ALL:@SECLEVEL=0;"

  @Test func versions() throws {
    let weak = nginx("\(Self.old) server { listen 443 ssl; server_name a; }")
    #expect(try findings(["min_protocol": .text("TLSv1.2")], weak) == ["nginx a:443: TLSv1.0, TLSv1.2"])
    #expect(try findings(["min_protocol": .text("TLSv1")], weak) == [])
    #expect(try findings(["min_protocol": .text("TLSv1.2"), "services": .list(["postfix"])], weak) == [])
    #expect(try findings(["min_protocol": .text("TLSv1.2"), "except": .list(["nginx a:*"])], weak) == [])
  }

  @Test func whatTheLibraryRefusesPasses() throws {
    let guest = nginx("ssl_protocols TLSv1 TLSv1.2; server { listen 443 ssl; server_name a; }")
    let outcomes = try answers(TLSKind.self, ["min_protocol": .text("TLSv1.2")], guest)
    #expect(outcomes.map(\.verdict) == [.pass])
    #expect(outcomes.first?.actual == "TLSv1.2; OpenSSL refuses TLSv1.0 at security level 2")
    #expect(outcomes.first?.evidence.first?.path == "/etc/nginx/nginx.conf")
  }

  @Test func theLoweredLevelIsTheEvidence() throws {
    let cnf = "openssl_conf=a\n[a]\nssl_conf=b\n[b]\nsystem_default=c\n[c]\nCipherString=DEFAULT@SECLEVEL=0\n"
    let guest = guest([
      "/etc/nginx/nginx.conf":
        "http { ssl_protocols TLSv1 TLSv1.2; server { listen 443 ssl; server_name a; } }",
      "/etc/ssl/openssl.cnf": cnf,
    ])
    let outcomes = try answers(TLSKind.self, ["min_protocol": .text("TLSv1.2")], guest)
    #expect(outcomes.map(\.verdict) == [.fail])
    #expect(
      outcomes.first?.evidence.map(\.path).prefix(2) == ["/etc/ssl/openssl.cnf", "/etc/nginx/nginx.conf"])
    let system = try findings(["min_protocol": .text("TLSv1.2"), "role": .text("system")], guest)
    #expect(system.count == 1 && system[0].hasPrefix("openssl system defaults: "))
  }

  @Test func suites() throws {
    let weak = nginx("\(Self.old) server { listen 443 ssl; server_name a; }")
    let found = try findings(["forbid_ciphers": .list(["broken"])], weak)
    #expect(found.count == 1 && found[0].hasPrefix("nginx a:443: ADH-") && found[0].hasSuffix(" more"))
    let usual = nginx("server { listen 443 ssl; server_name a; }")
    #expect(try findings(["forbid_ciphers": .list(["broken"])], usual) == [])
    #expect(try findings(["forbid_ciphers": .list(["CBC"])], usual).count == 1)
  }

  @Test(arguments: [
    ("server { listen 80; }", 1), ("server { listen 127.0.0.1:80; }", 0), ("server { listen 443 ssl; }", 0),
    ("server { listen 80; return 301 https://a/; }", 0),
  ])
  func required(_ http: String, _ count: Int) throws {
    #expect(try findings(["required": .boolean(true)], nginx(http)).count == count)
  }

  private static let mail = "smtpd_tls_security_level = may\nsmtpd_tls_cert_file = /c\n"

  @Test func mailBetweenServersIsJudgedOnlyIfAsked() throws {
    let files = ["/etc/postfix/main.cf": Self.mail, "/etc/postfix/master.cf": "smtp inet n - y - - smtpd\n"]
    let guest = guest(files, ["postfix.service"])
    #expect(try findings(["min_protocol": .text("TLSv1.2"), "required": .boolean(true)], guest) == [])
    let strict: [String: ParameterValue] = [
      "min_protocol": .text("TLSv1.2"), "opportunistic": .boolean(true),
    ]
    #expect(try findings(strict, guest) == ["postfix smtpd smtp: TLSv1.0, TLSv1.1, TLSv1.2, TLSv1.3"])
  }

  @Test func passwordsInClear() throws {
    var files = [
      "/etc/postfix/main.cf": Self.mail + "smtpd_sasl_auth_enable = yes\n",
      "/etc/postfix/master.cf": "smtp inet n - y - - smtpd\n",
    ]
    #expect(
      try findings(["no_secrets_in_clear": .boolean(true)], guest(files, ["postfix.service"])).count == 1)
    files["/etc/postfix/main.cf", default: ""] += "smtpd_tls_auth_only = yes\n"
    #expect(try findings(["no_secrets_in_clear": .boolean(true)], guest(files, ["postfix.service"])) == [])
  }

  @Test(arguments: [("x509/name", 0), ("anon", 1)])
  func verified(_ mode: String, _ count: Int) throws {
    let text =
      "action(type=\"omfwd\" target=\"l\" protocol=\"tcp\" StreamDriver=\"ossl\" StreamDriverMode=\"1\" StreamDriverAuthMode=\"\(mode)\")\n"
    let guest = guest(["/etc/rsyslog.conf": text], ["rsyslog.service"])
    #expect(try findings(["verified": .boolean(true), "role": .text("client")], guest).count == count)
  }

  @Test func aConfigurationThatCannotBeReadIsUndecided() throws {
    let guest = guest([:])
    guest.filesystem.addFile("/etc/nginx/nginx.conf", .tooLarge(size: 1 << 40))
    let outcomes = try answers(TLSKind.self, ["required": .boolean(true)], guest)
    #expect(outcomes.map(\.subject) == ["nginx"])
    if case .undecided = outcomes[0].verdict {} else { Issue.record("\(outcomes)") }
    #expect(
      try answers(TLSKind.self, ["required": .boolean(true), "services": .list(["redis"])], guest).isEmpty)
  }

  @Test(
    arguments: [
      [:], ["services": .list(["nginx"])], ["min_protocol": .text("TLSv9")],
      ["required": .boolean(true), "services": .list(["ngnix"])], ["forbid_ciphers": .list(["RC5"])],
    ] as [[String: ParameterValue]])
  func refuses(_ parameters: [String: ParameterValue]) {
    #expect(throws: ParameterError.self) { try TLSKind(Parameters(parameters)) }
  }
}
