import Evidence

/// The command line with which the default boot entry starts the kernel; empty if the image has no boot entry.
struct KernelCommandLine: Sendable {
  /// One argument with its place.
  struct Argument: Sendable {
    var value: String?
    var origin: Origin
  }

  /// What the command line sets before init runs.
  struct Write: Sendable {
    /// Below /proc/sys.
    var path: String
    var value: String
    var origin: Origin
    /// Whether it is written below /proc/sys/net/ipv6, which a module makes late.
    var isSysctlOfIPv6: Bool { path.hasPrefix("net/ipv6/") && origin.text?.hasPrefix("sysctl") ?? false }
  }

  private let entry: BootEntry?

  /// - Throws: if the default entry's command line is not known, which is not an empty one.
  init(_ boot: BootEntries) throws(EvidenceGap) {
    entry = boot.entries.first
    if let gap = entry?.gap { throw gap }
  }

  /// Every argument of the name, in order.
  func all(_ name: String) -> [Argument] { entry?.arguments.all(name).map(argument) ?? [] }

  /// The last argument of the name, which is the one that counts.
  func last(_ name: String) -> Argument? { all(name).last }

  /// Names parted by commas that all arguments of the name give.
  func names(_ name: String) -> [(name: String, origin: Origin)] {
    all(name).flatMap { argument in
      (argument.value ?? "").split(separator: ",").map { (String($0), argument.origin) }
    }
  }

  /// The last number that is given for the name; the kernel refuses what is none.
  func number(_ name: String) -> (value: Int, origin: Origin)? {
    for argument in all(name).reversed() {
      if let text = argument.value, let number = SysctlFormat.integer(nil).accepted(text).flatMap({ Int($0) })
      {
        return (number, argument.origin)
      }
    }
    return nil
  }

  /// Parameters that arguments of their own set (Documentation/admin-guide/kernel-parameters.txt), then those
  /// of `sysctl.KEY=`, which the kernel writes last (`do_sysctl_args` in fs/proc/proc_sysctl.c).
  func writes(takesSysctl: Bool) -> [Write] { ownArguments + (takesSysctl ? sysctlArguments : []) }

  private var ownArguments: [Write] {
    var writes: [Write] = []
    if let argument = last("norandmaps") {
      writes.append(Write(path: "kernel/randomize_va_space", value: "0", origin: argument.origin))
    }
    if let argument = all("oops").last(where: { $0.value == "panic" }) {
      writes.append(Write(path: "kernel/panic_on_oops", value: "1", origin: argument.origin))
    }
    let numbers = [
      ("panic", "kernel/panic"), ("ipv6.autoconf", "net/ipv6/conf/default/autoconf"),
      ("ipv6.disable_ipv6", "net/ipv6/conf/default/disable_ipv6"),
    ]
    for (name, path) in numbers {
      if let (value, origin) = number(name) {
        writes.append(Write(path: path, value: String(value), origin: origin))
      }
    }
    return writes
  }

  /// Dots and slashes are the same in KEY (`process_sysctl_arg`). An interface is not there yet when the
  /// kernel writes, so that only `all` and `default` can be set.
  private var sysctlArguments: [Write] {
    entry?.arguments.arguments.compactMap { given in
      guard given.name.hasPrefix("sysctl.") || given.name.hasPrefix("sysctl/"), let value = given.value,
        !value.isEmpty
      else { return nil }
      let parts = given.name.dropFirst(7).split { $0 == "." || $0 == "/" }
      if parts.count == 5, parts[0] == "net", parts[2] == "conf", !["all", "default"].contains(parts[3]) {
        return nil
      }
      return Write(path: parts.joined(separator: "/"), value: value, origin: argument(given).origin)
    } ?? []
  }

  private func argument(_ given: KernelArguments.Argument) -> Argument {
    let text = given.value.map { "\(given.name)=\($0)" } ?? given.name
    return Argument(
      value: given.value,
      origin: Origin(path: entry?.origin.path, line: entry?.origin.line, kind: .commandLine, text: text))
  }
}
