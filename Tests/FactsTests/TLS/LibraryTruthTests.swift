import TestSupport
import Testing

@testable import Facts

/// What programs get from openssl.cnf, from GnuTLS's file and from crypto-policies. slapd of Debian 13 leaves versions and
/// suites to OpenSSL, libvirt to GnuTLS.
@Suite struct LibraryTruthTests {
  private static let head = "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\n"
  private static let low = "MinProtocol = TLSv1\nCipherString = HIGH:!aNULL:@SECLEVEL=0\n"
  private static let old = "TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3"
  private static let slapd = ["/etc/ldap/slapd.conf": "TLSCertificateFile /c\n"]

  private static func openssl(_ text: String, _ more: [String: String] = [:]) -> [String: String] {
    more.merging(["/etc/ssl/openssl.cnf": head + text]) { $1 }.merging(slapd) { $1 }
  }

  @Test(arguments: [
    TLSRow(
      "inherited", openssl(low),
      "slapd ldap:389 optional \(old), use default, versions openssl.cnf:8, suites openssl.cnf:8"),
    TLSRow(
      "overridden", openssl(low + "MinProtocol = TLSv1.3\n"),
      "slapd ldap:389 optional TLSv1.3, use default, versions openssl.cnf:9, suites openssl.cnf:8"),
    TLSRow(
      "in an include", openssl("MinProtocol = TLSv1.3\n.include /etc/ssl/more\n", ["/etc/ssl/more": low]),
      "slapd ldap:389 optional \(old), use default, versions more:2, suites more:2"),
    // The library knows no hosts; one service may have a file of its own (openssl-env(7)).
    TLSRow(
      "for one service", openssl("MinProtocol = TLSv1.3\n", ["/etc/ssl/own.cnf": head + low]),
      exec: "/x\nEnvironment=OPENSSL_CONF=/etc/ssl/own.cnf",
      "slapd ldap:389 optional \(old), use default, versions own.cnf:8, suites own.cnf:8"),
  ])
  func openSSL(_ row: TLSRow) throws {
    try row.check(["slapd.service"], packages: ["libssl3t64": "3.5.1-1", "slapd": "2.6.10+dfsg-1"])
  }

  @Test(arguments: [
    TLSRow(
      "inherited", ["/etc/gnutls/config": "[overrides]\ndefault-priority-string = NORMAL:-VERS-TLS1.3\n"],
      "libvirtd tls required TLSv1.0 TLSv1.1 TLSv1.2, use default, versions config:2, suites config:2"),
    // What the file disables, no program turns on.
    TLSRow(
      "overridden",
      [
        "/etc/gnutls/config": "[overrides]\ndisabled-version = tls1.0\ndisabled-version = tls1.1\n",
        "/etc/libvirt/libvirtd.conf": "tls_priority = \"NORMAL\"\n",
      ],
      "libvirtd tls required TLSv1.2 TLSv1.3, use default, versions libvirtd.conf:1, suites libvirtd.conf:1"),
    // The file includes nothing (GnuTLS manual, "System-wide configuration of the library"); programs ask for its
    // strings by name.
    TLSRow(
      "by a name",
      [
        "/etc/gnutls/config": "[priorities]\nSYSTEM = NORMAL:-VERS-ALL:+VERS-TLS1.1\n",
        "/etc/libvirt/libvirtd.conf": "tls_priority = \"@LIBVIRT,SYSTEM\"\n",
      ], "libvirtd tls required TLSv1.1, use default, versions libvirtd.conf:1, suites libvirtd.conf:1"),
    TLSRow(
      "for one program",
      [
        "/etc/gnutls/config":
          "[priorities]\nLIBVIRT = NORMAL:-VERS-ALL:+VERS-TLS1.1\nSYSTEM = NORMAL:-VERS-ALL:+VERS-TLS1.3\n",
        "/etc/libvirt/libvirtd.conf": "tls_priority = \"@LIBVIRT,SYSTEM\"\n",
      ], "libvirtd tls required TLSv1.1, use default, versions libvirtd.conf:1, suites libvirtd.conf:1"),
  ])
  func gnuTLS(_ row: TLSRow) throws {
    try row.check(["libvirtd.service"], exec: "/usr/sbin/libvirtd --listen")
  }

