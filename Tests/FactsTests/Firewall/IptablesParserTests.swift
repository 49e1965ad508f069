import Evidence
import Testing

@testable import Facts

@Suite struct IptablesParserTests {
  private func accepts(_ rules: String, _ packet: FirewallPacket, policy: String = "DROP") -> Bool {
    var parser = IptablesParser(.ip)
    let text =
      "*nat\n:INPUT ACCEPT\n-A INPUT -j ACCEPT\nCOMMIT\n*filter\n:INPUT \(policy) [0:0]\n:ssh - [0:0]\n-A ssh -p tcp --dport 22 -j ACCEPT\n\(rules)\nCOMMIT\n"
    parser.read(TextFile(path: "/etc/iptables/rules.v4", bytes: Array(text.utf8)))
    return FirewallRuleset(chains: parser.chains).answer(packet).isAccepted
  }

  @Test(arguments: [
    ("", false), ("-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT", true),
    ("-A INPUT -p udp --dport 22 -j ACCEPT", false),
    ("-A INPUT -p tcp ! --dport 22 -j ACCEPT", false),
    ("-A INPUT -p tcp -m multiport --dports 80,22,1000:2000 -j ACCEPT", true),
    ("-A INPUT -m state --state NEW -j ACCEPT", true),
    ("-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT", false),
    ("-A INPUT -i lo -j ACCEPT", false), ("-A INPUT ! -i lo -j ACCEPT", true),
    ("-A INPUT -i eth0 -j ACCEPT", true),
    ("-A INPUT -s 10.0.0.0/8 -j ACCEPT", false), ("-A INPUT ! -s 10.0.0.0/8 -j ACCEPT", true),
    ("-A INPUT -j ssh", true), ("-A INPUT -g ssh\n-A INPUT -j ACCEPT", true), ("-A INPUT -j nowhere", false),
    ("-A INPUT -j LOG --log-prefix \"a -j DROP\"\n-A INPUT -j ACCEPT", true),
    ("-A INPUT -m comment --comment \"x y\" -p tcp --dport 22 -j ACCEPT", true),
    ("-A INPUT -j REJECT --reject-with icmp-port-unreachable\n-A INPUT -j ACCEPT", false),
    ("-A INPUT -j DROP\n-I INPUT -p tcp --dport 22 -j ACCEPT", true),
    ("-A INPUT -j RETURN\n-A INPUT -j ACCEPT", false),
    ("-A INPUT -m recent --name x --set -j ACCEPT", false),
    ("-A INPUT -m limit --limit 5/min -j ACCEPT", false),
    ("-A INPUT -m addrtype --dst-type LOCAL -j ACCEPT", true), ("-A INPUT", false), ("-A", false),
    ("-A INPUT -j", false),
  ])
  func rules(_ rules: String, isAccepted: Bool) {
    #expect(accepts(rules, FirewallPacket(.input, .ip, destinationPort: 22)) == isAccepted)
  }

  @Test func policiesAndLoopback() {
    #expect(accepts("", FirewallPacket(.input, .ip), policy: "ACCEPT"))
    let rules = "-A INPUT -i lo -j ACCEPT\n-A INPUT -s 127.0.0.0/8 -j DROP\n-A INPUT -j ACCEPT"
    #expect(accepts(rules, FirewallPacket(.input, .ip, isOnLoopback: true, hasLoopbackSource: true)))
    #expect(!accepts(rules, FirewallPacket(.input, .ip, hasLoopbackSource: true)))
    #expect(accepts(rules, FirewallPacket(.input, .ip)))
  }

  @Test func chainsInACircleEnd() {
    #expect(!accepts(":a -\n:b -\n-A a -j b\n-A b -j a\n-A INPUT -j a", FirewallPacket(.input, .ip)))
  }

  @Test func rulesThatAreInsertedStandInReverse() {
    let rules = "-A INPUT -j DROP\n-I INPUT -p tcp --dport 22 -j DROP\n-I INPUT -p tcp --dport 22 -j ACCEPT"
    #expect(accepts(rules, FirewallPacket(.input, .ip, destinationPort: 22)))
    #expect(
      !accepts(
        String(repeating: "-I INPUT -s 10.0.0.1 -j ACCEPT\n", count: 200_000), FirewallPacket(.input, .ip)))
  }

  @Test func wordsWithQuotes() {
    #expect(IptablesParser.words("-A x \"a \\\"b\\\" c\"  d") == ["-A", "x", "a \"b\" c", "d"])
  }
}
