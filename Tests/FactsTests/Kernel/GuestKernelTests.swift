import TestSupport
import Testing

@testable import Facts

@Suite struct GuestKernelTests {
  @Test func theNewestComesFirst() throws {
    let guest = GuestFixture([
      "/boot/vmlinuz-6.1.0-9-amd64": "", "/boot/vmlinuz-6.1.0-10-amd64": "",
      "/boot/config-5.10.0-33-amd64": "",
      "/boot/vmlinuz-0-rescue": "", "/boot/vmlinuz-old": "",
      "/usr/lib/modules/6.1.0-10-amd64/modules.dep": "",
    ])
    let kernel = try guest.model(GuestKernel.self)
    #expect(kernel.releases == ["6.1.0-10-amd64", "6.1.0-9-amd64", "5.10.0-33-amd64", "0-rescue"])
    #expect(kernel.version == [6, 1])
    #expect(kernel.isAtLeast(6, 1) == true)
    #expect(kernel.isAtLeast(6, 2) == false)
    #expect(kernel.configuration == nil)
    #expect(kernel.vendor == .unknown)
  }

  @Test func numbersOfAnyLength() {
    let long = String(repeating: "9", count: 10_000)
    #expect(GuestKernel.precedes("6.\(long)", "6.1\(long)"))
    #expect(!GuestKernel.precedes("6.010", "6.10"))
    #expect(GuestKernel.precedes("", "6"))
  }

  @Test func symbols() throws {
    let guest = GuestFixture([
      "/lib/modules/5.14.0-1.el9.x86_64/config":
        "CONFIG_A=y\nCONFIG_B=\"a b\"\n# CONFIG_C is not set\nCONFIG_D\n",
      "/etc/os-release": "ID=\"rhel\"\n",
    ])
    let kernel = try guest.model(GuestKernel.self)
    #expect(kernel.configuration == ["CONFIG_A": "y", "CONFIG_B": "a b"])
    #expect(kernel.configurationPath == "/lib/modules/5.14.0-1.el9.x86_64/config")
    #expect(kernel.vendor == .upstream)
  }
}
