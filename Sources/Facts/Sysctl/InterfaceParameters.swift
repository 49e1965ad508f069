/// How the kernel makes one value of a parameter of `all` and that of an interface (`IN_DEV_ANDCONF` and its
/// like in include/linux/inetdevice.h; for IPv6 the place where net/ipv6 asks it).
enum InterfaceCombination: Sendable, Hashable {
  /// `all` is of no account.
  case own
  case and
  case or
  case maximum
  case minimum
  /// `IN_DEV_RX_REDIRECTS`: both are needed on an interface that forwards, one suffices on another.
  case redirects
  /// IPv6 takes no redirects where it forwards (`rt6_do_redirect` in net/ipv6/route.c).
  case hostRedirects
  /// Where IPv6 forwards, only 2 takes advertisements (`ipv6_accept_ra` in include/net/ipv6.h).
  case advertisements

  /// The combination for `net/FAMILY/conf/…/KEY`; nil if Brinell does not know the parameter.
  init?(family: String, key: String) {
    let known = family == "ipv4" ? Self.ipv4 : family == "ipv6" ? Self.ipv6 : [:]
    guard let combination = known[key] else { return nil }
    self = combination
  }

  var needsForwarding: Bool { [.redirects, .hostRedirects, .advertisements].contains(self) }

  /// What counts on an interface.
  func value(all: Int, own: Int, forwards: Bool) -> Int {
    switch self {
    case .own: own
    case .and: all != 0 && own != 0 ? 1 : 0
    case .or: all != 0 || own != 0 ? 1 : 0
    case .maximum: max(all, own)
    case .minimum: min(all, own)
    case .redirects: (forwards ? Self.and : .or).value(all: all, own: own, forwards: forwards)
    case .hostRedirects: forwards ? 0 : own
    case .advertisements: forwards && own != 2 ? 0 : own
    }
  }

  /// The rule in words; nil if `all` and forwarding are of no account.
  func words(forwards: Bool) -> String? {
    switch self {
    case .own: nil
    case .and: "both are needed"
    case .or: "one suffices"
    case .maximum: "the larger counts"
    case .minimum: "the smaller counts"
    case .redirects: forwards ? "both are needed where it forwards" : "one suffices"
    case .hostRedirects: forwards ? "none are taken where it forwards" : nil
    case .advertisements: forwards ? "only 2 counts where it forwards" : nil
    }
  }

  private static let ipv4: [String: InterfaceCombination] = [
    "accept_local": .or, "accept_redirects": .redirects, "accept_source_route": .and, "arp_accept": .maximum,
    "arp_announce": .maximum, "arp_filter": .or, "arp_ignore": .maximum, "arp_notify": .maximum,
    "bootp_relay": .and, "drop_gratuitous_arp": .or, "drop_unicast_in_l2_multicast": .or, "forwarding": .own,
    "log_martians": .or, "promote_secondaries": .or, "proxy_arp": .or, "proxy_arp_pvlan": .or,
    "route_localnet": .or, "rp_filter": .maximum, "secure_redirects": .or, "send_redirects": .or,
    "shared_media": .or, "src_valid_mark": .or,
  ]

  private static let ipv6: [String: InterfaceCombination] = [
    "accept_dad": .maximum, "accept_ra": .advertisements, "accept_ra_defrtr": .own, "accept_ra_pinfo": .own,
    "accept_ra_rtr_pref": .own, "accept_redirects": .hostRedirects, "accept_source_route": .minimum,
    "autoconf": .own, "dad_transmits": .own, "disable_ipv6": .own, "forwarding": .own, "hop_limit": .own,
    "max_addresses": .own, "proxy_ndp": .or, "router_solicitations": .own, "use_tempaddr": .own,
  ]
}
