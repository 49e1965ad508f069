import Evidence
import TestSupport
import Testing

@testable import Facts

/// Where mail servers listen.
@Suite struct MailListenersTests {
  private let master =
    "# c\nsmtp      inet  n       -       y       -       -       smtpd\npickup    unix  n       -       y       60      1       pickup\n"

  @Test(arguments: [
    ("", ["tcp *:25"]), ("inet_interfaces = all\n", ["tcp *:25"]),
    ("inet_interfaces = loopback-only\n", ["tcp localhost:25"]),
    ("inet_interfaces = loopback-only\ninet_interfaces =\n all\n", ["tcp *:25"]),
    ("x = 127.0.0.1\ninet_interfaces = $x, [::1]\n", ["tcp 127.0.0.1:25", "tcp [::1]:25"]),
    ("inet_interfaces = ${x}\nx=${inet_interfaces}\n", []),
  ])
  func postfix(_ main: String, _ expected: [String]) throws {
    #expect(
      try listens("postfix.service", ["/etc/postfix/main.cf": main, "/etc/postfix/master.cf": master])
        == expected)
  }

  @Test func postfixServicesByTheirNames() throws {
    let files = [
      "/etc/postfix/main.cf": "",
      "/etc/postfix/master.cf":
        "smtps inet n - y - - smtpd\n10.0.0.1:urd inet n - y - - smtpd\nown inet n - y - - smtpd\n",
      "/etc/services": "submissions 465/tcp ssmtp smtps urd # Submission over TLS\nown 99/udp\nown 98/tcp\n",
    ]
    #expect(try listens("postfix.service", files) == ["tcp *:465", "tcp 10.0.0.1:465", "tcp *:98"])
    var others = files
    others["/etc/services"] = nil
    #expect(throws: EvidenceGap.self) { try sockets("postfix.service", others) }
    others["/etc/postfix/master.cf"] = "smtps inet n - y - - smtpd\n"
    #expect(try listens("postfix.service", others) == ["tcp *:465"])
  }

  @Test func postfixServicesWithAnAddress() throws {
    let master = "127.0.0.1:10025 inet n - y - - smtpd\nsubmission inet n - y - - smtpd\n"
    #expect(
      try listens("postfix@-.service", ["/etc/postfix/main.cf": "", "/etc/postfix/master.cf": master])
        == ["tcp 127.0.0.1:10025", "tcp *:587"])
    #expect(try listens("postfix.service", ["/etc/postfix/master.cf": master]) == [])
  }

  @Test(arguments: [
    ("dc_local_interfaces='127.0.0.1 ; ::1'\n", ["tcp 127.0.0.1:25", "tcp [::1]:25"]),
    ("dc_local_interfaces=''\n", ["tcp *:25"]),
    ("dc_local_interfaces='127.0.0.1.26'\n", ["tcp 127.0.0.1:26"]), ("", ["tcp *:25"]),
  ])
  func exim(_ text: String, _ expected: [String]) throws {
    #expect(try listens("exim4.service", ["/etc/exim4/update-exim4.conf.conf": text]) == expected)
  }

  @Test func eximsOwnConfigurationReplacesDebians() throws {
    let files = [
      "/etc/exim4/exim4.conf": "local_interfaces = <; ::1\n",
      "/etc/exim4/update-exim4.conf.conf": "dc_local_interfaces=''\n",
    ]
    #expect(try listens("exim4.service", files) == ["tcp [::1]:25"])
  }

  @Test(arguments: [
    ("daemon_smtp_ports = smtp : 465\n", ["tcp *:25", "tcp *:465"]),
    (
      "local_interfaces = <; 127.0.0.1 ; 10.0.0.1.26 ; [::1]:27\n",
      [
        "tcp 127.0.0.1:25", "tcp 10.0.0.1:26", "tcp [::1]:27",
      ]
    ),
    (".ifdef X\ndaemon_smtp_ports = 99\n.endif\nlocal_interfaces = 127.0.0.1\n", ["tcp 127.0.0.1:25"]),
    ("P = 587\ndaemon_smtp_ports = P\n", ["tcp *:587"]),
  ])
  func eximsPorts(_ text: String, _ expected: [String]) throws {
    #expect(try listens("exim4.service", ["/etc/exim4/exim4.conf": text]) == expected)
  }

  @Test func eximsPortsOnTheCommandLine() throws {
    let files = [
      "/etc/exim4/exim4.conf": "daemon_smtp_ports = 25\n",
      "/etc/default/exim4": "SMTPLISTENEROPTIONS='-oX 587:10025'\n",
    ]
    #expect(try listens("exim4.service", files) == ["tcp *:587", "tcp *:10025"])
  }

  @Test func otherMailServers() throws {
    #expect(
      try listens(
        "sendmail.service",
        ["/etc/mail/sendmail.cf": "O DaemonPortOptions=Name=MTA-v4, Family=inet, Addr=127.0.0.1, Port=smtp\n"]
      )
        == ["tcp 127.0.0.1:25"])
    #expect(
      try listens("opensmtpd.service", ["/etc/smtpd.conf": "listen on lo\nlisten on eth0 port 587\n"]) == [
        "tcp lo:25", "tcp eth0:587",
      ])
    #expect(try listens("opensmtpd.service", [:]) == ["tcp localhost:25"])
  }
}
