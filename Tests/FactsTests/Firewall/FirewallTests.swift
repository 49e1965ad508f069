import Evidence
import TestSupport
import Testing

@testable import Facts

@Suite struct FirewallTests {
  private let other = FirewallPacket(.input, .ip)
  private let ssh = FirewallPacket(.input, .ip, destinationPort: 22)

  private func frontEnd(_ unit: String, _ files: [String: String], started: Bool = true, exec: String = "/x")
    throws
    -> FirewallFrontEnd
  {
    let guest = bootable(files)
    let text = "[Service]\nExecStart=\(exec)\n"
    if started { guest.addStarted(unit, text) } else { guest.add(["/usr/lib/systemd/system/\(unit)": text]) }
    return try #require(guest.model(Firewall.self).frontEnds.first)
  }

  @Test func nothingInstalled() throws { #expect(try bootable().model(Firewall.self).frontEnds.isEmpty) }

  @Test func nftablesReadsTheFileOfItsUnit() throws {
    let rules = "table inet f { chain i { type filter hook input priority 0; policy drop; } }\n"
    let debian = try frontEnd(
      "nftables.service", ["/etc/nftables.conf": rules], exec: "/usr/sbin/nft -f /etc/nftables.conf")
    #expect(debian.isActive && !debian.ruleset.answer(other).isAccepted && debian.tables == ["inet f"])
    let redHat = try frontEnd(
      "nftables.service", ["/etc/sysconfig/nftables.conf": rules],
      exec: "/sbin/nft -f /etc/sysconfig/nftables.conf")
    #expect(redHat.isActive && !redHat.ruleset.answer(other).isAccepted)
    let missing = try frontEnd("nftables.service", [:], exec: "/usr/sbin/nft -f /etc/nftables.conf")
    #expect(!missing.isActive && missing.start != nil)
    #expect(try !frontEnd("nftables.service", ["/etc/nftables.conf": rules], started: false).isActive)
  }

  private let before = """
    *filter
    :ufw-before-input - [0:0]
    :ufw-not-local - [0:0]
    -A ufw-before-input -i lo -j ACCEPT
    -A ufw-before-input -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
    -A ufw-before-input -j ufw-not-local
    -A ufw-not-local -m addrtype --dst-type LOCAL -j RETURN
    -A ufw-not-local -m limit --limit 3/min --limit-burst 10 -j ufw-logging-deny
    -A ufw-not-local -j DROP
    COMMIT
    """

  @Test func ufw() throws {
    let files = [
      "/etc/ufw/ufw.conf": "# x\nENABLED=yes\nLOGLEVEL=low\n", "/etc/ufw/before.rules": before,
      "/etc/default/ufw":
        "IPV6=no\nDEFAULT_INPUT_POLICY=\"DROP\"\nDEFAULT_OUTPUT_POLICY=\"ACCEPT\"\nDEFAULT_FORWARD_POLICY=\"ACCEPT\"\n",
      "/etc/ufw/user.rules":
        "*filter\n:ufw-user-input - [0:0]\n-A ufw-user-input -p tcp --dport 22 -j ACCEPT\nCOMMIT\n",
    ]
    let ufw = try frontEnd("ufw.service", files)
    #expect(ufw.isActive && ufw.kind == .ufw)
    let rules = ufw.ruleset
    #expect(!rules.answer(other).isAccepted && rules.answer(ssh).isAccepted)
    #expect(rules.answer(other).origin?.path == "/etc/default/ufw")
    #expect(rules.answer(FirewallPacket(.input, .ip, isOnLoopback: true)).isAccepted)
    #expect(
      rules.answer(FirewallPacket(.forward, .ip)).isAccepted
        && rules.answer(FirewallPacket(.output, .ip)).isAccepted)
    #expect(!rules.answer(FirewallPacket(.output, .ip6)).isAccepted)
    #expect(rules.answer(FirewallPacket(.output, .ip6, isOnLoopback: true)).isAccepted)
  }

  @Test(arguments: ["ENABLED=no\n", "#ENABLED=yes\n", ""]) func ufwTurnedOff(_ text: String) throws {
    #expect(try !frontEnd("ufw.service", ["/etc/ufw/ufw.conf": text]).isActive)
  }

  @Test func savedRules() throws {
    let iptables = try frontEnd(
      "netfilter-persistent.service",
      ["/etc/iptables/rules.v4": "*filter\n:INPUT DROP [0:0]\n-A INPUT -p tcp --dport 22 -j ACCEPT\nCOMMIT\n"]
    )
    #expect(
      iptables.isActive && !iptables.ruleset.answer(other).isAccepted
        && iptables.ruleset.answer(ssh).isAccepted)
    #expect(iptables.ruleset.answer(FirewallPacket(.input, .ip6)).isAccepted)
  }

  @Test(arguments: [("", false), (" target=\"ACCEPT\"", true), (" target=\"DROP\"", false)])
  func firewalld(_ target: String, isAccepted: Bool) throws {
    let firewalld = try frontEnd(
      "firewalld.service",
      [
        "/etc/firewalld/firewalld.conf": "# c\nDefaultZone=mine\n",
        "/etc/firewalld/zones/mine.xml":
          "<?xml version=\"1.0\"?>\n<zone\(target)>\n <!-- <service name=\"http\"/> -->\n <service name=\"ssh\"/>\n <port protocol='udp' port='1000-2000'/>\n <rule><service name=\"http\"/><drop/></rule>\n</zone>\n",
        "/usr/lib/firewalld/services/ssh.xml": "<service><port protocol=\"tcp\" port=\"22\"/></service>",
        "/usr/lib/firewalld/services/http.xml": "<service><port protocol=\"tcp\" port=\"80\"/></service>",
        "/usr/lib/firewalld/zones/mine.xml": "<zone target=\"ACCEPT\"/>",
      ])
    let rules = firewalld.ruleset
    #expect(rules.answer(other).isAccepted == isAccepted && rules.answer(ssh).isAccepted)
    #expect(rules.answer(FirewallPacket(.input, .ip6, transport: "udp", destinationPort: 1500)).isAccepted)
    #expect(rules.answer(FirewallPacket(.input, .ip, destinationPort: 80)).isAccepted == isAccepted)
    #expect(rules.answer(FirewallPacket(.input, .ip, isOnLoopback: true)).isAccepted)
  }

  @Test func aZoneThatIsNotThereIsAGap() {
    #expect(throws: EvidenceGap.self) { try frontEnd("firewalld.service", [:]) }
  }

  @Test(arguments: ["<", "<zone", "<zone a=", "<zone a=\"", "<!--", "<a b='c' d>", "</rule>", "<\u{0}>"])
  func uglyXML(_ text: String) { _ = XMLTags(TextFile(path: "/x", bytes: Array(text.utf8))).tags }
}
