import Evidence
import TestSupport
import Testing

@testable import Facts

@Suite struct SysctlSettingsTests {
  /// One trap: the files of a guest and what a parameter is then.
  struct Trap: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var files: [String: String]
    var expected: String
    var key = "kernel.kptr_restrict"

    init(
      _ description: String, _ files: [String: String], _ expected: String,
      key: String = "kernel.kptr_restrict"
    ) {
      (testDescription, self.files, self.expected, self.key) = (description, files, expected, key)
    }
  }

  static let traps: [Trap] = [
    Trap("no file", [:], "0"),
    Trap("vendor file", ["/usr/lib/sysctl.d/50-a.conf": "kernel.kptr_restrict=1"], "1"),
    Trap(
      "the later name wins over the stronger folder",
      [
        "/etc/sysctl.d/10-a.conf": "kernel.kptr_restrict=2",
        "/usr/lib/sysctl.d/50-a.conf": "kernel.kptr_restrict=1",
      ],
      "1"),
    Trap(
      "the same name is masked",
      ["/etc/sysctl.d/50-a.conf": "#", "/usr/lib/sysctl.d/50-a.conf": "kernel.kptr_restrict=1"], "0"),
    Trap(
      "run masks usr/local/lib",
      [
        "/run/sysctl.d/a.conf": "kernel.kptr_restrict=2",
        "/usr/local/lib/sysctl.d/a.conf": "kernel.kptr_restrict=1",
      ], "2"),
    Trap("a split /lib counts", ["/lib/sysctl.d/a.conf": "kernel.kptr_restrict=1"], "1"),
    Trap("sysctl.conf alone is read by nobody", ["/etc/sysctl.conf": "kernel.kptr_restrict=1"], "0"),
    Trap("only *.conf", ["/etc/sysctl.d/a.conf.bak": "kernel.kptr_restrict=1"], "0"),
    Trap(
      "the last line wins", ["/etc/sysctl.d/a.conf": "kernel.kptr_restrict=1\nkernel.kptr_restrict=2"], "2"),
    Trap("comments", ["/etc/sysctl.d/a.conf": "#kernel.kptr_restrict=1\n ;kernel.kptr_restrict=2"], "0"),
    Trap("slashes", ["/etc/sysctl.d/a.conf": "kernel/kptr_restrict=2"], "2"),
    Trap("blanks, CR and a dash", ["/etc/sysctl.d/a.conf": "  - kernel.kptr_restrict \t=  2 \r\n"], "2"),
    Trap("hexadecimal", ["/etc/sysctl.d/a.conf": "kernel.kptr_restrict=0x2"], "2"),
    Trap("the kernel refuses words", ["/etc/sysctl.d/a.conf": "kernel.kptr_restrict=yes"], "0"),
    Trap("the kernel refuses what is out of range", ["/etc/sysctl.d/a.conf": "kernel.kptr_restrict=3"], "0"),
    Trap("no assignment", ["/etc/sysctl.d/a.conf": "kernel.kptr_restrict 2\n=2\n"], "0"),
    Trap(
      "a key without a value takes an earlier assignment away",
      ["/etc/sysctl.d/a.conf": "kernel.kptr_restrict=2\n-kernel.kptr_restrict"], "0"),
    Trap(
      "an assignment after an exclusion counts",
      ["/etc/sysctl.d/a.conf": "-kernel.kptr_restrict\nkernel.kptr_restrict=2"], "2"),
  ]

  @Test(arguments: traps) func layers(_ trap: Trap) throws {
    #expect(try value(of: trap.key, in: debianGuest(trap.files)) == trap.expected)
  }

  static let vendorDefaults = """
    net.ipv4.conf.default.rp_filter = 2
    net.ipv4.conf.*.rp_filter = 2
    -net.ipv4.conf.all.rp_filter
    """

  @Test(arguments: [
    ("all", "", "0"), ("default", "", "2"), ("eth0", "", "2"), ("*", "", "2"),
    ("all", "net.ipv4.conf.all.rp_filter = 1", "1"),
    ("eth0", "net.ipv4.conf.eth0.rp_filter = 0", "0"), ("eth1", "net.ipv4.conf.eth0.rp_filter = 0", "2"),
    ("eth0", "net.ipv4.conf.default.rp_filter = 1", "2"),
    ("eth0", "net.ipv4.conf.e*.rp_filter = 1", "1"), ("all", "net.ipv4.conf.a*.rp_filter = 1", "0"),
    ("eth0/1", "net/ipv4/conf/eth0.1/rp_filter = 0", "0"),
  ])
  func globs(interface: String, administrator: String, expected: String) throws {
    let guest = debianGuest([
      "/usr/lib/sysctl.d/50-default.conf": Self.vendorDefaults, "/etc/sysctl.d/60-own.conf": administrator,
    ])
    #expect(try value(of: "net.ipv4.conf.\(interface).rp_filter", in: guest) == expected)
  }

  /// An exclusion in a file that sorts later takes what an earlier file sets for the same key.
  @Test func lateExclusion() throws {
    let guest = debianGuest([
      "/usr/lib/sysctl.d/50-default.conf": Self.vendorDefaults,
      "/etc/sysctl.d/10-own.conf": "net.ipv4.conf.all.rp_filter = 1",
    ])
    #expect(try value(of: "net.ipv4.conf.all.rp_filter", in: guest) == "0")
  }

  @Test func interfaceFollowsDefault() throws {
    let guest = debianGuest(["/etc/sysctl.d/a.conf": "net.ipv4.conf.default.send_redirects=0"])
    #expect(try value(of: "net.ipv4.conf.eth0.send_redirects", in: guest) == "0")
    #expect(try value(of: "net.ipv4.conf.all.send_redirects", in: guest) == "1")
  }

  @Test func namesOfAPattern() throws {
    let guest = debianGuest(["/etc/sysctl.d/a.conf": "net/ipv4/conf/eth0.1/rp_filter=1\nkernel.sysrq=0"])
    let names = try guest.model(SysctlSettings.self).names(matching: "net.ipv4.conf.*.rp_filter")
    #expect(
      names == [
        "net.ipv4.conf.*.rp_filter", "net.ipv4.conf.all.rp_filter", "net.ipv4.conf.default.rp_filter",
        "net.ipv4.conf.eth0/1.rp_filter",
      ])
  }

  @Test(arguments: [
    ("net.ipv4.ip_forward=1", "net.ipv4.conf.all.forwarding", "1"),
    ("net.ipv4.ip_forward=0\nnet.ipv4.conf.all.forwarding=1", "net.ipv4.ip_forward", "1"),
    ("net.ipv4.conf.all.forwarding=1\nnet.ipv4.ip_forward=0", "net.ipv4.ip_forward", "0"),
    ("net.ipv4.ip_forward=1", "net.ipv4.conf.all.accept_redirects", "0"),
    ("net.ipv4.ip_forward=0", "net.ipv4.conf.all.accept_redirects", "1"),
    (
      "net.ipv4.ip_forward=1\nnet.ipv4.conf.all.accept_redirects=1", "net.ipv4.conf.all.accept_redirects", "1"
    ),
    (
      "net.ipv4.conf.all.accept_redirects=1\nnet.ipv4.ip_forward=1", "net.ipv4.conf.all.accept_redirects", "0"
    ),
    ("net.ipv6.conf.all.forwarding=1", "net.ipv6.conf.default.forwarding", "1"),
  ])
  func forwarding(text: String, key: String, expected: String) throws {
    #expect(try value(of: key, in: debianGuest(["/etc/sysctl.d/a.conf": text])) == expected)
  }

  @Test func linksMask() throws {
    let guest = debianGuest([
      "/etc/sysctl.conf": "kernel.kptr_restrict=2",
      "/usr/lib/sysctl.d/10-a.conf": "kernel.sysrq=1", "/usr/lib/sysctl.d/10-b.conf": "kernel.panic=5",
    ])
    guest.filesystem.addEntry("/dev/null", .init(mode: 0o020666))
    guest.filesystem.addLink("/etc/sysctl.d/10-a.conf", to: "/dev/null")
    guest.filesystem.addLink("/etc/sysctl.d/10-b.conf", to: "10-b.conf")
    guest.filesystem.addLink("/etc/sysctl.d/99-sysctl.conf", to: "../sysctl.conf")
    #expect(try value(of: "kernel.sysrq", in: guest) == "438")
    #expect(try value(of: "kernel.panic", in: guest) == "0")
    #expect(try value(of: "kernel.kptr_restrict", in: guest) == "2")
  }

  @Test func valueSaysWhereItIsFromAndWhatItShadows() throws {
    let guest = debianGuest([
      "/etc/sysctl.d/10-a.conf": "\nkernel.kptr_restrict=1",
      "/etc/sysctl.d/20-b.conf": "kernel.kptr_restrict = 2",
    ])
    guard case .value(let found) = try guest.model(SysctlSettings.self).setting(of: "kernel.kptr_restrict")
    else {
      Issue.record("not known")
      return
    }
    #expect(
      found.origin
        == Origin(path: "/etc/sysctl.d/20-b.conf", line: 1, kind: .dropIn, text: "kernel.kptr_restrict = 2"))
    #expect(found.shadowed.map(\.value) == ["0", "1"])
    #expect(found.shadowed.map(\.origin.path) == [nil, "/etc/sysctl.d/10-a.conf"])
  }

  @Test func gapInAFolderIsNotNothing() throws {
    let guest = debianGuest(["/etc/sysctl.d/a.conf": ""])
    guest.filesystem.addGap("/etc/sysctl.d", reason: "damaged")
    #expect(throws: EvidenceGap.self) { try guest.model(SysctlSettings.self) }
  }

  @Test func hugeAndUglyFiles() throws {
    let lines = (0..<5_000).map { "net.ipv4.conf.e\($0)*.rp_filter=1" }.joined(separator: "\n")
    let guest = debianGuest([
      "/etc/sysctl.d/a.conf": lines,
      "/etc/sysctl.d/b.conf": "\0\u{FFFD}=\n-\n-=\n=\n///=1\n...=1\nkernel.panic",
    ])
    #expect(try value(of: "net.ipv4.conf.all.rp_filter", in: guest) == "0")
    #expect(try value(of: "kernel.panic", in: guest) == "0")
  }
}
