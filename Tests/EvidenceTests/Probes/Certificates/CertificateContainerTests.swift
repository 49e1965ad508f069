import DiskImages
import TestSupport
import Testing

@testable import Evidence

@Suite(.enabled(if: MadeCertificates.isThere)) struct CertificateContainerTests {
  private func containers(_ name: String) throws -> CertificateContainers {
    CertificateContainers(path: "/\(name)", bytes: try #require(MadeCertificates.file(name)))
  }

  @Test(arguments: [
    ("chain.pem", 3), ("chain.p7b", 3), ("chain.p7c", 3), ("open.p12", 2), ("server.der", 1),
    ("trusted.pem", 1),
    ("server.key", 0),
  ]) func counts(_ name: String, _ count: Int) throws {
    let containers = try containers(name)
    #expect(containers.found.count == count)
    #expect(!containers.isEncrypted && containers.damaged == 0)
  }

  @Test func whatAPasswordHidesIsSaid() throws {
    let containers = try containers("closed.p12")
    #expect(containers.found.isEmpty && containers.isEncrypted)
  }

  @Test func linesOfAChain() throws {
    let text =
      "# the server\n" + String(decoding: try #require(MadeCertificates.file("chain.pem")), as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
      .filter { $0.element == "-----BEGIN CERTIFICATE-----" }.map { $0.offset + 1 }
    let found = CertificateContainers(path: "/a.pem", bytes: Array(text.utf8)).found
    #expect(found.map(\.line) == lines)
    #expect(lines.first == 2)
  }

  @Test(arguments: [1, 2]) func javaStores(_ version: UInt8) throws {
    let der = try #require(MadeCertificates.file("server.der"))
    func number(_ value: Int, _ size: Int) -> [UInt8] {
      (0..<size).reversed().map { UInt8(value >> ($0 * 8) & 0xff) }
    }
    let certificate = (version == 2 ? number(5, 2) + Array("X.509".utf8) : []) + number(der.count, 4) + der
    let name = number(1, 2) + Array("a".utf8) + number(0, 8)
    var store = number(0xfeed_feed, 4) + number(Int(version), 4) + number(2, 4)
    store += number(2, 4) + name + certificate
    store += number(1, 4) + name + number(3, 4) + [1, 2, 3] + number(2, 4) + certificate + certificate
    let whole = CertificateContainers(path: "/cacerts", bytes: store)
    #expect(whole.found.map { Array($0.der) } == [der, der, der])
    #expect(whole.damaged == 0)
    for length in stride(from: 4, to: store.count, by: 7) {
      let cut = CertificateContainers(path: "/cacerts", bytes: Array(store.prefix(length)))
      #expect(cut.found.count < 3 && (length < 12 || cut.damaged == 1))
    }
    let many = number(0xfeed_feed, 4) + number(2, 4) + number(0xffff_ffff, 4)
    #expect(CertificateContainers(path: "/cacerts", bytes: many).found.isEmpty)
  }

  @Test func damagedBytes() throws {
    let der = try #require(MadeCertificates.file("server.der"))
    #expect(CertificateContainers(path: "/a.der", bytes: Array(der.dropLast())).damaged == 1)
    #expect(CertificateContainers(path: "/a.der", bytes: [0x30, 0x80, 0, 0]).damaged == 1)
    let nested = (0..<20_000).flatMap { _ in [0x30, 0x84, 0, 1, 0, 0] as [UInt8] }
    #expect(CertificateContainers(path: "/a.der", bytes: nested).found.isEmpty)
    #expect(CertificateContainers(path: "/a.txt", bytes: Array("0 of them\n".utf8)).damaged == 0)
    let open = Array("-----BEGIN CERTIFICATE-----\nMIIB\n".utf8)
    #expect(CertificateContainers(path: "/a.pem", bytes: open).damaged == 1)
    var files = CertificateFiles()
    let noise = Array("-----BEGIN CERTIFICATE-----\nMIIBAAAA\n-----END CERTIFICATE-----\n".utf8)
    #expect(files.read(path: "/a.pem", noise).damaged == 1)
  }

  @Test func moreThanTheLimitIsCounted() throws {
    let one = try #require(MadeCertificates.file("prime256v1.pem"))
    var files = CertificateFiles()
    let record = files.read(path: "/a.pem", (0..<1200).flatMap { _ in one })
    #expect(record.places.count == 1000 && record.details.count == 1 && record.further == 200)
  }

  @Test func theProbe() throws {
    let guest = MemoryFilesystem()
    let server = try #require(MadeCertificates.file("server.pem"))
    let candidates = [
      "/etc/nginx/server.pem", "/etc/postfix/tls/server", "/srv/a/b.crt", "/usr/share/ca-certificates/x.crt",
      "/usr/local/share/ca-certificates/y.crt", "/var/lib/kubelet/pki/kubelet.pem", "/root/a.CER",
    ]
    let others = [
      "/usr/share/doc/x/a.pem", "/usr/lib/python3/dist-packages/certifi/cacert.pem", "/proc/a.pem",
      "/var/cache/a.pem",
      "/srv/node_modules/x/a.pem", "/etc/nginx/server", "/srv/app/tests/a.pem", "/var/lib/docker/x/a.pem",
    ]
    for path in candidates + others { guest.addFile(path, .bytes(server)) }
    guest.addFile("/etc/ssl/huge.pem", .bytes([UInt8](repeating: 0x41, count: 5 << 20)))
    guest.addFile("/etc/ssl/closed.p12", .bytes(try #require(MadeCertificates.file("closed.p12"))))
    var plan = CollectionPlan()
    plan.add(CertificateProbe())
    let evidence = try Collector(plan: plan).collect(guest)
    let answer = try evidence.answer(of: CertificateProbe.self)
    let paths = answer.records.keys.compactMap { evidence.index.entry(id: $0)?.path }
    #expect(Set(paths) == Set(candidates + ["/etc/ssl/closed.p12"]))
    #expect(answer.records.values.map(\.details.count).reduce(0, +) == 1)
    #expect(answer.unread.keys.compactMap { evidence.index.entry(id: $0)?.path } == ["/etc/ssl/huge.pem"])
  }

  @Test func whatTheLimitsLeaveOutIsUnread() throws {
    let guest = MemoryFilesystem()
    for number in 0..<5 { guest.addFile("/etc/ssl/\(number).pem", "x\n") }
    var plan = CollectionPlan()
    plan.add(CertificateProbe(limits: .init(files: 3)))
    let answer = try Collector(plan: plan).collect(guest).answer(of: CertificateProbe.self)
    #expect(Array(answer.unread.values) == ["2 files beyond the limits of the search"])
  }
}
