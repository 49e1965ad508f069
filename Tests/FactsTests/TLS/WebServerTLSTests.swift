import TestSupport
import Testing

@testable import Facts

/// nginx, Apache and HAProxy. Rows with "tried" were tried on Debian 12 with nginx 1.22.1, Apache 2.4.71 and HAProxy
/// 2.6.12 (OpenSSL 3.0.19) on 127.0.0.1 with `openssl s_client -tls1 -cipher ALL:@SECLEVEL=0` and its like.
@Suite struct WebServerTLSTests {
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

  private func apache(_ text: String, _ files: [String: String] = [:], version: String = "2.4.71-1") throws
    -> [String]
  {
    var packages = bookworm
    packages["apache2-bin"] = version
    let all = files.merging(["/etc/apache2/apache2.conf": text]) { $1 }
    return try tlsEndpoints(["apache2.service"], all, packages: packages).map(words)
  }

  private static let load = "LoadModule ssl_module x\nListen 443\n"

  @Test(arguments: [
    // Tried: level 2 refuses what `all` allows, with SECLEVEL=0 it is there; mod_ssl bars aNULL and eNULL itself.
    (
      "SSLProtocol all -SSLv3\n<VirtualHost *:443>\nSSLEngine on\n</VirtualHost>\n",
      ["apache2 default:443 required TLSv1.2 TLSv1.3"]
    ),
    (
      "SSLProtocol all -SSLv3\n<VirtualHost *:443>\nServerName b\nSSLEngine on\nSSLCipherSuite ALL:COMPLEMENTOFALL:@SECLEVEL=0\n</VirtualHost>\n",
      ["apache2 b:443 required TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3"]
    ),
    // Tried: hosts of one address have versions of their own, and a hole ends the range.
    (
      "<VirtualHost *:443>\nServerName c\nSSLEngine on\nSSLProtocol TLSv1.2\n</VirtualHost>\n<VirtualHost *:443>\nServerName d\nSSLEngine on\nSSLProtocol +TLSv1 +TLSv1.3\nSSLCipherSuite ALL:@SECLEVEL=0\n</VirtualHost>\n",
      ["apache2 c:443 required TLSv1.2", "apache2 d:443 required TLSv1.3"]
    ),
    // A word without a sign replaces those before it.
    ("SSLEngine on\nSSLProtocol TLSv1.3 TLSv1.2\n", ["apache2 default:443 required TLSv1.2"]),
    ("<VirtualHost *:443>\nServerName a\n</VirtualHost>\n", ["apache2 a:443 none"]),
    (
      "<VirtualHost *:443>\nRedirect permanent / https://a/\n</VirtualHost>\n",
      ["apache2 default:443 redirects"]
    ),
    // What is within Directory or for a module that is not loaded counts for nothing.
    (
      "<IfModule mod_gnutls.c>\nSSLEngine on\n</IfModule>\n<Directory />\nSSLProtocol TLSv1\n</Directory>\n",
      ["apache2 default:443 none"]
    ),
    // Level by the last of two lines; the older one is shadowed.
    (
      "SSLEngine on\nSSLCipherSuite ALL:@SECLEVEL=0\nSSLCipherSuite HIGH\nSSLCipherSuite TLSv1.3 TLS_AES_128_GCM_SHA256\n",
      ["apache2 default:443 required TLSv1.2 TLSv1.3"]
    ),
  ])
  func apacheHosts(_ text: String, _ expected: [String]) throws {
    #expect(try apache(Self.load + text) == expected)
  }

