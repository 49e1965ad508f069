import TestSupport
import Testing

@testable import Facts

/// Which programs set the parameters, in which order.
@Suite struct SysctlProgramsTests {
  let key = "kernel.kptr_restrict"

  @Test func withoutTheServiceNothingIsSet() throws {
    let files = ["/etc/sysctl.d/a.conf": "kernel.kptr_restrict=2"]
    #expect(try value(of: key, in: debianGuest(files, appliesSysctl: false)) == "0")
    let masked = debianGuest(files)
    masked.filesystem.addEntry("/dev/null", .init(mode: 0o020666))
    masked.filesystem.addLink("/etc/systemd/system/systemd-sysctl.service", to: "/dev/null")
    #expect(try value(of: key, in: masked) == "0")
  }

  @Test(arguments: [
    ("/sbin/sysctl --system", "2"), ("-/usr/sbin/sysctl -q -p", "2"), ("/sbin/sysctl -p /etc/other", "1"),
    ("/sbin/sysctl -p relative", "1"),
    ("/bin/echo --system", "1"),
  ])
  func servicesThatRunSysctl(command: String, expected: String) throws {
    let guest = debianGuest(
      ["/etc/sysctl.d/a.conf": "kernel.kptr_restrict=1", "/etc/sysctl.conf": "kernel.kptr_restrict=2"],
      services: ["procps.service": "[Service]\nExecStart=\(command)\n"])
    #expect(try value(of: key, in: guest) == expected)
  }

  @Test(arguments: [
    ("yes", "IPT_SYSCTL=/etc/ufw/sysctl.conf", "0"), ("no", "IPT_SYSCTL=/etc/ufw/sysctl.conf", "1"),
    ("YES", "IPT_SYSCTL=\"/etc/ufw/sysctl.conf\"", "0"), ("yes", "IPT_SYSCTL=", "1"),
    ("yes", "#IPT_SYSCTL=/etc/ufw/sysctl.conf", "1"),
  ])
  func ufwComesLast(enabled: String, setting: String, expected: String) throws {
    let guest = debianGuest(
      [
        "/etc/sysctl.d/zz.conf": "net.ipv4.conf.all.rp_filter=1", "/etc/default/ufw": setting,
        "/etc/ufw/ufw.conf": "ENABLED=\(enabled)",
        "/etc/ufw/sysctl.conf": "net/ipv4/conf/all/rp_filter=0",
      ], services: ["ufw.service": "[Service]\nExecStart=/usr/lib/ufw/ufw-init start quiet\n"])
    #expect(try value(of: "net.ipv4.conf.all.rp_filter", in: guest) == expected)
  }

  @Test func otherInitSystems() throws {
    let files = [
      "/etc/sysctl.d/a.conf": "kernel.kptr_restrict=1", "/etc/sysctl.conf": "kernel.kptr_restrict=2",
    ]
    let sysv = GuestFixture(files)
    sysv.filesystem.addLink("/etc/rcS.d/S10procps", to: "../init.d/procps")
    #expect(try value(of: key, in: sysv) == "2")
    let openrc = GuestFixture(files)
    openrc.filesystem.addLink("/etc/runlevels/boot/sysctl", to: "/etc/init.d/sysctl")
    #expect(try value(of: key, in: openrc) == "2")
    // Nothing known reads the files: only what none of them sets is certain.
    let unknown = GuestFixture(files)
    #expect(try value(of: key, in: unknown) == "<unknown>")
    #expect(try value(of: "fs.suid_dumpable", in: unknown) == "0")
  }

  @Test func aLockedParameterStays() throws {
    let guest = debianGuest(
      ["/etc/sysctl.d/a.conf": "kernel.yama.ptrace_scope=3", "/etc/other": "kernel.yama.ptrace_scope=0"],
      services: ["own.service": "[Service]\nExecStart=/sbin/sysctl -p /etc/other\n"])
    #expect(try value(of: "kernel.yama.ptrace_scope", in: guest) == "3")
  }

  @Test func filesThatServicesNameAreCollected() throws {
    let guest = debianGuest(
      ["/etc/default/ufw": "IPT_SYSCTL=/opt/ufw.conf", "/etc/ufw/ufw.conf": "ENABLED=yes"],
      services: ["own.service": "[Service]\nExecStart=/sbin/sysctl -q -p /etc/other\n"])
    let needs = SysctlSettings.furtherNeeds(try guest.evidence())
    #expect(needs.map(\.pattern.description) == ["/opt/ufw.conf", "/etc/other"])
  }
}
