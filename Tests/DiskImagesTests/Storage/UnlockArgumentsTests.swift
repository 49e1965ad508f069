import Testing

@testable import DiskImages

@Suite struct UnlockArgumentsTests {
  private static let uuid = "0a1b2c3d-1111-2222-3333-444455556666"

  private func read(_ line: String) -> UnlockArguments {
    UnlockArguments(line.replacing("UUID_", with: Self.uuid).split(separator: " ").map(String.init))
  }

  @Test(
    arguments: [
      ("rd.luks.uuid=UUID_", ["luks-UUID_ UUID=UUID_ "]),
      ("rd.luks.uuid=luks-UUID_", ["luks-UUID_ UUID=UUID_ "]),
      ("luks.name=UUID_=root", ["root UUID=UUID_ "]),
      ("rd.luks.uuid=UUID_ rd.luks.name=UUID_=root", ["root UUID=UUID_ "]),
      (
        "rd.luks.name=UUID_=root rd.luks.options=discard rd.luks.options=UUID_=tpm2-device=auto",
        ["root UUID=UUID_ discard,tpm2-device=auto"]
      ),
      (
        "rd.luks.options=0a1b2c3d-0000-0000-0000-000000000000=x rd.luks.uuid=UUID_",
        ["luks-UUID_ UUID=UUID_ "]
      ),
      ("rd.luks.name=root", []), ("rd.luks.name=UUID_", []),
      ("cryptdevice=UUID=1:root:allow-discards", ["root UUID=1 "]), ("cryptdevice=/dev/sda2", []),
      ("cryptroot=UUID=1 cryptdm=root", ["root UUID=1 "]), ("cryptroot=UUID=1", []), ("quiet luks=no", []),
    ] as [(String, [String])])
  func volumes(_ line: String, _ expected: [String]) {
    let found = read(line).volumes.map { "\($0.name) \($0.source) \($0.options.joined(separator: ","))" }
    #expect(found == expected.map { $0.replacing("UUID_", with: Self.uuid) })
  }

  @Test(
    arguments: [
      ("rd.luks.key=/k", ["/k - -"]), ("luks.key=UUID_=/k", ["/k - UUID_"]),
      ("rd.luks.key=UUID_=/k:LABEL=stick", ["/k LABEL=stick UUID_"]),
      ("rd.luks.key=/k:UUID=9", ["/k UUID=9 -"]),
      ("rd.luks.key=k", []), ("cryptkey=rootfs:/k", ["/k - -"]),
      ("cryptkey=LABEL=s:ext4:/k", ["/k LABEL=s -"]),
      ("cryptkey", ["/crypto_keyfile.bin - -"]), ("cryptkey=/k", ["/k - -"]), ("cryptkey=/dev/sdb", []),
      ("cryptkey=/dev/sdb:0:512", []),
    ] as [(String, [String])])
  func keyFiles(_ line: String, _ expected: [String]) {
    let found = read(line).keyFiles.map { "\($0.path) \($0.device ?? "-") \($0.volume ?? "-")" }
    #expect(found == expected.map { $0.replacing("UUID_", with: Self.uuid) })
  }

  @Test func blocksOfADevice() {
    #expect(read("cryptkey=/dev/sdb:0:512").rawKeys.map(\.device) == ["/dev/sdb"])
  }
}
