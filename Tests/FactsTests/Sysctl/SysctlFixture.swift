import TestSupport
import Testing

@testable import Facts

/// A Debian guest with kernel 6.1 and the build configuration that matters.
func debianGuest(
  _ files: [String: String] = [:], services: [String: String] = [:], appliesSysctl: Bool = true,
  configuration: String = debianConfiguration, commandLine: String? = nil,
  source: String = "linux-signed-amd64 (6.1.1+1)"
) -> GuestFixture {
  let menu = commandLine.map {
    ["/boot/grub/grub.cfg": "menuentry 'Debian' {\n\tlinux /boot/vmlinuz-6.1.0-9-amd64 ro \($0)\n}\n"]
  }
  return .withSystemd(
    files.merging(menu ?? [:]) { given, _ in given }.merging([
      "/boot/vmlinuz-6.1.0-9-amd64": "", "/boot/config-6.1.0-9-amd64": configuration,
      "/etc/os-release": "ID=debian\n",
      "/var/lib/dpkg/status": """
      Package: linux-image-6.1.0-9-amd64
      Status: install ok installed
      Source: \(source)
      Architecture: amd64
      Version: 6.1.1-1

      """,
    ]) { given, _ in given }, services: services, appliesSysctl: appliesSysctl)
}

let debianConfiguration = """
  CONFIG_LSM="landlock,lockdown,yama,loadpin,safesetid,integrity,apparmor,selinux,smack,tomoyo,bpf"
  CONFIG_SECURITY_YAMA=y
  CONFIG_SECURITY_DMESG_RESTRICT=y
  CONFIG_SECURITY_PERF_EVENTS_RESTRICT=y
  CONFIG_PERF_EVENTS=y
  CONFIG_BPF_SYSCALL=y
  CONFIG_BPF_JIT=y
  CONFIG_BPF_UNPRIV_DEFAULT_OFF=y
  CONFIG_DEFAULT_MMAP_MIN_ADDR=65536
  CONFIG_MAGIC_SYSRQ=y
  CONFIG_MAGIC_SYSRQ_DEFAULT_ENABLE=0x01b6
  # CONFIG_COMPAT_BRK is not set
  CONFIG_PANIC_ON_OOPS_VALUE=0
  CONFIG_PANIC_TIMEOUT=0
  CONFIG_SYN_COOKIES=y
  CONFIG_IPV6=y
  CONFIG_IPV6_ROUTER_PREF=y
  CONFIG_LDISC_AUTOLOAD=y

  """

/// What a parameter of an interface that no file names effectively is.
func effective(_ name: String, in guest: GuestFixture) throws -> String {
  let reading = try guest.model(SysctlSettings.self).readings(of: name).first
  return try text(of: #require(reading?.setting))
}

/// The value of a parameter; what is unknown or not there in angle brackets.
func value(of name: String, in guest: GuestFixture) throws -> String {
  text(of: try guest.model(SysctlSettings.self).setting(of: name))
}

private func text(of setting: SysctlSettings.Setting) -> String {
  switch setting {
  case .value(let value): value.value
  case .noKey(_, let standsFor): "<no key, as \(standsFor ?? "nothing")>"
  case .unknown: "<unknown>"
  }
}
