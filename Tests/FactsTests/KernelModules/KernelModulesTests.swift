import Evidence
import TestSupport
import Testing

@testable import Facts

@Suite struct KernelModulesTests {
  let dep =
    "kernel/fs/cramfs/cramfs.ko.xz: kernel/lib/zlib.ko.xz\nkernel/drivers/usb/storage/usb-storage.ko:\n"

  @Test func listsOfEveryKernel() throws {
    let modules = try GuestFixture([
      "/lib/modules/6.1.0-9/modules.dep": dep,
      "/lib/modules/6.1.0-10/modules.builtin": "kernel/fs/cramfs/cramfs.ko\n",
      "/lib/modules/6.1.0-10/modules.dep": "", "/lib/modules/5.10.0-1/empty": "",
    ]).model(KernelModules.self)
    #expect(modules.releases == ["6.1.0-10", "6.1.0-9"])
    let cramfs = modules.module("cramfs")
    #expect(cramfs.builtIn == ["6.1.0-10"])
    #expect(cramfs.loadable == ["6.1.0-9": "/lib/modules/6.1.0-9/kernel/fs/cramfs/cramfs.ko.xz"])
    #expect(!modules.module("usb_storage").loadable.isEmpty)
    #expect(modules.module("usb-storage") == modules.module("usb_storage"))
    #expect(modules.module("zlib").loadable.isEmpty)
  }

  @Test func withoutDepmodTheFilesCount() throws {
    let modules = try GuestFixture([
      "/usr/lib/modules/6.1/updates/a/dccp-x.ko.zst": "", "/usr/lib/modules/6.1/b.ko.txt": "",
    ])
    .model(KernelModules.self)
    #expect(modules.module("dccp_x").loadable == ["6.1": "/usr/lib/modules/6.1/updates/a/dccp-x.ko.zst"])
    #expect(modules.module("b").loadable.isEmpty)
  }

  @Test func mergedUsrCountsOnce() throws {
    let guest = GuestFixture(["/usr/lib/modules/6.1/modules.dep": dep])
    guest.filesystem.addLink("/lib", to: "usr/lib")
    #expect(try guest.model(KernelModules.self).releases == ["6.1"])
  }

  @Test(arguments: [
    ("/bin/false", true), ("/bin/true", true), ("/usr/sbin/nologin", true), (":", true), ("exit 1", true),
    ("/bin/false # why", true), ("/bin/true >/dev/null 2>&1", true), ("true foo", true),
    ("/bin/true; /sbin/modprobe --ignore-install x", false), ("/bin/false || insmod x", false),
    ("/bin/true & insmod x", false), ("/sbin/modprobe --ignore-install x", false), ("`x` true", false),
    ("/bin/falsehood", false), ("# nothing", false), ("exit x", false), ("false $(insmod x)", false),
  ])
  func commands(command: String, expected: Bool) {
    #expect(ModprobeConfiguration.loadsNothing(command) == expected)
  }

  @Test(arguments: [
    ("install usb-storage /bin/false", true), ("install usb_storage /bin/false", true),
    ("install usb* /bin/false", true), ("install usb[_]storage /bin/false", true),
    ("install usb-storage \\\n /bin/false", true), ("\\\ninstall usb-storage /bin/false", true),
    ("  install\tusb-storage\t/bin/false  ", true), ("install usb-storage", false),
    ("#install usb-storage /bin/false", false), ("# a \\\ninstall usb-storage /bin/false", false),
    ("blacklist usb-storage", false), ("alias usb-storage off", false), ("install usb /bin/false", false),
    // The first install counts.
    ("install usb-storage /sbin/x\ninstall usb-storage /bin/false", false),
    ("install usb-storage /bin/false\ninstall usb-storage /sbin/x", true), ("\\", false), ("", false),
  ])
  func modprobe(text: String, isBlocked: Bool) throws {
    let modules = try GuestFixture(["/etc/modprobe.d/a.conf": text]).model(KernelModules.self)
    #expect(modules.module("usb-storage").isBlocked == isBlocked)
  }