  private static func policy(_ nginx: String, _ more: [String: String]) -> [String: String] {
    let usual = [
      "/etc/nginx/nginx.conf": "http {\nserver {\nlisten 443 ssl;\nserver_name a;\n\(nginx)}\n}\n",
      "/etc/pki/tls/openssl.cnf":
        "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\n.include = /etc/crypto-policies/back-ends/opensslcnf.config\n",
    ]
    return more.merging(usual) { $1 }
  }

  private static let backEnd = "/etc/crypto-policies/back-ends/openssl.config"
  private static let backEndFile = "/etc/crypto-policies/back-ends/opensslcnf.config"

  @Test(arguments: [
    TLSRow(
      "inherited",
      policy(
        "ssl_protocols TLSv1 TLSv1.2;\nssl_ciphers PROFILE=SYSTEM;\n",
        [backEnd: "@SECLEVEL=0:kEECDH:kRSA:!aNULL:!eNULL\n", backEndFile: "MinProtocol = TLSv1.2\n"]),
      "nginx a:443 required TLSv1.0 TLSv1.2 weak, use nginx.conf:3, versions openssl.config:1, suites openssl.config:1"
    ),
    TLSRow(
      "overridden",
      policy(
        "ssl_protocols TLSv1.2;\nssl_ciphers ECDHE+AESGCM;\n",
        [backEnd: "@SECLEVEL=0:ALL\n", backEndFile: "MinProtocol = TLSv1\nCipherString = @SECLEVEL=0:ALL\n"]),
      "nginx a:443 required TLSv1.2, use nginx.conf:3, versions nginx.conf:5, suites nginx.conf:6"),
    // openssl.cnf includes the policy: its level counts for programs that say nothing of it.
    TLSRow(
      "in an include",
      policy(
        "ssl_protocols TLSv1 TLSv1.2;\nssl_ciphers AES128-SHA;\n",
        [backEndFile: "# x\nCipherString = @SECLEVEL=0:ALL\n"]),
      "nginx a:443 required TLSv1.0 TLSv1.2, use nginx.conf:3, versions opensslcnf.config:2, suites nginx.conf:6"
    ),
    TLSRow(
      "for one service",
      policy(
        "ssl_protocols TLSv1.2;\nssl_ciphers PROFILE=SYSTEM;\nssl_conf_command CipherString ALL:@SECLEVEL=0;\n",
        [backEnd: "@SECLEVEL=2:kEECDH:!aNULL\n", backEndFile: "MinProtocol = TLSv1.2\n"]),
      "nginx a:443 required TLSv1.2 weak, use nginx.conf:3, versions nginx.conf:5, suites nginx.conf:7"),
  ])
  func cryptoPolicies(_ row: TLSRow) throws {
    try row.check(["nginx.service"], packages: ["openssl-libs": "3.2.2-1", "nginx": "1.26.0"], id: "rhel")
  }

  /// The versions of openssl.cnf hold for daemons that turn single versions off; all tried.
  @Test func boundsOfTheLibrary() throws {
    let files = [
      "/etc/ssl/openssl.cnf":
        "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\nMinProtocol = TLSv1.3\n",
      "/etc/redis/redis.conf": "bind *\nport 0\ntls-port 6379\n",
      "/etc/mysql/my.cnf": "[mysqld]\nssl_cert = /c\n",
      "/etc/proftpd/proftpd.conf": "TLSEngine on\n",
      "/etc/postgresql/15/main/postgresql.conf": "ssl = on\nlisten_addresses = '*'\n",
      "/etc/postgresql/15/main/pg_hba.conf": "hostssl all all all md5\n",
    ]
    let units = ["redis-server.service", "mariadb.service", "proftpd.service", "postgresql.service"]
    #expect(
      try tlsEndpoints(units, files).map(words).sorted() == [
        "mysqld optional TLSv1.3", "postgresql main required TLSv1.2 TLSv1.3", "proftpd optional TLSv1.3",
        "redis tls-port required TLSv1.3",
      ])
  }
}
