import TestSupport
import Testing

@testable import Facts

@Suite struct GuestKernelTests {
  private static let kernels = [
    "/boot/vmlinuz-6.1.0-9-amd64": "", "/boot/vmlinuz-6.1.0-10-amd64": "",
    "/boot/config-6.1.0-9-amd64": "CONFIG_A=y\n", "/boot/config-6.1.0-10-amd64": "CONFIG_B=y\n",
    "/usr/lib/modules/6.12.1-amd64/modules.dep": "",
  ]

  @Test func withoutABootEntryTheNewestInBoot() throws {
    let kernel = try GuestFixture(Self.kernels).model(GuestKernel.self)
    #expect(kernel.release == "6.1.0-10-amd64")
    #expect(kernel.version == [6, 1])
    #expect(kernel.isAtLeast(6, 1) == true)
    #expect(kernel.isAtLeast(6, 2) == false)
    #expect(kernel.lacks("CONFIG_A"))
    #expect(kernel.vendor == .unknown)
    #expect(kernel.commandLine.last("ro") == nil)
  }

  @Test func theDefaultEntryBoots() throws {
    let menu = """
      set default="1"
      menuentry 'new' {
        linux /boot/vmlinuz-6.1.0-10-amd64 ro
      }
      menuentry 'old' {
        linux /boot/vmlinuz-6.1.0-9-amd64 ro quiet
      }

      """
    let guest = GuestFixture(Self.kernels.merging(["/boot/grub/grub.cfg": menu]) { $1 })
    let kernel = try guest.model(GuestKernel.self)
    #expect(kernel.release == "6.1.0-9-amd64")
    #expect(kernel.symbol("CONFIG_A") == "y")
    #expect(kernel.commandLine.last("quiet")?.origin.kind == .commandLine)
  }

  @Test func withoutBootTheNewestThatHasModules() throws {
    let kernel = try GuestFixture([
      "/lib/modules/6.1.0-9/modules.dep": "", "/lib/modules/6.1.0-10/modules.dep": "",
      "/lib/modules/extra/a": "",
    ]).model(GuestKernel.self)
    #expect(kernel.release == "6.1.0-10")
    #expect(kernel.configuration == nil)
    #expect(!kernel.lacks("CONFIG_A"))
    #expect(try GuestFixture().model(GuestKernel.self).release == nil)
  }

  @Test func symbols() throws {
    let guest = GuestFixture([
      "/boot/vmlinuz-5.14.0-1.el9.x86_64": "",
      "/lib/modules/5.14.0-1.el9.x86_64/config":
        "CONFIG_A=y\nCONFIG_B=\"a b\"\n# CONFIG_C is not set\nCONFIG_D\n",
      "/etc/os-release": "ID=\"rhel\"\n",
    ])
    let kernel = try guest.model(GuestKernel.self)
    #expect(["A", "B", "C", "D"].map { kernel.symbol("CONFIG_\($0)") } == ["y", "a b", nil, nil])
    #expect(kernel.configuration?.path == "/lib/modules/5.14.0-1.el9.x86_64/config")
    #expect(kernel.vendor == .upstream)
  }
}
