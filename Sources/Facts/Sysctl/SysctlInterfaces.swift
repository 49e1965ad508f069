/// What the kernel makes of a parameter of an interface and of the same parameter of `all`.
enum SysctlJoin {
  /// `IN_DEV_ORCONF` and `IN_DEV_MAXCONF`: the larger of the two.
  case larger
  /// `IN_DEV_ANDCONF`: the smaller of the two.
  case smaller
  /// `IN_DEV_RX_REDIRECTS`: the smaller of the two where packets are forwarded, else the larger.
  case redirects
  /// The interface's alone; `all` is not read.
  case interface

  /// The rule for `net/ipv4/conf/*/KEY` and `net/ipv6/conf/*/KEY`, nil where it is not known
  /// (include/linux/inetdevice.h; net/ipv6/exthdrs.c, `ipv6_rthdr_rcv`; net/ipv6/ndisc.c).
  init?(_ path: String) {
    let parts = path.split(separator: "/")
    guard parts.count == 5, parts[0] == "net", parts[2] == "conf" else { return nil }
    switch (parts[1], parts[4]) {
    case ("ipv4", "rp_filter"), ("ipv4", "log_martians"), ("ipv4", "send_redirects"),
      ("ipv4", "secure_redirects"), ("ipv4", "arp_ignore"):
      self = .larger
    case ("ipv4", "accept_source_route"), ("ipv6", "accept_source_route"): self = .smaller
    case ("ipv4", "accept_redirects"): self = .redirects
    case ("ipv6", "accept_redirects"), ("ipv6", "accept_ra"): self = .interface
    default: return nil
    }
  }
}

extension SysctlSettings {
  /// Whether it is known how the kernel joins an interface's parameter with that of `all`. The name has `*` in
  /// place of the interface.
  public static func joinsInterfaces(_ name: String) -> Bool {
    let path = SysctlKey.path(name)
    return SysctlJoin(path) != nil && path.split(separator: "/")[3] == "*"
  }

  /// Interfaces that a name with `*` stands for: those that a file names, and `*` for any other.
  public func interfaces(matching name: String) -> [String] {
    names(matching: name).filter {
      !["all", "default"].contains(SysctlKey.path($0).split(separator: "/")[3])
    }
  }

  /// What the kernel does on an interface: its own value and that of `all`, joined.
  public func effect(of name: String) -> Setting {
    let own = setting(of: name)
    let path = SysctlKey.path(name)
    guard let join = SysctlJoin(path), case .value(let mine) = own else { return own }
    var parts = path.split(separator: "/").map(String.init)
    parts[3] = "all"
    let shared = setting(of: SysctlKey.name(parts.joined(separator: "/")))
    let takesLarger: Bool
    switch join {
    case .interface: return own
    case .larger: takesLarger = true
    case .smaller: takesLarger = false
    case .redirects:
      guard case .value(let forwards) = setting(of: "net.ipv4.ip_forward") else { return own }
      takesLarger = forwards.value == "0"
    }
    guard case .value(let all) = shared else { return shared }
    guard let left = Int(mine.value), let right = Int(all.value), left != right else { return own }
    let (counts, other) = (right > left) == takesLarger ? (all, mine) : (mine, all)
    return .value(
      Effective(
        counts.value, origin: counts.origin,
        shadowed: counts.shadowed + [.init(value: other.value, origin: other.origin)]))
  }
}