  @Test func filesInOrderAndMasked() throws {
    let guest = GuestFixture([
      "/usr/lib/modprobe.d/10-a.conf": "install sctp /sbin/own",
      "/etc/modprobe.d/20-b.conf": "install sctp /bin/false",
      "/lib/modprobe.d/c.conf": "install rds /bin/false", "/etc/modprobe.d/c": "install tipc /bin/false",
    ])
    let sctp = try guest.model(KernelModules.self).module("sctp")
    #expect(sctp.install?.value == "/sbin/own")
    #expect(sctp.install?.shadowed.map(\.origin.path) == ["/etc/modprobe.d/20-b.conf"])
    #expect(try guest.model(KernelModules.self).module("rds").isBlocked)
    #expect(try !guest.model(KernelModules.self).module("tipc").isBlocked)
    guest.filesystem.addFile("/etc/modprobe.d/10-a.conf", "")
    #expect(try guest.model(KernelModules.self).module("sctp").isBlocked)
  }

  /// kmod reads past a link that leads nowhere, which masks a file for systemd.
  @Test func linkToNothing() throws {
    let guest = GuestFixture([
      "/usr/lib/modprobe.d/a.conf": "install sctp /bin/false", "/usr/lib/modules-load.d/a.conf": "sctp",
    ])
    guest.filesystem.addLink("/etc/modprobe.d/a.conf", to: "/nowhere")
    guest.filesystem.addLink("/etc/modules-load.d/a.conf", to: "/nowhere")
    let sctp = try guest.model(KernelModules.self).module("sctp")
    #expect(sctp.isBlocked)
    #expect(sctp.loadedAtBoot == nil)
  }

  @Test(arguments: [
    ("module_blacklist=rds,usb_storage", true, false), ("module_blacklist=usb-storage", false, false),
    ("module_blacklist=usb_storage module_blacklist=rds", false, false), ("module_blacklist", false, false),
    ("modprobe.blacklist=rds,usb_storage", false, true), ("modprobe.blacklist=usb-storage", false, false),
    ("modprobe.blacklist=usb_storage modprobe.blacklist=rds", false, true), ("", false, false),
  ])
  func commandLine(text: String, isRefused: Bool, isBlacklisted: Bool) throws {
    let menu = "menuentry 'a' {\n linux /boot/vmlinuz-6.1 ro \(text)\n}\n"
    let modules = try GuestFixture(["/boot/grub/grub.cfg": menu]).model(KernelModules.self)
    #expect((modules.module("usb-storage").refused != nil) == isRefused)
    #expect((modules.module("usb-storage").blacklist != nil) == isBlacklisted)
  }

  @Test func loadedAtBoot() throws {
    let guest = GuestFixture(["/etc/modules": "# none\n dccp-x opt=1\n"])
    guest.filesystem.addLink("/etc/modules-load.d/modules.conf", to: "../modules")
    #expect(try guest.model(KernelModules.self).module("dccp_x").loadedAtBoot?.line == 2)
  }

  @Test func hiddenModulesAreAGap() {
    let guest = GuestFixture(["/lib/modules/6.1/modules.dep": ""])
    guest.filesystem.addGap("/lib/modules", reason: "damaged")
    #expect(throws: EvidenceGap.self) { try guest.model(KernelModules.self) }
  }

  @Test func manyLines() throws {
    let lines = (0..<10_000).map { "kernel/a/m\($0).ko:\n" }.joined()
    let text = String(repeating: "install a \\\n", count: 5_000)
    let modules = try GuestFixture(["/lib/modules/6.1/modules.dep": lines, "/etc/modprobe.d/a.conf": text])
      .model(KernelModules.self)
    #expect(!modules.module("m9999").loadable.isEmpty)
  }
}
