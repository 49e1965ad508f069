import DiskImages
import Foundation
import TestSupport
import Testing

@testable import Evidence

@Suite struct SecretsProbeTests {
  private func answer(_ guest: MemoryFilesystem, _ probe: SecretsProbe = SecretsProbe()) throws -> (
    found: [String], unread: [String]
  ) {
    let evidence = Evidence(index: try guest.readIndex())
    let answer = try probe.answer(evidence, guest)
    func path(_ id: UInt32) -> String { evidence.index.entry(id: id)?.path ?? "" }
    return (
      answer.records.keys.map(path).sorted(), answer.unread.map { "\(path($0.key)): \($0.value)" }.sorted()
    )
  }

  @Test func looksWherePeopleWriteAndNotWherePackagesDo() throws {
    let guest = MemoryFilesystem()
    let secret = "password = Winter-24\nurl = https://a:Winter-24@b\n"
    let searched = [
      "/etc/a.conf", "/root/.x/a.conf", "/home/a/b/c/a.conf", "/srv/a.conf", "/opt/a/a.conf",
      "/var/www/a.conf",
      "/var/lib/jenkins/a.conf", "/usr/local/etc/a.conf", "/boot/grub/a.conf", "/tmp/a.conf", "/data/a.conf",
      "/a.conf",
    ]
    for path in searched { guest.addFile(path, secret) }
    for path in [
      "/usr/share/doc/a/a.conf", "/usr/lib/a/a.conf", "/usr/share/a/.env", "/var/lib/dpkg/info/a.conf",
      "/var/log/a.conf",
      "/opt/a/node_modules/b/a.conf", "/opt/a/node_modules/b/test/.env", "/srv/a/.git/objects/a.conf",
      "/run/a.conf",
      "/opt/a/a.png",
    ] where path != "/usr/share/a/.env" { guest.addFile(path, secret) }
    #expect(try answer(guest).found == searched.sorted())
  }

  @Test func limitsAreTold() throws {
    let guest = MemoryFilesystem()
    for number in 0..<10 { guest.addFile("/srv/\(number).conf", "password = Winter-24\n") }
    guest.addFile("/root/.env", "A_PASSWORD=Winter-24\n")
    var limits = SecretSearchPlan.Limits()
    limits.files = 4
    let answer = try answer(guest, SecretsProbe(limits: limits))
    #expect(answer.found.contains("/root/.env"))
    #expect(answer.found.count == 4)
    #expect(answer.unread == ["/srv: 7 files beyond the limits of the search"])
  }

  @Test func ofALargeFileTheBeginningIsSearchedAndThatIsSaid() throws {
    let guest = MemoryFilesystem()
    let lines = String(repeating: "A=b\n", count: 1_000_000)
    func add(_ path: String, _ text: [UInt8]) {
      guest.addFile(path, .bytes(text))
    }
    add("/srv/.env", Array(("B_PASSWORD=Winter-24\n" + lines).utf8))
    add(
      "/root/big.key",
      Array("-----BEGIN RSA PRIVATE KEY-----\n".utf8) + Array(repeating: UInt8(ascii: "A"), count: 3 << 20))
    add("/opt/program", [0x7f, 0x45, 0x4c, 0x46] + [UInt8](repeating: 0, count: 2 << 20))
    add("/opt/data", [UInt8](repeating: 0, count: 2 << 20))
    let answer = try answer(guest)
    #expect(answer.found == ["/root/big.key", "/srv/.env"])
    #expect(
      answer.unread == [
        "/root/big.key: only the first 64 KiB were searched",
        "/srv/.env: only the first 64 KiB were searched",
      ])
  }

  @Test func namesWithLineFeeds() throws {
    let guest = MemoryFilesystem()
    guest.addFile("/root/a\\nb.conf", "password = Winter-24\n")
    let answer = try answer(guest)
    #expect(answer.found == ["/root/a\\nb.conf"])
    #expect(answer.unread == [])
  }
}
