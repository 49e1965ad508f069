import TestSupport
import Testing

@testable import Facts

/// Apache. Rows with "tried" were tried on Apache 2.4.71 of Debian 12 (OpenSSL 3.0.19).
@Suite struct ApacheTLSTests {
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

  @Test func oldApacheLetsTheFirstHostDecide() throws {
    let text =
      Self.load
      + "<VirtualHost *:443>\nServerName c\nSSLEngine on\nSSLProtocol TLSv1.2\n</VirtualHost>\n<VirtualHost *:443>\nServerName d\nSSLEngine on\nSSLProtocol TLSv1.3\n</VirtualHost>\n"
    #expect(
      try apache(text, version: "2.4.38-3") == [
        "apache2 c:443 required TLSv1.2", "apache2 d:443 required TLSv1.2",
      ])
  }

  @Test func hostileFilesEndSoon() throws {
    #expect(try apache(String(repeating: "<VirtualHost x>\nSSLProtocol +\n", count: 20_000)) == [])
  }

  private static let low = "SSLProtocol all -SSLv3\nSSLCipherSuite ALL:@SECLEVEL=0\n"

  private static func host(_ port: Int, _ text: String) -> String {
    "<VirtualHost *:\(port)>\nServerName h\nSSLEngine on\n\(text)</VirtualHost>\n"
  }

  private static func files(_ text: String, _ more: [String: String] = [:]) -> [String: String] {
    more.merging(["/etc/apache2/apache2.conf": "\(load)\(text)"]) { $1 }
  }

  @Test(arguments: [
    TLSRow(
      "inherited", files(low + host(443, "")),
      "apache2 h:443 required TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3, use apache2.conf:7, versions apache2.conf:4, suites apache2.conf:4"
    ),
    TLSRow(
      "overridden", files(low + host(443, "SSLProtocol -all +TLSv1.2\nSSLCipherSuite HIGH\n")),
      "apache2 h:443 required TLSv1.2, use apache2.conf:7, versions apache2.conf:8, suites apache2.conf:9"),
    TLSRow(
      "in an include", files(host(443, "Include snip.conf\n"), ["/etc/apache2/snip.conf": low]),
      "apache2 h:443 required TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3, use apache2.conf:5, versions snip.conf:2, suites snip.conf:2"
    ),
    TLSRow(
      "in a virtual host",
      files("Listen 444\nSSLProtocol TLSv1.3\n" + host(443, "") + host(444, low)),
      "apache2 h:443 required TLSv1.3, use apache2.conf:7, versions apache2.conf:4, suites default",
      "apache2 h:444 required TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3, use apache2.conf:11, versions apache2.conf:13, suites apache2.conf:13"
    ),
  ])
  func truth(_ row: TLSRow) throws { try row.check(["apache2.service"]) }

  @Test(arguments: [
    ("", "", "\(Groups.usual) | 2048"),
    ("SSLOpenSSLConfCmd Curves P-384", "", "secp384r1 | 2048"),
    ("SSLOpenSSLConfCmd ECDHParameters secp521r1", "", "secp521r1 | 2048"),
    // The library's choice goes on counting beside the command, which has to be sound all the same.
    ("SSLOpenSSLConfCmd DHParameters /dh1024\nSSLCipherSuite HIGH:@SECLEVEL=0", "", "\(Groups.usual) | 2048"),
    ("SSLOpenSSLConfCmd DHParameters /dh1024", "", "\(Groups.usual) | ?"),
    ("SSLOpenSSLConfCmd DHParameters /absent", "", "\(Groups.usual) | ?"),
    // Appended to the certificate.
    ("", dh(3072), "\(Groups.usual) | 3072"), ("", dh(1024), "\(Groups.usual) | 2048"),
    ("SSLCipherSuite HIGH:@SECLEVEL=1", dh(1024), "\(Groups.usual) | 1024"),
    ("", String(dh(2048).prefix(300)), "\(Groups.usual) | ?"),
    ("", "-----BEGIN EC PARAMETERS-----\nBgUrgQQAIg==\n-----END EC PARAMETERS-----\n", "secp384r1 | none"),
    (
      "SSLCipherSuite HIGH:@SECLEVEL=0\nSSLOpenSSLConfCmd DHParameters /dh1024", dh(2048),
      "\(Groups.usual) | 1024"
    ),
  ])
  func keyExchange(_ host: String, _ appended: String, _ expected: String) throws {
    let files = [
      "/etc/apache2/apache2.conf": """
      LoadModule ssl_module x
      Listen 443
      <VirtualHost *:443>
      ServerName a
      SSLEngine on
      SSLCertificateFile /c.pem
      \(host)
      </VirtualHost>

      """, "/c.pem": "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n" + appended,
      "/dh1024": dh(1024),
    ]
    #expect(try exchangeTold("apache2.service", files) == expected)
  }
}
