import TestSupport
import Testing

@testable import Facts

/// What counts on an interface.
@Suite struct SysctlInterfaceTests {
  @Test(arguments: [
    // Nothing set: Debian 12.
    ("ipv4", "accept_source_route", "", "0"), ("ipv4", "rp_filter", "", "0"),
    ("ipv4", "send_redirects", "", "1"),
    ("ipv4", "accept_redirects", "", "1"), ("ipv6", "accept_ra", "", "1"), ("ipv6", "accept_dad", "", "1"),
    // Debian 13 leaves all at 0.
    ("ipv4", "rp_filter", "net.ipv4.conf.*.rp_filter=2\n-net.ipv4.conf.all.rp_filter", "2"),
    ("ipv4", "rp_filter", "net.ipv4.conf.all.rp_filter=2\nnet.ipv4.conf.default.rp_filter=1", "2"),
    ("ipv4", "accept_source_route", "net.ipv4.conf.all.accept_source_route=1", "1"),
    (
      "ipv4", "accept_source_route",
      "net.ipv4.conf.*.accept_source_route=0\nnet.ipv4.conf.all.accept_source_route=1", "0"
    ),
    ("ipv4", "log_martians", "net.ipv4.conf.all.log_martians=1", "1"),
    ("ipv4", "log_martians", "net.ipv4.conf.default.log_martians=1", "1"),
    ("ipv4", "send_redirects", "net.ipv4.conf.all.send_redirects=0", "1"),
    ("ipv4", "send_redirects", "net.ipv4.conf.default.send_redirects=0", "1"),
    (
      "ipv4", "send_redirects", "net.ipv4.conf.all.send_redirects=0\nnet.ipv4.conf.default.send_redirects=0",
      "0"
    ),
    ("ipv4", "arp_ignore", "net.ipv4.conf.all.arp_ignore=2", "2"),
    // A host takes redirects if one says so, a router if both do.
    ("ipv4", "accept_redirects", "net.ipv4.conf.all.accept_redirects=0", "1"),
    ("ipv4", "accept_redirects", "net.ipv4.ip_forward=1\nnet.ipv4.conf.all.accept_redirects=0", "0"),
    ("ipv4", "accept_redirects", "net.ipv4.ip_forward=1", "0"),
    ("ipv4", "accept_redirects", "net.ipv4.ip_forward=1\nnet.ipv4.conf.all.accept_redirects=1", "1"),
    // IPv6 does not ask all, but for a few.
    ("ipv6", "accept_redirects", "net.ipv6.conf.all.accept_redirects=0", "1"),
    ("ipv6", "accept_redirects", "net.ipv6.conf.default.accept_redirects=0", "0"),
    ("ipv6", "accept_redirects", "net.ipv6.conf.all.forwarding=1", "0"),
    ("ipv6", "accept_ra", "net.ipv6.conf.all.forwarding=1", "0"),
    ("ipv6", "accept_ra", "net.ipv6.conf.all.forwarding=1\nnet.ipv6.conf.default.accept_ra=2", "2"),
    ("ipv6", "accept_ra", "net.ipv6.conf.all.accept_ra=0", "1"),
    ("ipv6", "accept_source_route", "net.ipv6.conf.default.accept_source_route=1", "0"),
    ("ipv6", "accept_source_route", "net.ipv6.conf.all.accept_source_route=-1", "-1"),
    ("ipv6", "disable_ipv6", "net.ipv6.conf.all.disable_ipv6=1", "1"),
    ("ipv6", "disable_ipv6", "net.ipv6.conf.default.disable_ipv6=1\nnet.ipv6.conf.all.disable_ipv6=0", "0"),
    ("ipv6", "forwarding", "net.ipv6.conf.default.forwarding=1\nnet.ipv6.conf.all.forwarding=0", "0"),
  ])
  func effectiveValue(family: String, key: String, text: String, expected: String) throws {
    let guest = debianGuest(["/etc/sysctl.d/a.conf": text])
    #expect(try effective("net.\(family).conf.*.\(key)", in: guest) == expected)
  }

  @Test func everyInterfaceThatAFileNames() throws {
    let guest = debianGuest([
      "/etc/sysctl.d/a.conf": """
      net.ipv4.conf.all.rp_filter=1
      net.ipv4.conf.eth0.rp_filter=2
      net.ipv4.conf.eth1.rp_filter=0
      """
    ])
    let readings = try guest.model(SysctlSettings.self).readings(of: "net.ipv4.conf.*.rp_filter")
    #expect(readings.map(\.name) == ["*", "eth0", "eth1"].map { "net.ipv4.conf.\($0).rp_filter" })
    let values = readings.map { reading in
      if case .value(let value) = reading.setting {
        value
      } else {
        Effective("", origin: .compiledDefault(""))
      }
    }
    #expect(values.map(\.value) == ["1", "2", "1"])
    #expect(values.map(\.origin.line) == [1, 2, 1])
    #expect(readings.map(\.note) == [0, 2, 0].map { "all has 1, the interface \($0); the larger counts" })
  }

  /// A parameter whose combination is not known is not made up.
  @Test func unknownParameter() throws {
    let guest = debianGuest(["/etc/sysctl.d/a.conf": "net.ipv4.conf.all.medium_id=1"])
    let readings = try guest.model(SysctlSettings.self).readings(of: "net.ipv4.conf.*.medium_id")
    #expect(readings.map(\.name) == ["*", "all", "default"].map { "net.ipv4.conf.\($0).medium_id" })
  }

  @Test func defaultThatAFileSetsIsNotTheKernels() throws {
    let guest = debianGuest(["/etc/sysctl.d/a.conf": "net.ipv6.conf.default.accept_ra=0"])
    guard
      case .value(let value)? = try guest.model(SysctlSettings.self)
        .readings(of: "net.ipv6.conf.*.accept_ra").first?.setting
    else {
      Issue.record("not known")
      return
    }
    #expect(value.origin.path == "/etc/sysctl.d/a.conf")
  }
}