  @Test func apacheIncludes() throws {
    let files = [
      "/etc/apache2/ports.conf": "Listen 80\n<IfModule ssl_module>\nListen 443\n</IfModule>\n",
      "/etc/apache2/mods-enabled/ssl.load": "-> ../mods-available/ssl.load",
      "/etc/apache2/mods-available/ssl.load": "LoadModule ssl_module /m.so\n",
      "/etc/apache2/mods-enabled/ssl.conf":
        "SSLProtocol all -SSLv3 \\\n  -TLSv1\nSSLCipherSuite HIGH:@SECLEVEL=0\n",
      "/etc/apache2/sites-enabled/a.conf":
        "<VirtualHost _default_:443>\nServerName a:443\nSSLEngine on\n</VirtualHost>\n",
    ]
    let main =
      "IncludeOptional mods-enabled/*.load\nIncludeOptional mods-enabled/*.conf\nInclude ports.conf\nIncludeOptional sites-enabled/*.conf\n"
    #expect(
      try apache(main, files) == [
        "apache2 default:80 none", "apache2 a:443 required TLSv1.1 TLSv1.2 TLSv1.3",
      ])
  }

  /// All tried.
  @Test(arguments: [
    ("SSLEngine on\nSSLOpenSSLConfCmd MinProtocol TLSv1.3\n", "TLSv1.3"),
    (
      "SSLEngine on\nSSLOpenSSLConfCmd CipherString ALL:@SECLEVEL=0\nSSLOpenSSLConfCmd MinProtocol TLSv1\n",
      "TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3"
    ),
    (
      "Define V TLSv1.3\nDefine OLD\n<IfDefine OLD>\nSSLProtocol ${V}\n</IfDefine>\n<IfDefine !OLD>\nSSLProtocol TLSv1.2\n</IfDefine>\nSSLEngine on\n",
      "TLSv1.3"
    ),
    ("<Macro TLS $v>\nSSLProtocol $v\n</Macro>\nSSLEngine on\nUse TLS TLSv1.3\n", "TLSv1.3"),
    (
      "SSLEngine on\nSSLProtocol TLSv1.3\n<IfVersion < 2.4>\nSSLProtocol all\n</IfVersion>\n<IfVersion >= 2.4.99>\nSSLProtocol all\n</IfVersion>\n",
      "TLSv1.3"
    ),
    ("SSLEngine on\n<IfVersion >= 2.4>\nSSLProtocol TLSv1.3\n</IfVersion>\n", "TLSv1.3"),
  ])
  func apacheLanguage(_ text: String, _ versions: String) throws {
    #expect(try apache(Self.load + text) == ["apache2 default:443 required \(versions)"])
  }

  @Test func macrosThatUseThemselvesEnd() throws {
    let text = "<Macro A>\nUse A\nUse A\n</Macro>\nUse A\nListen 443\n"
    let guest = bootable(["/etc/apache2/apache2.conf": text])
    guest.addStarted("apache2.service", "[Service]\n")
    #expect(try guest.model(TLSServices.self).gaps["apache2"] != nil)
  }

  /// OPENSSL_CONF of a unit is the configuration of that service alone.
  @Test(arguments: [
    ("Environment=OPENSSL_CONF=/etc/low.cnf", "TLSv1.0 TLSv1.1 TLSv1.2"),
    ("Environment=\"OPENSSL_CONF=/etc/low.cnf\"", "TLSv1.0 TLSv1.1 TLSv1.2"),
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

  @Test func haproxyConditions() throws {
    let text =
      "defaults\nmode http\n.if defined(X)\nfrontend x\nbind :1\n.else\nfrontend y\nbind :2\n.endif\n.if feature(OPENSSL)\nfrontend z\nbind :3\n.endif\n"
    #expect(
      try tlsEndpoints(["haproxy.service"], ["/etc/haproxy/haproxy.cfg": text]).map(words) == [
        "haproxy y:2 none", "haproxy z:3 none",
      ])
  }

  @Test func oldApacheLetsTheFirstHostDecide() throws {
    let text =
      Self.load
      + "<VirtualHost *:443>\nServerName c\nSSLEngine on\nSSLProtocol TLSv1.2\n</VirtualHost>\n<VirtualHost *:443>\nServerName d\nSSLEngine on\nSSLProtocol TLSv1.3\n</VirtualHost>\n"
    #expect(
      try apache(text, version: "2.4.38-3") == [
        "apache2 c:443 required TLSv1.2", "apache2 d:443 required TLSv1.2",
      ])
  }

  /// All tried, with `bind 127.0.0.1:… ssl crt ck.pem`.
  @Test(arguments: [
    ("", "", "TLSv1.2 TLSv1.3"), ("", "ssl-min-ver TLSv1.0", "TLSv1.2 TLSv1.3"),
    ("", "ssl-min-ver TLSv1.0 ciphers HIGH:!aNULL:@SECLEVEL=0", "TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3"),
    // no-tlsv11 counts for nothing beside ssl-min-ver.
    ("", "ssl-min-ver TLSv1.0 no-tlsv11 ciphers HIGH:!aNULL:@SECLEVEL=0", "TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3"),
    ("", "force-tlsv10 ciphers HIGH:!aNULL:@SECLEVEL=0", "TLSv1.0"),
    ("", "no-tlsv13 ciphers HIGH:!aNULL:@SECLEVEL=0", "TLSv1.2"),
    (
      "ssl-default-bind-options ssl-min-ver TLSv1.1\nssl-default-bind-ciphers HIGH:!aNULL:@SECLEVEL=0", "",
      "TLSv1.1 TLSv1.2 TLSv1.3"
    ),
    (
      "ssl-default-bind-options ssl-min-ver TLSv1.1\nssl-default-bind-ciphers HIGH:!aNULL:@SECLEVEL=0",
      "ssl-min-ver TLSv1.3", "TLSv1.3"
    ),
  ])
  func haproxy(_ global: String, _ options: String, _ versions: String) throws {
    let text = "global\n\(global)\ndefaults\nmode http\nfrontend a\nbind *:443 ssl crt /x \(options)\n"
    #expect(
      try tlsEndpoints(["haproxy.service"], ["/etc/haproxy/haproxy.cfg": text]).map(words)
        == ["haproxy a:443 required \(versions)"])
  }

  @Test(arguments: [
    ("mode http\n", ["haproxy a:80 none"]), ("mode tcp\n", []),
    ("mode http\nhttp-request redirect scheme https unless { ssl_fc }\n", ["haproxy a:80 redirects"]),
    ("mode http\nredirect scheme https code 301 if !{ ssl_fc }\n", ["haproxy a:80 redirects"]),
    ("mode http\nredirect scheme https if old\n", ["haproxy a:80 none"]),
  ])
  func haproxyInClear(_ text: String, _ expected: [String]) throws {
    let files = ["/etc/haproxy/haproxy.cfg": "frontend a\nbind :80\n\(text)"]
    #expect(try tlsEndpoints(["haproxy.service"], files).map(words) == expected)
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
    #expect(try apache(String(repeating: "<VirtualHost x>\nSSLProtocol +\n", count: 20_000)) == [])
    #expect(ThreadClock.now - start < .seconds(20))
  }

  @Test func whatDoesNotRunIsNotJudged() throws {
    #expect(try tlsEndpoints([], ["/etc/nginx/nginx.conf": "http { server { listen 80; } }"]).isEmpty)
  }
}
