import DiskImages
import Evidence
import Facts
import TestSupport
import Testing

@Suite struct VolumeStackTests {
  private static let luks = LUKSVolumes.luks2()

  private func words(_ protection: AtRestProtection?) -> String {
    switch protection {
    case .encrypted(let volumes): "encrypted " + volumes.map(\.device).joined(separator: " ")
    case .plain: "plain"
    case .unknown: "unknown"
    case nil: "absent"
    }
  }

  @Test func aStockCloudImageIsNotEncrypted() throws {
    let guest = EncryptionGuest(
      ["/etc/fstab": "PARTUUID=x / ext4 rw 0 1\nPARTUUID=y /boot/efi vfat defaults 0 0\n"],
      [disk, partition(1, "ext4"), partition(15, "vfat")])
    let stack: VolumeStack = try guest.model()
    #expect(words(stack.places.first?.protection) == "plain" && stack.volumes.isEmpty)
  }

  @Test func lvmOnLUKS() throws {
    let guest = EncryptionGuest(
      [
        "/etc/fstab":
          "/dev/mapper/vg-root / ext4 rw 0 1\n/dev/vg/var /var ext4 rw 0 2\nUUID=b /boot ext4 rw 0 2\n",
        "/etc/crypttab": "sda2_crypt UUID=l none luks\n",
      ],
      [
        disk, partition(1, "ext4", uuid: "b"), partition(2, "crypto_LUKS", uuid: "l", Self.luks),
        opened(0, on: "/dev/sda2", "LVM2_member"),
        volume("/dev/vg/root", on: ["/dev/mapper/brinell0"], "ext4"),
        volume("/dev/vg/var", on: ["/dev/mapper/brinell0"], "ext4"),
      ], root: "/dev/vg/root")
    let stack: VolumeStack = try guest.model()
    #expect(
      stack.places.map { "\($0.target) \(words($0.protection))" } == [
        "/ encrypted /dev/sda2", "/boot plain", "/var encrypted /dev/sda2",
      ])
    #expect(stack.volumes.map { $0.entry?.name } == ["sda2_crypt"])
  }

  @Test func luksOnLVMAndAVolumeThatWasNotOpened() throws {
    var home = volume("/dev/vg/home", on: ["/dev/sda2"], "crypto_LUKS")
    home.encryption = EncryptionHeader.read(DeviceBytes(Self.luks))
    home.problem = "encrypted with LUKS and no key was given"
    let guest = EncryptionGuest(
      [
        "/etc/fstab": "/dev/vg/root / ext4 rw 0 1\n/dev/mapper/home /home ext4 rw 0 2\n",
        "/etc/crypttab": "home /dev/vg/home none luks\n",
      ],
      [disk, partition(2, "LVM2_member"), volume("/dev/vg/root", on: ["/dev/sda2"], "ext4"), home],
      root: "/dev/vg/root")
    let stack: VolumeStack = try guest.model()
    #expect(words(stack.protection(holding: "/")) == "plain")
    #expect(words(stack.protection(holding: "/home/x")) == "encrypted /dev/vg/home")
  }

  @Test func oneMemberInTheClearIsEnough() throws {
    let guest = EncryptionGuest(
      [:],
      [
        disk, partition(2, "crypto_LUKS", Self.luks), opened(0, on: "/dev/sda2", "LVM2_member"),
        partition(3, "LVM2_member"),
        volume("/dev/vg/root", on: ["/dev/mapper/brinell0", "/dev/sda3"], "ext4"),
      ], root: "/dev/vg/root")
    #expect(words(try guest.model(VolumeStack.self).places.first?.protection) == "plain")
  }

  @Test(arguments: [("cipher_null-ecb", "plain"), ("aes-xts-plain64", "encrypted /dev/sda1")])
  func aVolumeWithoutACipherIsInTheClear(_ cipher: String, _ wanted: String) throws {
    let header = LUKSVolumes.luks2(LUKSVolumes.json(encryption: cipher))
    let guest = EncryptionGuest(
      [:], [disk, partition(1, "crypto_LUKS", header), opened(0, on: "/dev/sda1", "ext4")],
      root: "/dev/mapper/brinell0")
    #expect(words(try guest.model(VolumeStack.self).places.first?.protection) == wanted)
  }

  @Test func fscryptAndZFSAreNotKnown() throws {
    var root = partition(1, "ext4")
    root.encryption = EncryptionHeader(.fscrypt)
    #expect(
      words(try EncryptionGuest([:], [disk, root]).model(VolumeStack.self).places.first?.protection)
        == "unknown")
    let zfs = StorageDevice(
      name: "/dev/sda1", kind: .partition, parents: ["/dev/sda"], content: "zfs_member",
      encryption: EncryptionHeader(.zfs))
    #expect(
      words(try EncryptionGuest([:], [disk, zfs]).model(VolumeStack.self).places.first?.protection)
        == "unknown")
  }

  @Test func aBindMountLiesWhereItsSourceDoes() throws {
    let guest = EncryptionGuest(
      [
        "/etc/fstab": """
        UUID=r / ext4 rw 0 1
        UUID=d /data ext4 rw 0 2
        /data/www /srv none bind 0 0
        tmpfs /tmp tmpfs rw 0 0

        """
      ],
      [
        disk, partition(1, "ext4", uuid: "r"), partition(2, "crypto_LUKS", uuid: "l", Self.luks),
        opened(0, on: "/dev/sda2", "ext4", uuid: "d"),
      ])
    let stack: VolumeStack = try guest.model()
    #expect(words(stack.protection(holding: "/srv/x")) == "encrypted /dev/sda2")
    #expect(words(stack.protection(holding: "/database")) == "plain")
    #expect(words(stack.protection(holding: "/tmp/x")) == "unknown")
  }

  @Test func aLineOfFstabCountsWithoutItsGenerator() throws {
    let guest = EncryptionGuest(
      [
        "/etc/fstab": "UUID=r / ext4 rw 0 1\nUUID=h /home ext4 rw 0 2\nUUID=h /mnt ext4 noauto 0 2\n",
        "/usr/lib/systemd/systemd": "",
      ], [disk, partition(1, "ext4", uuid: "r"), partition(2, "ext4", uuid: "h")])
    #expect(try guest.model(VolumeStack.self).places.map(\.target) == ["/", "/home"])
  }

  @Test func parentsInACircleEnd() throws {
    let guest = EncryptionGuest(
      [:],
      [volume("/dev/a/a", on: ["/dev/b/b"], "ext4"), volume("/dev/b/b", on: ["/dev/a/a"], "LVM2_member")],
      root: "/dev/a/a")
    #expect(words(try guest.model(VolumeStack.self).places.first?.protection) == "unknown")
  }

  @Test func crypttabForAFileSystemInTheClearEncryptsNothing() throws {
    let guest = EncryptionGuest(
      ["/etc/fstab": "/dev/mapper/data /data ext4 rw 0 2\n", "/etc/crypttab": "data /dev/sda2 none luks\n"],
      [disk, partition(1, "ext4"), partition(2, "ext4")])
    #expect(words(try guest.model(VolumeStack.self).protection(holding: "/data/x")) == "plain")
  }

  @Test(arguments: [
    ("/dev/mapper/root_crypt", "encrypted root_crypt"), ("UUID=1", "unknown"), ("LABEL=root", "unknown"),
    ("/dev/mapper/vg-root", "unknown"), ("/dev/sda1", "plain"), ("PARTUUID=1", "plain"),
    ("/dev/nvme0n1p1", "plain"),
  ])
  func aFolderTellsWhatFstabAndCrypttabSay(_ source: String, _ wanted: String) throws {
    let guest = EncryptionGuest([
      "/etc/fstab": "\(source) / ext4 rw 0 1\n", "/etc/crypttab": "root_crypt UUID=9 none luks,discard\n",
    ])
    #expect(words(try guest.model(VolumeStack.self).places.first?.protection) == wanted)
  }

  @Test func aFolderWithoutFstabTellsNothing() throws {
    #expect(words(try EncryptionGuest().model(VolumeStack.self).places.first?.protection) == "unknown")
  }

  @Test func aDetachedHeaderIsTheVolumes() throws {
    let guest = EncryptionGuest(
      [
        "/etc/fstab": "/dev/mapper/data /data ext4 rw 0 2\n",
        "/etc/crypttab": "data /dev/sda2 none luks,header=/etc/h\n",
      ],
      [disk, partition(1, "ext4"), partition(2, nil)])
    guest.fixture.filesystem.addFile("/etc/h", .bytes(LUKSVolumes.luks2()))
    let stack: VolumeStack = try guest.model()
    #expect(words(stack.protection(holding: "/data")) == "encrypted /dev/sda2")
    #expect(stack.volumes.first?.header?.segments.first?.keyBits == 512)
  }

  @Test(arguments: [
    ("swap /dev/sda2 /dev/urandom swap", true, true), ("swap /dev/sda2 /dev/urandom", true, true),
    ("swap /dev/sda2 none luks,swap", false, false), ("x /dev/sda2 none plain", true, false),
    ("x /dev/sda2 - luks", false, false), ("x /dev/sda2", false, false),
    ("t /dev/sda2 /dev/random tmp=ext4", true, true),
  ])
  func plainAndRandomKeysOfCrypttab(_ line: String, _ isPlain: Bool, _ isRandom: Bool) throws {
    let entry = try #require(Crypttab.parse(TextFile(path: "/etc/crypttab", bytes: Array(line.utf8))).first)
    #expect(entry.isPlain == isPlain && entry.hasRandomKey == isRandom)
  }
}
