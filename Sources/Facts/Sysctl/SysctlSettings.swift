import Evidence

/// Kernel parameters as they are when a guest has booted: what its programs set, over what the command
/// line of the kernel sets, over what the kernel starts with (systemd-sysctl(8), sysctl.d(5), sysctl(8),
/// ufw-framework(8)).
public struct SysctlSettings: FactModel {
  public static let needs: [ContentNeed] = SysctlPrograms.needs + GuestKernel.needs

  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] {
    SysctlPrograms.furtherNeeds(evidence)
  }

  /// What a parameter is.
  public enum Setting: Sendable, Hashable {
    case value(Effective<String>)
    /// The kernel has no such parameter; `standsFor` is the value that it behaves as if it had, nil where the
    /// whole function is missing.
    case noKey(reason: String, standsFor: String?)
    case unknown(reason: String)
  }

  private let programs: SysctlPrograms
  private let kernel: GuestKernel
  /// What the command line sets, by path.
  private let commandLine: [String: [Event]]

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    programs = try SysctlPrograms(facts)
    kernel = try facts.model()
    commandLine = Self.commandLineEvents(kernel)
  }

  /// The parameters that some file or the kernel's command line sets, patterns left out.
  public var configuredNames: [String] {
    let paths = programs.programs.flatMap(\.keys) + commandLine.keys
    return Set(paths.filter { !SysctlKey.isPattern($0) }.map(SysctlKey.name)).sorted()
  }

  /// The parameters that a name stands for. For `net.ipv4.conf.*.rp_filter` these are `all`, `default`, every
  /// interface that a file names, and `*` for any other.
  public func names(matching name: String) -> [String] {
    let pattern = SysctlKey.path(name)
    guard SysctlKey.isPattern(pattern) else { return [SysctlKey.name(pattern)] }
    var paths: Set<String> = []
    for program in programs.programs {
      paths.formUnion(program.keys.filter { SysctlKey.matches(pattern: pattern, $0) })
    }
    let parts = pattern.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    if parts.count == 5, parts[0] == "net", parts[2] == "conf", !SysctlKey.isPattern(parts[4]) {
      for interface in ["all", "default", "*"] where wildcard(parts[3], interface) {
        paths.insert(parts[..<3].joined(separator: "/") + "/\(interface)/\(parts[4])")
      }
    }
    return paths.sorted().map(SysctlKey.name)
  }

  /// The parameter with the name; `*` in place of an interface is one that no file names.
  public func setting(of name: String) -> Setting {
    let path = SysctlKey.path(name)
    let parameter = SysctlTable.parameter(path)
    let initial = initialValue(of: path, parameter)
    if case .noKey(let reason, let standsFor) = initial {
      return .noKey(reason: reason, standsFor: standsFor)
    }
    let (events, replaced) = events(of: path)
    if let doubt = programs.doubt, events.contains(where: { $0.program >= 0 }) {
      return .unknown(reason: doubt)
    }
    let played = play(events, replaced, over: initial, parameter)
    if path == "kernel/sysrq", let argument = kernel.commandLine.last("sysrq_always_enabled") {
      return .value(overridden(played, by: .init(value: "1", origin: argument.origin)))
    }
    return played
  }

  /// A write at a time.
  private struct Event {
    /// The program's number; -1 for the kernel's command line, which comes before all.
    var program: Int
    var order: Int
    var candidate: Effective<String>.Candidate
  }

  private static func commandLineEvents(_ kernel: GuestKernel) -> [String: [Event]] {
    var events: [String: [Event]] = [:]
    let writes = kernel.commandLine.writes(takesSysctl: kernel.isAtLeast(5, 8) ?? true)
    // A module's parameters are not there yet.
    let isLate = kernel.symbol("CONFIG_IPV6") == "m"
    for (order, write) in writes.enumerated() where !(isLate && write.isSysctlOfIPv6) {
      let candidate = Effective<String>.Candidate(value: write.value, origin: write.origin)
      events[write.path, default: []].append(Event(program: -1, order: order, candidate: candidate))
    }
    return events
  }

  /// `sysrq_always_enabled` stays on whatever is written (`sysrq_on` in drivers/tty/sysrq.c).
  private func overridden(_ setting: Setting, by candidate: Effective<String>.Candidate) -> Effective<String>
  {
    var shadowed: [Effective<String>.Candidate] = []
    if case .value(let value) = setting {
      shadowed = [.init(value: value.value, origin: value.origin)] + value.shadowed
    }
    return Effective(candidate.value, origin: candidate.origin, shadowed: shadowed)
  }

  private func wildcard(_ pattern: String, _ name: String) -> Bool {
    name == "*" ? SysctlKey.isPattern(pattern) : SysctlKey.matches(pattern: pattern, name)
  }

  private func play(
    _ events: [Event], _ replaced: [Effective<String>.Candidate], over initial: Setting,
    _ parameter: SysctlParameter?
  ) -> Setting {
    var current: Effective<String>.Candidate?
    var past: [Effective<String>.Candidate] = []
    if case .value(let value) = initial {
      current = .init(value: value.value, origin: value.origin)
      past = value.shadowed.reversed()
    }
    let format = parameter?.format ?? .text
    for event in events {
      let isLocked = parameter?.lock.map { current?.value == String($0) } ?? false
      guard let value = format.accepted(event.candidate.value), !isLocked else {
        // The kernel refuses the write: the value stays.
        past.append(event.candidate)
        continue
      }
      if let current { past.append(current) }
      current = .init(value: value, origin: event.candidate.origin)
    }
    guard let current else {
      if case .unknown(let reason) = initial { return .unknown(reason: reason) }
      return .unknown(reason: "its default is not known")
    }
    return .value(Effective(current.value, origin: current.origin, shadowed: past.reversed() + replaced))
  }

  private func events(of path: String) -> (events: [Event], replaced: [Effective<String>.Candidate]) {
    var events: [Event] = []
    var replaced: [Effective<String>.Candidate] = []
    for path in synonyms(of: path) {
      events += commandLine[path] ?? []
      for (number, program) in programs.programs.enumerated() {
        let found = program.writes(to: path)
        events += found.writes.map { Event(program: number, order: $0.order, candidate: $0.candidate) }
        replaced += found.replaced
      }
    }
    events += derivedEvents(of: path)
    events.sort { ($0.program, $0.order) < ($1.program, $1.order) }
    return (events, replaced)
  }

  /// Two names for one variable of the kernel (net/ipv4/devinet.c).
  private func synonyms(of path: String) -> [String] {
    let forwarding = ["net/ipv4/ip_forward", "net/ipv4/conf/all/forwarding"]
    return forwarding.contains(path) ? forwarding : [path]
  }

  /// Some parameters of `all` set further ones: IPv4's forwarding when it changes (`inet_forward_change` in
  /// net/ipv4/devinet.c), IPv6's forwarding and disable_ipv6 at each write (`addrconf_fixup_forwarding` and
  /// `addrconf_disable_ipv6` in net/ipv6/addrconf.c).
  private func derivedEvents(of path: String) -> [Event] {
    switch path {
    case "net/ipv4/conf/all/accept_redirects": changes(of: "net/ipv4/ip_forward", inverted: true)
    case "net/ipv4/conf/default/forwarding": changes(of: "net/ipv4/ip_forward", inverted: false)
    case "net/ipv6/conf/default/forwarding": accepted(events(of: "net/ipv6/conf/all/forwarding").events)
    case "net/ipv6/conf/default/disable_ipv6": accepted(events(of: "net/ipv6/conf/all/disable_ipv6").events)
    default: []
    }
  }

  private func accepted(_ events: [Event]) -> [Event] {
    events.filter { SysctlFormat.integer(nil).accepted($0.candidate.value) != nil }
  }

  private func changes(of path: String, inverted: Bool) -> [Event] {
    var state = "0"
    return accepted(events(of: path).events).compactMap { event in
      let value = SysctlFormat.normal(event.candidate.value)
      if value == state { return nil }
      state = value
      var event = event
      event.candidate.value = (value == "0") == inverted ? "1" : "0"
      return event
    }
  }

  /// What the parameter is before anything sets it. An interface takes over what `default` is when it appears.
  private func initialValue(of path: String, _ parameter: SysctlParameter?) -> Setting {
    let parts = path.split(separator: "/")
    if parts.count == 5, parts[0] == "net", parts[2] == "conf", parts[3] != "all", parts[3] != "default" {
      return setting(of: SysctlKey.name("\(parts[0])/\(parts[1])/conf/default/\(parts[4])"))
    }
    switch parameter?.initial(kernel) {
    case nil: return .unknown(reason: "its default is not known")
    case .noKey(let reason, let standsFor): return .noKey(reason: reason, standsFor: standsFor)
    case .unknown(let reason): return .unknown(reason: reason)
    case .value(let value, let source):
      return .value(Effective(SysctlFormat.normal(value), origin: .compiledDefault(source)))
    }
  }
}
