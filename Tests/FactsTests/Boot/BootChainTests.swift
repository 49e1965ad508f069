import DiskImages
import Evidence
import TestSupport
import Testing

@testable import Facts

struct BootChainTests {
  private static func program(_ sbat: String, sections: [String] = []) -> [UInt8] {
    var sample = PESample()
    sample.subsystem = 10
    sample.sections = [
      (".text", 0x6000_0020, [0xc3]), (".sbat", 0x4000_0040, Array("sbat,1\n\(sbat)\n".utf8)),
    ]
    sample.sections += sections.map { ($0, 0x4000_0040, [1]) }
    return sample.bytes
  }

  private static let menu = "menuentry 'x' {\nlinux /boot/vmlinuz-6.1.0-1-amd64 ro\n}\n"

  @Test func shimGrubKernel() throws {
    let guest = GuestFixture(["/boot/grub/grub.cfg": Self.menu])
    for (path, sbat) in [
      ("/boot/efi/EFI/debian/grubx64.efi", "grub,5"), ("/boot/efi/EFI/debian/shimx64.efi", "shim,4"),
      ("/boot/efi/EFI/BOOT/BOOTX64.EFI", "shim,4"), ("/boot/efi/EFI/debian/mmx64.efi", "shim,4"),
      ("/boot/efi/EFI/BOOT/fbx64.efi", "shim,4"), ("/boot/efi/EFI/debian/fwupdx64.efi", "fwupd-efi,1"),
      ("/boot/vmlinuz-6.1.0-1-amd64", "linux,1"), ("/boot/vmlinuz-6.1.0-0-amd64", "linux,1"),
    ] { guest.filesystem.addFile(path, .bytes(Self.program(sbat))) }
    let chain = try guest.collected(for: [BootChain.self]).model(BootChain.self)
    #expect(
      chain.steps.filter(\.isPartOfBoot).map { "\($0.file.name) \($0.role.rawValue)" } == [
        "BOOTX64.EFI shim", "shimx64.efi shim", "fbx64.efi fallback", "grubx64.efi grub",
        "vmlinuz-6.1.0-1-amd64 kernel",
      ])
    #expect(chain.steps.first { $0.role == .grub }?.startedBy == "shim")
    #expect(chain.steps.first { $0.file.name == "fwupdx64.efi" }?.role == .other)
  }

  @Test func aUnifiedKernelImage() throws {
    let guest = GuestFixture()
    guest.filesystem.addFile("/efi/EFI/BOOT/BOOTAA64.EFI", .bytes(Self.program("systemd,1")))
    guest.filesystem.addFile(
      "/efi/EFI/Linux/a.efi", .bytes(Self.program("systemd,1", sections: [".linux", ".pcrsig"])))
    guest.filesystem.addFile(
      "/usr/lib/systemd/system/sysinit.target.wants/systemd-pcrphase-sysinit.service", .bytes([]))
    guest.filesystem.addFile("/etc/crypttab", "root UUID=1 none luks,tpm2-device=auto,tpm2-measure-pcr=yes\n")
    let facts = try guest.collected(for: [BootChain.self, MeasuredBoot.self])
    #expect(try facts.model(BootChain.self).steps.map(\.role) == [.systemdBoot, .unifiedKernel])
    #expect(Set(try facts.model(MeasuredBoot.self).pieces.keys) == Set(MeasuredBoot.Piece.allCases))
  }

  @Test func nothingMeasures() throws {
    let guest = GuestFixture([
      "/etc/crypttab":
        "# a tpm2-device=auto\nswap /dev/sdb /dev/urandom swap\nx UUID=2 none tpm2-measure-pcr=no,tpm2-device=auto\n",
      "/usr/lib/systemd/system/sysinit.target.wants/systemd-pcrphase-sysinit.service": "",
    ])
    let facts = try guest.collected(for: [MeasuredBoot.self])
    #expect(Array(try facts.model(MeasuredBoot.self).pieces.keys) == [.unlock])
  }

  private static let systemType = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B"

  @Test(
    arguments: [
      ("", [], "there is no EFI system partition"),
      ("UUID=1 /boot/efi vfat umask=0077 0 1\n", [], "the EFI system partition is not in what could be read"),
      ("UUID=1 /boot ext4 defaults 0 1\n", [("ext4", nil, ["/boot"])], "there is no EFI system partition"),
      (
        "UUID=1 /boot/efi vfat defaults 0 1\n", [("vfat", systemType, ["/boot/efi"])],
        "the EFI system partition holds no program to start"
      ),
      (
        "", [("vfat", systemType, [])],
        "/dev/sda1 is an EFI system partition that the guest does not mount, so that it was not read"
      ),
    ] as [(String, [(String, String?, [String])], String)])
  func noProgramsOfThePartition(
    _ fstab: String, _ partitions: [(String, String?, [String])], _ reason: String
  ) throws {
    let guest = GuestFixture(["/etc/fstab": fstab])
    guest.filesystem.addDirectory("/boot/efi")
    guest.filesystem.addFile("/boot/vmlinuz-6.1.0-1-amd64", .bytes(Self.program("linux,1")))
    var evidence = try guest.collected(for: [BootChain.self]).evidence
    evidence.storage = partitions.map { content, type, mountpoints in
      StorageDevice(
        name: "/dev/sda1", kind: .partition, content: content, partitionType: type, mountpoints: mountpoints)
    }
    let chain = try GuestFacts(evidence, asOf: guest.asOf).model(BootChain.self)
    #expect(chain.gap?.reason == reason)
    #expect(chain.steps.map(\.role) == [.kernel])
  }

  /// An image without a boot loader for UEFI has one often.
  @Test func anEmptyPartitionIsRead() throws {
    let guest = GuestFixture([
      "/etc/fstab": "LABEL=ESP /boot/efi vfat umask=0077 0 1\n", "/boot/grub/grub.cfg": Self.menu,
    ])
    guest.filesystem.addDirectory("/boot/efi")
    guest.filesystem.addFile("/boot/vmlinuz-6.1.0-1-amd64", .bytes(Self.program("linux,1")))
    var evidence = try guest.collected(for: [BootChain.self]).evidence
    for (content, problem, isEmpty) in [
      ("vfat", nil, true), ("vfat", "damaged", false), ("ext4", nil, false),
    ] {
      evidence.storage = [
        StorageDevice(
          name: "/dev/sda1", kind: .partition, content: content, mountpoints: ["/boot/efi"], problem: problem)
      ]
      let chain = try GuestFacts(evidence, asOf: 0).model(BootChain.self)
      let wasFoundEmpty = if case .empty = chain.systemPartition { true } else { false }
      #expect(wasFoundEmpty == isEmpty)
      #expect(chain.steps.map(\.role) == [.kernel])
    }
  }

  @Test(arguments: [
    ("", true), ("omit_dracutmodules+=\" clevis-pin-tpm2 clevis \"\n", false),
    ("dracutmodules=\"base systemd\"\n", false), ("omit_dracutmodules+=\" clevis \"\n", true),
  ])
  func clevisInDracut(_ text: String, _ isThere: Bool) throws {
    let guest = GuestFixture(["/usr/bin/clevis-decrypt-tpm2": "", "/etc/dracut.conf.d/a.conf": text])
    for module in ["clevis", "clevis-pin-tpm2"] {
      guest.filesystem.addFile("/usr/lib/dracut/modules.d/60\(module)/module-setup.sh", "")
    }
    let pieces = try guest.collected(for: [MeasuredBoot.self]).model(MeasuredBoot.self).pieces
    #expect((pieces[.unlock] != nil) == isThere)
  }

  /// A file of /etc hides the one in /usr, and comes in the order of the names.
  @Test func filesOfDracutHideEachOther() throws {
    for (name, isThere) in [("20-a.conf", true), ("30-a.conf", false)] {
      let guest = GuestFixture([
        "/usr/bin/clevis-decrypt-tpm2": "", "/usr/lib/dracut/modules.d/60clevis/module-setup.sh": "",
        "/usr/lib/dracut/dracut.conf.d/20-a.conf": "omit_dracutmodules=\"clevis\"\n",
        "/etc/dracut.conf.d/\(name)": "add_drivers+=\" x \"\n",
      ])
      let pieces = try guest.collected(for: [MeasuredBoot.self]).model(MeasuredBoot.self).pieces
      #expect((pieces[.unlock] != nil) == isThere, "\(name)")
    }
  }

  @Test func theCommandLineHandsAVolumeToTheTPM() throws {
    let options =
      "rd.luks.uuid=0a1b2c3d-1111-2222-3333-444455556666 rd.luks.options=tpm2-device=auto,tpm2-measure-pcr=yes"
    let guest = GuestFixture(["/boot/grub/grub.cfg": "menuentry 'x' {\nlinux /vmlinuz-6.1 \(options)\n}\n"])
    let pieces = try guest.collected(for: [MeasuredBoot.self]).model(MeasuredBoot.self).pieces
    #expect(Set(pieces.keys) == [.unlock, .volumeKey])
  }
}
