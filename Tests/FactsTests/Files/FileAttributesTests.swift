import DiskImages
import Facts
import TestSupport
import Testing

@Suite struct FileAttributesTests {
  private func words(_ numbers: [UInt32]) -> [UInt8] {
    numbers.flatMap { number in
      [0, 8, 16, 24].map { (shift: UInt32) in UInt8(truncatingIfNeeded: number >> shift) }
    }
  }

  @Test(
    arguments: [
      ([0x0200_0001, 1 << 13, 0, 0, 0], "cap_net_raw=ep"),
      ([0x0200_0000, 1 << 10 | 1 << 13, 0, 0, 0], "cap_net_bind_service,cap_net_raw=p"),
      ([0x0200_0001, 1 << 6, 1 << 6, 0, 0], "cap_setgid=eip"),
      ([0x0200_0001, 0, 0, 1 << 7, 0], "cap_bpf=ep"),
      ([0x0300_0001, 1 << 13, 0, 0, 0, 1000], "cap_net_raw=ep [rootid=1000]"),
      ([0x0100_0001, 1 << 21, 0], "cap_sys_admin=ep"),
      ([0x0200_0001, 0, 0, 0, 0], "="),
      ([0x0200_0001, 0, 0, 1 << 20, 0], "cap_52=ep"),
    ] as [([UInt32], String)])
  func capabilitiesAsGetcapPrintsThem(_ value: [UInt32], _ expected: String) {
    #expect(FileCapabilities(words(value))?.words == expected)
  }

  @Test(arguments: [[], [0x0200_0001], [0x0900_0001, 0, 0, 0, 0], [0x0300_0001, 1, 0, 0, 0]] as [[UInt32]])
  func malformedCapabilitiesAreNone(_ value: [UInt32]) {
    #expect(FileCapabilities(words(value)) == nil)
  }

  /// Version 2 and entries of tag, permissions, number.
  static func list(_ entries: [(UInt16, UInt16, UInt32)]) -> [UInt8] {
    var value: [UInt8] = [2, 0, 0, 0]
    for (tag, permissions, id) in entries {
      value += [UInt8(tag & 255), UInt8(tag >> 8), UInt8(permissions), 0]
      for shift: UInt32 in [0, 8, 16, 24] { value.append(UInt8(truncatingIfNeeded: id >> shift)) }
    }
    return value
  }

  @Test func aNamedUserWidensAsFarAsTheMaskLets() throws {
    let list = try #require(
      AccessList(
        Self.list([(1, 6, .max), (2, 7, 33), (8, 4, 50), (4, 4, .max), (0x10, 6, .max), (0x20, 0, .max)])))
    #expect(
      list.widening == [
        .init(subject: .user(33), permissions: 6), .init(subject: .group(50), permissions: 4),
      ])
    let names = try GuestFixture(["/etc/passwd": "www-data:x:33:33::/:"]).model(IdentityNames.self)
    #expect(list.widening.map { $0.words(names) } == ["user:www-data:rw-", "group:50:r--"])
  }

  @Test func whatEverybodyMayIsNoWidening() throws {
    let list = try #require(
      AccessList(Self.list([(1, 7, 0), (8, 5, 4), (2, 7, 0), (4, 5, 0), (0x10, 5, 0), (0x20, 5, 0)])))
    #expect(list.widening.isEmpty)
  }

  @Test(
    arguments: [[], [2, 0, 0], [3, 0, 0, 0], [2, 0, 0, 0, 1], [2, 0, 0, 0, 99, 0, 0, 0, 0, 0, 0, 0]]
      as [[UInt8]])
  func malformedListsAreNone(_ value: [UInt8]) { #expect(AccessList(value) == nil) }
}
