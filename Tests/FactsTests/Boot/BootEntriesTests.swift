import DiskImages
import Evidence
import TestSupport
import Testing

@testable import Facts

@Suite struct BootEntriesTests {
  private static let debian = """
    if [ -s $prefix/grubenv ]; then
      load_env
    fi
    if [ "${next_entry}" ] ; then
       set default="${next_entry}"
    else
       set default="0"
    fi
    menuentry 'Debian GNU/Linux' --class debian $menuentry_id_option 'simple-1' {
    	search --no-floppy --label --set=root root
    	linux	/boot/vmlinuz-6.1.0-40-amd64 root=LABEL=root ro quiet "dyndbg=file a.c +p"
    	initrd	/boot/initrd.img-6.1.0-40-amd64
    }
    submenu 'Advanced options' $menuentry_id_option 'advanced' {
    	menuentry 'Debian, with Linux 6.1.0-39-amd64' {
    		linux	/boot/vmlinuz-6.1.0-39-amd64 root=LABEL=root ro mitigations=off
    	}
    	menuentry 'Debian, with Linux 6.1.0-40-amd64 (recovery mode)' {
    		linux	/boot/vmlinuz-6.1.0-40-amd64 root=LABEL=root ro single
    	}
    }
    """

  @Test func readsGrubsMenu() throws {
    let boot = try GuestFixture(["/boot/grub/grub.cfg": Self.debian]).model(BootEntries.self)
    #expect(boot.entries.map(\.kernelVersion) == ["6.1.0-40-amd64", "6.1.0-39-amd64", "6.1.0-40-amd64"])
    #expect(boot.entries.map(\.isRecovery) == [false, false, true])
    #expect(boot.entries[0].arguments.last("dyndbg")?.value == "file a.c +p")
    #expect(boot.entries[0].origin.line == 11)
    #expect(boot.entries[1].position == [1, 0])
    #expect(boot.bootingKernel == "6.1.0-40-amd64")
  }

  @Test(arguments: [
    ("1>0", "6.1.0-39-amd64"), ("advanced>Debian, with Linux 6.1.0-39-amd64", "6.1.0-39-amd64"),
    ("simple-1", "6.1.0-40-amd64"), ("nonsense", "6.1.0-40-amd64"),
  ])
  func theDefaultIsANumberAPathATitleOrAnIdentifier(_ setting: String, _ version: String) throws {
    let menu = Self.debian.replacing("set default=\"0\"", with: "set default=\"\(setting)\"")
    let boot = try GuestFixture(["/boot/grub/grub.cfg": menu]).model(BootEntries.self)
    #expect(boot.bootingKernel == version)
  }

  @Test func aSavedDefaultStandsInTheEnvironment() throws {
    let boot = try GuestFixture([
      "/boot/grub/grub.cfg": Self.debian.replacing("\"0\"", with: "\"${saved_entry}\""),
      "/boot/grub/grubenv": "# GRUB Environment Block\nsaved_entry=1>0\n####",
    ]).model(BootEntries.self)
    #expect(boot.bootingKernel == "6.1.0-39-amd64")
  }

  @Test func loaderEntriesTakeTheirOptionsFromTheEnvironment() throws {
    let boot = try GuestFixture([
      "/boot/grub2/grub.cfg": "insmod blscfg\nset kernelopts=\"root=/dev/sda1 quiet\"\nblscfg\n",
      "/boot/grub2/grubenv": "kernelopts=root=/dev/vda3 ro audit=1\n",
      "/boot/loader/entries/a-5.14.0-70.conf":
        "title RHEL (5.14.0-70)\nlinux /vmlinuz-5.14.0-70.el9.x86_64\noptions $kernelopts nosmap\n",
      "/boot/loader/entries/a-5.14.0-503.conf":
        "title RHEL (5.14.0-503)\nlinux /vmlinuz-5.14.0-503.el9.x86_64\noptions $kernelopts\n",
    ]).model(BootEntries.self)
    #expect(boot.entries.map(\.kernelVersion) == ["5.14.0-503.el9.x86_64", "5.14.0-70.el9.x86_64"])
    #expect(boot.entries[0].arguments.last("audit")?.value == "1")
    #expect(boot.entries[1].arguments.last("nosmap") != nil)
  }

