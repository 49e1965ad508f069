import Baselines
import TestSupport
import Testing

@Suite struct FirewallKindTests {
  private static let good = """
    table inet filter {
      chain input {
        type filter hook input priority 0; policy drop;
        iif lo accept
        ct state established,related accept
        tcp dport 22 accept
      }
      chain forward { type filter hook forward priority 0; policy drop; }
      chain output { type filter hook output priority 0; policy accept; }
    }
    """

  private func guest(_ rules: String?, started: Bool = true, ssh: Bool = true) -> GuestFixture {
    let guest = bootable()
    if let rules {
      guest.add(["/etc/nftables.conf": rules])
      let text = "[Service]\nExecStart=/usr/sbin/nft -f /etc/nftables.conf\n"
      if started {
        guest.addStarted("nftables.service", text)
      } else {
        guest.add(["/usr/lib/systemd/system/nftables.service": text])
      }
    }
    if ssh { guest.addStarted("ssh.service", "[Service]\nExecStart=/usr/sbin/sshd -D\n") }
    return guest
  }

  private func holds(_ parameters: [String: ParameterValue], _ guest: GuestFixture) throws -> Bool {
    let outcomes = try answers(FirewallKind.self, parameters, guest)
    #expect(!outcomes.isEmpty)
    return outcomes.allSatisfy { $0.verdict == .pass }
  }

  private let enabled: [String: ParameterValue] = ["enabled": .boolean(true)]
  private let drop: [String: ParameterValue] = ["default": .mapping(["input": .text("drop")])]

  @Test func whetherOneIsLoaded() throws {
    #expect(try holds(enabled, guest(Self.good)))
    #expect(try !holds(enabled, guest(Self.good, started: false)))
    #expect(try !holds(enabled, guest(nil)))
    #expect(try !holds(enabled.merging(["front_end": .list(["ufw"])]) { $1 }, guest(Self.good)))
  }

  @Test func ufwThatIsStartedButTurnedOff() throws {
    let guest = guest(nil)
    guest.addStarted("ufw.service", "[Service]\n")
    guest.add(["/etc/ufw/ufw.conf": "ENABLED=no\n"])
    let outcome = try #require(answers(FirewallKind.self, enabled, guest).first)
    #expect(outcome.verdict == .fail && outcome.actual == "ufw started but not in effect (ENABLED=no)")
  }

  @Test func noMoreThanOne() throws {
    let guest = guest(Self.good)
    #expect(try holds(["single": .boolean(true)], guest))
    guest.addStarted("netfilter-persistent.service", "[Service]\n")
    #expect(try !holds(["single": .boolean(true)], guest))
  }

  @Test func defaults() throws {
    #expect(try holds(drop, guest(Self.good)))
    #expect(try !holds(["default": .mapping(["output": .text("drop")])], guest(Self.good)))
    #expect(
      try holds(
        ["default": .mapping(["forward": .text("drop"), "output": .text("accept")])], guest(Self.good)))
    // Without rules the kernel lets everything in.
    #expect(try !holds(drop, guest(nil)))
    #expect(try !holds(drop, guest(Self.good, started: false)))
    #expect(
      try holds(drop.merging(["front_end": .list(["nftables"])]) { $1 }, guest(Self.good, started: false)))
    #expect(try !holds(drop.merging(["front_end": .list(["ufw"])]) { $1 }, guest(Self.good)))
  }

  @Test func families() throws {
    let onlyIPv4 = Self.good.replacing("table inet", with: "table ip")
    #expect(try !holds(drop, guest(onlyIPv4)))
    #expect(try holds(drop.merging(["families": .list(["ip"])]) { $1 }, guest(onlyIPv4)))
  }

  @Test func loopbackAndPorts() throws {
    #expect(try holds(["loopback": .boolean(true)], guest(Self.good)))
    #expect(try !holds(["loopback": .boolean(true)], guest(Self.good.replacing("iif lo accept", with: ""))))
    #expect(
      try !holds(
        ["loopback": .boolean(true)], guest(Self.good.replacing("policy drop", with: "policy accept"))))
    #expect(
      try holds(["accepts": .list(["tcp/22"]), "drops": .list(["tcp/23", "udp/22"])], guest(Self.good)))
    #expect(try !holds(["accepts": .list(["tcp/23"])], guest(Self.good)))
  }

  @Test func chainsAndTables() throws {
    let all: [String: ParameterValue] = [
      "base_chains": .list(["input", "forward", "output"]), "table": .boolean(true),
    ]
    #expect(try holds(all, guest(Self.good)))
    #expect(try !holds(all, guest(Self.good.replacing("hook forward", with: "hook prerouting"))))
    #expect(try !holds(["table": .boolean(true)], guest("flush ruleset\n")))
  }

  @Test func openPorts() throws {
    let parameters: [String: ParameterValue] = ["open_ports": .boolean(true)]
    #expect(try holds(parameters, guest(Self.good)))
    #expect(try !holds(parameters, guest(Self.good.replacing("dport 22", with: "dport 80"))))
    #expect(
      try holds(parameters, guest(Self.good.replacing("tcp dport 22 accept", with: "tcp dport 22 drop"))))
  }

  @Test(
    arguments: [
      [:], ["enabled": .boolean(false)], ["enabled": .boolean(true), "front_end": .list(["pf"])],
      ["accepts": .list(["ssh"])],
      ["base_chains": .list(["ingress"])], ["default": .mapping([:])], ["families": .list(["ip"])],
    ] as [[String: ParameterValue]])
  func refuses(_ parameters: [String: ParameterValue]) {
    #expect(throws: ParameterError.self) { try FirewallKind(Parameters(parameters)) }
  }
}
