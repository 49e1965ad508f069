import Evidence
import TestSupport
import Testing

@testable import Facts

/// Where other daemons listen.
@Suite struct ListenerSourcesTests {
  @Test(arguments: [
    ("", ["tcp *:22"]), ("Port 22\nPort 2222\n", ["tcp *:22", "tcp *:2222"]), ("#Port 2222\n", ["tcp *:22"]),
    ("Port=2222\n", ["tcp *:2222"]), ("ListenAddress 127.0.0.1\n", ["tcp 127.0.0.1:22"]),
    ("ListenAddress [::1]:222\nListenAddress 0.0.0.0\nPort 23\n", ["tcp [::1]:222", "tcp *:23"]),
    ("Match User x\nPort 99\n", ["tcp *:22"]), ("Include /etc/ssh/sshd_config.d/*.conf\n", ["tcp *:2200"]),
    ("Include sshd_config\n", ["tcp *:22"]),
  ])
  func sshd(_ text: String, _ expected: [String]) throws {
    #expect(
      try listens(
        "ssh.service", ["/etc/ssh/sshd_config": text, "/etc/ssh/sshd_config.d/a.conf": "port 2200\n"])
        == expected)
  }

  @Test func sshdPortOnTheCommandLine() throws {
    let files = ["/etc/ssh/sshd_config": "Port 1\n", "/etc/default/ssh": "SSHD_OPTS=\"-p 2022\"\n"]
    #expect(
      try listens(
        "ssh.service", files, exec: "/usr/sbin/sshd -D $SSHD_OPTS\nEnvironmentFile=-/etc/default/ssh") == [
          "tcp *:2022"
        ])
  }

  @Test(arguments: [
    ("", ["tcp *:21"]), ("Port 2121\n", ["tcp *:2121"]), ("ServerType inetd\n", []), ("Port 0\n", []),
    ("<VirtualHost 10.0.0.1>\nPort 22\n</VirtualHost>\n", ["tcp *:21", "tcp *:22"]),
    (
      "SocketBindTight on\nDefaultAddress 10.0.0.2\n<VirtualHost 10.0.0.1>\n</VirtualHost>\n",
      [
        "tcp 10.0.0.2:21", "tcp 10.0.0.1:21",
      ]
    ),
  ])
  func proftpd(_ text: String, _ expected: [String]) throws {
    #expect(try listens("proftpd.service", ["/etc/proftpd/proftpd.conf": text]) == expected)
  }

  @Test func filesAndMail() throws {
    #expect(
      try listens(
        "cups.service",
        ["/etc/cups/cupsd.conf": "Listen localhost:631\nListen /run/cups/cups.sock\nPort 632\n"]) == [
          "tcp localhost:631", "unix /run/cups/cups.sock", "tcp *:632",
        ])
    #expect(
      try listens("smbd.service", ["/etc/samba/smb.conf": "[global]\ninterfaces = lo eth0\n"]) == [
        "tcp *:445", "tcp *:139",
      ])
    #expect(
      try listens("nmbd.service", ["/etc/samba/smb.conf": "interfaces = lo\nbind interfaces only = yes\n"])
        == ["udp lo:137", "udp lo:138"])
    #expect(
      try listens("vsftpd.service", ["/etc/vsftpd.conf": "listen=NO\nlisten_ipv6=YES\n"]) == ["tcp *:21"])
    #expect(try listens("vsftpd.service", ["/etc/vsftpd.conf": "listen=NO\n"]) == [])
    #expect(
      try listens(
        "dovecot.service",
        [
          "/usr/share/dovecot/protocols.d/imapd.protocol": "protocols = $protocols imap\n",
          "/etc/dovecot/dovecot.conf":
            "!include_try /usr/share/dovecot/protocols.d/*.protocol\nlisten = 127.0.0.1\n",
        ])
        == ["tcp 127.0.0.1:143", "tcp 127.0.0.1:993"])
    let dovecot = { (text: String) in
      try listens("dovecot.service", ["/etc/dovecot/dovecot.conf": "protocols = imap submission\n" + text])
    }
    #expect(
      try dovecot(
        "service imap-login {\n inet_listener imap {\n port = 0\n }\n inet_listener imaps { port = 994 }\n}\n"
      )
        == ["tcp *:994", "tcp *:587"])
    #expect(
      try dovecot("service submission-login {\n inet_listener submissions {\n ssl = yes\n }\n}\n").suffix(2)
        == ["tcp *:587", "tcp *:465"])
    #expect(try dovecot("ssl = no\n") == ["tcp *:143", "tcp *:587"])
    #expect(
      try dovecot(
        "protocol submission {\n ssl = no\n}\nservice imap-login {\n inet_listener imap {\n address = ::1\n }\n}\n"
      )
        == ["tcp [::1]:143", "tcp *:993", "tcp *:587"])
    #expect(try listens("squid.service", ["/etc/squid/squid.conf": "http_port 3128\n"]) == ["tcp *:3128"])
    #expect(
      try listens("snmpd.service", ["/etc/snmp/snmpd.conf": "agentaddress 127.0.0.1,[::1]\n"]) == [
        "udp 127.0.0.1:161", "udp [::1]:161",
      ])
    #expect(try listens("snmpd.service", ["/etc/snmp/snmpd.conf": "agentAddress tcp:161\n"]) == ["tcp *:161"])
    #expect(
      try listens(
        "rsyslog.service",
        [
          "/etc/rsyslog.conf":
            "#module(load=\"imudp\")\ninput(type=\"imtcp\" port=\"514\" address=\"127.0.0.1\")\n$UDPServerRun 5140\n"
        ])
        == ["tcp 127.0.0.1:514", "udp *:5140"])
    #expect(try listens("rsyslog.service", [:]) == [])
  }

  @Test func networkServices() throws {
    #expect(try listens("rpcbind.service", [:]) == ["tcp *:111", "udp *:111"])
    #expect(
      try listens(
        "rpcbind.service", ["/etc/default/rpcbind": "OPTIONS=\"-w -h 127.0.0.1\"\n"],
        exec: "/sbin/rpcbind -f $OPTIONS\nEnvironmentFile=-/etc/default/rpcbind") == [
          "tcp 127.0.0.1:111", "udp 127.0.0.1:111",
        ])
    #expect(try listens("avahi-daemon.service", [:]) == ["udp *:5353"])
    #expect(try listens("nfs-server.service", [:]) == ["tcp *:2049"])
    #expect(
      try listens("tftpd-hpa.service", ["/etc/default/tftpd-hpa": "TFTP_ADDRESS=\":69\"\n"]) == ["udp *:69"])
    #expect(
      try listens(
        "inetd.service",
        [
          "/etc/inetd.conf":
            "#ftp stream tcp nowait root x\ntelnet stream tcp nowait root /x\n127.0.0.1:69 dgram udp wait root /x\nshell stream tcp nowait root /x\n[::1]:tftp dgram udp4 wait root /x\nnothing stream tcp nowait root /x\n",
          "/etc/services": "syslog 514/udp\nshell 514/tcp cmd\n",
        ]) == ["tcp *:23", "udp 127.0.0.1:69", "tcp *:514", "udp [::1]:69"])
    #expect(
      try listens("rsync.service", ["/etc/rsyncd.conf": "address = 127.0.0.1\n[m]\naddress = 0.0.0.0\n"]) == [
        "tcp 127.0.0.1:873"
      ])
    #expect(try listens("kea-dhcp6-server.service", [:]) == ["udp *:547"])
    #expect(try listens("ntpsec.service", [:]) == ["udp *:123"])
    #expect(try listens("openntpd.service", ["/etc/openntpd/ntpd.conf": "listen on *\n"]) == ["udp *:123"])
  }
}
