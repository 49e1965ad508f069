import TestSupport
import Testing

@testable import Facts

/// nginx. Rows with "tried" were tried on nginx 1.22.1 of Debian 12 (OpenSSL 3.0.19) with
/// `openssl s_client -tls1 -cipher ALL:@SECLEVEL=0` and its like.
@Suite struct NginxTLSTests {
  private func nginx(_ http: String, _ files: [String: String] = [:], version: String = "1.22.1-9") throws
    -> [String]
  {
    var packages = bookworm
    packages["nginx"] = version
    let all = files.merging(["/etc/nginx/nginx.conf": "events {}\nhttp {\n\(http)\n}\n"]) { $1 }
    return try tlsEndpoints(["nginx.service"], all, packages: packages).map(words)
  }

  @Test(arguments: [
    // Tried: the stock nginx.conf of Debian 12 names TLS 1.0, which OpenSSL refuses at level 2.
    (
      "ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; server { listen 443 ssl; server_name a; }",
      ["nginx a:443 required TLSv1.2 TLSv1.3"]
    ),
    // Tried: a cipher string lowers the level, and with it the old versions are there.
    (
      "ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; server { listen 443 ssl; server_name a; ssl_ciphers ALL:@SECLEVEL=0; }",
      ["nginx a:443 required TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3 weak"]
    ),
    // Tried: without ssl_protocols, 1.22 has no TLS 1.3.
    ("server { listen 443 ssl; server_name a; }", ["nginx a:443 required TLSv1.2"]),
    // Tried: commands of OpenSSL come after nginx's own settings.
    (
      "ssl_protocols TLSv1.2 TLSv1.3; server { listen 443 ssl; server_name a; ssl_conf_command MinProtocol TLSv1.3; }",
      ["nginx a:443 required TLSv1.3"]
    ),
    (
      "server { listen 443 ssl; server_name a; ssl_conf_command MinProtocol TLSv1; ssl_conf_command CipherString ALL:@SECLEVEL=0; }",
      ["nginx a:443 required TLSv1.0 TLSv1.1 TLSv1.2 weak"]
    ),
    // A server's own value replaces that of http.
    (
      "ssl_protocols TLSv1; ssl_ciphers ALL:@SECLEVEL=0; server { listen 443 ssl; server_name a; ssl_protocols TLSv1.3; ssl_ciphers HIGH; }",
      ["nginx a:443 required TLSv1.3"]
    ),
    // Tried: the default server of an address decides on the version for all that share it …
    (
      "server { listen 443 ssl default_server; server_name c; ssl_protocols TLSv1.2; } server { listen 443 ssl; server_name d; ssl_protocols TLSv1.3; ssl_ciphers HIGH:!aNULL:@SECLEVEL=0; }",
      ["nginx c:443 required TLSv1.2", "nginx d:443 required TLSv1.2"]
    ),
    // … and each server's own level still refuses what it refuses (tried).
    (
      "server { listen 443 ssl; server_name e; ssl_protocols TLSv1 TLSv1.2; ssl_ciphers HIGH:!aNULL:@SECLEVEL=0; } server { listen 443 ssl; server_name f; ssl_protocols TLSv1.3; }",
      ["nginx e:443 required TLSv1.0 TLSv1.2", "nginx f:443 required TLSv1.2"]
    ),
    ("server { listen 80; }", ["nginx default:80 none"]),
    ("server { listen 127.0.0.1:80; }", ["nginx default:80 none local"]),
    ("server { listen 80; return 301 https://$host$request_uri; }", ["nginx default:80 redirects"]),
    ("server { listen 80; return 301 http://other/; }", ["nginx default:80 none"]),
    (
      "server { listen 80; location /.well-known/acme-challenge/ { root /x; } location / { return 308 https://$host$request_uri; } }",
      ["nginx default:80 redirects"]
    ),
    (
      "server { listen 80; location / { return 301 https://x$request_uri; } location /old { root /x; } }",
      ["nginx default:80 none"]
    ),
    ("server { listen unix:/run/x ssl; }", []),
    (
      "server { ssl on; listen 443; server_name a; ssl_protocols TLSv1.2; }", ["nginx a:443 required TLSv1.2"]
    ),
  ])
  func nginxServers(_ http: String, _ expected: [String]) throws { #expect(try nginx(http) == expected) }

  @Test func nginxIncludes() throws {
    let files = [
      "/etc/nginx/conf.d/tls.conf": "ssl_protocols TLSv1.2 TLSv1;\nssl_ciphers \"ALL:@SECLEVEL=0\";\n",
      "/etc/nginx/sites-enabled/a": "-> ../sites-available/a",
      "/etc/nginx/sites-available/a":
        "server { listen [::]:443 ssl; listen 443 ssl; server_name a www.a; include snippets/s; }\n",
      "/etc/nginx/sites-available/b": "server { listen 444; }\n",
      "/etc/nginx/snippets/s":
        "ssl_certificate /c.pem;\nssl_certificate_key /k.pem; # ssl_protocols TLSv1.3;\n",
    ]
    let ends = try tlsEndpoints(
      ["nginx.service"],
      files.merging([
        "/etc/nginx/nginx.conf":
          "http { ssl_protocols TLSv1.3; include conf.d/*.conf; include sites-enabled/*; }"
      ]) { $1 })
    #expect(ends.map(words) == ["nginx a:443 required TLSv1.0 TLSv1.2 weak"])
    #expect(ends.first?.certificate?.value == "/c.pem")
    #expect(ends.first?.certificate?.origin.path == "/etc/nginx/snippets/s")
  }

  @Test(arguments: [
    ("1.18.0-6", "TLSv1.2"), ("1.24.0-1", "TLSv1.2 TLSv1.3"), ("1.28.0-1", "TLSv1.2 TLSv1.3"),
  ])
  func nginxDefaults(_ version: String, _ versions: String) throws {
    #expect(
      try nginx("server { listen 443 ssl; server_name a; }", version: version) == [
        "nginx a:443 required \(versions)"
      ])
  }

