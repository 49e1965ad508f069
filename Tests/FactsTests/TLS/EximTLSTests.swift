import TestSupport
import Testing

@testable import Facts

/// Exim. The rows of `scripts/tls_cases.py` were tried on Exim 4.96 of Debian 12.
@Suite struct EximTLSTests {
  private static let all = "TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3"
  private static let packages = ["exim4-daemon-light": "4.96-15+deb12u6"]
  private static let high = "tls_require_ciphers = NORMAL:-VERS-ALL:+VERS-TLS1.3\n"

  private func exim(
    _ text: String, _ files: [String: String] = [:], packages: [String: String] = packages
  ) throws -> [String] {
    let all = files.merging(["/etc/exim4/exim4.conf": text]) { $1 }
    return try tlsEndpoints(["exim4.service"], all, packages: packages).map(words)
  }

  private static let servers: [(text: String, expected: String)] = [
    // Without a certificate Exim makes one.
    ("", "exim4 smtp 25 optional \(all)"),
    ("tls_advertise_hosts =\n", "exim4 smtp 25 none"),
    ("\(high)", "exim4 smtp 25 optional TLSv1.3"),
    // Inherited from a macro, overridden by another, in a branch that counts.
    ("X = NORMAL\n\(high)tls_require_ciphers = X\n", "exim4 smtp 25 optional \(all)"),
    (
      ".ifdef NOT\n\(high).else\ntls_require_ciphers = NORMAL\n.endif\n", "exim4 smtp 25 optional \(all)"
    ),
    ("YES = 1\n.ifdef YES\n\(high).endif\n", "exim4 smtp 25 optional TLSv1.3"),
    (".ifndef YES\nYES = 1\n.ifdef YES\n\(high).endif\n.endif\n", "exim4 smtp 25 optional TLSv1.3"),
    (".ifdef NO\n.ifdef NO\n.else\n\(high).endif\n.endif\n", "exim4 smtp 25 optional \(all)"),
    (".ifdef NO\n.elifdef _HAVE_GNUTLS\n\(high).else\n.endif\n", "exim4 smtp 25 optional TLSv1.3"),
    (
      "BASE = NORMAL:-VERS-ALL\nMINE = BASE:+VERS-TLS1.2\nBASE == NORMAL\ntls_require_ciphers = MINE\n",
      "exim4 smtp 25 optional TLSv1.2"
    ),
    (
      "tls_require_ciphers = NORMAL:\\\n # not this\n   -VERS-ALL:\\\n  +VERS-TLS1.3\n",
      "exim4 smtp 25 optional TLSv1.3"
    ),
    (".include /etc/exim4/more\n", "exim4 smtp 25 optional TLSv1.3"),
    (".include_if_exists /etc/exim4/none\n", "exim4 smtp 25 optional \(all)"),
    // What stands after the main section is no main option.
    ("begin acl\n\(high)", "exim4 smtp 25 optional \(all)"),
    ("local_interfaces = <; 127.0.0.1 ; ::1\n", "exim4 smtp 25 optional \(all) local"),
    ("local_interfaces = 127.0.0.1.26\n", "exim4 smtp 26 optional \(all) local"),
    ("daemon_smtp_ports = 465\ntls_on_connect_ports = 465\n\(high)", "exim4 smtp 465 required TLSv1.3"),
    ("tls_require_ciphers = ${if eq{$received_port}{25}{NORMAL}{SECURE}}\n", "exim4 smtp 25 optional ?"),
    ("tls_require_ciphers = SECURE256\n", "exim4 smtp 25 optional TLSv1.2 TLSv1.3"),
  ]

  @Test(arguments: servers)
  func server(_ text: String, _ expected: String) throws {
    #expect(try exim(text, ["/etc/exim4/more": Self.high]) == [expected])
  }

