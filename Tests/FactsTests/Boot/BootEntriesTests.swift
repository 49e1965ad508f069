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
    menuentry_id_option="--id"
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
    #expect(boot.entries[0].origin.line == 12)
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
      "/boot/grub2/grub.cfg":
        "insmod blscfg\nload_env\nif [ -z \"${kernelopts}\" ]; then\n  set kernelopts=\"root=/dev/sda1 quiet\"\nfi\nblscfg\n",
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

  @Test(arguments: [
    ("title a\nlinux /0123/6.12.1-amd64/linux\noptions ro\n", "6.12.1-amd64"),
    ("title a\nversion 6.12.2-amd64\nlinux /a/linux\noptions ro\n", "6.12.2-amd64"),
    ("title a\nversion other\nlinux /vmlinuz-6.12.3\noptions ro\n", "6.12.3"),
  ])
  func aLoaderEntryTellsItsVersion(_ entry: String, _ version: String) throws {
    let boot = try GuestFixture(["/efi/loader/entries/a.conf": entry, "/boot/vmlinuz-9": ""])
      .model(BootEntries.self)
    #expect(boot.bootingKernel == version)
  }

  @Test(arguments: [("default b*\n", "b"), ("timeout 3\n", "c"), ("default @saved\n", "c")])
  func systemdBootsDefaultIsAPattern(_ configuration: String, _ title: String) throws {
    let boot = try GuestFixture([
      "/efi/loader/loader.conf": configuration,
      "/efi/loader/entries/b.conf": "title b\nlinux /vmlinuz-1\noptions ro\n",
      "/efi/loader/entries/c.conf": "title c\nlinux /vmlinuz-2\noptions ro\n",
    ]).model(BootEntries.self)
    #expect(boot.entries.map(\.title).first == title)
  }

  @Test func aConfigurationBesideTheBootLoaderThatPointsToAnotherIsNoMenu() throws {
    let pointer = "search.fs_uuid 0a root\nset prefix=($root)'/boot/grub'\nconfigfile $prefix/grub.cfg\n"
    let boot = try GuestFixture([
      "/boot/grub/grub.cfg": Self.debian, "/boot/efi/EFI/debian/grub.cfg": pointer,
    ])
    .model(BootEntries.self)
    #expect(boot.entries.count == 3 && boot.grub.count == 1)
    let own = try GuestFixture(["/boot/efi/EFI/redhat/grub.cfg": Self.debian]).model(BootEntries.self)
    #expect(own.entries.count == 3)
  }

  @Test func extlinuxsDefaultAndGeneralArguments() throws {
    let boot = try GuestFixture([
      "/boot/extlinux/extlinux.conf": """
      DEFAULT new
      APPEND ro audit=1
      LABEL old
        KERNEL /vmlinuz-1
        APPEND quiet
      LABEL none
        KERNEL /vmlinuz-2
        APPEND -
      LABEL new
        MENU LABEL The new one
        LINUX /vmlinuz-3
      """
    ]).model(BootEntries.self)
    #expect(boot.entries.map(\.kernelVersion) == ["3", "1", "2"])
    #expect(boot.entries.map(\.title) == ["The new one", "old", "none"])
    #expect(boot.entries.map { $0.arguments.arguments.map(\.name) } == [["ro", "audit"], ["quiet"], []])
  }

  @Test(arguments: [
    ("CONFIG_CMDLINE_BOOL=y\nCONFIG_CMDLINE=\"audit=0 nosmap\"", ["audit=0", "nosmap", "ro", "audit=1"]),
    ("CONFIG_CMDLINE_BOOL=y\nCONFIG_CMDLINE=\"a=\\\"b c\\\"\"\nCONFIG_CMDLINE_OVERRIDE=y", ["a=b c"]),
    ("CONFIG_CMDLINE=\"nosmap\"\nCONFIG_CMDLINE_FORCE=y", ["nosmap"]),
    ("CONFIG_CMDLINE=\"nosmap\"\nCONFIG_CMDLINE_EXTEND=y", ["ro", "audit=1", "nosmap"]),
    ("CONFIG_CMDLINE=\"nosmap\"\nCONFIG_CMDLINE_FROM_BOOTLOADER=y", ["ro", "audit=1"]),
    ("# CONFIG_CMDLINE_BOOL is not set", ["ro", "audit=1"]), ("CONFIG_CMDLINE=\"\"", ["ro", "audit=1"]),
  ])
  func theKernelsOwnCommandLineCounts(_ configuration: String, _ arguments: [String]) throws {
    let boot = try GuestFixture([
      "/boot/grub/grub.cfg":
        "menuentry x {\nlinux /vmlinuz-6.1 ro audit=1\n}\nmenuentry y {\nlinux /vmlinuz-5 a\n}\n",
      "/boot/config-6.1": configuration + "\n",
    ]).model(BootEntries.self)
    let words = boot.entries.map { entry in
      entry.arguments.arguments.map { argument in
        argument.value.map { "\(argument.name)=\($0)" } ?? argument.name
      }
    }
    #expect(words == [arguments, ["a"]])
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
}