  /// OpenSSL 1.1.1 refuses no TLS 1.0 by its level.
  @Test func olderLibrary() throws {
    let files = [
      "/etc/nginx/nginx.conf": "http { ssl_protocols SSLv3 TLSv1; server { listen 443 ssl; server_name a; } }"
    ]
    let ends = try tlsEndpoints(
      ["nginx.service"], files, packages: ["libssl1.1": "1.1.1w-0+deb11u1", "nginx": "1.18.0"])
    #expect(ends.map(words) == ["nginx a:443 required TLSv1.0"])
  }

  /// OPENSSL_CONF of a unit is the configuration of that service alone.
  @Test(arguments: [
    ("Environment=OPENSSL_CONF=/etc/low.cnf", "TLSv1.0 TLSv1.1 TLSv1.2"),
    ("Environment=\"OPENSSL_CONF=/etc/low.cnf\"", "TLSv1.0 TLSv1.1 TLSv1.2"),
    ("Environment=\"NOTE=a OPENSSL_CONF=/etc/low.cnf\"", "TLSv1.2"),
    ("EnvironmentFile=-/etc/default/nginx", "TLSv1.0 TLSv1.1 TLSv1.2"),
    ("Environment=OPENSSL_CONF=/absent.cnf", "TLSv1.2"), ("Environment=OTHER=/etc/low.cnf", "TLSv1.2"),
  ])
  func ownConfigurationOfOpenSSL(_ line: String, _ versions: String) throws {
    let files = [
      "/etc/nginx/nginx.conf": "http { server { listen 443 ssl; server_name a; } }",
      "/etc/default/nginx": "OPENSSL_CONF=/etc/low.cnf\n",
      "/etc/low.cnf":
        "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\nCipherString = DEFAULT@SECLEVEL=0\n",
    ]
    let ends = try tlsEndpoints(["nginx.service"], files, exec: "/x\n\(line)")
    // The suites are nginx's own, the level is the file's.
    #expect(ends.map(words) == ["nginx a:443 required \(versions)"])
  }

