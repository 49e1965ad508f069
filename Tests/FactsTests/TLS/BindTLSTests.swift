import TestSupport
import Testing

@testable import Facts

/// BIND 9.18. The rows of `scripts/tls_cases.py` were tried on 9.18 of Debian 12.
@Suite struct BindTLSTests {
  private static let key = "cert-file \"/c.pem\"; key-file \"/k.pem\";"

  private func bind(_ text: String, _ files: [String: String] = [:]) throws -> [String] {
    let all = files.merging(["/etc/bind/named.conf": text]) { $1 }
    return try tlsEndpoints(["named.service"], all).map(words)
  }

  private static let rows: [(block: String, options: String, expected: [String])] = [
    // Plain DNS is no end.
    ("", "options { listen-on { any; }; };", []),
    ("", "options { listen-on port 853 tls a { any; }; };", ["named tls 853 required TLSv1.2 TLSv1.3"]),
    ("protocols { TLSv1.3; };", "options { listen-on tls a { any; }; };", ["named tls 853 required TLSv1.3"]),
    // The same on IPv6 is one end.
    (
      "protocols { TLSv1.3; };",
      "options { listen-on tls a { any; }; listen-on-v6 tls a { any; }; };",
      ["named tls 853 required TLSv1.3"]
    ),
    (
      "ciphers \"ALL:eNULL:@SECLEVEL=0\";", "options { listen-on port 853 tls a { any; }; };",
      ["named tls 853 required TLSv1.2 TLSv1.3 weak"]
    ),
    ("", "options { listen-on tls a http default { any; }; };", ["named https 443 required TLSv1.2 TLSv1.3"]),
    (
      "", "options { https-port 8443; listen-on tls a http default { any; }; };",
      ["named https 8443 required TLSv1.2 TLSv1.3"]
    ),
    ("", "options { listen-on tls none http default { any; }; };", ["named http 80 none"]),
    ("", "options { listen-on tls none { any; }; };", []),
    (
      "protocols { TLSv1.3; };", "options { listen-on tls ephemeral { any; }; };",
      ["named tls 853 required TLSv1.2 TLSv1.3"]
    ),
    (
      "", "options { listen-on tls a { 127.0.0.1; }; listen-on-v6 tls a { ::1; }; };",
      ["named tls 853 required TLSv1.2 TLSv1.3 local"]
    ),
    (
      "// protocols { TLSv1.3; };\n/* protocols { TLSv1.3; }; */ # x",
      "options { listen-on tls a { any; }; };",
      ["named tls 853 required TLSv1.2 TLSv1.3"]
    ),
  ]

  @Test(arguments: rows)
  func listeners(_ block: String, _ options: String, _ expected: [String]) throws {
    #expect(try bind("tls a { \(Self.key) \(block)\n};\n\(options)\n") == expected)
  }

