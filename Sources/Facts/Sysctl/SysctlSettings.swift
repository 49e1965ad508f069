import Evidence

/// Kernel parameters as they are when a guest has booted: what its programs set, over what the kernel starts
/// with (systemd-sysctl(8), sysctl.d(5), sysctl(8), ufw-framework(8)).
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

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    programs = try SysctlPrograms(facts)
    kernel = try facts.model()
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
    if !events.isEmpty, let doubt = programs.doubt { return .unknown(reason: doubt) }
    return play(events, replaced, over: initial, parameter)
  }

  /// A write of a program at a time.
  private struct Event {
    var program: Int
    var order: Int
    var candidate: Effective<String>.Candidate
  }

  private func wildcard(_ pattern: String, _ name: String) -> Bool {
    name == "*" ? SysctlKey.isPattern(pattern) : SysctlKey.matches(pattern: pattern, name)
  }

  private func play(
    _ events: [Event], _ replaced: [Effective<String>.Candidate], over initial: SysctlDefault,
    _ parameter: SysctlParameter?
  ) -> Setting {
    var current: Effective<String>.Candidate?
    var past: [Effective<String>.Candidate] = []
    if case .value(let value, let source) = initial {
      current = .init(value: SysctlFormat.normal(value), origin: .compiledDefault(source))
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
      for (number, program) in programs.programs.enumerated() {
        let found = program.writes(to: path)
        events += found.writes.map { Event(program: number, order: $0.order, candidate: $0.candidate) }
        replaced += found.replaced
      }
    }
    events += forwardingEvents(of: path)
    events.sort { ($0.program, $0.order) < ($1.program, $1.order) }
    return (events, replaced)
  }

  /// Two names for one variable of the kernel (net/ipv4/devinet.c).
  private func synonyms(of path: String) -> [String] {
    let forwarding = ["net/ipv4/ip_forward", "net/ipv4/conf/all/forwarding"]
    return forwarding.contains(path) ? forwarding : [path]
  }

  /// Turning forwarding on or off sets further parameters (`inet_forward_change` in net/ipv4/devinet.c,
  /// `addrconf_fixup_forwarding` in net/ipv6/addrconf.c).
  private func forwardingEvents(of path: String) -> [Event] {
    let (cause, inverts): (String, Bool)
    switch path {
    case "net/ipv4/conf/all/accept_redirects": (cause, inverts) = ("net/ipv4/ip_forward", true)
    case "net/ipv4/conf/default/forwarding": (cause, inverts) = ("net/ipv4/ip_forward", false)
    case "net/ipv6/conf/default/forwarding": (cause, inverts) = ("net/ipv6/conf/all/forwarding", false)
    default: return []
    }
    var state = "0"
    return events(of: cause).events.compactMap { event in
      guard let value = SysctlFormat.integer(nil).accepted(event.candidate.value), value != state else {
        return nil
      }
      state = value
      var event = event
      event.candidate.value = (value == "0") == inverts ? "1" : "0"
      return event
    }
  }

  /// What the parameter is before a program sets it. An interface takes over what `default` is when it
  /// appears.
  private func initialValue(of path: String, _ parameter: SysctlParameter?) -> SysctlDefault {
    let parts = path.split(separator: "/")
    if parts.count == 5, parts[0] == "net", parts[2] == "conf", parts[3] != "all", parts[3] != "default" {
      let parent = "\(parts[0])/\(parts[1])/conf/default/\(parts[4])"
      switch setting(of: SysctlKey.name(parent)) {
      case .value(let value):
        let place = value.origin.path.map { "\($0): " } ?? ""
        return .value(value.value, source: "as \(SysctlKey.name(parent)): \(place)\(value.origin.text ?? "")")
      case .noKey(let reason, let standsFor): return .noKey(reason: reason, standsFor: standsFor)
      case .unknown(let reason): return .unknown(reason: reason)
      }
    }
    return parameter?.initial(kernel) ?? .unknown(reason: "its default is not known")
  }
}
