import Testing

@testable import DiskImages

@Suite struct MountPlanTests {
  private let devices = [
    StorageDevice(name: "/dev/sda", kind: .disk),
    StorageDevice(
      name: "/dev/sda1", kind: .partition, parents: ["/dev/sda"], content: "ext4", uuid: "AA-1", label: "boot"
    ),
    StorageDevice(
      name: "/dev/sda2", kind: .partition, parents: ["/dev/sda"], content: "crypto_LUKS", uuid: "luks-1"),
    StorageDevice(name: "/dev/mapper/brinell0", kind: .luks, parents: ["/dev/sda2"], content: "LVM2_member"),
    StorageDevice(name: "/dev/vg-0/var", kind: .logicalVolume, content: "ext4", uuid: "cc"),
    StorageDevice(name: "/dev/sda3", kind: .partition, content: "btrfs", uuid: "dd", partitionUUID: "PU-3"),
    StorageDevice(name: "/dev/sda4", kind: .partition, content: "crypto_LUKS", uuid: "luks-2"),
    StorageDevice(name: "/dev/mapper/brinell1", kind: .luks, parents: ["/dev/sda4"], content: "xfs"),
    StorageDevice(
      name: "/dev/sdb", kind: .disk, content: "crypto_LUKS", uuid: "locked", problem: "no key was given"),
  ]

  private func plan(_ fstab: String, crypttab: String = "") -> MountPlan {
    MountPlan(
      fstab: parseFstab(Array(fstab.utf8)).entries, crypttab: Array(crypttab.utf8), devices: devices,
      root: "/dev/sda3")
  }

  @Test(arguments: [
    ("UUID=aa-1 /boot ext4 defaults 0 2", "/dev/sda1"),
    ("UUID=\"AA-1\" /boot ext4", "/dev/sda1"),
    ("LABEL=boot /boot ext4 defaults", "/dev/sda1"),
    ("/dev/disk/by-uuid/AA-1 /boot ext4 defaults", "/dev/sda1"),
    ("PARTUUID=pu-3 /boot btrfs defaults", "/dev/sda3"),
    ("/dev/vda1 /boot ext4 defaults", "/dev/sda1"),
    ("/dev/nvme0n1p1 /boot ext4 defaults", "/dev/sda1"),
    ("/dev/mapper/vg--0-var /boot ext4 defaults", "/dev/vg-0/var"),
    ("/dev/vg-0/var /boot ext4 defaults", "/dev/vg-0/var"),
    ("UUID=dd /boot btrfs subvol=/@boot,compress=zstd", "btrfsvol:/dev/sda3/@boot"),
    ("/dev/mapper/secret /boot xfs defaults", "/dev/mapper/brinell1"),
  ])
  func findsTheDevice(line: String, device: String) {
    let plan = plan(line, crypttab: "# name source\nsecret UUID=luks-2 none luks\n")
    #expect(plan.mounts == [.init(device: device, target: "/boot")])
    #expect(plan.missing.isEmpty)
  }

  @Test func saysWhatIsMissing() {
    let plan = plan(
      """
      UUID=ffff /srv ext4 defaults 0 2
      server:/export /data nfs defaults
      /dev/mapper/locked /home ext4 defaults
      /dev/sr0 /media/cdrom0 udf,iso9660 user 0 0
      tmpfs /tmp tmpfs nosuid
      UUID=dd none swap sw
      """, crypttab: "locked UUID=locked /etc/key luks")
    #expect(plan.mounts.isEmpty)
    #expect(plan.missing.map(\.target) == ["/srv", "/data", "/home"])
    #expect(plan.missing[2].reason == "/dev/sdb: no key was given")
  }

  @Test func parentsAreMountedBeforeTheirChildrenAndLaterLinesWin() {
    let plan = plan("/dev/sda3 /var/log btrfs rw\n/dev/sda1 /var ext4 rw\n/dev/vg-0/var /var ext4 rw\n")
    #expect(plan.mounts.map(\.target) == ["/var", "/var/log"])
    #expect(plan.mounts[0].device == "/dev/vg-0/var")
  }

  @Test func fstabEscapesCommentsAndShortLines() {
    let (entries, problems) = parseFstab(
      Array("# c\n\n /dev/sda1\t/mnt/a\\040b  ext4\r\nbroken line\nUUID=1 /x/ xfs ro,nodev 1 2\n".utf8))
    #expect(entries.map(\.target) == ["/mnt/a b", "/x"])
    #expect(entries[0].options == ["defaults"])
    #expect(entries[1].line == 5 && entries[1].frequency == 1 && entries[1].pass == 2)
    #expect(problems.map(\.line) == [4])
  }
}
