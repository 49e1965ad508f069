import TestSupport
import Testing

@testable import Facts

/// Postfix. Rows with "tried" were tried on Postfix 3.7.11 with OpenSSL 3.0.19; defaults are those of `postconf -d`.
@Suite struct PostfixTLSTests {
  private static let certificate = "smtpd_tls_cert_file = /c.pem\nsmtpd_tls_key_file=/k.pem\n"
  private static let smtp = "smtp      inet  n       -       y       -       -       smtpd\n"
  private static let all = "TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3"

  private func postfix(_ main: String, _ master: String = smtp) throws -> [TLSEndpoint] {
    try tlsEndpoints(["postfix.service"], ["/etc/postfix/main.cf": main, "/etc/postfix/master.cf": master])
  }

  @Test(arguments: [
    ("", "", "none"),
    // Without a certificate there is no STARTTLS.
    ("smtpd_tls_security_level = may\n", "", "none"),
    // Tried: Postfix lowers the security level, so TLS 1.0 and suites without authentication are there.
    (certificate + "smtpd_tls_security_level = may\n", "", "optional \(all) weak"),
    (certificate + "smtpd_use_tls = yes\n", "", "optional \(all) weak"),
    (
      certificate + "smtpd_tls_security_level = may\n", "  -o smtpd_tls_security_level=encrypt\n",
      "required \(all) weak"
    ),
    // Tried: a default within a variable; exclusions that leave the old versions without a suite.
    (
      certificate + "smtpd_tls_security_level = may\nsmtpd_tls_protocols = ${none?{>=TLSv1.3}:{>=TLSv1.2}}\n",
      "",
      "optional TLSv1.2 TLSv1.3 weak"
    ),
    (
      certificate + "smtpd_tls_security_level = may\nsmtpd_tls_exclude_ciphers = aNULL, kRSA\n  SHA1\n", "",
      "optional TLSv1.2 TLSv1.3"
    ),
    // Tried: an override in master.cf.
    (
      certificate + "smtpd_tls_security_level = may\n", "  -o smtpd_tls_protocols=>=TLSv1.2\n",
      "optional TLSv1.2 TLSv1.3 weak"
    ),
    // The mandatory parameter counts only where TLS is mandatory.
    (
      certificate + "smtpd_tls_security_level = may\nsmtpd_tls_mandatory_protocols = >=TLSv1.2\n", "",
      "optional \(all) weak"
    ),
    (
      certificate
        + "smtpd_tls_security_level = encrypt\nsmtpd_tls_mandatory_protocols = !SSLv2, !SSLv3, !TLSv1, !TLSv1.1\nsmtpd_tls_mandatory_exclude_ciphers = aNULL\n",
      "", "required TLSv1.2 TLSv1.3"
    ),
    (
      certificate
        + "smtpd_tls_security_level = may\nsmtpd_tls_protocols = !TLSv1\n  !TLSv1.1\nsmtpd_tls_exclude_ciphers = aNULL, MD5\n",
      "",
      "optional TLSv1.2 TLSv1.3"
    ),
    (
      certificate + "smtpd_tls_security_level = none\n", "  -o { smtpd_tls_wrappermode = yes }\n",
      "required \(all) weak"
    ),
  ])
  func postfixServer(_ main: String, _ overrides: String, _ expected: String) throws {
    let ends = try postfix(main, Self.smtp + overrides)
    #expect(ends.map(words) == ["postfix smtpd smtp \(expected)"])
  }

  @Test(arguments: [
    ("", true), ("smtpd_tls_auth_only = yes\n", false), ("smtpd_tls_security_level = encrypt\n", false),
    ("smtpd_tls_auth_only = $x\nx = yes\n", false),
  ])
  func postfixPasswords(_ main: String, _ inClear: Bool) throws {
    let text = Self.certificate + "smtpd_tls_security_level = may\nsmtpd_sasl_auth_enable = yes\n" + main
    let ends = try postfix(text)
    #expect(ends.map { $0.secretsInClear?.value } == [inClear])
    #expect(ends.allSatisfy { !$0.isOpportunistic })
  }

  @Test(arguments: [
    ("", "none"), ("smtp_tls_security_level = may\n", "optional \(all) weak"),
    (
      "smtp_tls_security_level = encrypt\nsmtp_tls_mandatory_protocols = >=TLSv1.2\nsmtp_tls_exclude_ciphers = aNULL\n",
      "required TLSv1.2 TLSv1.3"
    ),
  ])
  func postfixClient(_ main: String, _ expected: String) throws {
    let master = "smtp unix - - y - - smtp\n"
    #expect(try postfix(main, master).map(words) == ["postfix smtp \(expected)"])
  }

  private static func files(_ main: String, _ master: String = "") -> [String: String] {
    ["/etc/postfix/main.cf": certificate + main, "/etc/postfix/master.cf": smtp + master]
  }

  private static let may = "smtpd_tls_security_level = may\n"

