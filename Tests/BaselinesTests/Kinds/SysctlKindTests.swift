import Baselines
import Evidence
import TestSupport
import Testing

@Suite struct SysctlKindTests {
  private func guest(_ text: String) -> GuestFixture { .withSystemd(["/etc/sysctl.d/a.conf": text]) }

  @Test(arguments: [
    ("fs.suid_dumpable=0", "kernel", Outcome.Verdict.pass), ("", "kernel", .pass), ("", "fail", .fail),
    ("fs.suid_dumpable=0", "fail", .pass), ("fs.suid_dumpable=1", "kernel", .fail),
  ])
  func kernelDefault(text: String, mode: String, expected: Outcome.Verdict) throws {
    let found = try answers(
      SysctlKind.self,
      ["key": .list(["fs.suid_dumpable"]), "equals": .text("0"), "default": .text(mode)], guest(text))
    #expect(found.map(\.verdict) == [expected])
    #expect(found.map(\.subject) == ["fs.suid_dumpable"])
  }

  @Test func oneOutcomeForEachKey() throws {
    let found = try answers(
      SysctlKind.self,
      [
        "key": .list(["net.ipv4.conf.all.rp_filter", "net.ipv4.conf.default.rp_filter"]),
        "in": .list(["1", "2"]),
      ],
      guest("net.ipv4.conf.all.rp_filter=1"))
    #expect(found.map(\.verdict) == [.pass, .fail])
    #expect(found[0].evidence.first?.path == "/etc/sysctl.d/a.conf")
    #expect(found[1].actual == "net.ipv4.conf.default.rp_filter = 0 (the kernel's default, no file sets it)")
  }

  @Test func everyInterface() throws {
    let found = try answers(
      SysctlKind.self, ["key": .list(["net.ipv4.conf.*.send_redirects"]), "equals": .text("0")],
      guest("net.ipv4.conf.*.send_redirects=0\nnet.ipv4.conf.eth0.send_redirects=1"))
    #expect(found.filter { $0.verdict == .fail }.map(\.subject) == ["net.ipv4.conf.eth0.send_redirects"])
    #expect(found.count == 2)
  }

  /// Debian 12 sets nothing, Debian 13 every interface but not `all`.
  @Test(arguments: [
    ("", "accept_source_route", ["0"], true), ("", "rp_filter", ["1", "2"], false),
    ("net.ipv4.conf.*.rp_filter=2\n-net.ipv4.conf.all.rp_filter", "rp_filter", ["1", "2"], true),
    ("net.ipv4.conf.*.rp_filter=2\n-net.ipv4.conf.all.rp_filter", "rp_filter", ["1"], false),
  ])
  func debian(text: String, key: String, allowed: [String], passes: Bool) throws {
    let found = try answers(
      SysctlKind.self, ["key": .list(["net.ipv4.conf.*.\(key)"]), "in": .list(allowed)], guest(text))
    #expect(found.map(\.verdict) == [passes ? .pass : .fail])
    #expect(found.first?.actual.contains("all has 0, the interface") == true)
  }

  @Test func unknownDefaultIsUndecided() throws {
    let found = try answers(
      SysctlKind.self, ["key": .list(["kernel.dmesg_restrict"]), "equals": .text("1")], guest(""))
    guard case .undecided(let reason) = found.first?.verdict else {
      Issue.record("decided")
      return
    }
    #expect(reason.contains("CONFIG_SECURITY_DMESG_RESTRICT"))
    let written = try answers(
      SysctlKind.self, ["key": .list(["kernel.dmesg_restrict"]), "equals": .text("1")],
      guest("kernel.dmesg_restrict=1"))
    #expect(written.map(\.verdict) == [.pass])
  }

