import TestSupport
import Testing

@testable import Facts

/// Dovecot. Rows with "tried" were tried on 2.3.19; defaults are those of `doveconf -d`.
@Suite struct DovecotTLSTests {
  private static let all = "TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3"

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

  private static let low = "ssl_min_protocol = TLSv1.1\nssl_cipher_list = HIGH:!aNULL:@SECLEVEL=0\n"
  private static let old = "TLSv1.1 TLSv1.2 TLSv1.3"

  private static func files(_ main: String, _ more: [String: String] = [:]) -> [String: String] {
    more.merging(["/etc/dovecot/dovecot.conf": "protocols = imap\n\(main)"]) { $1 }
  }

  @Test(arguments: [
    TLSRow(
      "inherited", files(low),
      "dovecot imap optional \(old), use default, versions dovecot.conf:3, suites dovecot.conf:3",
      "dovecot imaps required \(old), use default, versions dovecot.conf:3, suites dovecot.conf:3"),
    TLSRow(
      "overridden", files(low + "ssl_min_protocol = TLSv1.3\nssl = required\n"),
      "dovecot imap required TLSv1.3, use dovecot.conf:5, versions dovecot.conf:4, suites dovecot.conf:3",
      "dovecot imaps required TLSv1.3, use dovecot.conf:5, versions dovecot.conf:4, suites dovecot.conf:3"),
    TLSRow(
      "in an include", files("ssl = yes\n!include conf.d/*.conf\n", ["/etc/dovecot/conf.d/1.conf": low]),
      "dovecot imap optional \(old), use dovecot.conf:2, versions 1.conf:2, suites 1.conf:2",
      "dovecot imaps required \(old), use dovecot.conf:2, versions 1.conf:2, suites 1.conf:2"),
    TLSRow(
      "for one protocol", files("protocol imap {\n\(low)}\nssl_min_protocol = TLSv1.3\n"),
      "dovecot imap optional \(old), use default, versions dovecot.conf:4, suites dovecot.conf:4",
      "dovecot imaps required \(old), use default, versions dovecot.conf:4, suites dovecot.conf:4"),
    // `doveconf -f protocol=imap -f local=10.0.0.1` says the same.
    TLSRow(
      "for one address",
      files("ssl_min_protocol = TLSv1.3\nlocal 10.0.0.1 {\n\(low)protocol imap {\nssl = required\n}\n}\n"),
      "dovecot imap optional TLSv1.3, use default, versions dovecot.conf:2, suites default",
      "dovecot imap local 10.0.0.1 required \(old), use dovecot.conf:7, versions dovecot.conf:5, suites dovecot.conf:5",
      "dovecot imaps required TLSv1.3, use default, versions dovecot.conf:2, suites default",
      "dovecot imaps local 10.0.0.1 required \(old), use dovecot.conf:7, versions dovecot.conf:5, suites dovecot.conf:5"
    ),
  ])
  func truth(_ row: TLSRow) throws { try row.check(["dovecot.service"]) }

  private static func block(_ line: String, _ text: String) -> String { "\(line) {\n\(text)\n}\n" }
  private static func version(_ version: String) -> String { "ssl_min_protocol = \(version)" }
  private static let one = "local 10.0.0.1"
  private static let far = "remote 10.0.0.0/8"

