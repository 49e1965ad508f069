import Baselines
import DiskImages
import Evidence
import Facts
import Foundation
import TestSupport
import Testing

@Suite(.enabled(if: MadeCertificates.isThere)) struct CertificateKindTests {
  private func outcomes(
    _ parameters: [String: ParameterValue], _ guest: CertificateGuest, others: PrivateKeysInRun? = nil
  ) throws -> [Outcome] {
    let kind = try CertificateKind(Parameters(parameters))
    let facts = try guest.facts(by: kind.plan)
    if let others { facts.supply(others) }
    return try kind.evaluate(facts)
  }

  /// Whether the question objects to one certificate in a place of a service.
  private func objects(
    _ question: String, _ name: String, _ more: [String: ParameterValue] = [:], days: Int64 = 0
  ) throws -> Bool {
    let now = Int64(Date().timeIntervalSince1970)
    let guest = CertificateGuest(["/etc/nginx/a.pem": name], asOf: now + days * 86_400)
    let outcomes = try outcomes(["not": .list([question])].merging(more) { $1 }, guest)
    #expect(outcomes.count == 1)
    return outcomes.first?.verdict == .fail && outcomes.first?.subject == "/etc/nginx/a.pem"
  }

  @Test(arguments: [
    ("expired", "expired.pem", true), ("expired", "rsa2048.pem", false), ("expired", "forever.pem", false),
    ("expired", "future.pem", false), ("expired", "edges.pem", false),
    ("not_yet_valid", "future.pem", true), ("not_yet_valid", "expired.pem", false),
    ("bad_validity", "backwards.pem", true), ("bad_validity", "forever.pem", true),
    ("bad_validity", "edges.pem", true),
    ("bad_validity", "rsa2048.pem", false), ("bad_validity", "root.pem", false),
    ("weak_key", "rsa512.pem", true), ("weak_key", "rsa1024.pem", true), ("weak_key", "rsa1536.pem", true),
    ("weak_key", "rsa2048.pem", false), ("weak_key", "dsa.pem", true), ("weak_key", "prime192v1.pem", true),
    ("weak_key", "secp160r1.pem", true), ("weak_key", "secp224r1.pem", false),
    ("weak_key", "prime256v1.pem", false),
    ("weak_key", "explicit.pem", true), ("weak_key", "ed25519.pem", false), ("weak_key", "ed448.pem", false),
    ("weak_key", "pss-key.pem", false), ("weak_key", "brainpoolP256r1.pem", false),
    ("weak_signature", "signed-md5.pem", true), ("weak_signature", "signed-sha1.pem", true),
    ("weak_signature", "signed-sha256.pem", false), ("weak_signature", "self-md5.pem", false),
    ("weak_signature", "self-pss.pem", false), ("weak_signature", "root.pem", false),
    ("self_signed", "rsa2048.pem", true), ("self_signed", "nameless.pem", true),
    ("self_signed", "server.pem", false),
    ("self_signed", "root.pem", false), ("self_signed", "ed25519.pem", false),
    ("expired", "server.der", false), ("weak_key", "chain.p7b", false), ("weak_key", "open.p12", false),
  ]) func questions(_ question: String, _ name: String, _ expected: Bool) throws {
    try #require(MadeCertificates.file(name) != nil, "openssl does not make \(name)")
    #expect(try objects(question, name) == expected, "\(question) \(name)")
  }

  @Test(arguments: [
    (-1, 30, false), (59, 30, false), (61, 30, true), (89, 30, true), (91, 30, false), (1, 90, true),
  ])
  func expiring(_ days: Int64, _ within: Int, _ expected: Bool) throws {
    // server.pem is valid for 90 days.
    #expect(try objects("expiring", "server.pem", ["within_days": .integer(within)], days: days) == expected)
  }

  @Test func datesAreJudgedAsOfTheGivenMoment() throws {
    #expect(try !objects("expired", "server.pem", days: 89))
    #expect(try objects("expired", "server.pem", days: 91))
    #expect(try objects("not_yet_valid", "server.pem", days: -2))
  }

  /// ed25519.pem names no server and its key is not there: only the service that shows it makes it one of a server.
  @Test(arguments: [
    ("/etc/ssl/own.pem", "443 ssl", ["CN=ed25519.example: self-signed, used by nginx a:443"]),
    ("/etc/ssl/link.pem", "443 ssl", ["CN=ed25519.example: self-signed, used by nginx a:443"]),
    ("own.pem", "443 ssl", []), ("/etc/ssl/own.pem", "127.0.0.1:443 ssl", []), ("/etc/ssl/own.pem", "80", []),
    ("/etc/ssl/chain.pem", "443 ssl", []),
  ])
  func theServiceThatShowsIt(_ path: String, _ listen: String, _ expected: [String]) throws {
    let guest = CertificateGuest(["/etc/ssl/own.pem": "ed25519.pem"])
    let leaf = try #require(MadeCertificates.file("server.pem"))
    let chain = leaf + (MadeCertificates.file("ed25519.pem") ?? [])
    guest.fixture.filesystem.addFile("/etc/ssl/chain.pem", .bytes(chain), mode: 0o644)
    guest.fixture.add(["/etc/ssl/link.pem": "-> own.pem"])
    guest.addText(
      "http { server { listen \(listen); server_name a; ssl_certificate \(path); } }",
      at: "/etc/nginx/nginx.conf")
    let found = try outcomes(["not": .list(["self_signed"])], guest)
    #expect(found.filter { $0.verdict == .fail }.map(\.actual) == expected)
    #expect(
      found.filter { $0.verdict == .fail }.allSatisfy {
        $0.evidence.contains { $0.path == "/etc/nginx/nginx.conf" && $0.line == 1 }
      })
  }

  @Test func aSelfSignedCertificateOfAKeyInTheImage() throws {
    let guest = CertificateGuest(["/etc/nginx/a.pem": "ed25519.pem", "/etc/nginx/a.key": "ed25519.key"])
    let found = try outcomes(["not": .list(["self_signed"])], guest)
    #expect(found.map(\.subject) == ["/etc/nginx/a.pem"])
    #expect(found.first?.actual == "CN=ed25519.example: self-signed")
  }

  @Test func aChainIsOneSubject() throws {
    let guest = CertificateGuest(["/etc/nginx/chain.pem": "chain.pem"], asOf: 4_102_444_800)
    let found = try outcomes(["not": .list(["expired"])], guest)
    #expect(found.map(\.subject) == ["/etc/nginx/chain.pem"])
    #expect(found.first?.evidence.map { $0.line != nil } == [true, true, true])
    #expect(found.first?.actual.contains("CN=www.example: expired on ") == true)
  }

  @Test func theBundleOfTheDistributionGivesNoFinding() throws {
    let guest = CertificateGuest()
    guest.addStore(
      shipped: ["rsa1024.pem", "expired.pem", "self-md5.pem", "rsa2048.pem"],
      trusted: ["rsa1024.pem", "expired.pem", "self-md5.pem", "rsa2048.pem"])
    let all = [
      "expired", "not_yet_valid", "expiring", "bad_validity", "weak_key", "weak_signature", "self_signed",
      "ca_key",
      "key_readable_by_group", "key_shared", "extra_anchor", "distrusted_anchor",
    ]
    let found = try outcomes(["not": .list(all), "where": .text("any")], guest)
    #expect(found.map(\.verdict) == [.pass])
  }

  @Test func roots() throws {
    let guest = CertificateGuest()
    guest.addStore(shipped: ["root.pem"], trusted: ["root.pem", "rsa1024.pem", "rsa3072.pem"])
    guest.add("rsa1024.pem", at: "/usr/local/share/ca-certificates/proxy.crt")
    let extra = try outcomes(["not": .list(["extra_anchor"])], guest)
    #expect(
      extra.map(\.subject) == [
        "/usr/local/share/ca-certificates/proxy.crt",
        "/etc/ssl/certs/ca-certificates.crt: CN=rsa3072.example",
      ])
    let weak = try outcomes(["not": .list(["weak_key"]), "where": .text("trust_anchors")], guest)
    #expect(weak.map(\.actual) == ["CN=rsa1024.example: RSA key, 1024 bits"])
    // Only roots that were added are no certificates of servers.
    #expect(try outcomes(["not": .list(["weak_key"])], guest).map(\.verdict) == [.pass])
    let excluded: [String: ParameterValue] = [
      "not": .list(["extra_anchor"]), "exclude": .list(["/usr/local/share/ca-certificates", "/etc/ssl"]),
    ]
    #expect(try outcomes(excluded, guest).map(\.verdict) == [.pass])
  }

  @Test func theKeyOfAnAuthority() throws {
    let guest = CertificateGuest([
      "/root/ca/root.pem": "root.pem", "/root/ca/root.key": "root.key", "/etc/nginx/a.pem": "rsa2048.pem",
      "/etc/nginx/a.key": "rsa2048.key", "/etc/nginx/b.pem": "server.pem", "/etc/nginx/b.key": "server.key",
    ])
    let found = try outcomes(["not": .list(["ca_key"])], guest)
    #expect(found.map(\.subject) == ["/root/ca/root.key"])
  }

  @Test(
    arguments: [
      ("web:x:33:\nkeys:x:50:alice,bob\n", 0o640, 50, true), ("keys:x:50:\n", 0o640, 50, false),
      ("keys:x:50:alice\n", 0o600, 50, false), ("keys:x:50:alice\n", 0o640, 0, false),
      ("ssl-cert:x:50:alice\n", 0o640, 50, false),
    ] as [(String, UInt32, UInt32, Bool)])
  func groups(_ groups: String, _ mode: UInt32, _ gid: UInt32, _ expected: Bool) throws {
    let guest = CertificateGuest(["/etc/nginx/b.pem": "server.pem"])
    guest.add("server.key", at: "/etc/nginx/b.key", mode: mode, gid: gid)
    guest.addText("root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/:/bin/sh\n", at: "/etc/passwd")
    guest.addText(groups, at: "/etc/group")
    let found = try outcomes(
      ["not": .list(["key_readable_by_group"]), "groups": .list(["ssl-cert"])], guest)
    #expect(found.map(\.verdict) == [expected ? .fail : .pass])
    if expected { #expect(found.first?.actual.hasSuffix("alice, bob") == true) }
  }

  @Test func keysOfOtherImages() throws {
    let kind = try CertificateKind(Parameters(["not": .list(["key_shared"])]))
    let first = CertificateGuest([
      "/etc/ssl/private/a.key": "server.key", "/etc/ssl/private/b.key": "ed25519.key",
    ])
    let second = CertificateGuest(["/srv/x.key": "server.key", "/srv/y.key": "rsa2048.key"])
    var others = PrivateKeysInRun()
    #expect(try outcomes(["not": .list(["key_shared"])], first, others: others).map(\.verdict) == [.pass])
    others.add(try first.facts(by: kind.plan).model(), of: "one.qcow2")
    let found = try outcomes(["not": .list(["key_shared"])], second, others: others)
    #expect(found.map(\.subject) == ["/srv/x.key"])
    #expect(found.first?.actual == "one.qcow2 has the same key in /etc/ssl/private/a.key")
    #expect(try outcomes(["not": .list(["key_shared"])], second).map(\.verdict) == [.pass])
  }

  @Test func whatCouldNotBeReadIsUndecided() throws {
    let guest = CertificateGuest(["/etc/ssl/closed.p12": "closed.p12"])
    guest.addText("-----BEGIN CERTIFICATE-----\nMIIB\n", at: "/etc/ssl/cut.pem")
    guest.fixture.filesystem.addGap("/srv", reason: "damaged")
    let found = try outcomes(["not": .list(["expired"])], guest)
    #expect(Set(found.map(\.subject)) == ["/etc/ssl/closed.p12", "/etc/ssl/cut.pem", "/srv"])
    #expect(found.allSatisfy { if case .undecided = $0.verdict { true } else { false } })
    let kind = try CertificateKind(Parameters(["not": .list(["expired"])]))
    #expect(throws: EvidenceGap.self) { try kind.evaluate(try GuestFixture().facts()) }
  }

  @Test(
    arguments: [
      ["not": .list([])], ["not": .list(["old"])], ["not": .list(["expired"]), "within_days": .integer(5)],
      ["not": .list(["expiring"]), "within_days": .integer(0)],
      ["not": .list(["expired"]), "groups": .list(["a"])],
    ] as [[String: ParameterValue]]) func whatMakesNoSense(_ parameters: [String: ParameterValue])
  {
    #expect(throws: ParameterError.self) { try CertificateKind(Parameters(parameters)) }
  }
}
