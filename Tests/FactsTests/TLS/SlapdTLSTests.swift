import TestSupport
import Testing

@testable import Facts

/// slapd. Rows of the same kind are tried on 2.5.13 and 2.6.10 by scripts/compare-tls.
@Suite struct SlapdTLSTests {
  @Test(arguments: [
    ("", "ldap:///", "debian", ["slapd ldap:389 none"]),
    // Tried: continued lines and includes.
    (
      "TLSCertificateFile /c\nTLSCipherSuite\n  NORMAL:-VERS-ALL:+VERS-TLS1.2\n", "ldaps:///", "debian",
      ["slapd ldaps:636 required TLSv1.2"]
    ),
    (
      "include /opt/tls.conf\nTLSCertificateFile /c\n", "ldap:///", "debian",
      ["slapd ldap:389 required TLSv1.2"]
    ),
    (
      "TLSCertificateFile /c\n", "ldap:///", "debian",
      ["slapd ldap:389 optional TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3"]
    ),
    // GnuTLS ignores TLSProtocolMin (slapd.conf(5)) and takes a priority string.
    (
      "TLSCertificateFile /c\nTLSProtocolMin 3.3\n", "ldaps:///", "debian",
      ["slapd ldaps:636 required TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3"]
    ),
    (
      "TLSCertificateFile /c\nTLSCipherSuite SECURE256:-VERS-ALL:+VERS-TLS1.3\n", "ldaps:///", "debian",
      ["slapd ldaps:636 required TLSv1.3"]
    ),
    (
      "TLSCertificateFile /c\nTLSProtocolMin 3.4\n", "ldaps:///", "rocky",
      ["slapd ldaps:636 required TLSv1.3"]
    ),
    (
      "TLSCertificateFile /c\nsecurity ssf=128\nTLSProtocolMin 3.3\n", "ldap:///", "rocky",
      ["slapd ldap:389 required TLSv1.2 TLSv1.3"]
    ),
    ("", "ldapi:///", "debian", []), ("", "ldap://127.0.0.1/", "debian", ["slapd ldap:389 none local"]),
  ])
  func slapd(_ text: String, _ urls: String, _ id: String, _ expected: [String]) throws {
    let files = [
      "/etc/ldap/slapd.conf": text, "/etc/default/slapd": "SLAPD_SERVICES=\"\(urls)\"\n",
      "/opt/tls.conf": "TLSCipherSuite NORMAL:-VERS-ALL:+VERS-TLS1.2\nsecurity ssf=128\n",
    ]
    let ends = try tlsEndpoints(
      ["slapd.service"], files, id: id,
      exec: "/usr/sbin/slapd -h $SLAPD_SERVICES\nEnvironmentFile=/etc/default/slapd")
    #expect(ends.map(words) == expected)
  }

  @Test func slapdConfigDatabase() throws {
    let files = [
      "/etc/ldap/slapd.d/cn=config.ldif":
        "dn: cn=config\nolcTLSCertificateFile: /c\nolcSecurity: tls=1\nolcTLSCipherSuite: NORMAL:-VERS-TLS1.0:\n -VERS-TLS1.1\n",
      "/etc/ldap/slapd.conf": "TLSCipherSuite NORMAL\n",
    ]
    let ends = try tlsEndpoints(["slapd.service"], files)
    #expect(ends.map(words) == ["slapd ldap:389 required TLSv1.2 TLSv1.3"])
    #expect(ends.first?.use.origin.path == "/etc/ldap/slapd.d/cn=config.ldif")
  }

  private static let low = "TLSCipherSuite NORMAL:-VERS-ALL:+VERS-TLS1.1\n"
  private static let certificate = "TLSCertificateFile /c\n"

