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
    StorageDevice(
      name: "/dev/sda4", kind: .partition, content: "crypto_LUKS",
      uuid: "11111111-2222-3333-4444-555555555555"),
    StorageDevice(name: "/dev/mapper/brinell1", kind: .luks, parents: ["/dev/sda4"], content: "xfs"),
    StorageDevice(
      name: "/dev/sdb", kind: .disk, content: "crypto_LUKS", uuid: "locked", problem: "no key was given"),
  ]

  private func plan(_ fstab: String, crypttab: String = "", boot: BootSettings = BootSettings()) -> MountPlan
  {
    MountPlan(
      fstab: parseFstab(Array(fstab.utf8)).entries, crypttab: Array(crypttab.utf8), devices: devices,
      root: "/dev/sda3", boot: boot)
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
    let plan = plan(
      line, crypttab: "# name source\nsecret UUID=11111111-2222-3333-4444-555555555555 none luks\n")
    #expect(plan.mounts == [.init(device: device, target: "/boot")])
    #expect(plan.missing.isEmpty)
  }

  @Test(arguments: [
    ("root=/dev/sda3 rd.luks.name=11111111-2222-3333-4444-555555555555=secret quiet", "/dev/mapper/secret"),
    ("luks.name=11111111-2222-3333-4444-555555555555=secret", "/dev/mapper/secret"),
    (
      "rd.luks.uuid=luks-11111111-2222-3333-4444-555555555555",
      "/dev/mapper/luks-11111111-2222-3333-4444-555555555555"
    ),
    ("GRUB_CMDLINE_LINUX=\"rd.luks.name=11111111-2222-3333-4444-555555555555=secret\"", "/dev/mapper/secret"),
    (
      "\tlinux /vmlinuz root=/dev/sda3 rd.luks.name=11111111-2222-3333-4444-555555555555=secret",
      "/dev/mapper/secret"
    ),
    ("cryptdevice=UUID=11111111-2222-3333-4444-555555555555:secret", "/dev/mapper/secret"),
  ])
  func theCommandLineNamesVolumes(line: String, source: String) {
    var boot = BootSettings()
    boot.addArguments(in: Array("# rd.luks.name=22222222-2222-3333-4444-555555555555=secret\n\(line)\n".utf8))
    let plan = plan("\(source) /home xfs defaults", boot: boot)
    #expect(plan.mounts == [.init(device: "/dev/mapper/brinell1", target: "/home")])
    #expect(plan.missing.isEmpty)
  }

  @Test func crypttabWinsOverTheCommandLine() {
    var boot = BootSettings()
    boot.addArguments(["luks.name=22222222-2222-3333-4444-555555555555=secret"])
    let plan = plan(
      "/dev/mapper/secret /home xfs", crypttab: "secret UUID=11111111-2222-3333-4444-555555555555", boot: boot
    )
    #expect(plan.mounts.map(\.device) == ["/dev/mapper/brinell1"])
  }

  private static let system = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B"
  private static let extended = "bc13c2ff-59e6-4262-a352-b275fd6f7172"

  @Test(arguments: [
    // (fstab, whether there is an extended boot loader partition, free directories, mounts)
    ("", false, ["/boot", "/efi"], ["/dev/sda5 /boot"]),
    ("", false, ["/efi"], ["/dev/sda5 /efi"]),
    ("", false, [], []),
    ("", true, ["/boot", "/efi"], ["/dev/sda6 /boot", "/dev/sda5 /efi"]),
    ("", true, ["/boot"], ["/dev/sda6 /boot"]),
    ("UUID=E-5 /boot/efi vfat umask=0077", false, ["/boot", "/efi"], ["/dev/sda5 /boot/efi"]),
    ("UUID=E-5 /boot/efi vfat noauto", false, ["/boot", "/efi"], []),
    ("/dev/sda1 /boot ext4", false, ["/boot", "/efi"], ["/dev/sda1 /boot", "/dev/sda5 /efi"]),
  ])
  func partitionsAreMountedByTheirType(fstab: String, extended: Bool, free: [String], mounts: [String]) {
    var all =
      devices.dropLast() + [
        StorageDevice(
          name: "/dev/sda5", kind: .partition, parents: ["/dev/sda"], content: "vfat", uuid: "E-5",
          partitionType: Self.system),
        // Of another disk.
        StorageDevice(
          name: "/dev/sdb1", kind: .partition, parents: ["/dev/sdb"], content: "vfat",
          partitionType: Self.system),
      ]
    if extended {
      all.append(
        StorageDevice(
          name: "/dev/sda6", kind: .partition, parents: ["/dev/sda"], content: "vfat",
          partitionType: Self.extended))
    }
    var boot = BootSettings()
    boot.freeMountPoints = Set(free)
    let plan = MountPlan(
      fstab: parseFstab(Array(fstab.utf8)).entries, crypttab: [], devices: Array(all),
      root: "/dev/mapper/brinell0", boot: boot)
    #expect(plan.mounts.map { "\($0.device) \($0.target)" } == mounts)
  }

  @Test(arguments: [("systemd.gpt_auto=no", true), ("systemd.gpt_auto=1", false), ("quiet", false)])
  func theCommandLineTurnsPartitionTypesOff(word: String, isOff: Bool) {
    var boot = BootSettings()
    boot.addArguments([word])
    #expect(boot.turnsOffPartitionTypes == isOff)
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