  @Test func hostileFilesEndSoon() throws {
    let start = ThreadClock.now
    let guest = bootable(["/etc/nginx/nginx.conf": "include nginx.conf;", "/etc/os-release": "ID=debian\n"])
    guest.addStarted("nginx.service", "[Service]\n")
    #expect(try guest.model(TLSServices.self).gaps["nginx"] != nil)
    let deep = String(repeating: "a {", count: 100_000)
    guest.filesystem.addFile("/etc/nginx/nginx.conf", deep)
    #expect(try guest.model(TLSServices.self).gaps["nginx"] != nil)
    #expect(
      try nginx("server { listen \(String(repeating: "x ", count: 100_000)); } \u{0} \" {") == [
        "nginx default:80 none"
      ])
    #expect(ThreadClock.now - start < .seconds(20))
  }

  @Test func whatDoesNotRunIsNotJudged() throws {
    #expect(try tlsEndpoints([], ["/etc/nginx/nginx.conf": "http { server { listen 80; } }"]).isEmpty)
  }

  private static let low = "ssl_protocols TLSv1 TLSv1.2;\nssl_ciphers ALL:@SECLEVEL=0;\n"

  private static func http(_ text: String, _ more: [String: String] = [:]) -> [String: String] {
    more.merging(["/etc/nginx/nginx.conf": "http {\n\(text)}\n"]) { $1 }
  }

  @Test(arguments: [
    TLSRow(
      "inherited", http("\(low)server {\nlisten 443 ssl;\nserver_name a;\n}\n"),
      "nginx a:443 required TLSv1.0 TLSv1.2 weak, use nginx.conf:5, versions nginx.conf:3, suites nginx.conf:3"
    ),
    TLSRow(
      "overridden",
      http("\(low)server {\nlisten 443 ssl;\nserver_name a;\nssl_protocols TLSv1.3;\nssl_ciphers HIGH;\n}\n"),
      "nginx a:443 required TLSv1.3, use nginx.conf:5, versions nginx.conf:7, suites nginx.conf:8"),
    TLSRow(
      "in an include",
      http(
        "server {\nlisten 443 ssl;\nserver_name a;\ninclude snip;\n}\n", ["/etc/nginx/snip": "# x\n\(low)"]),
      "nginx a:443 required TLSv1.0 TLSv1.2 weak, use nginx.conf:3, versions snip:3, suites snip:3"),
    // Each server on an address of its own; on one address the default server decides on the versions.
    TLSRow(
      "in a virtual host",
      http(
        "ssl_protocols TLSv1.3;\nserver {\nlisten 443 ssl;\nserver_name a;\n}\nserver {\nlisten 444 ssl;\nserver_name b;\n\(low)}\n"
      ),
      "nginx a:443 required TLSv1.3, use nginx.conf:4, versions nginx.conf:2, suites default",
      "nginx b:444 required TLSv1.0 TLSv1.2 weak, use nginx.conf:8, versions nginx.conf:11, suites nginx.conf:11"
    ),
  ])
  func truth(_ row: TLSRow) throws { try row.check(["nginx.service"]) }

  @Test(arguments: [
    ("", "\(Groups.curves) | none"),
    ("ssl_dhparam /dh;", "\(Groups.curves) | 2048"),
    ("ssl_dhparam dh;", "\(Groups.curves) | 2048"),
    ("ssl_dhparam /dh; ssl_ciphers ECDHE;", "\(Groups.curves) | none"),
    ("ssl_dhparam /dh; ssl_protocols TLSv1.3;", "\(Groups.usual) | none"),
    ("ssl_dhparam /dh1024;", "\(Groups.curves) | ?"),
    ("ssl_dhparam /dh1024; ssl_ciphers HIGH:@SECLEVEL=1;", "\(Groups.curves) | 1024"),
    // No prime below 1024 bits, whatever the level.
    ("ssl_dhparam /dh512; ssl_ciphers HIGH:@SECLEVEL=0;", "\(Groups.curves) | ?"),
    ("ssl_dhparam /dh10240;", "\(Groups.curves) | none"),
    ("ssl_dhparam /absent;", "\(Groups.curves) | ?"), ("ssl_dhparam /empty;", "\(Groups.curves) | ?"),
    ("ssl_ecdh_curve auto;", "\(Groups.curves) | none"), ("ssl_ecdh_curve secp384r1;", "secp384r1 | none"),
    // The level refuses what is below 112 bits.
    ("ssl_ecdh_curve P-192:sect163k1:P-224:X25519;", "secp224r1, x25519 | none"),
    ("ssl_ecdh_curve P-192:X25519; ssl_ciphers HIGH:@SECLEVEL=0;", "secp192r1, x25519 | none"),
    ("ssl_ecdh_curve P-256:nothing;", "? | none"), ("ssl_ecdh_curve P-256:prime256v1;", "? | none"),
    ("ssl_ecdh_curve p-256;", "? | none"), ("ssl_ecdh_curve P-256::P-384;", "? | none"),
    ("ssl_ecdh_curve P-256; ssl_conf_command Groups P-384;", "secp384r1 | none"),
    ("ssl_conf_command DHParameters /dh;", "\(Groups.curves) | 2048"),
    // A finite field is of TLS 1.3, which 1.22 does not offer by itself.
    ("ssl_ecdh_curve ffdhe2048;", "no group | none"),
  ])
  func keyExchange(_ http: String, _ expected: String) throws {
    let main = "events {}\nhttp { \(http) server { listen 443 ssl; server_name a; } }\n"
    let files = [
      "/etc/nginx/nginx.conf": main, "/dh": dh(2048), "/etc/nginx/dh": dh(2048), "/dh1024": dh(1024),
      "/dh512": dh(512), "/dh10240": dh(10_240), "/empty": "",
    ]
    #expect(try exchangeTold("nginx.service", files) == expected)
  }

  @Test func nginxTakesTheGroupsOfTheDefaultServer() throws {
    let main = """
      events {}
      http {
        ssl_protocols TLSv1.2; ssl_ciphers HIGH:@SECLEVEL=1;
        server { listen 443 ssl; server_name a; ssl_ecdh_curve P-384; }
        server { listen 443 ssl; server_name b; ssl_ecdh_curve P-521; ssl_dhparam /dh; }
      }
      """
    let ends = try tlsEndpoints(["nginx.service"], ["/etc/nginx/nginx.conf": main, "/dh": dh(1024)])
    #expect(ends.map { $0.groups.effective?.value.words } == ["secp384r1", "secp384r1"])
    #expect(ends.map { $0.finiteField.effective?.value.bits } == [nil, 1024])
    #expect(ends.last?.finiteField.effective?.origin.path == "/etc/nginx/nginx.conf")
    #expect(ends.last?.finiteField.effective?.origin.line == 5)
  }

  @Test func whatTheImageDoesNotShowIsUnknown() throws {
    let main = "events {}\nhttp { ssl_dhparam /dh; server { listen 443 ssl; } }\n"
    let link = try exchangeTold("nginx.service", ["/etc/nginx/nginx.conf": main, "/dh/x": ""])
    #expect(link == "\(Groups.curves) | ?")
  }

  @Test func theLevelOfOpensslCnfLetsShortPrimesIn() throws {
    let main = "events {}\nhttp { ssl_dhparam /dh; server { listen 443 ssl; } }\n"
    let files = ["/etc/nginx/nginx.conf": main, "/dh": dh(1024), "/etc/ssl/openssl.cnf": Self.levelZero]
    #expect(try exchangeTold("nginx.service", files) == "\(Groups.curves) | 1024")
  }

  private static let levelZero =
    "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\nCipherString = DEFAULT@SECLEVEL=0\n"
}
