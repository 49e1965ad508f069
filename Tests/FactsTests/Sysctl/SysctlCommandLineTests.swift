import TestSupport
import Testing

@testable import Facts

/// What the command line of the default boot entry sets.
@Suite struct SysctlCommandLineTests {
  @Test(arguments: [
    ("sysctl.kernel.kptr_restrict=2", "kernel.kptr_restrict", "2"),
    ("sysctl/kernel/kptr_restrict=2", "kernel.kptr_restrict", "2"),
    ("sysctl.kernel.kptr_restrict=1 sysctl.kernel.kptr_restrict=2", "kernel.kptr_restrict", "2"),
    ("sysctl.kernel.kptr_restrict=", "kernel.kptr_restrict", "0"),
    ("sysctl.kernel.kptr_restrict", "kernel.kptr_restrict", "0"),
    ("sysctlkernel.kptr_restrict=2", "kernel.kptr_restrict", "0"),
    ("sysctl.kernel.kptr_restrict=9", "kernel.kptr_restrict", "0"),
    ("-- sysctl.kernel.kptr_restrict=2", "kernel.kptr_restrict", "0"),
    ("sysctl.net.ipv4.ip_forward=1", "net.ipv4.conf.default.forwarding", "1"),
    ("sysctl.net.ipv4.conf.all.rp_filter=1", "net.ipv4.conf.all.rp_filter", "1"),
    ("sysctl.net.ipv4.conf.eth0.rp_filter=1", "net.ipv4.conf.eth0.rp_filter", "0"),
    ("norandmaps", "kernel.randomize_va_space", "0"), ("", "kernel.randomize_va_space", "2"),
    ("norandmaps sysctl.kernel.randomize_va_space=2", "kernel.randomize_va_space", "2"),
    ("oops=panic", "kernel.panic_on_oops", "1"), ("oops=nothing", "kernel.panic_on_oops", "0"),
    ("panic=0x10", "kernel.panic", "16"), ("panic=5 panic=x", "kernel.panic", "5"),
    ("sysrq_always_enabled", "kernel.sysrq", "1"),
    ("ipv6.disable=1", "net.ipv6.conf.all.accept_ra", "<no key, as nothing>"),
    ("ipv6.disable=0", "net.ipv6.conf.all.accept_ra", "1"),
    ("ipv6.disable=1 ipv6.disable=0", "net.ipv6.conf.default.accept_ra", "1"),
    ("ipv6.disable_ipv6=1", "net.ipv6.conf.eth0.disable_ipv6", "1"),
    ("ipv6.autoconf=0", "net.ipv6.conf.eth0.autoconf", "0"),
    ("lsm=landlock,apparmor", "kernel.yama.ptrace_scope", "<no key, as 0>"),
    ("lsm=landlock,yama", "kernel.yama.ptrace_scope", "0"),
  ])
  func arguments(commandLine: String, key: String, expected: String) throws {
    #expect(try value(of: key, in: debianGuest(commandLine: commandLine)) == expected)
  }

  @Test(arguments: [
    ("norandmaps", "kernel.randomize_va_space=2", "kernel.randomize_va_space", "2"),
    ("sysrq_always_enabled", "kernel.sysrq=0", "kernel.sysrq", "1"),
    ("sysctl.kernel.yama.ptrace_scope=3", "kernel.yama.ptrace_scope=1", "kernel.yama.ptrace_scope", "3"),
    (
      "ipv6.disable=1", "net.ipv6.conf.all.accept_ra=1", "net.ipv6.conf.all.accept_ra", "<no key, as nothing>"
    ),
  ])
  func filesComeLater(commandLine: String, text: String, key: String, expected: String) throws {
    let guest = debianGuest(["/etc/sysctl.d/a.conf": text], commandLine: commandLine)
    #expect(try value(of: key, in: guest) == expected)
  }

  /// Linux knows sysctl.KEY= since 5.8.
  @Test(arguments: [("5.7.0", "0"), ("5.8.0", "2"), ("6.12.1", "2")])
  func since(version: String, expected: String) throws {
    let menu = "menuentry 'a' {\n linux /boot/vmlinuz-\(version) sysctl.kernel.kptr_restrict=2\n}\n"
    let guest = GuestFixture.withSystemd(["/boot/grub/grub.cfg": menu])
    #expect(try value(of: "kernel.kptr_restrict", in: guest) == expected)
  }

  @Test func originAndNoEntry() throws {
    let guest = debianGuest(commandLine: "sysctl.kernel.kptr_restrict=2")
    guard case .value(let found) = try guest.model(SysctlSettings.self).setting(of: "kernel.kptr_restrict")
    else {
      Issue.record("not known")
      return
    }
    #expect(
      found.origin
        == Origin(
          path: "/boot/grub/grub.cfg", line: 2, kind: .commandLine, text: "sysctl.kernel.kptr_restrict=2"))
    // What the next update-grub would write is not there yet.
    let without = debianGuest(["/etc/default/grub": "GRUB_CMDLINE_LINUX=norandmaps\n"])
    #expect(try value(of: "kernel.randomize_va_space", in: without) == "2")
  }

  @Test(arguments: [("", "<unknown>"), ("kernel.pid_max=65536", "65536"), ("kernel.pid_max=1", "<unknown>")])
  func processNumbers(text: String, expected: String) throws {
    #expect(try value(of: "kernel.pid_max", in: debianGuest(["/etc/sysctl.d/a.conf": text])) == expected)
  }
}