  /// What `doveconf -f protocol=imap -f local=10.0.0.1 -f remote=10.1.1.1` says of 2.3.19 and 2.4.1.
  @Test(
    arguments: [
      (
        block(one, block(far, block("protocol imap", version("TLSv1.3")))),
        "imaps local 10.0.0.1 remote 10.0.0.0/8", "TLSv1.3", "TLSv1.3"
      ),
      (block(far, version("TLSv1.3")), "imaps remote 10.0.0.0/8", "TLSv1.3", "TLSv1.3"),
      // Of blocks that contain each other the narrowest counts, since 2.4 the last.
      (
        block(one, version("TLSv1.3")) + block("local 10.0.0.0/8", version("TLSv1.2")),
        "imaps local 10.0.0.1",
        "TLSv1.3", "TLSv1.2 TLSv1.3"
      ),
      (
        block("local 10.0.0.0/8", version("TLSv1.2")) + block(one, version("TLSv1.3")),
        "imaps local 10.0.0.1",
        "TLSv1.3", "TLSv1.3"
      ),
      (
        block("local 10.0.0.0/8", block(one, version("TLSv1.2"))) + block(one, version("TLSv1.3")),
        "imaps local 10.0.0.1", "TLSv1.3", "TLSv1.2 TLSv1.3"
      ),
      (
        block(one, block(far, version("TLSv1.3"))) + block(one, version("TLSv1.2")),
        "imaps local 10.0.0.1 remote 10.0.0.0/8", "TLSv1.3", "TLSv1.3"
      ),
      (
        block(one, block("protocol imap", version("TLSv1.3")) + version("TLSv1.2")), "imaps local 10.0.0.1",
        "TLSv1.3", "TLSv1.3"
      ),
      (
        block(one, version("TLSv1.3")) + block(one, version("TLSv1.2")), "imaps local 10.0.0.1",
        "TLSv1.2 TLSv1.3",
        "TLSv1.2 TLSv1.3"
      ),
      (
        block(one, block("protocol !pop3", version("TLSv1.3"))), "imaps local 10.0.0.1", "TLSv1.3", "TLSv1.3"
      ),
      (block("local fe80::/16", version("TLSv1.3")), "imaps local fe80::/16", "TLSv1.3", "TLSv1.3"),
      (block("local \"10.0.0.1\"", version("TLSv1.3")), "imaps local 10.0.0.1", "TLSv1.3", "TLSv1.3"),
      // Blocks of which none contains the other: 2.3 refuses them, 2.4 takes the last.
      (
        block("protocol imap", version("TLSv1.2")) + block(one, version("TLSv1.3")), "imaps local 10.0.0.1",
        nil,
        "TLSv1.3"
      ),
      (
        block(one, version("TLSv1.2")) + block("protocol imap", version("TLSv1.3")), "imaps local 10.0.0.1",
        nil,
        "TLSv1.3"
      ),
      (
        block("local 10.0.0.0/8", block("protocol imap", version("TLSv1.3")))
          + block(one, version("TLSv1.2")),
        "imaps local 10.0.0.1", nil, "TLSv1.3"
      ),
      // Refused by both.
      (block(far, block(one, version("TLSv1.3"))), "", nil, nil),
      (block("protocol imap", block(one, version("TLSv1.3"))), "", nil, nil),
      (block("protocol imap", block("protocol imap", version("TLSv1.3"))), "", nil, nil),
      (block("local_name a", block(one, version("TLSv1.3"))), "", nil, nil),
    ] as [(String, String, String?, String?)])
  func blocksInBlocks(_ text: String, _ end: String, _ older: String?, _ newer: String?) throws {
    for (version, expected) in [("1:2.3.19.1+dfsg1-2.1", older), ("1:2.4.1+dfsg1-6", newer)] {
      let guest = bootable(Self.files(text).merging(["/etc/os-release": "ID=debian\n"]) { old, _ in old })
      guest.setPackages(["libssl3": "3.0.19", "dovecot-core": version])
      guest.addStarted("dovecot.service", "[Service]\nExecStart=/x\n")
      let model = try guest.model(TLSServices.self)
      let found = model.endpoints.first { $0.subject == "dovecot \(end)" }
      #expect(
        found?.protocols.effective?.value.sorted().map(\.description).joined(separator: " ") == expected)
      #expect((model.gaps["dovecot"] != nil) == (expected == nil))
    }
  }

  @Test(arguments: [
    ("10.0.0.0/8", "10.1.2.3", true), ("10.0.0.0/8", "11.0.0.0", false), ("10.0.0.1", "10.0.0.0/8", false),
    ("0.0.0.0/0", "1.2.3.4", true), ("10.0.0.0/9", "10.128.0.0", false), ("fe80::/16", "fe80::1", true),
    ("::/0", "1.2.3.4", false), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8", true), ("host", "10.0.0.1", false),
    ("10.0.0.0/99", "10.0.0.0", false), ("10.0.0.0/-1", "10.0.0.0", false), ("1:::2", "1::2", false),
    ("10.0.0", "10.0.0.1", false), ("::/129", "::", false), ("", "", true),
    ("10.0.0.0/8/8", "10.0.0.1", false),
  ])
  func networks(_ outer: String, _ inner: String, _ isWithin: Bool) throws {
    let filters = try [outer, inner].map { try DovecotFilter(["remote \($0.isEmpty ? "x" : $0)"]) }
    let (first, second) = (try #require(filters[0]), try #require(filters[1]))
    #expect(first.contains(second) == isWithin)
  }

  /// A client on the machine itself is none of the network.
  @Test func blocksOfTheMachineItself() throws {
    let ends = try tlsEndpoints(["dovecot.service"], Self.files("remote 127.0.0.0/8 {\nssl = no\n}\n"))
    #expect(
      ends.map(words) == [
        "dovecot imap optional TLSv1.2 TLSv1.3", "dovecot imap remote 127.0.0.0/8 none local",
        "dovecot imaps required TLSv1.2 TLSv1.3",
      ])
  }

  @Test func tooManyBlocksAreAGap() throws {
    let start = ThreadClock.now
    func gaps(_ count: Int) throws -> Int {
      let text = (0..<count).map { "local_name a\($0) {\nssl = yes\n}\n" }.joined()
      let guest = bootable(Self.files(text).merging(["/etc/os-release": "ID=debian\n"]) { old, _ in old })
      guest.addStarted("dovecot.service", "[Service]\nExecStart=/x\n")
      return try guest.model(TLSServices.self).gaps.count
    }
    #expect(try gaps(300) == 0)
    #expect(try gaps(50_000) == 1)
    #expect(ThreadClock.now - start < .seconds(20))
  }

  /// Debian 13: `protocols` is a list in braces.
  @Test func protocolsInBraces() throws {
    let files = [
      "/etc/dovecot/dovecot.conf":
        "protocols {\n  imap = yes\n}\nprotocols {\n  pop3 = yes\n  imap = no\n}\nauth_allow_cleartext = yes\n"
    ]
    let ends = try tlsEndpoints(["dovecot.service"], files)
    #expect(
      ends.map(words) == [
        "dovecot pop3 optional TLSv1.2 TLSv1.3", "dovecot pop3s required TLSv1.2 TLSv1.3",
      ])
    #expect(ends.map { $0.secretsInClear?.value } == [true, false])
  }

  /// The version is agreed on before the client's name is looked at; tried on 2.3.19 and 2.4.1.
  @Test func nameOfTheClient() throws {
    let files = Self.files(
      "local_name a {\nssl_min_protocol = ANY\nssl_cipher_list = AES128-SHA:@SECLEVEL=0\n}\n")
    let ends = try tlsEndpoints(["dovecot.service"], files)
    #expect(
      ends.map(told) == [
        "dovecot imap optional TLSv1.2 TLSv1.3, use default, versions default, suites default",
        "dovecot imap local_name a optional TLSv1.2 TLSv1.3, use default, versions default, suites dovecot.conf:4",
        "dovecot imaps required TLSv1.2 TLSv1.3, use default, versions default, suites default",
        "dovecot imaps local_name a required TLSv1.2 TLSv1.3, use default, versions default, suites dovecot.conf:4",
      ])
  }

  @Test(arguments: [("1:2.3.19.1+dfsg1-2.1", "TLSv1.3"), ("1:2.4.1+dfsg1-6", "TLSv1.2 TLSv1.3")])
  func latest(_ version: String, _ versions: String) throws {
    let files = Self.files("ssl_min_protocol = LATEST\nssl = required\n")
    let ends = try tlsEndpoints(
      ["dovecot.service"], files, packages: ["libssl3": "3.0.19", "dovecot-core": version])
    #expect(
      ends.map(words) == ["dovecot imap required \(versions)", "dovecot imaps required \(versions)"])
  }

  @Test(arguments: [
    ("", "\(Groups.usual) | none"), ("ssl_dh = </dh\n", "\(Groups.usual) | 2048"),
    ("ssl_dh = </empty\n", "\(Groups.usual) | none"), ("ssl_dh = </dh1024\n", "\(Groups.usual) | ?"),
    ("ssl_dh = </absent\n", "\(Groups.usual) | ?"),
    ("ssl_curve_list = P-521:X25519\n", "secp521r1, x25519 | none"),
    ("ssl_curve_list = nothing\n", "? | none"), ("ssl_server_dh_file = /dh\n", "\(Groups.usual) | 2048"),
    (
      "ssl_dh = </dh\nprotocol imap {\n ssl_dh = </dh1024\n ssl_curve_list = P-384\n ssl_cipher_list = HIGH:@SECLEVEL=1\n}\n",
      "secp384r1 | 1024"
    ),
  ])
  func keyExchange(_ text: String, _ expected: String) throws {
    let files = [
      "/etc/dovecot/dovecot.conf": "protocols = imap\n" + text, "/dh": dh(2048), "/dh1024": dh(1024),
      "/empty": "",
    ]
    #expect(try exchangeTold("dovecot.service", files) == expected)
  }

  /// Tried: the group is chosen before the name, the parameters after it.
  @Test func keyExchangeOfBlocks() throws {
    let own = "ssl_dh = </dh\n ssl_curve_list = P-384\n}\n"
    let files = [
      "/etc/dovecot/dovecot.conf": "protocols = imap\nlocal 10.0.0.1 {\n \(own)local_name a {\n \(own)",
      "/dh": dh(2048),
    ]
    let ends = try tlsEndpoints(["dovecot.service"], files)
    func of(_ name: String) throws -> String {
      exchangeTold(try #require(ends.first { $0.name == "imaps\(name)" }))
    }
    #expect(try of("") == "\(Groups.usual) | none")
    #expect(try of(" local 10.0.0.1") == "secp384r1 | 2048")
    #expect(try of(" local_name a") == "\(Groups.usual) | 2048")
  }
}
