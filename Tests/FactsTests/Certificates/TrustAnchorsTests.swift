import DiskImages
import Evidence
import Facts
import TestSupport
import Testing

@Suite(.enabled(if: MadeCertificates.isThere)) struct TrustAnchorsTests {
  private func anchors(_ guest: CertificateGuest) throws -> TrustAnchors {
    try guest.facts(by: CollectionPlan([TrustAnchors.self])).model()
  }

  @Test func theDistributionsOwnRootsAreNoneThatWereAdded() throws {
    let guest = CertificateGuest()
    guest.addStore(
      shipped: ["root.pem", "rsa1024.pem", "expired.pem"], trusted: ["root.pem", "rsa1024.pem"])
    let model = try anchors(guest)
    #expect(model.extra.isEmpty && model.gaps.isEmpty)
    // The one that is not in the bundle is not trusted.
    #expect(
      model.anchors.map(\.certificate.subject) == [
        "CN=Example Root,O=Example\\, Inc.,C=DE", "CN=rsa1024.example",
      ])
    #expect(model.shipped.count == 3)
  }

  @Test func additions() throws {
    let guest = CertificateGuest()
    guest.addStore(shipped: ["root.pem"], trusted: ["root.pem", "rsa2048.pem", "rsa3072.pem"])
    guest.add("rsa2048.pem", at: "/usr/local/share/ca-certificates/proxy.crt")
    guest.add("ed25519.pem", at: "/usr/local/share/ca-certificates/later.crt")
    guest.add("rsa1536.pem", at: "/usr/local/share/ca-certificates/ignored.pem")
    guest.add("secp384r1.pem", at: "/usr/share/ca-certificates/acme/acme.crt")
    guest.addText("/usr/share/ca-certificates/acme/acme.crt\n", at: "/var/lib/dpkg/info/acme-ca.list")
    guest.add("secp521r1.pem", at: "/etc/ssl/certs/mine.pem")
    guest.fixture.filesystem.addLink("/etc/ssl/certs/0a775a30.0", to: "mine.pem")
    guest.add("prime256v1.pem", at: "/etc/ssl/certs/server.pem")
    let extra = try anchors(guest).extra
    #expect(
      extra.map(\.paths) == [
        ["/usr/local/share/ca-certificates/later.crt"], ["/usr/local/share/ca-certificates/proxy.crt"],
        ["/etc/ssl/certs/ca-certificates.crt"], ["/usr/share/ca-certificates/acme/acme.crt"],
        ["/etc/ssl/certs/mine.pem"],
      ])
    #expect(extra.map(\.isEffective) == [false, true, true, false, true])
    #expect(extra.map(\.package) == [nil, nil, nil, "acme-ca", nil])
  }

  @Test func rootsThatWereStruckOut() throws {
    let guest = CertificateGuest()
    guest.addStore(
      shipped: ["root.pem", "rsa2048.pem", "ed25519.pem"], trusted: ["root.pem", "rsa2048.pem"])
    guest.addText(
      "# comment\nmozilla/root.crt\n!mozilla/rsa2048.crt\n!mozilla/ed25519.crt\n",
      at: "/etc/ca-certificates.conf")
    let distrusted = try anchors(guest).anchors.filter { $0.distrust != nil }
    #expect(distrusted.map(\.certificate.subject) == ["CN=rsa2048.example"])
    #expect(distrusted.first?.distrust?.contains("/etc/ca-certificates.conf:3") == true)
  }

  @Test func redHatsStores() throws {
    let guest = CertificateGuest()
    guest.add("root.pem", at: "/usr/share/pki/ca-trust-source/ca-bundle.trust.p11-kit")
    guest.add("rsa2048.pem", at: "/etc/pki/ca-trust/source/anchors/mine.pem")
    guest.add("ed25519.pem", at: "/etc/pki/ca-trust/source/blocklist/bad.pem")
    var model = try anchors(guest)
    #expect(model.extra.map(\.certificate.subject) == ["CN=rsa2048.example"])
    guest.add("ed25519.pem", at: "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem")
    model = try anchors(guest)
    #expect(model.extra.filter { $0.distrust != nil }.map(\.certificate.subject) == ["CN=ed25519.example"])
  }

  @Test func whatCannotBeComparedIsAGap() throws {
    let many = [
      "rsa512", "rsa1024", "rsa1536", "rsa2048", "rsa3072", "ed25519", "ed448", "dsa", "root", "secp384r1",
      "secp521r1",
      "prime256v1",
    ].map { $0 + ".pem" }
    let guest = CertificateGuest()
    let bundle = many.compactMap(MadeCertificates.file).flatMap(\.self)
    guest.fixture.filesystem.addFile("/etc/ssl/certs/ca-certificates.crt", .bytes(bundle))
    let model = try anchors(guest)
    #expect(model.extra.isEmpty)
    #expect(model.gaps.map(\.path) == ["/etc/ssl/certs/ca-certificates.crt"])
    // Alpine's package ships the bundle alone.
    guest.addText(
      "P:ca-certificates-bundle\nV:1\nF:etc/ssl/certs\nR:ca-certificates.crt\n\n", at: "/lib/apk/db/installed"
    )
    #expect(try anchors(guest).gaps.isEmpty)
    guest.add("closed.p12", at: "/etc/ssl/certs/java/cacerts")
    #expect(try anchors(guest).gaps.contains { $0.path.hasSuffix("cacerts") })
    guest.fixture.filesystem.addGap("/etc/ssl", reason: "damaged")
    #expect(try anchors(guest).gaps.contains { $0.reason == "damaged" })
  }

  @Test(arguments: ["bookworm", "trixie"]) func stockDebian(_ release: String) throws {
    guard let facts = try realTree(release, [Certificates.self]) else { return }
    let anchors = try facts.model(TrustAnchors.self)
    #expect(anchors.shipped.count > 100 && anchors.anchors.count > 100)
    #expect(anchors.extra.isEmpty && anchors.gaps.isEmpty)
    let certificates = try facts.model(Certificates.self)
    #expect(certificates.certificates.allSatisfy { $0.role == .shipped })
    #expect(certificates.unread.isEmpty)
  }

  @Test func rolesAndKeys() throws {
    let guest = CertificateGuest([
      "/etc/nginx/chain.pem": "chain.pem", "/etc/nginx/server.key": "server.key",
      "/etc/pki/self.pem": "rsa2048.pem", "/etc/ssl/certs/ssl-cert-snakeoil.pem": "prime256v1.pem",
    ])
    let facts = try guest.facts(by: CollectionPlan([Certificates.self]))
    let all = try facts.model(Certificates.self).certificates
    #expect(
      all.map(\.details.subject) == [
        "CN=www.example", "CN=Example Issuing,O=Example\\, Inc.", "CN=Example Root,O=Example\\, Inc.,C=DE",
        "CN=rsa2048.example", "CN=prime256v1.example",
      ])
    #expect(all.map(\.isAuthority) == [false, true, true, false, false])
    #expect(all.map(\.role) == [.other, .other, .other, .other, .snakeoil])
    #expect(all.map { $0.keys.map(\.path) } == [["/etc/nginx/server.key"], [], [], [], []])
  }
}