  @Test(arguments: [
    // OpenLDAP asks GnuTLS for NORMAL.
    TLSRow(
      "inherited", ["/etc/ldap/slapd.conf": certificate],
      "slapd ldap:389 optional TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3, use default, versions default, suites default"
    ),
    // The folder of cn=config counts before slapd.conf (slapd(8)).
    TLSRow(
      "overridden",
      [
        "/etc/ldap/slapd.conf": certificate + low,
        "/etc/ldap/slapd.d/cn=config.ldif":
          "dn: cn=config\nolcTLSCertificateFile: /c\nolcTLSCipherSuite: NORMAL:-VERS-ALL:+VERS-TLS1.3\n",
      ],
      "slapd ldap:389 optional TLSv1.3, use default, versions cn=config.ldif:3, suites cn=config.ldif:3"),
    TLSRow(
      "overridden by an option",
      [
        "/etc/ldap/slapd.conf": certificate + low,
        "/etc/ldap/slapd.d/cn=config.ldif": "dn: cn=config\nolcTLSCertificateFile: /c\n",
      ], exec: "/usr/sbin/slapd -f /etc/ldap/slapd.conf",
      "slapd ldap:389 optional TLSv1.1, use default, versions slapd.conf:2, suites slapd.conf:2"),
    TLSRow(
      "in an include",
      [
        "/etc/ldap/slapd.conf": certificate + "include /opt/tls.conf\n",
        "/opt/tls.conf": low + "security ssf=128\n",
      ],
      "slapd ldap:389 required TLSv1.1, use tls.conf:2, versions tls.conf:1, suites tls.conf:1"),
    // All addresses have the same settings; which of them speak TLS at once is the command's to say.
    TLSRow(
      "on one of two listeners",
      [
        "/etc/ldap/slapd.conf": certificate + low,
        "/etc/default/slapd": "SLAPD_SERVICES=\"ldap:/// ldaps:///\"\n",
      ], exec: "/usr/sbin/slapd -h $SLAPD_SERVICES\nEnvironmentFile=/etc/default/slapd",
      "slapd ldap:389 optional TLSv1.1, use slapd:1, versions slapd.conf:2, suites slapd.conf:2",
      "slapd ldaps:636 required TLSv1.1, use slapd:1, versions slapd.conf:2, suites slapd.conf:2"),
  ])
  func truth(_ row: TLSRow) throws { try row.check(["slapd.service"]) }

  /// Debian 13 builds it with OpenSSL, and its unit starts it through a shell; tried on 2.6.10.
  @Test(arguments: [
    ("", "TLSv1.2 TLSv1.3"), ("TLSProtocolMin 3.4\n", "TLSv1.3"), ("TLSProtocolMin 3.1\n", "TLSv1.2 TLSv1.3"),
    ("TLSCipherSuite HIGH:!aNULL:@SECLEVEL=0\n", "TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3"),
  ])
  func openSSL(_ text: String, _ versions: String) throws {
    let exec =
      "sh -c '[ -d \"$SLAPD_CONF\" ] && confflag=-F || confflag=-f; exec /usr/sbin/slapd -d0 ${SLAPD_SERVICES:+-h \"$SLAPD_SERVICES\"} ${SLAPD_CONF:+$confflag \"$SLAPD_CONF\"} $SLAPD_OPTIONS'\nEnvironmentFile=/etc/default/slapd"
    let files = [
      "/etc/ldap/own.conf": Self.certificate + text,
      "/etc/ldap/slapd.d/cn=config.ldif": "dn: cn=config\n",
      "/etc/default/slapd": "SLAPD_CONF=/etc/ldap/own.conf\nSLAPD_SERVICES=\"ldaps:/// ldapi:///\"\n",
    ]
    let ends = try tlsEndpoints(
      ["slapd.service"], files, packages: ["libssl3t64": "3.5.1-1", "slapd": "2.6.10+dfsg-1"], exec: exec)
    #expect(ends.map(words) == ["slapd ldaps:636 required \(versions)"])
  }

  @Test(arguments: [
    ("", "\(Groups.gnuTLS) | none"),
    ("olcTLSDHParamFile: /dh1024\n", "\(Groups.gnuTLS) | 2048"),
    (
      "olcTLSDHParamFile: /dh4096\n",
      "secp256r1, secp384r1, secp521r1, x25519, x448, ffdhe3072, ffdhe4096, ffdhe6144, ffdhe8192 | 3072"
    ),
    ("olcTLSDHParamFile: /absent\n", "\(Groups.gnuTLS) | ?"),
    ("olcTLSECName: secp384r1\n", "\(Groups.gnuTLS) | none"),
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
  func keyExchange(_ text: String, _ expected: String) throws {
    let files = [
      "/etc/ldap/slapd.d/cn=config.ldif": "olcTLSCertificateFile: /c.pem\n" + text, "/dh1024": dh(1024),
      "/dh4096": dh(4096),
    ]
    #expect(try exchangeTold("slapd.service", files) == expected)
  }

  @Test func keyExchangeWithOpenSSL() throws {
    let files = [
      "/srv/slapd.conf": "TLSCertificateFile /c\nTLSECName secp384r1\nTLSDHParamFile /dh\n", "/dh": dh(3072),
    ]
    let ends = try tlsEndpoints(
      ["slapd.service"], files, packages: ["libssl3t64": "3.5.1-1", "slapd": "2.6.10+dfsg-1"],
      exec: "/usr/sbin/slapd -f /srv/slapd.conf -h ldaps:///")
    #expect(ends.map(exchangeTold) == ["secp384r1 | 3072"])
  }
}
