import Evidence
import TestSupport
import Testing

@testable import Facts

/// For each daemon: its configuration, and where it listens.
@Suite struct ListenerSourcesTests {
  private func listens(_ unit: String, _ files: [String: String], exec: String = "/x") throws -> [String] {
    try sockets(unit, files, exec: exec).map(\.words)
  }

  private func sockets(
    _ unit: String, _ files: [String: String], exec: String = "/x"
  ) throws -> [Listener] {
    let guest = bootable(files.merging(["/etc/os-release": "ID=debian\n"]) { old, _ in old })
    guest.addStarted(unit, "[Service]\nExecStart=\(exec)\n")
    let model = try guest.model(Listeners.self)
    if let gap = model.gaps.values.first { throw gap }
    return model.listeners
  }

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

  @Test func nginx() throws {
    let files = [
      "/etc/nginx/nginx.conf": """
      user www-data; # x
      http {
        log_format a '{"t": "$time"}';
        include /etc/nginx/sites-enabled/*;
        server { listen 127.0.0.1:8080; location / { return 200; } }
      }
      mail { server { listen [::1]:25; } }
      """,
      "/etc/nginx/sites-enabled/default": "-> /etc/nginx/sites-available/default",
      "/etc/nginx/sites-available/default":
        "server {\n listen 80 default_server;\n listen [::]:443 ssl;\n listen 443 quic;\n listen unix:/run/n.sock;\n}\nserver { server_name x; }\n",
      "/etc/nginx/sites-available/other": "server { listen 99; }\n",
    ]
    #expect(
      try listens("nginx.service", files) == [
        "tcp *:80", "tcp *:443", "udp *:443", "unix /run/n.sock", "tcp 127.0.0.1:8080",
        "tcp [::1]:25",
      ])
  }

  @Test func hostileWebServersAreReadInOnePass() throws {
    let start = ThreadClock.now
    let nginx =
      "http { server { listen 80 " + String(repeating: "x ", count: 200_000) + "; "
      + String(repeating: "{", count: 200_000)
    #expect(throws: EvidenceGap.self) { try sockets("nginx.service", ["/etc/nginx/nginx.conf": nginx]) }
    let apache = String(repeating: "<IfModule x>\n", count: 100_000) + "Listen 80\n"
    #expect(try listens("apache2.service", ["/etc/apache2/apache2.conf": apache]) == [])
    #expect(ThreadClock.now - start < .seconds(10))
  }

  @Test func apache() throws {
    let files = [
      "/etc/apache2/apache2.conf": "IncludeOptional mods-enabled/*.load\nInclude ports.conf\n",
      "/etc/apache2/ports.conf":
        "Listen 80\n<IfModule ssl_module>\n\tListen 443\n</IfModule>\n<IfModule mod_gnutls.c>\n\tListen 444\n</IfModule>\n<IfModule !mod_x.c>\nListen 127.0.0.1:81\n</IfModule>\n",
      "/etc/apache2/mods-enabled/ssl.load": "LoadModule ssl_module /usr/lib/apache2/modules/mod_ssl.so\n",
    ]
    #expect(try listens("apache2.service", files) == ["tcp *:80", "tcp *:443", "tcp 127.0.0.1:81"])
  }

  /// What counts for TLS counts for addresses too: macros, definitions, versions, lines that go on.
  @Test(arguments: [
    ("Define P 8080\nListen ${P}\n", ["tcp *:8080"]),
    ("<Macro L $p>\nListen $p\n</Macro>\nUse L 81\n", ["tcp *:81"]),
    ("Listen \\\n 82\n", ["tcp *:82"]),
    ("<IfVersion >= 2.5>\nListen 83\n</IfVersion>\nListen 84 https\n", ["tcp *:84"]),
    ("<IfDefine X>\nListen 85\n</IfDefine>\nListen [::1]:86\n", ["tcp [::1]:86"]),
    (
      "<IfModule mod_so.c>\nListen 87\n</IfModule>\n<IfModule http_module>\nListen 88\n</IfModule>\n",
      ["tcp *:87", "tcp *:88"]
    ),
    ("Include /srv/*.conf\n", ["tcp *:89"]),
  ])
  func apacheReadsAsItDoesForTLS(_ text: String, _ expected: [String]) throws {
    let files = ["/etc/apache2/apache2.conf": text, "/srv/a.conf": "Listen 89\n"]
    #expect(try listens("apache2.service", files) == expected)
  }

  @Test(arguments: [
    (
      "frontend a\n bind :80,ipv6@:::81,quic4@10.0.0.1:443 ssl\n bind /run/h.sock\n bind fd@3\n",
      [
        "tcp *:80", "tcp *:81", "udp 10.0.0.1:443",
      ]
    ),
    (
      "listen a\n bind 127.0.0.1:8001-8003\n",
      ["tcp 127.0.0.1:8001", "tcp 127.0.0.1:8002", "tcp 127.0.0.1:8003"]
    ),
    (".if 0\nlisten a\n bind :80\n.endif\nbackend b\n bind :81\n", []),
  ])
  func haproxy(_ text: String, _ expected: [String]) throws {
    #expect(try listens("haproxy.service", ["/etc/haproxy/haproxy.cfg": text]) == expected)
  }

  @Test(arguments: [
    "bind :${PORT}", "bind 10.0.0.1", "bind :1-99999999999999", "bind :0-9223372036854775807",
  ])
  func haproxysPortsThatAreNotKnown(_ line: String) {
    #expect(throws: EvidenceGap.self) {
      try sockets("haproxy.service", ["/etc/haproxy/haproxy.cfg": "listen a\n \(line)\n"])
    }
  }

  @Test func haproxysFilesOfTheCommand() throws {
    let files = ["/srv/h/a.cfg": "listen a\n bind :80\n", "/srv/h/b.txt": "listen a\n bind :81\n"]
    #expect(try listens("haproxy.service", files, exec: "/usr/sbin/haproxy -Ws -f /srv/h") == ["tcp *:80"])
  }

  @Test func docker() throws {
    #expect(try listens("docker.service", [:], exec: "/usr/sbin/dockerd -H fd://") == [])
    #expect(
      try listens(
        "docker.service",
        ["/etc/docker/daemon.json": #"{"hosts": ["tcp://0.0.0.0:2376", "unix:///x", "tcp://"]}"#])
        == ["tcp *:2376", "tcp localhost:2375"])
    #expect(throws: EvidenceGap.self) {
      try sockets("docker.service", ["/etc/docker/daemon.json": #"{"hosts": ["#])
    }
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

  @Test func nginxIncludesFromOtherFolders() throws {
    let files = [
      "/etc/nginx/nginx.conf": "http { include /srv/*.conf; } stream { server { listen 53 udp; } }\n",
      "/srv/a.conf": "server { server_name x; }\n",
    ]
    #expect(try listens("nginx.service", files) == ["tcp *:80", "udp *:53"])
  }

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

  @Test func databases() throws {
    #expect(
      try listens(
        "mariadb.service",
        [
          "/etc/mysql/my.cnf": "[client]\nport=1\n!includedir /etc/mysql/mariadb.conf.d/\n",
          "/etc/mysql/mariadb.conf.d/50.cnf": "[mysqld]\nbind-address = 127.0.0.1\n",
        ])
        == ["tcp 127.0.0.1:3306"])
    #expect(try listens("mariadb.service", [:]) == ["tcp *:3306"])
    #expect(try listens("mysql.service", ["/etc/my.cnf": "[mysqld]\nskip_networking\n"]) == [])
    #expect(try listens("mysql.service", ["/etc/my.cnf": "[mysqld]\nskip-networking=0\n"]) == ["tcp *:3306"])
    #expect(
      try listens(
        "postgresql@15-main.service",
        ["/etc/postgresql/15/main/postgresql.conf": "listen_addresses = '*'  # x\nport = 5433\n"])
        == ["tcp *:5433"])
    #expect(
      try listens("postgresql@15-main.service", ["/etc/postgresql/15/main/postgresql.conf": ""]) == [
        "tcp localhost:5432"
      ])
    #expect(try listens("postgresql.service", [:]) == [])
    #expect(
      try listens("redis-server.service", ["/etc/redis/redis.conf": "bind 127.0.0.1 -::1\nport 6379\n"]) == [
        "tcp 127.0.0.1:6379", "tcp [::1]:6379",
      ])
    #expect(try listens("redis-server.service", ["/etc/redis/redis.conf": "port 0\n"]) == [])
    #expect(
      try listens("memcached.service", ["/etc/memcached.conf": "-m 64\n-p 11211\n-l 127.0.0.1\n"]) == [
        "tcp 127.0.0.1:11211"
      ])
    #expect(try listens("memcached.service", [:]) == ["tcp *:11211"])
  }

  @Test func databasesAsTheirCommandStartsThem() throws {
    #expect(
      try listens(
        "mariadb@a.service",
        ["/etc/my.cnf": "[mysqld]\nport=1\n[mysqld.a]\nport = 3307\nbind_address=10.0.0.1,::1\n"],
        exec: "/usr/sbin/mariadbd --defaults-group-suffix=.%i") == ["tcp 10.0.0.1:3307", "tcp [::1]:3307"])
    #expect(
      try listens(
        "mysql.service", ["/etc/my.cnf": "[mysqld]\nport=1\n"], exec: "/usr/sbin/mysqld --skip-networking")
        == [])
    #expect(
      try listens("mysql.service", ["/etc/my.cnf": "[mysqld_safe]\nskip-networking\n"]) == ["tcp *:3306"])
    #expect(
      try listens(
        "postgresql@15-main.service",
        [
          "/etc/postgresql/15/main/postgresql.conf":
            "port = 1\ninclude_dir 'conf.d'\ninclude '/srv/pg.conf'\n",
          "/etc/postgresql/15/main/conf.d/a.conf": "port = 5433\n",
          "/srv/pg.conf": "listen_addresses = '127.0.0.1, 10.0.0.1'\n",
          "/var/lib/postgresql/15/main/postgresql.auto.conf": "port = '5434'\n",
        ]) == ["tcp 127.0.0.1:5434", "tcp 10.0.0.1:5434"])
    #expect(
      try listens(
        "redis-server@b.service",
        [
          "/etc/redis/redis-b.conf": "port 1\ninclude /srv/r.conf\n",
          "/srv/r.conf": "port 6380\ntls-port 6390\n",
        ], exec: "/usr/bin/redis-server /etc/redis/redis-%i.conf --bind 127.0.0.1")
        == ["tcp 127.0.0.1:6380", "tcp 127.0.0.1:6390"])
  }

  @Test(arguments: [
    (
      "/usr/sbin/slapd -h ${SLAPD_SERVICES}\nEnvironmentFile=/etc/default/slapd",
      ["tcp 127.0.0.1:389", "tcp *:636"]
    ),
    (
      "sh -c 'exec slapd ${SLAPD_SERVICES:+-h \"$SLAPD_SERVICES\"}'\nEnvironmentFile=/etc/default/slapd",
      ["tcp 127.0.0.1:389", "tcp *:636"]
    ),
    // A script reads the file itself, whatever the unit says; nothing else does.
    ("/etc/init.d/slapd start", ["tcp 127.0.0.1:389", "tcp *:636"]),
    ("/usr/sbin/slapd -h ${SLAPD_SERVICES}", ["tcp *:389"]),
  ])
  func ldap(_ exec: String, _ expected: [String]) throws {
    let files = ["/etc/default/slapd": "SLAPD_SERVICES=\"ldap://127.0.0.1/ ldaps:/// ldapi:///\"\n"]
    #expect(try listens("slapd.service", files, exec: exec) == expected)
  }

  /// systemd does not start a unit whose environment is missing.
  @Test func anEnvironmentThatIsNotThere() throws {
    let guest = bootable()
    guest.addStarted("slapd.service", "[Service]\nExecStart=/x -h $URLS\nEnvironmentFile=/run/slapd\n")
    let model = try guest.model(Listeners.self)
    #expect(model.listeners.isEmpty && model.gaps["slapd.service"]?.path == "/run/slapd")
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
            "#ftp stream tcp nowait root x\ntelnet stream tcp nowait root /x\n127.0.0.1:69 dgram udp wait root /x\n"
        ]) == ["tcp *:23", "udp 127.0.0.1:69"])
    #expect(
      try listens("rsync.service", ["/etc/rsyncd.conf": "address = 127.0.0.1\n[m]\naddress = 0.0.0.0\n"]) == [
        "tcp 127.0.0.1:873"
      ])
    #expect(try listens("kea-dhcp6-server.service", [:]) == ["udp *:547"])
    #expect(try listens("ntpsec.service", [:]) == ["udp *:123"])
    #expect(try listens("openntpd.service", ["/etc/openntpd/ntpd.conf": "listen on *\n"]) == ["udp *:123"])
  }
}