  @Test func loaderEntriesThatGrubDoesNotReadDoNotCount() throws {
    let boot = try GuestFixture([
      "/boot/grub/grub.cfg": Self.debian,
      "/boot/loader/entries/old.conf": "title old\nlinux /vmlinuz-5\noptions nokaslr\n",
    ]).model(BootEntries.self)
    #expect(!boot.entries.contains { $0.title == "old" })
  }

  @Test func extlinuxAndTheKernelsLink() throws {
    let guest = GuestFixture([
      "/boot/extlinux/extlinux.conf":
        "default l0\nlabel l0\n  menu label Linux\n  linux /vmlinuz\n  append root=/dev/sda1 quiet\n",
      "/boot/vmlinuz-6.1.0-9-amd64": "", "/boot/vmlinuz-6.1.0-40-amd64": "",
    ])
    guest.filesystem.addLink("/vmlinuz", to: "boot/vmlinuz-6.1.0-9-amd64")
    let boot = try guest.model(BootEntries.self)
    #expect(boot.bootingKernel == "6.1.0-9-amd64")
    #expect(boot.installedKernels == ["6.1.0-40-amd64", "6.1.0-9-amd64"])
    #expect(boot.entries[0].arguments.last("quiet") != nil)
  }

  @Test func aTreeWithoutAKernelHasNoEntryAndSaysSo() throws {
    let boot = try GuestFixture(["/etc/default/grub": "GRUB_CMDLINE_LINUX=audit=1"]).model(BootEntries.self)
    #expect(throws: EvidenceGap.self) { try boot.requireEntries() }
    #expect(boot.bootingKernel == nil)
  }

  @Test func unifiedKernelImagesCarryTheirCommandLine() throws {
    var image = [UInt8](repeating: 0, count: 1024)
    image.replaceSubrange(0..<2, with: [0x4d, 0x5a])
    image[0x3c] = 0x80
    image.replaceSubrange(0x80..<0x84, with: [0x50, 0x45, 0, 0])
    image[0x86] = 1
    image[0x94] = 16
    let section = 0x80 + 24 + 16
    image.replaceSubrange(section..<section + 8, with: Array(".cmdline".utf8))
    image[section + 8] = 7
    image[section + 16] = 64
    image[section + 21] = 2
    image.replaceSubrange(512..<519, with: Array("audit=1".utf8))
    let guest = GuestFixture()
    guest.filesystem.addFile("/boot/efi/EFI/Linux/linux-6.1.efi", .bytes(image))
    let boot = try guest.model(BootEntries.self)
    #expect(boot.entries.first?.arguments.last("audit")?.value == "1")
    for length in 0..<image.count {
      _ = UnifiedKernelImage.section(".cmdline", of: Array(image.prefix(length)))
    }
    for position in image.indices.prefix(256) {
      for value: UInt8 in [0x00, 0x7f, 0xff] {
        var broken = image
        broken[position] = value
        _ = UnifiedKernelImage.section(".cmdline", of: broken)
      }
    }
  }

  @Test func theKernelsWordsAreItsOwn() {
    let line = KernelArguments("audit=0 rng_core.default_quality=5 audit=1 a=\"b c\" -- audit=2")
    #expect(line.last("audit")?.value == "1" && line.all("audit").count == 2)
    #expect(line.last("rng-core.default-quality")?.value == "5")
    #expect(line.last("a")?.value == "b c")
    #expect(KernelArguments("").arguments.isEmpty)
  }

  @Test(arguments: [("6.1.0-9", "6.1.0-40", true), ("6.1.0-40", "6.1.0-9", false), ("6.1", "6.1.0", true)])
  func versionsAreOrderedByNumber(_ left: String, _ right: String, _ precedes: Bool) {
    #expect(naturallyPrecedes(left, right) == precedes)
  }

  @Test func aHugeMenuIsBounded() throws {
    let menu = String(repeating: "menuentry 'x' {\nlinux /vmlinuz-1 a\n", count: 20_000)
    let boot = try GuestFixture(["/boot/grub/grub.cfg": menu]).model(BootEntries.self)
    #expect(boot.entries.count == 4096)
  }
}