  @Test func includesAndSeveralBlocks() throws {
    let text = "include \"/etc/bind/tls.conf\";\ninclude \"named.conf.options\";\n"
    let files = [
      "/etc/bind/tls.conf":
        "tls old { \(Self.key) protocols { TLSv1.2; }; ciphers \"ALL:@SECLEVEL=0\"; };\ntls new { \(Self.key) protocols { TLSv1.3; }; };\n",
      "/etc/bind/named.conf.options":
        "options {\n listen-on port 853 tls new { any; };\n listen-on port 8853 tls old { any; };\n};\n",
    ]
    #expect(
      try bind(text, files) == ["named tls 853 required TLSv1.3", "named tls 8853 required TLSv1.2 weak"])
  }

  @Test(arguments: [
    ("MinProtocol = TLSv1.3", "", "TLSv1.3"),
    ("CipherString = ALL:eNULL:@SECLEVEL=0", "", "TLSv1.2 TLSv1.3 weak"),
    ("CipherString = ALL:eNULL:@SECLEVEL=0", "ciphers \"HIGH:!aNULL\";", "TLSv1.2 TLSv1.3"),
    ("MinProtocol = TLSv1\nCipherString = DEFAULT:@SECLEVEL=0", "", "TLSv1.2 TLSv1.3"),
  ])
  func whatTheLibrarySets(_ line: String, _ block: String, _ expected: String) throws {
    let library = "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\n\(line)\n"
    let ends = try bind(
      "tls a { \(Self.key) \(block) }; options { listen-on tls a { any; }; };",
      ["/etc/ssl/openssl.cnf": library])
    #expect(ends == ["named tls 853 required \(expected)"])
  }

  @Test func aBlockThatIsNotThere() throws {
    let guest = bootable(["/etc/bind/named.conf": "options { listen-on tls b { any; }; };\n"])
    guest.addStarted("named.service", "[Service]\nExecStart=/x\n")
    #expect(try guest.model(TLSServices.self).gaps.keys.sorted() == ["named"])
  }

  private static let low =
    "tls b {\n\(key)\nprotocols { TLSv1.2; };\nciphers \"ALL:eNULL:@SECLEVEL=0\";\n};\n"

  @Test(arguments: [
    // From the library: suites are those of openssl.cnf.
    TLSRow(
      "inherited",
      [
        "/etc/bind/named.conf": "tls b {\n\(key)\n};\noptions {\nlisten-on tls b { any; };\n};\n",
        "/etc/ssl/openssl.cnf":
          "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\nCipherString = ALL:eNULL:@SECLEVEL=0\n",
      ],
      "named tls 853 required TLSv1.2 TLSv1.3 weak, use named.conf:5, versions default, suites openssl.cnf:7"),
    TLSRow(
      "overridden",
      [
        "/etc/bind/named.conf":
          "tls b {\n\(key)\nciphers \"HIGH:!aNULL\";\n};\noptions {\nlisten-on tls b { any; };\n};\n",
        "/etc/ssl/openssl.cnf":
          "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\nCipherString = ALL:eNULL:@SECLEVEL=0\n",
      ], "named tls 853 required TLSv1.2 TLSv1.3, use named.conf:6, versions default, suites named.conf:3"),
    TLSRow(
      "in an include",
      [
        "/etc/bind/named.conf": "include \"/etc/bind/tls\";\noptions {\nlisten-on tls b { any; };\n};\n",
        "/etc/bind/tls": low,
      ], "named tls 853 required TLSv1.2 weak, use named.conf:3, versions tls:3, suites tls:4"),
    TLSRow(
      "on one of two listeners",
      [
        "/etc/bind/named.conf":
          "\(low)tls a {\n\(key)\nprotocols { TLSv1.3; };\n};\noptions {\nlisten-on tls a { any; };\nlisten-on port 8853 tls b { any; };\n};\n"
      ], "named tls 853 required TLSv1.3, use named.conf:11, versions named.conf:8, suites default",
      "named tls 8853 required TLSv1.2 weak, use named.conf:12, versions named.conf:3, suites named.conf:4"),
  ])
  func truth(_ row: TLSRow) throws { try row.check(["named.service"]) }

  @Test(arguments: [
    ("", "\(Groups.usual) | none"), ("dhparam-file \"/dh\";", "\(Groups.usual) | 2048"),
    ("dhparam-file \"/dh1024\";", "\(Groups.usual) | ?"),
    ("dhparam-file \"/dh1024\"; ciphers \"HIGH:@SECLEVEL=1\";", "\(Groups.usual) | ?"),
  ])
  func keyExchange(_ block: String, _ expected: String) throws {
    let main = "tls a { cert-file \"/c\"; \(block) };\noptions { listen-on tls a { any; }; };\n"
    let files = ["/etc/bind/named.conf": main, "/dh": dh(2048), "/dh1024": dh(1024)]
    #expect(try exchangeTold("named.service", files) == expected)
  }
}
