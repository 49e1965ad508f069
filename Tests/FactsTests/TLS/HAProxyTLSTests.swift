import TestSupport
import Testing

@testable import Facts

/// HAProxy. Rows with "tried" were tried on HAProxy 2.6.12 of Debian 12 (OpenSSL 3.0.19).
@Suite struct HAProxyTLSTests {
  @Test func haproxyConditions() throws {
    let text =
      "defaults\nmode http\n.if defined(X)\nfrontend x\nbind :1\n.else\nfrontend y\nbind :2\n.endif\n.if feature(OPENSSL)\nfrontend z\nbind :3\n.endif\n"
    #expect(
      try tlsEndpoints(["haproxy.service"], ["/etc/haproxy/haproxy.cfg": text]).map(words) == [
        "haproxy y:2 none", "haproxy z:3 none",
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

  private static func files(_ global: String, _ rest: String) -> [String: String] {
    ["/etc/haproxy/haproxy.cfg": "global\n\(global)defaults\nmode http\n\(rest)"]
  }

  private static let low =
    "ssl-default-bind-options ssl-min-ver TLSv1.0\nssl-default-bind-ciphers HIGH:!aNULL:@SECLEVEL=0\n"
  private static let frontend = "frontend f\nbind :443 ssl crt /x"
  private static let all = "TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3"

  @Test(arguments: [
    TLSRow(
      "inherited", files(low, frontend + "\n"),
      "haproxy f:443 required \(all), use haproxy.cfg:7, versions haproxy.cfg:3, suites haproxy.cfg:3"),
    TLSRow(
      "overridden", files(low, frontend + " ssl-min-ver TLSv1.3\n"),
      "haproxy f:443 required TLSv1.3, use haproxy.cfg:7, versions haproxy.cfg:7, suites haproxy.cfg:3"),
    // HAProxy includes nothing (management guide 3): a second `-f` is the nearest thing.
    TLSRow(
      "in a second file",
      files(low, "").merging([
        "/etc/haproxy/conf.d/1.cfg": frontend + "\n", "/etc/haproxy/conf.d/2.txt": frontend + "\n",
      ]) { $1 },
      exec:
        "/usr/sbin/haproxy -Ws -f $CONFIG -f $CFGDIR\nEnvironment=\"CONFIG=/etc/haproxy/haproxy.cfg\" \"CFGDIR=/etc/haproxy/conf.d\"",
      "haproxy f:443 required \(all), use 1.cfg:2, versions haproxy.cfg:3, suites haproxy.cfg:3"),
    TLSRow(
      "on one bind line of two",
      files(
        "",
        frontend + "\nfrontend g\nbind :444 ssl crt /x ssl-min-ver TLSv1.0 ciphers HIGH:!aNULL:@SECLEVEL=0\n"),
      "haproxy f:443 required TLSv1.2 TLSv1.3, use haproxy.cfg:5, versions default, suites default",
      "haproxy g:444 required \(all), use haproxy.cfg:7, versions haproxy.cfg:7, suites haproxy.cfg:7"),
  ])
  func truth(_ row: TLSRow) throws { try row.check(["haproxy.service"]) }

  /// Debian's unit names one file; what lies in conf.d is not read there.
  @Test func filesThatNoOptionNames() throws {
    let files = [
      "/etc/haproxy/haproxy.cfg": "defaults\nmode http\n", "/etc/haproxy/conf.d/1.cfg": Self.frontend,
    ]
    #expect(
      try tlsEndpoints(["haproxy.service"], files, exec: "/usr/sbin/haproxy -f /etc/haproxy/haproxy.cfg")
        .isEmpty)
  }

  @Test(arguments: [
    ("", "", "\(Groups.usual) | none"), ("ssl-dh-param-file /dh", "", "\(Groups.usual) | 2048"),
    ("tune.ssl.default-dh-param 4096", "", "\(Groups.usual) | 2048"),
    ("tune.ssl.default-dh-param 1024", "", "\(Groups.usual) | none"),
    ("ssl-dh-param-file /dh1024", "", "\(Groups.usual) | none"),
    // Handed over before the suites: the level of the string comes too late.
    ("ssl-dh-param-file /dh1024\nssl-default-bind-ciphers HIGH:@SECLEVEL=0", "", "\(Groups.usual) | none"),
    ("ssl-dh-param-file /absent", "", "\(Groups.usual) | ?"),
    ("ssl-default-bind-curves P-521", "", "secp521r1 | none"),
    ("ssl-default-bind-curves P-521", "curves P-384", "secp384r1 | none"),
    ("ssl-default-bind-curves P-521", "ecdhe secp384r1", "secp521r1 | none"),
    ("", "ecdhe secp384r1", "secp384r1 | none"), ("", "curves nothing", "? | none"),
    ("ssl-dh-param-file /dh1024", "crt /with.pem", "\(Groups.usual) | 3072"),
    ("", "crt /folder", "\(Groups.usual) | 3072"),
  ])
  func keyExchange(_ world: String, _ options: String, _ expected: String) throws {
    let certificate = options.contains("crt") ? "" : "crt /c.pem"
    let files = [
      "/etc/haproxy/haproxy.cfg":
        "global\n\(world)\ndefaults\nmode http\nfrontend f\n bind *:443 ssl \(certificate) \(options)\n",
      "/dh": dh(2048), "/dh1024": dh(1024), "/c.pem": "x\n", "/with.pem": dh(3072), "/folder/a.pem": dh(3072),
    ]
    #expect(try exchangeTold("haproxy.service", files) == expected)
  }

  @Test func parametersNamedInAnotherFolder() throws {
    let files = [
      "/srv/proxy/1.cfg": "global\ncrt-base /keys\nssl-dh-param-file /dh\n",
      "/srv/proxy/2.cfg":
        "defaults\nmode http\nfrontend f\n bind :1 ssl crt own.pem\n bind :2 ssl crt /other.pem\n",
      "/keys/own.pem": dh(3072), "/other.pem": "x\n", "/dh": dh(4096),
    ]
    let ends = try tlsEndpoints(["haproxy.service"], files, exec: "/usr/sbin/haproxy -f /srv/proxy")
    #expect(ends.map(exchangeTold) == ["\(Groups.usual) | 3072", "\(Groups.usual) | 4096"])
  }
}
