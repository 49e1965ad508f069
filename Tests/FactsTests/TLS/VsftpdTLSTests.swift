import TestSupport
import Testing

@testable import Facts

/// vsftpd. Rows of the same kind are tried on 3.0.3 and 3.0.5 by scripts/compare-tls.
@Suite struct VsftpdTLSTests {
  @Test(arguments: [
    ("", "none", false), ("local_enable=YES\n", "none", true),
    ("local_enable=YES\nssl_enable=YES\n", "required TLSv1.2 TLSv1.3", false),
    ("local_enable=YES\nssl_enable=YES\nforce_local_logins_ssl=NO\n", "optional TLSv1.2 TLSv1.3", true),
    ("ssl_enable=YES\nimplicit_ssl=YES\nforce_local_logins_ssl=NO\n", "required TLSv1.2 TLSv1.3", false),
    (
      "ssl_enable=YES\nssl_ciphers=HIGH:!aNULL:@SECLEVEL=0\nssl_tlsv1_1=NO\n",
      "required TLSv1.0 TLSv1.2 TLSv1.3", false
    ),
  ])
  func vsftpd(_ text: String, _ expected: String, _ inClear: Bool) throws {
    let ends = try tlsEndpoints(["vsftpd.service"], ["/etc/vsftpd.conf": "listen=YES\n" + text])
    #expect(ends.map(words) == ["vsftpd \(expected)"])
    #expect((ends.first?.secretsInClear?.value ?? false) == inClear)
  }

  private static let on = "listen=YES\nlocal_enable=YES\nssl_enable=YES\n"
  private static let low = "ssl_ciphers=HIGH:!aNULL:@SECLEVEL=0\nforce_local_logins_ssl=NO\n"
  private static let old = "TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3"

  @Test(arguments: [
    // vsftpd 3.0.3 leaves the versions to the library.
    TLSRow(
      "inherited",
      [
        "/etc/vsftpd.conf": on + "ssl_ciphers=HIGH:!aNULL\n",
        "/etc/ssl/openssl.cnf":
          "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\nMinProtocol = TLSv1.2\nCipherString = ALL:@SECLEVEL=0\n",
      ],
      "vsftpd required TLSv1.2 TLSv1.3, use default, versions openssl.cnf:7, suites vsftpd.conf:4"),
    TLSRow(
      "overridden", ["/etc/vsftpd.conf": on + low + "force_local_logins_ssl=YES\nssl_tlsv1=NO\n"],
      "vsftpd required TLSv1.1 TLSv1.2 TLSv1.3, use vsftpd.conf:6, versions vsftpd.conf:4, suites vsftpd.conf:4"
    ),
    // A file includes nothing (vsftpd.conf(5)); the command may name several, of which the last value counts
    // (vsftpd(8)).
    TLSRow(
      "in a second file", ["/etc/vsftpd.conf": on, "/etc/vsftpd/more.conf": low],
      exec: "/usr/sbin/vsftpd /etc/vsftpd.conf /etc/vsftpd/more.conf",
      "vsftpd optional \(old), use more.conf:2, versions more.conf:1, suites more.conf:1"),
    // There are no virtual hosts with settings for TLS; instances have files of their own.
    TLSRow(
      "in one instance", ["/etc/vsftpd/a.conf": on, "/etc/vsftpd/b.conf": on + low],
      exec: "/usr/sbin/vsftpd /etc/vsftpd/%i.conf", units: ["vsftpd@a.service", "vsftpd@b.service"],
      "vsftpd a required TLSv1.2 TLSv1.3, use default, versions default, suites default",
      "vsftpd b optional \(old), use b.conf:5, versions b.conf:4, suites b.conf:4"),
  ])
  func truth(_ row: TLSRow) throws { try row.check(["vsftpd.service"]) }

  /// 3.0.5 has the old versions off; tried.
  @Test(arguments: [
    ("", "TLSv1.2 TLSv1.3"), ("ssl_tlsv1=YES\nssl_tlsv11=YES\n", old), ("ssl_tlsv13=NO\n", "TLSv1.2"),
  ])
  func newDefaults(_ text: String, _ versions: String) throws {
    let files = ["/etc/vsftpd.conf": Self.on + "ssl_ciphers=HIGH:!aNULL:@SECLEVEL=0\n" + text]
    let ends = try tlsEndpoints(
      ["vsftpd.service"], files, packages: ["libssl3t64": "3.5.1-1", "vsftpd": "3.0.5-0.2"],
      exec: "/usr/sbin/vsftpd /etc/vsftpd.conf")
    #expect(ends.map(words) == ["vsftpd required \(versions)"])
  }

  @Test func optionsOfTheCommand() throws {
    let exec = "/usr/sbin/vsftpd /etc/vsftpd.conf -oforce_local_logins_ssl=NO"
    let ends = try tlsEndpoints(["vsftpd.service"], ["/etc/vsftpd.conf": Self.on], exec: exec)
    #expect(ends.map(\.use.value) == [.optional])
    #expect(ends.first?.use.origin.path == "/usr/lib/systemd/system/vsftpd.service")
  }

  @Test func vsftpdHasOneCurve() throws {
    let conf = ["/etc/vsftpd.conf": "ssl_enable=YES\nssl_ciphers=ECDHE:DHE\n"]
    #expect(try exchangeTold("vsftpd.service", conf) == "secp256r1 | none")
  }

  /// By vsftpd.conf(5) of Fedora.
  @Test func parametersOfRedHat() throws {
    let files = ["/srv/a.conf": "ssl_enable=YES\nssl_ciphers=DHE\ndh_param_file=/dh\n", "/dh": dh(3072)]
    let ends = try tlsEndpoints(["vsftpd.service"], files, id: "fedora", exec: "/usr/sbin/vsftpd /srv/a.conf")
    #expect(ends.map { $0.finiteField.effective?.value.bits } == [3072])
  }
}
