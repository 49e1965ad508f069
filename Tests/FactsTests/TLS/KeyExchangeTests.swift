import Evidence
import TestSupport
import Testing

@testable import Facts

/// Groups and parameters for DHE of each daemon. Rows are what Debian 12's daemons did when scripts/compare-tls asked
/// them, unless a row says otherwise.
@Suite struct KeyExchangeTests {
  /// `groups | DHE` of the last end.
  private func exchange(
    _ unit: String, _ files: [String: String], packages: [String: String] = bookworm, id: String = "debian"
  ) throws -> String {
    let end = try #require(try tlsEndpoints([unit], files, packages: packages, id: id).last)
    let groups = end.groups.effective?.value.words ?? "?"
    let field =
      switch end.finiteField {
      case .known(let field): field.value.bits.map(String.init) ?? "none"
      case .unknown: "?"
      }
    return "\(groups) | \(field)"
  }

  private static let usual =
    "x25519, secp256r1, x448, secp521r1, secp384r1, ffdhe2048, ffdhe3072, ffdhe4096, ffdhe6144, ffdhe8192"
  private static let curves = "x25519, secp256r1, x448, secp521r1, secp384r1"
  private static let levelZero =
    "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\nCipherString = DEFAULT@SECLEVEL=0\n"

  @Test(arguments: [
    ("", "\(Self.curves) | none"),
    ("ssl_dhparam /dh;", "\(Self.curves) | 2048"),
    ("ssl_dhparam dh;", "\(Self.curves) | 2048"),
    ("ssl_dhparam /dh; ssl_ciphers ECDHE;", "\(Self.curves) | none"),
    ("ssl_dhparam /dh; ssl_protocols TLSv1.3;", "\(Self.usual) | none"),
    ("ssl_dhparam /dh1024;", "\(Self.curves) | ?"),
    ("ssl_dhparam /dh1024; ssl_ciphers HIGH:@SECLEVEL=1;", "\(Self.curves) | 1024"),
    // No prime below 1024 bits, whatever the level.
    ("ssl_dhparam /dh512; ssl_ciphers HIGH:@SECLEVEL=0;", "\(Self.curves) | ?"),
    ("ssl_dhparam /dh10240;", "\(Self.curves) | none"),
    ("ssl_dhparam /absent;", "\(Self.curves) | ?"), ("ssl_dhparam /empty;", "\(Self.curves) | ?"),
    ("ssl_ecdh_curve auto;", "\(Self.curves) | none"), ("ssl_ecdh_curve secp384r1;", "secp384r1 | none"),
    // The level refuses what is below 112 bits.
    ("ssl_ecdh_curve P-192:sect163k1:P-224:X25519;", "secp224r1, x25519 | none"),
    ("ssl_ecdh_curve P-192:X25519; ssl_ciphers HIGH:@SECLEVEL=0;", "secp192r1, x25519 | none"),
    ("ssl_ecdh_curve P-256:nothing;", "? | none"), ("ssl_ecdh_curve P-256:prime256v1;", "? | none"),
    ("ssl_ecdh_curve p-256;", "? | none"), ("ssl_ecdh_curve P-256::P-384;", "? | none"),
    ("ssl_ecdh_curve P-256; ssl_conf_command Groups P-384;", "secp384r1 | none"),
    ("ssl_conf_command DHParameters /dh;", "\(Self.curves) | 2048"),
    // A finite field is of TLS 1.3, which 1.22 does not offer by itself.
    ("ssl_ecdh_curve ffdhe2048;", "no group | none"),
  ])
  func nginx(_ http: String, _ expected: String) throws {
    let main = "events {}\nhttp { \(http) server { listen 443 ssl; server_name a; } }\n"
    let files = [
      "/etc/nginx/nginx.conf": main, "/dh": dh(2048), "/etc/nginx/dh": dh(2048), "/dh1024": dh(1024),
      "/dh512": dh(512), "/dh10240": dh(10_240), "/empty": "",
    ]
    #expect(try exchange("nginx.service", files) == expected)
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

  @Test(arguments: [
    ("", "", "\(Self.usual) | 2048"),
    ("SSLOpenSSLConfCmd Curves P-384", "", "secp384r1 | 2048"),
    ("SSLOpenSSLConfCmd ECDHParameters secp521r1", "", "secp521r1 | 2048"),
    // The library's choice goes on counting beside the command, which has to be sound all the same.
    ("SSLOpenSSLConfCmd DHParameters /dh1024\nSSLCipherSuite HIGH:@SECLEVEL=0", "", "\(Self.usual) | 2048"),
    ("SSLOpenSSLConfCmd DHParameters /dh1024", "", "\(Self.usual) | ?"),
    ("SSLOpenSSLConfCmd DHParameters /absent", "", "\(Self.usual) | ?"),
    // Appended to the certificate.
    ("", dh(3072), "\(Self.usual) | 3072"), ("", dh(1024), "\(Self.usual) | 2048"),
    ("SSLCipherSuite HIGH:@SECLEVEL=1", dh(1024), "\(Self.usual) | 1024"),
    ("", String(dh(2048).prefix(300)), "\(Self.usual) | ?"),
    ("", "-----BEGIN EC PARAMETERS-----\nBgUrgQQAIg==\n-----END EC PARAMETERS-----\n", "secp384r1 | none"),
    (
      "SSLCipherSuite HIGH:@SECLEVEL=0\nSSLOpenSSLConfCmd DHParameters /dh1024", dh(2048),
      "\(Self.usual) | 1024"
    ),
  ])
  func apache(_ host: String, _ appended: String, _ expected: String) throws {
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
    #expect(try exchange("apache2.service", files) == expected)
  }

  @Test(arguments: [
    ("", "", "\(Self.usual) | none"), ("ssl-dh-param-file /dh", "", "\(Self.usual) | 2048"),
    ("tune.ssl.default-dh-param 4096", "", "\(Self.usual) | 2048"),
    ("tune.ssl.default-dh-param 1024", "", "\(Self.usual) | none"),
    ("ssl-dh-param-file /dh1024", "", "\(Self.usual) | none"),
    // Handed over before the suites: the level of the string comes too late.
    ("ssl-dh-param-file /dh1024\nssl-default-bind-ciphers HIGH:@SECLEVEL=0", "", "\(Self.usual) | none"),
    ("ssl-dh-param-file /absent", "", "\(Self.usual) | ?"),
    ("ssl-default-bind-curves P-521", "", "secp521r1 | none"),
    ("ssl-default-bind-curves P-521", "curves P-384", "secp384r1 | none"),
    ("ssl-default-bind-curves P-521", "ecdhe secp384r1", "secp521r1 | none"),
    ("", "ecdhe secp384r1", "secp384r1 | none"), ("", "curves nothing", "? | none"),
    ("ssl-dh-param-file /dh1024", "crt /with.pem", "\(Self.usual) | 3072"),
    ("", "crt /folder", "\(Self.usual) | 3072"),
  ])
  func haproxy(_ world: String, _ options: String, _ expected: String) throws {
    let certificate = options.contains("crt") ? "" : "crt /c.pem"
    let files = [
      "/etc/haproxy/haproxy.cfg":
        "global\n\(world)\ndefaults\nmode http\nfrontend f\n bind *:443 ssl \(certificate) \(options)\n",
      "/dh": dh(2048), "/dh1024": dh(1024), "/c.pem": "x\n", "/with.pem": dh(3072), "/folder/a.pem": dh(3072),
    ]
    #expect(try exchange("haproxy.service", files) == expected)
  }

  @Test(arguments: [
    ("", "\(Self.mail) | 2048"), ("smtpd_tls_dh1024_param_file = /dh1024\n", "\(Self.mail) | 1024"),
    ("smtpd_tls_dh1024_param_file = ${config_directory}/dh\n", "\(Self.mail) | 1024"),
    ("smtpd_tls_dh1024_param_file = auto\n", "\(Self.mail) | 2048"),
    ("smtpd_tls_dh1024_param_file = /absent\n", "\(Self.mail) | 2048"),
    ("smtpd_tls_dh1024_param_file = /empty\n", "\(Self.mail) | 2048"),
    ("smtpd_tls_dh1024_param_file = /dh512\n", "\(Self.mail) | none"),
    ("smtpd_tls_exclude_ciphers = DHE\n", "\(Self.mail) | none"),
    ("tls_eecdh_auto_curves = P-521, secp384r1 nothing\n", "secp521r1, secp384r1 | 2048"),
    ("tls_eecdh_auto_curves = sect163k1 P-192\n", "sect163k1, secp192r1 | 2048"),
    ("tls_eecdh_auto_curves = nothing\n", "\(Self.usual) | 2048"),
    ("tls_eecdh_auto_curves = P-256:P-384\n", "\(Self.usual) | 2048"),
    ("tls_eecdh_auto_curves = P-256 prime256v1\n", "\(Self.usual) | 2048"),
    // Since 3.6 the grade counts for nothing.
    ("smtpd_tls_eecdh_grade = strong\n", "\(Self.mail) | 2048"),
  ])
  func postfix(_ main: String, _ expected: String) throws {
    let files = postfix(main).merging([
      "/dh1024": dh(1024), "/dh512": dh(512), "/empty": "", "/etc/postfix/dh": dh(1024),
    ]) { $1 }
    #expect(try exchange("postfix.service", files) == expected)
  }

  private static let mail = "x25519, x448, secp256r1, secp521r1, secp384r1"

  private func postfix(_ main: String) -> [String: String] {
    [
      "/etc/postfix/main.cf": "smtpd_tls_security_level = may\nsmtpd_tls_cert_file = /c.pem\n" + main,
      "/etc/postfix/master.cf": "smtp inet n - y - - smtpd\n",
    ]
  }

  /// By postconf(5): the parameters in the program had 1024 bits before 3.1, and the grade named one curve before 3.6.
  @Test func oldPostfix() throws {
    let old = ["libssl1.1": "1.1.1w-0", "postfix": "3.0.4-5"]
    #expect(try exchange("postfix.service", postfix(""), packages: old).hasSuffix("| 1024"))
    let grade = postfix("smtpd_tls_eecdh_grade = ultra\n")
    let debian11 = ["libssl1.1": "1.1.1w-0", "postfix": "3.5.25-0"]
    #expect(try exchange("postfix.service", grade, packages: debian11) == "secp384r1 | 2048")
  }

  @Test(arguments: [
    ("", "\(Self.usual) | none"), ("ssl_dh = </dh\n", "\(Self.usual) | 2048"),
    ("ssl_dh = </empty\n", "\(Self.usual) | none"), ("ssl_dh = </dh1024\n", "\(Self.usual) | ?"),
    ("ssl_dh = </absent\n", "\(Self.usual) | ?"),
    ("ssl_curve_list = P-521:X25519\n", "secp521r1, x25519 | none"),
    ("ssl_curve_list = nothing\n", "? | none"), ("ssl_server_dh_file = /dh\n", "\(Self.usual) | 2048"),
    (
      "ssl_dh = </dh\nprotocol imap {\n ssl_dh = </dh1024\n ssl_curve_list = P-384\n ssl_cipher_list = HIGH:@SECLEVEL=1\n}\n",
      "secp384r1 | 1024"
    ),
  ])
  func dovecot(_ text: String, _ expected: String) throws {
    let files = [
      "/etc/dovecot/dovecot.conf": "protocols = imap\n" + text, "/dh": dh(2048), "/dh1024": dh(1024),
      "/empty": "",
    ]
    #expect(try exchange("dovecot.service", files) == expected)
  }

  @Test(arguments: [
    ("", "secp256r1 | 2048"), ("ssl_ecdh_curve = 'secp384r1'\n", "secp384r1 | 2048"),
    // No list, and no names of NIST.
    ("ssl_ecdh_curve = 'P-384'\n", "? | 2048"), ("ssl_ecdh_curve = 'prime256v1:secp384r1'\n", "? | 2048"),
    ("ssl_dh_params_file = '/dh3072'\n", "secp256r1 | 3072"),
    ("ssl_dh_params_file = 'dh'\n", "secp256r1 | 2048"),
    ("ssl_dh_params_file = '/dh1024'\nssl_ciphers = 'HIGH:@SECLEVEL=0'\n", "secp256r1 | ?"),
    ("ssl_dh_params_file = '/absent'\n", "secp256r1 | ?"), ("ssl_dh_params_file = ''\n", "secp256r1 | 2048"),
    // The curve is too weak for the level: neither ECDHE nor TLS 1.3 is left.
    ("ssl_ecdh_curve = 'prime192v1'\n", "no group | 2048"),
    ("ssl_groups = 'X25519:P-256'\n", "x25519, secp256r1 | 2048"),
  ])
  func postgreSQL(_ conf: String, _ expected: String) throws {
    let files = [
      "/etc/postgresql/15/main/postgresql.conf": "ssl = on\nlisten_addresses = '*'\n" + conf,
      "/etc/postgresql/15/main/pg_hba.conf": "host all all all scram-sha-256\n",
      "/var/lib/postgresql/15/main/dh": dh(2048), "/dh3072": dh(3072), "/dh1024": dh(1024),
    ]
    #expect(try exchange("postgresql.service", files) == expected)
  }

  @Test(arguments: [
    ("", "\(Self.usual) | 2048"), ("tls-dh-params-file /dh3072\n", "\(Self.usual) | 3072"),
    ("tls-dh-params-file /absent\n", "\(Self.usual) | ?"),
    ("tls-dh-params-file /dh1024\ntls-ciphers HIGH:@SECLEVEL=1\n", "\(Self.usual) | 1024"),
    ("tls-dh-params-file /dh1024\n", "\(Self.usual) | ?"),
  ])
  func redis(_ text: String, _ expected: String) throws {
    let files = [
      "/etc/redis/redis.conf": "port 0\ntls-port 6379\n" + text, "/dh3072": dh(3072), "/dh1024": dh(1024),
    ]
    #expect(try exchange("redis-server.service", files) == expected)
  }

  /// A string of one's own replaces the suites without authentication that `anon` brings, and level 0 with them; what
  /// OpenSSL does not take of it counts for nothing.
  @Test(arguments: [
    ("", "\(Self.usual) | none", true), ("Groups=P-384", "secp384r1 | none", false),
    ("Groups=P-192:X25519", "x25519 | none", false), ("Groups=P-256:nothing", "\(Self.usual) | none", false),
  ])
  func rsyslog(_ priority: String, _ expected: String, _ isAnonymous: Bool) throws {
    let own = priority.isEmpty ? "" : " gnutlsPriorityString=\"\(priority)\""
    let conf = """
      global(defaultNetstreamDriver="ossl")
      module(load="imtcp" StreamDriver.Mode="1" StreamDriver.AuthMode="anon"\(own))
      input(type="imtcp" port="6514")

      """
    #expect(try exchange("rsyslog.service", ["/etc/rsyslog.conf": conf]) == expected)
    let end = try #require(try tlsEndpoints(["rsyslog.service"], ["/etc/rsyslog.conf": conf]).last)
    #expect(end.ciphers.effective?.value.contains { $0.classes.contains("anon") } == isAnonymous)
  }

  @Test func vsftpdHasOneCurve() throws {
    let conf = ["/etc/vsftpd.conf": "ssl_enable=YES\nssl_ciphers=ECDHE:DHE\n"]
    #expect(try exchange("vsftpd.service", conf) == "secp256r1 | none")
  }

  @Test(arguments: [
    ("", "\(Self.usual) | 2048"), ("TLSECDHCurve P-384", "secp384r1 | 2048"),
    ("TLSECDHCurve nothing", "? | 2048"), ("TLSDHParamFile /dh3072", "\(Self.usual) | 3072"),
    ("TLSDHParamFile /dh1024", "\(Self.usual) | none"),
    ("TLSDHParamFile /dh1024\nTLSCipherSuite HIGH:@SECLEVEL=0", "\(Self.usual) | 1024"),
    // OpenSSL asks for 1024 bits, and so the module passes over what is shorter or damaged.
    ("TLSDHParamFile /dh512\nTLSCipherSuite HIGH:@SECLEVEL=0", "\(Self.usual) | 2048"),
    ("TLSDHParamFile /empty", "\(Self.usual) | 2048"), ("TLSDHParamFile /absent", "\(Self.usual) | ?"),
  ])
  func proftpd(_ text: String, _ expected: String) throws {
    let files = [
      "/etc/proftpd/proftpd.conf": "TLSEngine on\n\(text)\n", "/dh3072": dh(3072), "/dh1024": dh(1024),
      "/dh512": dh(512), "/empty": "",
    ]
    #expect(try exchange("proftpd.service", files) == expected)
  }

  @Test(arguments: [
    ("", "\(Self.gnuTLS) | none"),
    ("olcTLSDHParamFile: /dh1024\n", "\(Self.gnuTLS) | 2048"),
    (
      "olcTLSDHParamFile: /dh4096\n",
      "secp256r1, secp384r1, secp521r1, x25519, x448, ffdhe3072, ffdhe4096, ffdhe6144, ffdhe8192 | 3072"
    ),
    ("olcTLSDHParamFile: /absent\n", "\(Self.gnuTLS) | ?"),
    ("olcTLSECName: secp384r1\n", "\(Self.gnuTLS) | none"),
    ("olcTLSCipherSuite: NORMAL:-GROUP-ALL:+GROUP-SECP384R1\n", "secp384r1 | none"),
    ("olcTLSCipherSuite: NORMAL:-CURVE-ALL:+CURVE-X25519\n", "x25519 | none"),
    // These are not of TLS 1.3, and finite fields need DHE with TLS 1.2.
    (
      "olcTLSCipherSuite: NORMAL:-GROUP-ALL:+GROUP-SECP192R1:+GROUP-SECP224R1\n",
      "secp192r1, secp224r1 | none"
    ),
    ("olcTLSCipherSuite: SECURE256\n", "secp384r1, secp521r1, ffdhe8192 | none"),
    (
      "olcTLSCipherSuite: NORMAL:-ECDHE-RSA:-ECDHE-ECDSA:-VERS-TLS1.3\n",
      "ffdhe2048, ffdhe3072, ffdhe4096, ffdhe6144, ffdhe8192 | none"
    ),
  ])
  func slapd(_ text: String, _ expected: String) throws {
    let files = [
      "/etc/ldap/slapd.d/cn=config.ldif": "olcTLSCertificateFile: /c.pem\n" + text, "/dh1024": dh(1024),
      "/dh4096": dh(4096),
    ]
    #expect(try exchange("slapd.service", files) == expected)
  }

  private static let gnuTLS =
    "secp256r1, secp384r1, secp521r1, x25519, x448, ffdhe2048, ffdhe3072, ffdhe4096, ffdhe6144, ffdhe8192"

  @Test(arguments: [
    ("", "\(Self.gnuTLS) | 2048"), ("tls_dhparam = none\n", "\(Self.gnuTLS) | none"),
    ("tls_dhparam = /dh1024\n", "\(Self.gnuTLS) | 2048"),
    (
      "tls_dhparam = ffdhe4096\n",
      "secp256r1, secp384r1, secp521r1, x25519, x448, ffdhe3072, ffdhe4096, ffdhe6144, ffdhe8192 | 3072"
    ),
    ("tls_require_ciphers = SECURE256\n", "secp384r1, secp521r1, ffdhe8192 | 8192"),
    ("tls_require_ciphers = NORMAL:-DHE-RSA\n", "\(Self.gnuTLS) | none"),
    ("tls_dhparam = $other\n", "\(Self.gnuTLS) | ?"), ("tls_eccurve = secp521r1\n", "\(Self.gnuTLS) | 2048"),
  ])
  func exim(_ text: String, _ expected: String) throws {
    let packages = ["exim4-daemon-light": "4.96-15", "libgnutls30": "3.7.9-2"]
    let files = ["/etc/exim4/exim4.conf": text, "/dh1024": dh(1024)]
    #expect(try exchange("exim4.service", files, packages: packages) == expected)
  }

  /// By Exim's specification, chapter 43: primes longer than tls_dh_max_bits are left out.
  @Test func eximWithOpenSSL() throws {
    let packages = ["libssl3": "3.0.19-1", "exim": "4.98"]
    func of(_ text: String) throws -> String {
      try exchange(
        "exim.service", ["/etc/exim/exim.conf": text, "/dh": dh(4096)], packages: packages, id: "rhel")
    }
    #expect(try of("") == "\(Self.usual) | 2048")
    #expect(try of("tls_dhparam = /dh\n") == "\(Self.usual) | none")
    #expect(try of("tls_dhparam = /dh\ntls_dh_max_bits = 4096\n") == "\(Self.usual) | 4096")
    #expect(try of("tls_eccurve = secp521r1\n") == "secp521r1 | 2048")
  }

  @Test(arguments: [
    ("", "\(Self.usual) | none"), ("dhparam-file \"/dh\";", "\(Self.usual) | 2048"),
    ("dhparam-file \"/dh1024\";", "\(Self.usual) | ?"),
    ("dhparam-file \"/dh1024\"; ciphers \"HIGH:@SECLEVEL=1\";", "\(Self.usual) | ?"),
  ])
  func bind(_ block: String, _ expected: String) throws {
    let main = "tls a { cert-file \"/c\"; \(block) };\noptions { listen-on tls a { any; }; };\n"
    let files = ["/etc/bind/named.conf": main, "/dh": dh(2048), "/dh1024": dh(1024)]
    #expect(try exchange("named.service", files) == expected)
  }

  @Test func whatTheImageDoesNotShowIsUnknown() throws {
    let main = "events {}\nhttp { ssl_dhparam /dh; server { listen 443 ssl; } }\n"
    let link = try exchange("nginx.service", ["/etc/nginx/nginx.conf": main, "/dh/x": ""])
    #expect(link == "\(Self.curves) | ?")
  }

  @Test func theLevelOfOpensslCnfLetsShortPrimesIn() throws {
    let main = "events {}\nhttp { ssl_dhparam /dh; server { listen 443 ssl; } }\n"
    let files = ["/etc/nginx/nginx.conf": main, "/dh": dh(1024), "/etc/ssl/openssl.cnf": Self.levelZero]
    #expect(try exchange("nginx.service", files) == "\(Self.curves) | 1024")
  }
}