  @Test(arguments: [
    // Postfix's own defaults: TLS 1.0, suites without authentication. Where an old version is there, it is the program's
    // security level 0 that lets it in.
    TLSRow(
      "inherited", files(may),
      "postfix smtpd smtp optional \(all) weak, use main.cf:3, versions default, suites default"),
    TLSRow(
      "overridden", files(may + "smtpd_tls_protocols = >=TLSv1\nsmtpd_tls_protocols = >=TLSv1.3\n"),
      "postfix smtpd smtp optional TLSv1.3, use main.cf:3, versions main.cf:5, suites default"),
    // main.cf includes nothing (postconf(5), "Compatibility"): a value out of another parameter is the nearest thing.
    TLSRow(
      "by another parameter", files(may + "smtpd_tls_protocols = $mine\nmine = >=TLSv1.1\n"),
      "postfix smtpd smtp optional TLSv1.1 TLSv1.2 TLSv1.3 weak, use main.cf:3, versions default, suites default"
    ),
    TLSRow(
      "for one service of master.cf",
      files(
        may + "smtpd_tls_protocols = >=TLSv1.3\n",
        "submission inet n - y - - smtpd\n  -o smtpd_tls_security_level=encrypt\n  -o smtpd_tls_mandatory_protocols=>=TLSv1.1\n"
      ),
      "postfix smtpd smtp optional TLSv1.3, use main.cf:3, versions main.cf:4, suites default",
      "postfix smtpd submission required TLSv1.1 TLSv1.2 TLSv1.3 weak, use master.cf:3, versions default, suites default"
    ),
  ])
  func truth(_ row: TLSRow) throws { try row.check(["postfix.service"]) }

  @Test(arguments: [
    ("", "\(Groups.mail) | 2048"), ("smtpd_tls_dh1024_param_file = /dh1024\n", "\(Groups.mail) | 1024"),
    ("smtpd_tls_dh1024_param_file = ${config_directory}/dh\n", "\(Groups.mail) | 1024"),
    ("smtpd_tls_dh1024_param_file = auto\n", "\(Groups.mail) | 2048"),
    ("smtpd_tls_dh1024_param_file = /absent\n", "\(Groups.mail) | 2048"),
    ("smtpd_tls_dh1024_param_file = /empty\n", "\(Groups.mail) | 2048"),
    ("smtpd_tls_dh1024_param_file = /dh512\n", "\(Groups.mail) | none"),
    ("smtpd_tls_exclude_ciphers = DHE\n", "\(Groups.mail) | none"),
    ("tls_eecdh_auto_curves = P-521, secp384r1 nothing\n", "secp521r1, secp384r1 | 2048"),
    ("tls_eecdh_auto_curves = sect163k1 P-192\n", "sect163k1, secp192r1 | 2048"),
    ("tls_eecdh_auto_curves = nothing\n", "\(Groups.usual) | 2048"),
    ("tls_eecdh_auto_curves = P-256:P-384\n", "\(Groups.usual) | 2048"),
    ("tls_eecdh_auto_curves = P-256 prime256v1\n", "\(Groups.usual) | 2048"),
    // Since 3.6 the grade counts for nothing.
    ("smtpd_tls_eecdh_grade = strong\n", "\(Groups.mail) | 2048"),
  ])
  func keyExchange(_ main: String, _ expected: String) throws {
    let files = server(main).merging([
      "/dh1024": dh(1024), "/dh512": dh(512), "/empty": "", "/etc/postfix/dh": dh(1024),
    ]) { $1 }
    #expect(try exchangeTold("postfix.service", files) == expected)
  }

  private func server(_ main: String) -> [String: String] {
    [
      "/etc/postfix/main.cf": "smtpd_tls_security_level = may\nsmtpd_tls_cert_file = /c.pem\n" + main,
      "/etc/postfix/master.cf": "smtp inet n - y - - smtpd\n",
    ]
  }

  /// By postconf(5): the parameters in the program had 1024 bits before 3.1, and the grade named one curve before 3.6.
  @Test func oldPostfix() throws {
    let old = ["libssl1.1": "1.1.1w-0", "postfix": "3.0.4-5"]
    #expect(try exchangeTold("postfix.service", server(""), packages: old).hasSuffix("| 1024"))
    let grade = server("smtpd_tls_eecdh_grade = ultra\n")
    let debian11 = ["libssl1.1": "1.1.1w-0", "postfix": "3.5.25-0"]
    #expect(try exchangeTold("postfix.service", grade, packages: debian11) == "secp384r1 | 2048")
  }

  private static let fields = "x25519, x448, secp256r1, secp384r1, secp521r1, ffdhe2048, ffdhe3072"

  /// Tried on 3.10.13 with OpenSSL 3.5.9.
  @Test(arguments: [
    ("", Self.fields), ("tls_ffdhe_auto_groups =\n", "x25519, x448, secp256r1, secp384r1, secp521r1"),
    ("tls_eecdh_auto_curves = P-384\n", "secp384r1, ffdhe2048, ffdhe3072"),
    (
      "tls_eecdh_auto_curves = P-256:P-384, nothing\ntls_ffdhe_auto_groups = ffdhe8192\n",
      "secp256r1, secp384r1, ffdhe8192"
    ),
    ("tls_eecdh_auto_curves = nothing\ntls_ffdhe_auto_groups =\n", Self.fields),
    ("tls_eecdh_auto_curves =\n", "ffdhe2048, ffdhe3072"),
    ("tls_eecdh_auto_curves = p-521 P-521\ntls_ffdhe_auto_groups =\n", "secp521r1"),
    (
      "tls_eecdh_auto_curves =\ntls_ffdhe_auto_groups =\n",
      "X25519MLKEM768, x25519, secp256r1, x448, secp384r1, secp521r1, ffdhe2048, ffdhe3072"
    ),
  ])
  func groupsSince38(_ main: String, _ expected: String) throws {
    let trixie = ["libssl3t64": "3.5.9-1", "postfix": "3.10.13-0+deb13u1"]
    #expect(try exchangeTold("postfix.service", server(main), packages: trixie) == "\(expected) | 2048")
  }

  @Test func emptyListsBefore310() throws {
    let empty = server("tls_eecdh_auto_curves =\ntls_ffdhe_auto_groups =\n")
    let between = ["libssl3": "3.0.19-1", "postfix": "3.8.4-1"]
    #expect(try exchangeTold("postfix.service", empty, packages: between) == "? | 2048")
  }
}
