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

  private static let types = [
    "system": "C12A7328-F81F-11D2-BA4B-00A0C93EC93B", "extended": "bc13c2ff-59e6-4262-a352-b275fd6f7172",
    "home": "933ac7e1-2eb4-4f13-b844-0e14e2aef915", "var": "4d21b016-b534-45c2-a9fb-5c16e091fd2d",
    "tmp": "7ec6f557-3bc5-4aca-b293-16ef5df639d1", "srv": "3b8f8425-20e0-4f3b-907f-1a25a76f98e8",
  ]

  /// - Parameters:
  ///   - partitions: `sda5 system vfat`, with a partition's UUID or its flags (`0x…`) behind it where they count.
  ///   - directories: those that are there; `/efi!` holds something.
  private func mounts(
    _ partitions: [String], fstab: String = "", directories: String, version: Int? = 257,
    arguments: [String] = []
  ) -> MountPlan {
    let all = partitions.map { line in
      let words = line.split(separator: " ").map(String.init)
      return StorageDevice(
        name: "/dev/\(words[0])", kind: .partition, parents: ["/dev/\(words[0].prefix(3))"],
        content: words[2],
        uuid: words[0], partitionType: Self.types[words[1]],
        partitionUUID: words.dropFirst(3).first { !$0.hasPrefix("0x") },
        partitionFlags: words.dropFirst(3).first { $0.hasPrefix("0x") })
    }
    var boot = BootSettings()
    boot.addArguments(arguments)
    var generator = PartitionGenerator()
    let names = directories.split(separator: " ").map(String.init)
    generator.present = Set(names.map { $0.replacing("!", with: "") })
    generator.empty = Set(names.filter { !$0.hasSuffix("!") })
    generator.version = version
    generator.machineID = "0123456789abcdef0123456789abcdef"
    boot.generator = generator
    return MountPlan(
      fstab: parseFstab(Array(fstab.utf8)).entries, crypttab: [], devices: devices.dropLast() + all,
      root: "/dev/mapper/brinell0", boot: boot)
  }

  private static let system = "sda5 system vfat"
  private static let extended = "sda6 extended ext4"

  /// The order of /boot and /efi changed with 254, and since 256 fstab has the last word.
  @Test(
    arguments: [
      // (partitions, fstab, directories, version, mounts)
      ([system], "", "/boot /efi", 257, ["sda5 /boot"]), ([system], "", "/boot /efi", 252, ["sda5 /efi"]),
      ([system], "", "/boot /efi", 253, ["sda5 /efi"]), ([system], "", "/boot /efi", 254, ["sda5 /boot"]),
      ([system], "", "/efi", 256, ["sda5 /efi"]), ([system], "", "/efi", 257, []),
      ([system], "", "/boot", 252, ["sda5 /boot"]), ([system], "", "/boot! /efi", 257, ["sda5 /efi"]),
      ([system], "", "/boot /efi!", 257, ["sda5 /boot"]), ([system], "", "/boot /efi!", 252, []),
      ([system], "", "/boot! /efi!", 257, []), ([system], "", "/boot!", 257, []), ([system], "", "", 257, []),
      // The first of a type on the root's disk.
      (["sdb1 system vfat", system, "sda7 system vfat"], "", "/boot", 257, ["sda5 /boot"]),
      (["sdb1 system vfat"], "", "/efi", 257, []),
      ([system, extended], "", "/boot /efi", 257, ["sda6 /boot", "sda5 /efi"]),
      ([system, extended], "", "/boot /efi", 252, ["sda6 /boot", "sda5 /efi"]),
      ([system, "sda6 extended vfat"], "", "/boot", 257, ["sda6 /boot"]),
      ([system, extended], "", "/boot! /efi", 257, ["sda5 /efi"]),
      // What the generator refuses, and what firmware cannot read.
      (["sda6 extended ntfs"], "", "/boot", 257, []), (["sda5 system ext4"], "", "/boot /efi", 257, []),
      ([system], "UUID=sda5 /boot/efi vfat umask=0077", "/boot /efi", 257, ["sda5 /boot/efi"]),
      ([system], "UUID=sda5 /boot/efi vfat noauto", "/boot /efi", 252, []),
      ([system], "/dev/sda1 /boot ext4", "/boot /efi", 252, ["sda1 /boot", "sda5 /efi"]),
      ([system], "/dev/sda1 /boot ext4", "/boot /efi", 255, ["sda1 /boot", "sda5 /efi"]),
      ([system], "/dev/sda1 /boot ext4", "/boot /efi", 256, ["sda1 /boot"]),
      ([system, extended], "/dev/sda1 /efi/x ext4", "/boot /efi", 256, ["sda1 /efi/x"]),
      // Flags: no-auto does not count for an EFI system partition, no block I/O protocol for nothing else.
      (["sda5 system vfat 0x8000000000000000"], "", "/boot", 257, ["sda5 /boot"]),
      (["sda5 system vfat 0x2", "sda6 system vfat 0x5"], "", "/boot", 257, ["sda6 /boot"]),
      (["sda6 extended ext4 0x8000000000000000", system], "", "/boot", 257, ["sda5 /boot"]),
      (["sda6 extended ext4 0x1800000000000002"], "", "/boot", 257, ["sda6 /boot"]),
      (["sda6 extended ext4 0xfffffffffffffffff"], "", "/boot", 257, ["sda6 /boot"]),
      ([system], "/dev/sda1 /bootless ext4", "/boot /efi", nil, ["sda5 /boot", "sda1 /bootless"]),
    ] as [([String], String, String, Int?, [String])])
  func bootPartitionsAreMountedByTheirType(
    partitions: [String], fstab: String, directories: String, version: Int?, expected: [String]
  ) {
    let plan = mounts(partitions, fstab: fstab, directories: directories, version: version)
    #expect(plan.mounts.map { "\($0.device.dropFirst(5)) \($0.target)" }.sorted() == expected.sorted())
    #expect(plan.missing.isEmpty)
  }

  /// The UUID is what `systemd-id128 var-partition-uuid` prints for the machine's ID.
  @Test(arguments: [
    (
      ["sda5 home ext4", "sda6 srv xfs", "sda7 tmp btrfs"], "", ["sda5 /home", "sda6 /srv", "sda7 /var/tmp"]
    ),
    (["sda5 var ext4 C0C46EFF-E386-4746-A2BD-0962CD326EA2"], "", ["sda5 /var"]),
    (["sda5 var ext4 d0c46eff-e386-4746-a2bd-0962cd326ea2"], "", []), (["sda5 var ext4"], "", []),
    (["sda5 home ext4"], "/dev/sda1 /home ext4", ["sda1 /home"]),
    (["sda5 home ext4 0x8000000000000000"], "", []),
    (["sda5 srv ext4 0x9800000000000000", "sda6 srv ext4 0x1800000000000000"], "", ["sda6 /srv"]),
    (["sda5 tmp ext4 0x8000000000000000", "sda6 home ext4 0x2"], "", ["sda6 /home"]),
    (["sda5 var ext4 C0C46EFF-E386-4746-A2BD-0962CD326EA2 0x8000000000000000"], "", []),
    (["sda5 home ext4"], "/dev/sda5 /data ext4", ["sda5 /data"]), (["sdb1 home ext4"], "", []),
  ])
  func partitionsOfDataAreMountedByTheirType(partitions: [String], fstab: String, expected: [String]) {
    let plan = mounts(partitions, fstab: fstab, directories: "/home /srv /var /var/tmp")
    #expect(plan.mounts.map { "\($0.device.dropFirst(5)) \($0.target)" }.sorted() == expected.sorted())
    #expect(mounts(partitions, directories: "/home! /srv! /var! /var/tmp!").mounts.isEmpty)
    #expect(
      mounts(partitions, directories: "/home /srv /var /var/tmp", arguments: ["systemd.gpt_auto=0"]).mounts
        .isEmpty)
  }

  @Test func aContainerThatIsOpenIsMountedAndAnotherIsAGap() {
    var all = devices.map { device in
      var device = device
      if device.name == "/dev/sda4" {
        (device.partitionType, device.parents) = (Self.types["home"], ["/dev/sda"])
      }
      return device
    }
    var boot = BootSettings()
    boot.generator = PartitionGenerator()
    boot.generator?.empty = ["/home"]
    func plan() -> MountPlan {
      MountPlan(fstab: [], crypttab: [], devices: all, root: "/dev/mapper/brinell0", boot: boot)
    }
    #expect(plan().mounts == [.init(device: "/dev/mapper/brinell1", target: "/home")])
    all.removeAll { $0.name == "/dev/mapper/brinell1" }
    for index in all.indices where all[index].name == "/dev/sda4" { all[index].problem = "no key was given" }
    #expect(plan().mounts.isEmpty)
    #expect(plan().missing == [.init(target: "/home", reason: "/dev/sda4: no key was given")])
  }

  @Test(arguments: [
    (["mount.usr=PARTUUID=pu-3"], "", ["/dev/sda3"]),
    (["mount.usr=/dev/vda1", "mount.usr="], "", ["/dev/sda1"]),
    (["mount.usr=UUID=dd", "mount.usrflags=ro,subvol=@usr"], "", ["btrfsvol:/dev/sda3/@usr"]),
    (["mount.usr=UUID=dd"], "/dev/sda1 /usr ext4", ["/dev/sda1"]), (["mount.usr=gpt-auto"], "", []),
    (["root=PARTUUID=pu-3"], "", []),
  ])
  func theCommandLineNamesUsr(words: [String], fstab: String, expected: [String]) {
    var boot = BootSettings()
    boot.addArguments(words)
    let plan = plan(fstab, boot: boot)
    #expect(plan.mounts.map(\.device) == expected)
    #expect(plan.mounts.allSatisfy { $0.target == "/usr" } && plan.missing.isEmpty)
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
