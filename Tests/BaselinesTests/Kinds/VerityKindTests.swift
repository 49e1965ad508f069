import Baselines
import DiskImages
import Evidence
import Facts
import TestSupport
import Testing

@Suite struct VerityKindTests {
  private static let tree: [UInt8] = {
    var bytes = Array("verity\0\0".utf8) + [UInt8](repeating: 0, count: 504)
    bytes[8] = 1
    bytes[12] = 1
    bytes.replaceSubrange(32..<38, with: "sha256".utf8)
    bytes[65] = 0x10
    bytes[69] = 0x10
    return bytes
  }()

  private func outcome(_ of: String, _ arguments: String, _ storage: [StorageDevice] = []) throws -> Outcome?
  {
    let fixture = GuestFixture([
      "/boot/grub/grub.cfg": "menuentry 'x' {\nlinux /boot/vmlinuz-6.1 ro \(arguments)\n}\n"
    ])
    let kind = try VerityKind(Parameters(["of": .text(of)]))
    var evidence = try Collector(plan: kind.plan).collect(fixture.filesystem)
    evidence.storage = storage
    return try kind.evaluate(GuestFacts(evidence, asOf: fixture.asOf)).first
  }

  private static let hash = String(repeating: "ab", count: 32)

  @Test(arguments: [
    ("usr", "usrhash=\(hash)", Outcome.Verdict.pass), ("root", "usrhash=\(hash)", .fail),
    ("usr", "roothash=\(hash)", .pass), ("any", "usrhash=\(hash)", .pass), ("usr", "", .fail),
    ("usr", "roothash=\(hash) systemd.verity=no", .fail),
  ])
  func commandLines(_ of: String, _ arguments: String, _ verdict: Outcome.Verdict) throws {
    #expect(try outcome(of, arguments)?.verdict == verdict)
  }

  @Test func aTreeThatNothingUses() throws {
    var device = StorageDevice(name: "/dev/sda3", kind: .partition)
    device.verity = VerityHeader(DeviceBytes(Self.tree))
    let found = try outcome("usr", "", [device])
    #expect(found?.verdict == .fail)
    #expect(found?.actual == "nothing verifies it; no boot entry names the hash tree on /dev/sda3 (sha256)")
    #expect(try outcome("usr", "roothash=\(Self.hash)", [device])?.verdict == .pass)
  }
}
