import Evidence
import TestSupport
import Testing

@testable import Facts

@Suite struct NftablesParserTests {
  private func parse(_ text: String, _ files: [String: String] = [:]) throws -> NftablesParser {
    let evidence = try GuestFixture(files).evidence()
    var parser = NftablesParser(evidence)
    try parser.read(TextFile(path: "/etc/nftables.conf", bytes: Array(text.utf8)))
    return parser
  }

  private func accepts(_ text: String, _ packet: FirewallPacket) throws -> Bool {
    try parse(text).ruleset.answer(packet).isAccepted
  }

  private func chain(_ rules: String, policy: String = "drop") -> String {
    "table inet filter {\n chain input {\n  type filter hook input priority 0; policy \(policy);\n \(rules)\n }\n}\n"
  }

  private let ssh = FirewallPacket(.input, .ip, destinationPort: 22)
  private let other = FirewallPacket(.input, .ip)

  @Test func debiansDefaultFileAcceptsEverything() throws {
    let text = """
      #!/usr/sbin/nft -f

      flush ruleset

      table inet filter {
      	chain input {
      		type filter hook input priority filter;
      	}
      	chain forward {
      		type filter hook forward priority filter;
      	}
      	chain output {
      		type filter hook output priority filter;
      	}
      }
      """
    let parser = try parse(text)
    #expect(parser.tables == ["inet filter"] && parser.ruleset.chains.count == 3)
    #expect(parser.ruleset.baseChains(.input, .ip6).count == 1)
    #expect(parser.ruleset.answer(other).isAccepted)
  }

  @Test(arguments: [
    ("tcp dport 22 accept", true), ("tcp dport ssh accept", true), ("tcp dport { 22, 80 } accept", true),
    ("tcp dport {80,443} accept", false), ("tcp dport != 22 accept", false),
    ("tcp dport 1-1024 counter accept", true),
    ("udp dport 22 accept", false), ("meta l4proto { tcp, udp } th dport 22 accept", true),
    ("ct state new tcp dport 22 accept", true), ("ct state established,related accept", false),
    ("ct state { established, related } accept", false),
    ("ct state vmap { established : accept, new : accept }", true),
    ("ct state vmap { established: accept, invalid: drop }", false),
    ("tcp dport vmap { 22 : accept, 23 : drop }", true),
    ("ip saddr 10.0.0.0/8 tcp dport 22 accept", false), ("ip saddr != 10.0.0.0/8 tcp dport 22 accept", true),
    ("ip saddr @trusted accept", false), ("ip6 saddr ::/0 accept", false),
    ("iifname \"eth0\" tcp dport 22 accept", true),
    ("iif lo accept", false), ("iif != lo accept", true), ("iifname { \"lo\", \"wg0\" } accept", true),
    ("limit rate 10/minute accept", false),
    ("limit rate over 10/second burst 5 packets drop\n tcp dport 22 accept", true),
    ("log prefix \"x { y\" level warn\n tcp dport 22 accept comment \"in\"", true),
    ("meta mark set 1 tcp dport 22 accept", true),
    ("meta skuid root accept", false), ("tcp flags & (fin|syn|rst|ack) == syn accept", false),
    ("icmp type echo-request accept", false), ("reject with icmp type admin-prohibited\n accept", false),
    ("jump ssh_in", true), ("jump missing", false), ("goto ssh_in\n accept", true),
    ("return\n accept", false),
    ("fib daddr type local tcp dport 22 accept", true), ("fib daddr type broadcast accept", false),
    ("tcp dport {\n 22,\n 80\n } accept", true), ("tcp dport \\\n 22 accept", true),
    ("# tcp dport 22 accept", false),
    ("counter packets 1 bytes 2 accept", true), ("tcp dport 22 drop; accept", false),
    ("dup to 1.2.3.4 accept", false),
  ])
  func rules(_ rule: String, isAccepted: Bool) throws {
    let helper = "table inet filter {\n chain ssh_in { tcp dport 22 accept }\n}\n"
    #expect(try accepts(helper + chain(rule), ssh) == isAccepted)
  }