  @Test func missingFunction() throws {
    let guest = GuestFixture.withSystemd(["/boot/vmlinuz-6.1": "", "/boot/config-6.1": "CONFIG_A=y\n"])
    let ipv6 = try answers(
      SysctlKind.self, ["key": .list(["net.ipv6.conf.all.accept_ra"]), "equals": .text("0")], guest)
    #expect(ipv6.map(\.verdict) == [.pass])
    let yama = try answers(
      SysctlKind.self, ["key": .list(["kernel.yama.ptrace_scope"]), "at_least": .integer(1)], guest)
    #expect(yama.map(\.verdict) == [.fail])
  }

  @Test func fix() throws {
    let kind = try SysctlKind(Parameters(["key": .list(["kernel/kptr_restrict"]), "at_least": .integer(1)]))
    #expect(
      kind.fix?.shell.contains("'kernel/kptr_restrict = 1' > '/etc/sysctl.d/zz-kernel.kptr_restrict.conf'")
        == true)
    #expect(kind.fix?.ansible.contains("dest: \"/etc/sysctl.d/zz-kernel.kptr_restrict.conf\"") == true)
    let pattern = try SysctlKind(
      Parameters(["key": .list(["net.ipv4.conf.*.rp_filter"]), "equals": .text("1")]))
    #expect(
      pattern.fix?.shell.contains(
        "'net.ipv4.conf.*.rp_filter = 1' 'net.ipv4.conf.all.rp_filter = 1' 'net.ipv4.conf.default.rp_filter = 1' "
          + "> '/etc/sysctl.d/zz-net.ipv4.conf.every.rp_filter.conf'") == true)
    let quote = try SysctlKind(Parameters(["key": .list(["kernel.core_pattern"]), "equals": .text("'; x")]))
    #expect(quote.fix == nil)
  }

  /// What the fix writes passes, also against systemd's vendor file, which writes to a pattern that leaves `all` out.
  @Test func fixPasses() throws {
    let parameters: [String: ParameterValue] = [
      "key": .list(["net.ipv4.conf.*.rp_filter"]), "equals": .text("1"),
    ]
    let vendor =
      "net.ipv4.conf.default.rp_filter=2\nnet.ipv4.conf.*.rp_filter=2\n-net.ipv4.conf.all.rp_filter\n"
    let guest = GuestFixture.withSystemd(["/usr/lib/sysctl.d/50-default.conf": vendor])
    #expect(try answers(SysctlKind.self, parameters, guest).allSatisfy { $0.verdict == .fail })
    let ansible = try #require(try SysctlKind(Parameters(parameters)).fix?.ansible)
    let lines = ansible.split(separator: "\n").filter { $0.contains(" = ") }.joined(separator: "\n")
    guest.filesystem.addFile("/etc/sysctl.d/zz-net.ipv4.conf.every.rp_filter.conf", lines)
    #expect(try answers(SysctlKind.self, parameters, guest).allSatisfy { $0.verdict == .pass })
  }

  @Test(arguments: ["", "sysrq", "kernel.sys rq", "kernel.'x", "-kernel.sysrq", "*.sysrq"])
  func badNames(name: String) {
    #expect(throws: ParameterError.self) {
      try SysctlKind(Parameters(["key": .list([name]), "equals": .text("1")]))
    }
  }

  @Test func aComparisonIsNeeded() {
    #expect(throws: ParameterError.self) { try SysctlKind(Parameters(["key": .list(["kernel.sysrq"])])) }
    #expect(throws: ParameterError.self) { try SysctlKind(Parameters(["equals": .text("1")])) }
  }

  @Test func aCommandLineThatIsNotKnownIsNotEmpty() {
    let guest = GuestFixture([
      "/efi/EFI/Linux/a.efi": "MZ", "/etc/sysctl.d/a.conf": "kernel.dmesg_restrict = 1\n",
    ])
    #expect(throws: EvidenceGap.self) {
      try answers(
        SysctlKind.self, ["key": .list(["kernel.dmesg_restrict"]), "equals": .text("1")], guest)
    }
  }
}
