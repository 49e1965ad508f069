import TestSupport
import Testing

@testable import Facts

/// ProFTPD. Rows of the same kind are tried on 1.3.8 by scripts/compare-tls.
@Suite struct ProFTPDTLSTests {
  @Test func proftpd() throws {
    let files = [
      "/etc/proftpd/proftpd.conf":
        "Include /etc/proftpd/modules.conf\nInclude /etc/proftpd/conf.d/\n<VirtualHost b>\n</VirtualHost>\n",
      "/etc/proftpd/modules.conf": "LoadModule mod_tls.c\n",
      "/etc/proftpd/conf.d/tls.conf":
        "<IfModule mod_tls.c>\nTLSEngine on\nTLSRequired on\nTLSProtocol TLSv1.3\n</IfModule>\n<IfModule mod_x.c>\nTLSEngine off\n</IfModule>\n",
    ]
    let ends = try tlsEndpoints(["proftpd.service"], files)
    #expect(ends.map(words) == ["proftpd required TLSv1.3", "proftpd b none"])
    let global = [
      "/etc/proftpd/proftpd.conf":
        "<Global>\nTLSEngine on\n</Global>\n<VirtualHost b>\nTLSRequired on\n</VirtualHost>\n"
    ]
    let states = try tlsEndpoints(["proftpd.service"], global).map { $0.use.value }
    #expect(states == [.optional, .required])
  }

  /// All tried on 1.3.8.
  @Test(arguments: [
    ("TLSEngine on\nTLSProtocol TLSv1.3\nTLSProtocol TLSv1.2\n", "optional TLSv1.3"),
    ("TLSEngine on\nTLSProtocol TLSv1.2\n<Global>\nTLSProtocol TLSv1.3\n</Global>\n", "optional TLSv1.2"),
    ("<Global>\nTLSProtocol TLSv1.3\n</Global>\nTLSEngine on\n", "optional TLSv1.3"),
    (
      "TLSEngine on\nTLSOptions NoSessionReuseRequired\nTLSOptions UseImplicitSSL\n",
      "required TLSv1.2 TLSv1.3"
    ),
    ("TLSEngine on\nTLSCipherSuite HIGH:@SECLEVEL=0\n", "optional TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3 weak"),
  ])
  func proftpdOrder(_ text: String, _ expected: String) throws {
    let ends = try tlsEndpoints(["proftpd.service"], ["/etc/proftpd/proftpd.conf": text])
    #expect(ends.map(words) == ["proftpd \(expected)"])
  }

  private static let low = "TLSProtocol TLSv1.1 TLSv1.2\nTLSCipherSuite HIGH:!aNULL:@SECLEVEL=0\n"
  private static let on = "TLSEngine on\nTLSRequired on\n"

  private static func files(_ text: String, _ more: [String: String] = [:]) -> [String: String] {
    more.merging(["/etc/proftpd/proftpd.conf": text]) { $1 }
  }

  @Test(arguments: [
    TLSRow(
      "inherited", files("\(on)<Global>\n\(low)</Global>\n"),
      "proftpd required TLSv1.1 TLSv1.2, use proftpd.conf:2, versions proftpd.conf:5, suites proftpd.conf:5"),
    // The server's own directive counts before Global, and the first of two.
    TLSRow(
      "overridden", files("\(on)TLSProtocol TLSv1.3\n<Global>\n\(low)</Global>\nTLSProtocol TLSv1.2\n"),
      "proftpd required TLSv1.3, use proftpd.conf:2, versions proftpd.conf:3, suites proftpd.conf:6"),
    TLSRow(
      "in an include", files("Include /etc/proftpd/tls.conf\n", ["/etc/proftpd/tls.conf": on + low]),
      "proftpd required TLSv1.1 TLSv1.2, use tls.conf:2, versions tls.conf:4, suites tls.conf:4"),
    TLSRow(
      "in a virtual host",
      files("\(on)TLSProtocol TLSv1.3\n<VirtualHost b>\nTLSEngine on\n\(low)</VirtualHost>\n"),
      "proftpd required TLSv1.3, use proftpd.conf:2, versions proftpd.conf:3, suites default",
      "proftpd b optional TLSv1.1 TLSv1.2, use default, versions proftpd.conf:7, suites proftpd.conf:7"),
  ])
  func truth(_ row: TLSRow) throws { try row.check(["proftpd.service"]) }

  @Test(arguments: [
    ("", "\(Groups.usual) | 2048"), ("TLSECDHCurve P-384", "secp384r1 | 2048"),
    ("TLSECDHCurve nothing", "? | 2048"), ("TLSDHParamFile /dh3072", "\(Groups.usual) | 3072"),
    ("TLSDHParamFile /dh1024", "\(Groups.usual) | none"),
    ("TLSDHParamFile /dh1024\nTLSCipherSuite HIGH:@SECLEVEL=0", "\(Groups.usual) | 1024"),
    // OpenSSL asks for 1024 bits, and so the module passes over what is shorter or damaged.
    ("TLSDHParamFile /dh512\nTLSCipherSuite HIGH:@SECLEVEL=0", "\(Groups.usual) | 2048"),
    ("TLSDHParamFile /empty", "\(Groups.usual) | 2048"), ("TLSDHParamFile /absent", "\(Groups.usual) | ?"),
  ])
  func keyExchange(_ text: String, _ expected: String) throws {
    let files = [
      "/etc/proftpd/proftpd.conf": "TLSEngine on\n\(text)\n", "/dh3072": dh(3072), "/dh1024": dh(1024),
      "/dh512": dh(512), "/empty": "",
    ]
    #expect(try exchangeTold("proftpd.service", files) == expected)
  }
}
