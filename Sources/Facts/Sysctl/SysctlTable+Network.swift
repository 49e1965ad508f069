extension SysctlTable {
  static let net: [String: SysctlParameter] = [
    "net/core/bpf_jit_harden": SysctlParameter(.integer(0...2)) { kernel in
      // Without the file of the build, nearly every kernel has the compiler.
      if kernel.lacks("CONFIG_BPF_JIT") {
        return .noKey(reason: "CONFIG_BPF_JIT is not set", standsFor: nil)
      }
      return .value("0", source: "kernel/bpf/core.c")
    },
    "net/ipv4/icmp_echo_ignore_all": .fixed("0", "net/ipv4/icmp.c"),
    "net/ipv4/icmp_echo_ignore_broadcasts": .fixed("1", "net/ipv4/icmp.c"),
    "net/ipv4/icmp_ignore_bogus_error_responses": .fixed("1", "net/ipv4/icmp.c"),
    "net/ipv4/ip_forward": .fixed("0", "net/ipv4/devinet.c"),
    "net/ipv4/ip_local_port_range": SysctlParameter(.integers(2)) {
      $0.since(
        4, 2, now: .value("32768 60999", source: "net/ipv4/af_inet.c since 4.2"),
        before: .value("32768 61000", source: "net/ipv4/af_inet.c before 4.2"))
    },
    "net/ipv4/tcp_rfc1337": .fixed("0", "net/ipv4/tcp_ipv4.c"),
    "net/ipv4/tcp_timestamps": .fixed("1", "net/ipv4/tcp_ipv4.c"),
    "net/ipv4/tcp_syncookies": SysctlParameter { kernel in
      kernel.built("CONFIG_SYN_COOKIES") { isBuilt in
        isBuilt == nil
          ? .noKey(reason: "CONFIG_SYN_COOKIES is not set", standsFor: "0")
          : .value("1", source: "net/ipv4/tcp_ipv4.c")
      }
    },
  ]

  /// net.ipv4.conf.*: `ipv4_devconf` and `ipv4_devconf_dflt` in net/ipv4/devinet.c.
  static func interface4(_ key: String, isAll: Bool) -> SysctlParameter? {
    let source = "net/ipv4/devinet.c"
    switch key {
    case "accept_redirects", "secure_redirects", "send_redirects", "shared_media":
      return .fixed("1", source)
    case "accept_source_route":
      return .fixed(isAll ? "0" : "1", source)
    case "accept_local", "arp_accept", "arp_announce", "arp_filter", "arp_ignore", "arp_notify",
      "bootp_relay", "drop_gratuitous_arp", "drop_unicast_in_l2_multicast", "forwarding", "log_martians",
      "promote_secondaries", "proxy_arp", "proxy_arp_pvlan", "route_localnet", "rp_filter", "src_valid_mark":
      return .fixed("0", source)
    default: return nil
    }
  }

  /// net.ipv6.conf.*: `ipv6_devconf` and `ipv6_devconf_dflt` in net/ipv6/addrconf.c.
  static func interface6(_ key: String, isAll: Bool) -> SysctlParameter? {
    let value: String
    switch key {
    case "accept_ra", "accept_ra_defrtr", "accept_ra_pinfo", "accept_redirects", "autoconf", "hop_limit":
      value = key == "hop_limit" ? "64" : "1"
    case "accept_ra_rtr_pref":
      return ipv6(symbol: "CONFIG_IPV6_ROUTER_PREF", .value("1", source: addrconf))
    case "accept_source_route", "disable_ipv6", "forwarding", "proxy_ndp", "use_tempaddr": value = "0"
    case "accept_dad": value = isAll ? "0" : "1"
    case "dad_transmits": value = "1"
    case "max_addresses": value = "16"
    case "router_solicitations":
      return SysctlParameter { kernel in
        withIPv6(
          kernel,
          kernel.since(
            4, 9, now: .value("-1", source: "\(addrconf) since 4.9: without end"),
            before: .value("3", source: "\(addrconf) before 4.9")))
      }
    default: return nil
    }
    return SysctlParameter { withIPv6($0, .value(value, source: addrconf)) }
  }

  private static let addrconf = "net/ipv6/addrconf.c"

  private static func ipv6(symbol: String, _ value: SysctlDefault) -> SysctlParameter {
    SysctlParameter { kernel in
      if kernel.lacks(symbol) {
        return .noKey(reason: "\(symbol) is not set", standsFor: "0")
      }
      return withIPv6(kernel, value)
    }
  }

  /// A kernel without IPv6, or with `ipv6.disable=1` (`inet6_init` in net/ipv6/af_inet6.c), has none of its
  /// parameters and nothing that they would restrict.
  private static func withIPv6(_ kernel: GuestKernel, _ value: SysctlDefault) -> SysctlDefault {
    if kernel.lacks("CONFIG_IPV6") {
      return .noKey(reason: "CONFIG_IPV6 is not set", standsFor: nil)
    }
    if let (value, origin) = kernel.commandLine.number("ipv6.disable"), value != 0 {
      let place = origin.path.map { " in \($0)" } ?? ""
      return .noKey(reason: "\(origin.text ?? "ipv6.disable")\(place) turns IPv6 off", standsFor: nil)
    }
    return value
  }
}
