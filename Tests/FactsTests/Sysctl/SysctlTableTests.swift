import TestSupport
import Testing

@testable import Facts

/// What the kernel starts with.
@Suite struct SysctlTableTests {
  /// As `sysctl -a` of a Debian 12 cloud machine says before any file sets them.
  @Test(arguments: [
    ("fs.protected_hardlinks", "1"), ("fs.protected_symlinks", "1"), ("fs.protected_fifos", "0"),
    ("kernel.yama.ptrace_scope", "0"), ("kernel.perf_event_paranoid", "3"), ("kernel.dmesg_restrict", "1"),
    ("kernel.unprivileged_bpf_disabled", "2"), ("kernel.sysrq", "438"), ("vm.mmap_min_addr", "65536"),
    ("kernel.randomize_va_space", "2"), ("kernel.panic_on_oops", "0"), ("net.ipv4.tcp_syncookies", "1"),
    ("net.ipv4.conf.all.accept_source_route", "0"), ("net.ipv4.conf.default.accept_source_route", "1"),
    ("net.ipv6.conf.all.router_solicitations", "-1"), ("net.ipv6.conf.eth0.accept_ra", "1"),
    ("net.ipv4.ip_local_port_range", "32768 60999"), ("kernel.core_pattern", "core"),
    ("dev.tty.legacy_tiocsti", "<no key, as 1>"), ("kernel.unprivileged_userns_clone", "1"),
    ("kernel.no_such_thing", "<unknown>"), ("net.ipv4.conf.all.no_such_thing", "<unknown>"),
  ])
  func debian(key: String, expected: String) throws {
    #expect(try value(of: key, in: debianGuest()) == expected)
  }

  @Test(arguments: [
    ("fs.protected_hardlinks", "0"), ("kernel.yama.ptrace_scope", "1"),
    ("kernel.unprivileged_userns_clone", "<no key, as 1>"),
  ])
  func ownKernel(key: String, expected: String) throws {
    #expect(try value(of: key, in: debianGuest(source: "linux-upstream")) == expected)
  }

  @Test(arguments: [
    ("kernel.yama.ptrace_scope", "<no key, as 0>"), ("kernel.sysrq", "<no key, as 0>"),
    ("kernel.dmesg_restrict", "0"), ("kernel.unprivileged_bpf_disabled", "<no key, as nothing>"),
    ("kernel.randomize_va_space", "1"), ("net.ipv6.conf.all.accept_ra", "<no key, as nothing>"),
    ("net.ipv6.conf.eth0.accept_ra", "<no key, as nothing>"), ("net.ipv4.tcp_syncookies", "<no key, as 0>"),
  ])
  func bareKernel(key: String, expected: String) throws {
    // A file cannot set what the kernel does not have.
    let guest = debianGuest(
      ["/etc/sysctl.d/a.conf": "kernel.yama.ptrace_scope=1\nkernel.sysrq=4\nnet.ipv6.conf.all.accept_ra=1"],
      configuration: "CONFIG_COMPAT_BRK=y\n")
    #expect(try value(of: key, in: guest) == expected)
  }

  @Test func yamaThatIsNotStarted() throws {
    let configuration = debianConfiguration.replacing("yama,", with: "")
    #expect(
      try value(of: "kernel.yama.ptrace_scope", in: debianGuest(configuration: configuration))
        == "<no key, as 0>")
  }

  @Test(arguments: [
    ("kernel.dmesg_restrict", "<unknown>"), ("fs.protected_symlinks", "<unknown>"), ("fs.suid_dumpable", "0"),
    ("net.ipv6.conf.all.router_solicitations", "<unknown>"), ("net.ipv4.conf.all.rp_filter", "0"),
  ])
  func noKernel(key: String, expected: String) throws {
    #expect(try value(of: key, in: .withSystemd()) == expected)
  }

  @Test(arguments: [
    ("0x01b6", "438"), ("010", "8"), ("-1", "-1"), ("32768\t60999", "32768 60999"), ("  7 ", "7"),
    ("|/bin/false %P", "|/bin/false %P"), ("09", "09"), ("", ""),
    ("99999999999999999999", "99999999999999999999"),
  ])
  func numbers(text: String, expected: String) { #expect(SysctlFormat.normal(text) == expected) }
}
