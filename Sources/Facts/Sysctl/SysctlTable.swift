/// Defaults of kernel parameters, each with the source file of Linux or the patch that decides it.
enum SysctlTable {
  /// The parameter with the path; nil if Brinell does not know it.
  static func parameter(_ path: String) -> SysctlParameter? {
    if let known = general[path] { return known }
    let parts = path.split(separator: "/")
    guard parts.count == 5, parts[0] == "net", parts[2] == "conf" else { return nil }
    let key = String(parts[4])
    switch parts[1] {
    case "ipv4": return interface4(key, isAll: parts[3] == "all")
    case "ipv6": return interface6(key, isAll: parts[3] == "all")
    default: return nil
    }
  }

  private static let bool = SysctlFormat.integer(0...1)

  static let general: [String: SysctlParameter] = files.merging(kernel) { $1 }.merging(net) { $1 }

  private static let files: [String: SysctlParameter] = [
    "fs/protected_fifos": .fixed("0", "fs/namei.c", .integer(0...2)),
    "fs/protected_regular": .fixed("0", "fs/namei.c", .integer(0...2)),
    "fs/protected_hardlinks": links("fs.protected_hardlinks"),
    "fs/protected_symlinks": links("fs.protected_symlinks"),
    "fs/suid_dumpable": .fixed("0", "fs/exec.c", .integer(0...2)),
    "vm/mmap_min_addr": SysctlParameter {
      $0.built("CONFIG_DEFAULT_MMAP_MIN_ADDR", set: nil, unset: "0")
    },
    "vm/unprivileged_userfaultfd": SysctlParameter(bool) {
      $0.since(
        5, 11, now: .value("0", source: "fs/userfaultfd.c since 5.11"),
        before: .value("1", source: "fs/userfaultfd.c before 5.11"))
    },
    "dev/tty/ldisc_autoload": SysctlParameter(bool) {
      $0.built("CONFIG_LDISC_AUTOLOAD", set: "1", unset: "0")
    },
    "dev/tty/legacy_tiocsti": SysctlParameter(bool) { kernel in
      kernel.since(
        6, 2, now: kernel.built("CONFIG_LEGACY_TIOCSTI", set: "1", unset: "0"),
        before: .noKey(reason: "Linux before 6.2 always allows TIOCSTI", standsFor: "1"))
    },
  ]

  /// Debian's patch fs-enable-link-security-restrictions-by-default turns both on.
  private static func links(_ name: String) -> SysctlParameter {
    SysctlParameter(bool) {
      $0.patched(
        name, upstream: .value("0", source: "fs/namei.c"),
        [.debian: .value("1", source: "Debian's patch fs-enable-link-security-restrictions-by-default")])
    }
  }

