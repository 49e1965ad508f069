import TestSupport
import Testing

@testable import Facts

/// rsyslogd. Rows of the same kind are tried on 8.2302 and 8.2504 by scripts/compare-tls.
@Suite struct RsyslogTLSTests {
  /// All tried on 8.2302: driver, mode and authentication of the module, the input and the global settings.
  @Test(arguments: [
    ("module(load=\"imtcp\")\n", "", "none"),
    ("module(load=\"imtcp\" StreamDriver.Mode=\"1\")\n", "", "required TLSv1.2 TLSv1.3"),
    (
      "module(\n load=\"imtcp\"\n StreamDriver.Mode=\"1\"\n StreamDriver.AuthMode=\"anon\"\n)\n", "",
      "required TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3 weak"
    ),
    (
      "module(load=\"imtcp\" StreamDriver.Mode=\"1\" StreamDriver.Name=\"gtls\" StreamDriver.AuthMode=\"anon\")\n",
      "", "required TLSv1.0 TLSv1.1 TLSv1.2 weak"
    ),
    (
      "module(load=\"imtcp\" StreamDriver.Mode=\"1\" gnutlsPriorityString=\"MinProtocol=TLSv1.3\")\n", "",
      "required TLSv1.3"
    ),
    ("module(load=\"imtcp\")\n", " StreamDriver.Mode=\"1\"", "required TLSv1.2 TLSv1.3"),
    ("module(load=\"imtcp\" StreamDriver.Mode=\"1\")\n", " StreamDriver.Mode=\"0\"", "none"),
  ])
  func rsyslogDrivers(_ module: String, _ input: String, _ expected: String) throws {
    let text =
      module
      + "input(type=\"imtcp\" port=\"6514\"\(input))\nglobal(defaultNetstreamDriver=\"ossl\")\n*.* /x\n"
    #expect(
      try tlsEndpoints(["rsyslog.service"], ["/etc/rsyslog.conf": text]).map(words)
        == ["rsyslog imtcp 6514 \(expected)"])
  }

  @Test func rsyslog() throws {
    let plain = [
      "/etc/rsyslog.conf":
        "module(load=\"imudp\")\ninput(type=\"imudp\" port=\"514\")\n*.* @@log.example:514\n"
    ]
    #expect(
      try tlsEndpoints(["rsyslog.service"], plain).map(words) == [
        "rsyslog imudp 514 none", "rsyslog to log.example none",
      ])
    let secure = [
      "/etc/rsyslog.conf": """
      module(load="imtcp" StreamDriver.Name="ossl" StreamDriver.Mode="1")
      input(type="imtcp" port="6514")
      action(type="omfwd" target="log.example" protocol="tcp" StreamDriver="gtls" StreamDriverMode="1" StreamDriverAuthMode="x509/name")
      """
    ]
    #expect(
      try tlsEndpoints(["rsyslog.service"], secure).map(words) == [
        "rsyslog imtcp 6514 required TLSv1.2 TLSv1.3",
        "rsyslog to log.example required TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3",
      ])
  }

  private static let load = "module(load=\"imtcp\" StreamDriver.Name=\"ossl\" StreamDriver.Mode=\"1\")\n"
  private static let input = "input(type=\"imtcp\" port=\"6514\")\n"
  private static let end = "rsyslog imtcp 6514 required"

  @Test(arguments: [
    // From the library: ossl sets nothing of its own.
    TLSRow(
      "inherited",
      [
        "/etc/rsyslog.conf": load + input,
        "/etc/ssl/openssl.cnf":
          "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\nMinProtocol = TLSv1.1\nCipherString = HIGH:@SECLEVEL=0\n",
      ],
      "\(end) TLSv1.1 TLSv1.2 TLSv1.3 weak, use rsyslog.conf:1, versions openssl.cnf:8, suites openssl.cnf:8"),
    TLSRow(
      "overridden",
      [
        "/etc/rsyslog.conf":
          "module(load=\"imtcp\" StreamDriver.Name=\"ossl\" StreamDriver.Mode=\"1\" gnutlsPriorityString=\"MinProtocol=TLSv1.3\")\n"
          + input,
        "/etc/ssl/openssl.cnf":
          "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\nMinProtocol = TLSv1.2\n",
      ], "\(end) TLSv1.3, use rsyslog.conf:1, versions rsyslog.conf:1, suites default"),
    TLSRow(
      "in an include",
      [
        "/etc/rsyslog.conf": "$IncludeConfig /etc/rsyslog.d/*.conf\n",
        "/etc/rsyslog.d/1.conf": "# x\n" + load + input,
      ],
      "\(end) TLSv1.2 TLSv1.3, use 1.conf:2, versions default, suites default"),
    TLSRow(
      "on one of two inputs",
      ["/etc/rsyslog.conf": load + input + "input(type=\"imtcp\" port=\"514\" StreamDriver.Mode=\"0\")\n"],
      "\(end) TLSv1.2 TLSv1.3, use rsyslog.conf:1, versions default, suites default",
      "rsyslog imtcp 514 none, use rsyslog.conf:3"),
  ])
  func truth(_ row: TLSRow) throws { try row.check(["rsyslog.service"]) }

  /// A string of one's own replaces the suites without authentication that `anon` brings, and level 0 with them; what
  /// OpenSSL does not take of it counts for nothing.
  @Test(arguments: [
    ("", "\(Groups.usual) | none", true), ("Groups=P-384", "secp384r1 | none", false),
    ("Groups=P-192:X25519", "x25519 | none", false),
    ("Groups=P-256:nothing", "\(Groups.usual) | none", false),
  ])
  func keyExchange(_ priority: String, _ expected: String, _ isAnonymous: Bool) throws {
    let own = priority.isEmpty ? "" : " gnutlsPriorityString=\"\(priority)\""
    let conf = """
      global(defaultNetstreamDriver="ossl")
      module(load="imtcp" StreamDriver.Mode="1" StreamDriver.AuthMode="anon"\(own))
      input(type="imtcp" port="6514")

      """
    #expect(try exchangeTold("rsyslog.service", ["/etc/rsyslog.conf": conf]) == expected)
    let end = try #require(try tlsEndpoints(["rsyslog.service"], ["/etc/rsyslog.conf": conf]).last)
    #expect(end.ciphers.effective?.value.contains { $0.classes.contains("anon") } == isAnonymous)
  }
}
