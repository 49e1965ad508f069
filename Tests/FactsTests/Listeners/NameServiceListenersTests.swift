import Evidence
import TestSupport
import Testing

@testable import Facts

/// Where servers of names and time listen.
@Suite struct NameServiceListenersTests {
  @Test func nameServices() throws {
    #expect(
      try listens(
        "systemd-resolved.service",
        ["/etc/systemd/resolved.conf": "[Resolve]\n#MulticastDNS=no\n#LLMNR=no\nDNSStubListener=udp\n"])
        == ["udp 127.0.0.53:53", "udp 127.0.0.54:53"])
    #expect(
      try listens(
        "systemd-resolved.service",
        ["/etc/systemd/resolved.conf": "[Resolve]\nDNSStubListener=no\nLLMNR=yes\nMulticastDNS=no\n"])
        == ["udp *:5355", "tcp *:5355"])
    #expect(
      try listens(
        "dnsmasq.service", ["/etc/dnsmasq.conf": "listen-address=127.0.0.1,::1\nport=0\ndhcp-range=1\n"]) == [
          "udp *:67"
        ])
    #expect(
      try listens("dnsmasq.service", ["/etc/dnsmasq.d/a": "interface=lo\n"]) == ["udp lo:53", "tcp lo:53"])
    #expect(
      try listens(
        "named.service",
        [
          "/etc/bind/named.conf": "include \"/etc/bind/named.conf.options\";\n",
          "/etc/bind/named.conf.old": "options { listen-on { any; }; };\n",
          "/etc/bind/named.conf.options":
            "options {\n listen-on { 127.0.0.1; }; // x { any; }\n listen-on-v6 port 54 { none; };\n};\n",
        ])
        == ["udp 127.0.0.1:53", "tcp 127.0.0.1:53"])
    #expect(throws: EvidenceGap.self) { try sockets("named.service", [:]) }
  }

  @Test(arguments: [
    ("", ["udp *:53", "tcp *:53"]), ("port 54;", ["udp *:54", "tcp *:54"]),
    ("listen-on port 853 tls x { 10.0.0.1; };", ["tcp 10.0.0.1:853", "udp *:53", "tcp *:53"]),
    ("listen-on tls x { any; }; listen-on-v6 { none; };", ["tcp *:853"]),
    ("listen-on tls x http h { any; }; listen-on-v6 { none; };", ["tcp *:443"]),
    ("https-port 444; listen-on tls x http h { any; }; listen-on-v6 { none; };", ["tcp *:444"]),
    ("listen-on tls none http h { any; }; listen-on-v6 { none; };", ["tcp *:80"]),
    ("listen-on { !10.0.0.1; }; listen-on-v6 { none; };", []),
    ("/* listen-on { none; }; */ listen-on-v6 { none; };", ["udp *:53", "tcp *:53"]),
  ])
  func named(_ options: String, _ expected: [String]) throws {
    #expect(
      try listens("named.service", ["/etc/named.conf": "options { \(options) };\n"]) == expected)
  }

  @Test(arguments: [
    ("", ["udp 127.0.0.1:323", "udp [::1]:323"]), ("cmdport 0\n", []),
    ("allow 10/8\n", ["udp 127.0.0.1:323", "udp [::1]:323", "udp *:123"]),
    ("allow\nport 0\nbindcmdaddress 0.0.0.0\n", ["udp *:323"]),
  ])
  func chrony(_ text: String, _ expected: [String]) throws {
    #expect(try listens("chrony.service", ["/etc/chrony/chrony.conf": text]) == expected)
  }
}