  private static let kernel: [String: SysctlParameter] = [
    "kernel/core_pattern": .fixed("core", "fs/coredump.c", .text),
    "kernel/core_uses_pid": .fixed("0", "fs/coredump.c"),
    "kernel/dmesg_restrict": SysctlParameter(bool) {
      $0.built("CONFIG_SECURITY_DMESG_RESTRICT", set: "1", unset: "0")
    },
    "kernel/io_uring_disabled": SysctlParameter(.integer(0...2)) {
      $0.since(
        6, 6, now: .value("0", source: "io_uring/io_uring.c"),
        before: .noKey(reason: "Linux before 6.6 cannot turn io_uring off", standsFor: "0"))
    },
    "kernel/kexec_load_disabled": .fixed("0", "kernel/kexec_core.c", .integer(1...1), lock: 1),
    "kernel/kptr_restrict": .fixed("0", "lib/vsprintf.c", .integer(0...2)),
    "kernel/modules_disabled": .fixed("0", "kernel/module/main.c", .integer(1...1), lock: 1),
    "kernel/panic": SysctlParameter { $0.built("CONFIG_PANIC_TIMEOUT", set: nil, unset: "0") },
    "kernel/panic_on_oops": SysctlParameter { $0.built("CONFIG_PANIC_ON_OOPS_VALUE", set: nil, unset: "0") },
    "kernel/perf_cpu_time_max_percent": .fixed("25", "kernel/events/core.c", .integer(0...100)),
    "kernel/perf_event_max_sample_rate": .fixed(
      "100000", "kernel/events/core.c", .integer(1...Int(Int32.max))),
    "kernel/perf_event_paranoid": SysctlParameter(.integer(nil), perfParanoid),
    "kernel/pid_max": SysctlParameter(.integer(301...4_194_304)) { _ in
      .unknown(
        reason: "no file sets it, and the kernel's default depends on the number of processors: 32768 for up "
          + "to 32, 1024 for each of more (kernel/pid.c)")
    },
    "kernel/randomize_va_space": SysctlParameter {
      $0.built("CONFIG_COMPAT_BRK", set: "1", unset: "2")
    },
    "kernel/sysrq": SysctlParameter { kernel in
      kernel.built("CONFIG_MAGIC_SYSRQ") { isBuilt in
        if isBuilt == nil { return .noKey(reason: "CONFIG_MAGIC_SYSRQ is not set", standsFor: "0") }
        return kernel.built("CONFIG_MAGIC_SYSRQ_DEFAULT_ENABLE", set: nil, unset: "1")
      }
    },
    "kernel/unprivileged_bpf_disabled": SysctlParameter(.integer(0...2), lock: 1) { kernel in
      kernel.built("CONFIG_BPF_SYSCALL") { isBuilt in
        if isBuilt == nil { return .noKey(reason: "CONFIG_BPF_SYSCALL is not set", standsFor: nil) }
        return kernel.built("CONFIG_BPF_UNPRIV_DEFAULT_OFF", set: "2", unset: "0")
      }
    },
    "kernel/unprivileged_userns_clone": SysctlParameter { kernel in
      kernel.patched(
        "kernel.unprivileged_userns_clone",
        upstream: .noKey(reason: "only Debian's and Ubuntu's kernels have it", standsFor: "1"),
        [
          .debian: kernel.since(
            5, 10, now: .value("1", source: "Debian's kernel since 5.10"),
            before: .value("0", source: "Debian's kernel before 5.10")),
          .ubuntu: .value("1", source: "Ubuntu's kernel"),
        ])
    },
    "kernel/yama/ptrace_scope": SysctlParameter(.integer(0...3), lock: 3, yama),
  ]

  /// Debian and Ubuntu patch CONFIG_SECURITY_PERF_EVENTS_RESTRICT in; upstream has 2 since 4.6.
  @Sendable private static func perfParanoid(_ kernel: GuestKernel) -> SysctlDefault {
    let upstream = kernel.since(
      4, 6, now: .value("2", source: "kernel/events/core.c since 4.6"),
      before: .value("1", source: "kernel/events/core.c before 4.6"))
    return kernel.built("CONFIG_PERF_EVENTS") { isBuilt in
      if isBuilt == nil { return .noKey(reason: "CONFIG_PERF_EVENTS is not set", standsFor: nil) }
      return kernel.built("CONFIG_SECURITY_PERF_EVENTS_RESTRICT") { isRestricted in
        guard isRestricted != nil else { return upstream }
        let value = kernel.vendor == .ubuntu ? "4" : "3"
        return .value(value, source: "kernel \(kernel.release ?? ""): CONFIG_SECURITY_PERF_EVENTS_RESTRICT=y")
      }
    }
  }

  /// Upstream starts with 1; Debian's patch yama-disable-by-default starts with 0.
  @Sendable private static func yama(_ kernel: GuestKernel) -> SysctlDefault {
    kernel.built("CONFIG_SECURITY_YAMA") { isBuilt in
      if isBuilt == nil { return .noKey(reason: "CONFIG_SECURITY_YAMA is not set", standsFor: "0") }
      // lsm= takes the place of the build's list (security/security.c).
      let argument = kernel.commandLine.last("lsm")
      if let modules = argument?.value ?? kernel.symbol("CONFIG_LSM"),
        !modules.split(separator: ",").contains("yama")
      {
        let list = argument?.origin.text ?? "CONFIG_LSM"
        return .noKey(reason: "\(list) does not start Yama", standsFor: "0")
      }
      return kernel.patched(
        "kernel.yama.ptrace_scope", upstream: .value("1", source: "security/yama/yama_lsm.c"),
        [.debian: .value("0", source: "Debian's patch yama-disable-by-default")])
    }
  }
}
