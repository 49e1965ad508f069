import TestSupport
import Testing

@testable import Facts

/// Postfix and Dovecot. Rows with "tried" were tried on Postfix 3.7.11 with OpenSSL 3.0.19; defaults are those of
/// `postconf -d` and, for Dovecot 2.3.19, `doveconf -d`.
@Suite struct MailTLSTests {
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

  private func dovecot(
    _ files: [String: String],
    main: String = "!include_try /usr/share/dovecot/protocols.d/*.protocol\n!include conf.d/*.conf\n"
  ) throws -> [TLSEndpoint] {
    let all = files.merging([
      "/etc/dovecot/dovecot.conf": main,
      "/usr/share/dovecot/protocols.d/imapd.protocol": "protocols = $protocols imap\n",
    ]) { $1 }
    return try tlsEndpoints(["dovecot.service"], all)
  }

  @Test(arguments: [
    ("", "optional TLSv1.2 TLSv1.3", "required TLSv1.2 TLSv1.3", false),
    ("ssl = required\n", "required TLSv1.2 TLSv1.3", "required TLSv1.2 TLSv1.3", false),
    (
      "ssl = required\nssl_min_protocol = TLSv1\n", "required TLSv1.2 TLSv1.3", "required TLSv1.2 TLSv1.3",
      false
    ),
    (
      "ssl_min_protocol = TLSv1\nssl_cipher_list = HIGH:!aNULL:@SECLEVEL=0\n", "optional \(all)",
      "required \(all)", false
    ),
    // A protocol's own block counts before what is outside, also where that comes later (tried: `doveconf -f
    // protocol=imap ssl_min_protocol`).
    (
      "ssl_cipher_list = HIGH:!aNULL:@SECLEVEL=0\nprotocol imap {\n  ssl_min_protocol = TLSv1.1\n}\nssl_min_protocol = TLSv1.3\n",
      "optional TLSv1.1 TLSv1.2 TLSv1.3", "required TLSv1.1 TLSv1.2 TLSv1.3", false
    ),
    // Tried: what holds for all protocols but one, and a line that goes on.
    (
      "ssl_cipher_list = HIGH:!aNULL:@SECLEVEL=0\nprotocol !pop3 {\n  ssl_min_protocol = TLSv1\n}\n",
      "optional \(all)", "required \(all)", false
    ),
    ("ssl_min_protocol = \\\n  TLSv1.3\n", "optional TLSv1.3", "required TLSv1.3", false),
    ("disable_plaintext_auth = no\n", "optional TLSv1.2 TLSv1.3", "required TLSv1.2 TLSv1.3", true),
    ("auth_allow_cleartext = yes\n", "optional TLSv1.2 TLSv1.3", "required TLSv1.2 TLSv1.3", true),
    (
      "disable_plaintext_auth = no\nssl = required\n", "required TLSv1.2 TLSv1.3", "required TLSv1.2 TLSv1.3",
      false
    ),
  ])
  func dovecotListeners(_ text: String, _ plain: String, _ secure: String, _ inClear: Bool) throws {
    let ends = try dovecot(["/etc/dovecot/conf.d/10-ssl.conf": text])
    #expect(ends.map(words) == ["dovecot imap \(plain)", "dovecot imaps \(secure)"])
    #expect(ends.first?.secretsInClear?.value == inClear)
  }

  @Test func dovecotIncludesAndBlocks() throws {
    let files = [
      "/etc/dovecot/conf.d/10-master.conf":
        "service imap-login {\n  inet_listener imap {\n    port = 0\n  }\n}\n",
      "/etc/dovecot/conf.d/10-ssl.conf": "ssl = no\n", "/etc/dovecot/local.conf": "ssl = yes\n",
    ]
    #expect(try dovecot(files).isEmpty)
    let main =
      "!include_try /usr/share/dovecot/protocols.d/*.protocol\n!include conf.d/*.conf\n!include_try local.conf\n"
    #expect(try dovecot(files, main: main).map(words) == ["dovecot imaps required TLSv1.2 TLSv1.3"])
  }

  @Test func dovecotWithoutTLS() throws {
    let ends = try dovecot(["/etc/dovecot/conf.d/10-ssl.conf": "ssl = no\ndisable_plaintext_auth=no\n"])
    #expect(ends.map(words) == ["dovecot imap none"])
    #expect(ends.first?.secretsInClear?.value == true)
  }
}