  @Test func portsOfTheCommandLine() throws {
    let files = ["/etc/default/exim4": "SMTPLISTENEROPTIONS='-oX 465:25 -oP /run/exim4/exim.pid'\n"]
    #expect(
      try exim("tls_on_connect_ports = smtps\n", files)
        == ["exim4 smtp 25 optional \(Self.all)", "exim4 smtp 465 required \(Self.all)"])
  }

  @Test(arguments: [
    ("openssl_options = +no_sslv3 +no_tlsv1_2\n", "TLSv1.3"),
    ("openssl_options = +no_tlsv1_3\ntls_require_ciphers = HIGH\n", "TLSv1.2"),
    ("tls_require_ciphers = ALL:@SECLEVEL=0\nopenssl_options = +no_tlsv1\n", "TLSv1.1 TLSv1.2 TLSv1.3 weak"),
  ])
  func withOpenSSL(_ text: String, _ expected: String) throws {
    let ends = try exim(text, packages: ["libssl3": "3.0.19-1~deb12u2", "exim": "4.96-1"])
    #expect(ends == ["exim4 smtp 25 optional \(expected)"])
  }

  @Test(arguments: [
    ("driver = plaintext\nserver_prompts = :\n", "", true),
    (
      "driver = plaintext\nserver_prompts = :\nserver_advertise_condition = ${if eq{$tls_in_cipher}{}{}{*}}\n",
      "",
      false
    ),
    (
      "driver = plaintext\nserver_prompts = :\n", "auth_advertise_hosts = ${if eq{$tls_cipher}{}{}{*}}\n",
      false
    ),
    ("driver = plaintext\nserver_prompts = :\n", "auth_advertise_hosts =\n", nil),
    ("driver = plaintext\nclient_send = x\n", "", nil),
  ])
  func passwords(_ driver: String, _ main: String, _ expected: Bool?) throws {
    let text = main + "begin authenticators\nplain:\n" + driver
    let ends = try tlsEndpoints(["exim4.service"], ["/etc/exim4/exim4.conf": text], packages: Self.packages)
    #expect(ends.map { $0.secretsInClear?.value } == [expected])
    #expect(ends.map(\.isOpportunistic) == [expected == nil])
  }

  @Test func transportsThatRoutersUse() throws {
    let text = """
      REMOTE_TLS = *
      begin routers
      dnslookup:
        driver = dnslookup
        transport = remote_smtp
      begin transports
      remote_smtp:
        driver = smtp
      .ifdef REMOTE_TLS
        hosts_require_tls = REMOTE_TLS
      .endif
      never:
        driver = smtp

      """
    #expect(
      try exim(text) == ["exim4 smtp 25 optional \(Self.all)", "exim4 remote_smtp required \(Self.all)"])
  }

  @Test func whatTheStartMakesAnewIsNotKnown() throws {
    let guest = bootable(["/etc/exim4/update-exim4.conf.conf": "dc_eximconfig_configtype='internet'\n"])
    guest.setPackages(Self.packages)
    guest.addStarted("exim4.service", "[Service]\nExecStart=/x\n")
    #expect(try guest.model(TLSServices.self).gaps.keys.sorted() == ["exim4"])
  }

  @Test func macrosThatGrowEnd() throws {
    var text = "A = xxxxxxxxxx\n"
    for number in 1...60 { text += "M\(number)_ = " + String(repeating: "A", count: 1000) + "\n" }
    text += "tls_certificate = " + (1...60).map { "M\($0)_" }.joined() + "\n"
    let guest = bootable(["/etc/exim4/exim4.conf": text])
    guest.addStarted("exim4.service", "[Service]\nExecStart=/x\n")
    #expect(try guest.model(TLSServices.self).gaps.keys.sorted() == ["exim4"])
  }

  private static let mail = "exim4 smtp 25 optional"

  @Test(arguments: [
    TLSRow(
      "inherited", ["/etc/exim4/exim4.conf": "MINE = NORMAL:-VERS-TLS1.3\ntls_require_ciphers = MINE\n"],
      "\(mail) TLSv1.0 TLSv1.1 TLSv1.2, use default, versions exim4.conf:2, suites exim4.conf:2"),
    TLSRow(
      "overridden",
      [
        "/etc/exim4/exim4.conf": "MINE = NORMAL:-VERS-TLS1.3\nMINE == SECURE256\ntls_require_ciphers = MINE\n"
      ],
      "\(mail) TLSv1.2 TLSv1.3, use default, versions exim4.conf:3, suites exim4.conf:3"),
    TLSRow(
      "in an include",
      [
        "/etc/exim4/exim4.conf": "primary_hostname = a\n.include /etc/exim4/more\n",
        "/etc/exim4/more": "# x\ntls_require_ciphers = NORMAL:-VERS-ALL:+VERS-TLS1.1\n",
      ], "\(mail) TLSv1.1, use default, versions more:2, suites more:2"),
    // All ports have the same settings; which of them speak TLS at once is said by the list of ports.
    TLSRow(
      "on one of two ports",
      [
        "/etc/exim4/exim4.conf":
          "daemon_smtp_ports = 25 : 465\ntls_on_connect_ports = 465\ntls_advertise_hosts =\n\(high)"
      ], "exim4 smtp 25 none, use exim4.conf:3",
      "exim4 smtp 465 required TLSv1.3, use exim4.conf:2, versions exim4.conf:4, suites exim4.conf:4"),
  ])
  func truth(_ row: TLSRow) throws { try row.check(["exim4.service"], packages: Self.packages) }

  @Test(arguments: [
    ("", "\(Groups.gnuTLS) | 2048"), ("tls_dhparam = none\n", "\(Groups.gnuTLS) | none"),
    ("tls_dhparam = /dh1024\n", "\(Groups.gnuTLS) | 2048"),
    (
      "tls_dhparam = ffdhe4096\n",
      "secp256r1, secp384r1, secp521r1, x25519, x448, ffdhe3072, ffdhe4096, ffdhe6144, ffdhe8192 | 3072"
    ),
    ("tls_require_ciphers = SECURE256\n", "secp384r1, secp521r1, ffdhe8192 | 8192"),
    ("tls_require_ciphers = NORMAL:-DHE-RSA\n", "\(Groups.gnuTLS) | none"),
    ("tls_dhparam = $other\n", "\(Groups.gnuTLS) | ?"),
    ("tls_eccurve = secp521r1\n", "\(Groups.gnuTLS) | 2048"),
  ])
  func keyExchange(_ text: String, _ expected: String) throws {
    let packages = ["exim4-daemon-light": "4.96-15", "libgnutls30": "3.7.9-2"]
    let files = ["/etc/exim4/exim4.conf": text, "/dh1024": dh(1024)]
    #expect(try exchangeTold("exim4.service", files, packages: packages) == expected)
  }

  /// By Exim's specification, chapter 43: primes longer than tls_dh_max_bits are left out.
  @Test func eximWithOpenSSL() throws {
    let packages = ["libssl3": "3.0.19-1", "exim": "4.98"]
    func of(_ text: String) throws -> String {
      try exchangeTold(
        "exim.service", ["/etc/exim/exim.conf": text, "/dh": dh(4096)], packages: packages, id: "rhel")
    }
    #expect(try of("") == "\(Groups.usual) | 2048")
    #expect(try of("tls_dhparam = /dh\n") == "\(Groups.usual) | none")
    #expect(try of("tls_dhparam = /dh\ntls_dh_max_bits = 4096\n") == "\(Groups.usual) | 4096")
    #expect(try of("tls_eccurve = secp521r1\n") == "secp521r1 | 2048")
  }
}