  @Test func oneChainThatDropsIsEnough() throws {
    let first = chain("accept", policy: "accept")
    let second = "table ip b { chain c { type filter hook input priority 10; policy drop; } }\n"
    #expect(try !accepts(first + second, ssh))
    #expect(try accepts(first + second, FirewallPacket(.input, .ip6)))
    #expect(try accepts("table ip n { chain c { type nat hook input priority 0; policy drop; } }\n", ssh))
  }

  @Test func commandsDefinitionsAndFlushes() throws {
    let text = """
      add table inet filter
      define ports = { 22, 80 }
      define lan = eth0
      add chain inet filter input { type filter hook input priority 0; policy drop; }
      add rule inet filter input iifname $lan tcp dport $ports accept
      insert rule inet filter input ip saddr 127.0.0.0/8 drop
      """
    #expect(try accepts(text, ssh))
    #expect(try !accepts(text, FirewallPacket(.input, .ip, hasLoopbackSource: true, destinationPort: 22)))
    #expect(try accepts(text + "\nflush ruleset\n", other))
    #expect(try !accepts(text + "\nflush chain inet filter input\n", ssh))
    #expect(try accepts(text + "\ndelete table inet filter\n", other))
    #expect(try !accepts(text + "\ntable inet filter {\n}\n", other))
  }

  @Test func declaredTwiceAddsUp() throws {
    #expect(try accepts(chain("") + "table inet filter { chain input { tcp dport 22 accept } }\n", ssh))
  }

  @Test func includes() throws {
    let files = [
      "/etc/nftables.d/a.nft": chain("tcp dport 22 accept"), "/etc/nftables.d/b.txt": "flush ruleset\n",
      "/etc/nftables.d/.hidden.nft": "flush ruleset\n",
    ]
    let ruleset = try parse("include \"/etc/nftables.d/*.nft\"\n", files).ruleset
    #expect(ruleset.answer(ssh).isAccepted && !ruleset.answer(other).isAccepted)
    #expect(
      ruleset.answer(ssh).origin?.path == "/etc/nftables.d/a.nft" && ruleset.answer(ssh).origin?.line == 4)
  }

  @Test func aFileThatIncludesItselfIsAGap() {
    #expect(throws: EvidenceGap.self) {
      try parse("include \"/etc/a\"\n", ["/etc/a": "include \"/etc/a\"\n"])
    }
  }

  @Test(arguments: [
    "", "{{{{{{{", "}}}}}", "table", "table inet", "table inet filter {", "chain x { accept", "\"unclosed",
    "define", "include", "table inet f { chain c { type filter hook", "add rule inet x y accept",
    "\u{0}\u{ff}{;",
    "table inet f { chain c { type filter hook input priority 99999999999999999999; jump c\n goto c\n } }\n",
  ])
  func uglyTexts(_ text: String) throws { _ = try parse(text).ruleset.answer(ssh) }

  @Test(arguments: [
    "insert rule inet filter input tcp dport 22 accept\n", "flush chain inet filter input\n",
    "add chain inet filter input\n", "delete chain inet filter x\n", "define x = { 1, 2, 3 }\n",
    "include \"/nothing\"\n",
  ])
  func aHundredThousandCommandsAreReadQuickly(_ command: String) throws {
    let start = ThreadClock.now
    _ = try parse(chain("accept") + String(repeating: command, count: 100_000)).ruleset.answer(ssh)
    #expect(ThreadClock.now - start < .seconds(10))
  }

  @Test func definitionsThatExplodeAreBounded() throws {
    let text =
      "define a = { \(String(repeating: "1, ", count: 9000)) }\n"
      + String(repeating: "$a $a $a $a\n", count: 20_000)
    let start = ThreadClock.now
    _ = try parse(text)
    #expect(ThreadClock.now - start < .seconds(10))
  }

  @Test func aLargeSetIsReadQuickly() throws {
    let addresses = (0..<100_000).map { "10.\($0 >> 16).\($0 >> 8 & 255).\($0 & 255)" }.joined(
      separator: ", ")
    let start = ThreadClock.now
    #expect(try accepts(chain("ip saddr { \(addresses) } drop\n tcp dport 22 accept"), ssh))
    #expect(ThreadClock.now - start < .seconds(5))
  }
}
