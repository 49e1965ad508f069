import TestSupport
import Testing

@testable import Facts

/// Databases, directories, FTP and what commands the machine. Rows of the same kind are tried on the daemons of Debian 12
/// by scripts/compare-tls.
@Suite struct StoreTLSTests {
  private static let hba = "local all all peer\nhost all all 127.0.0.1/32 md5\nhost all all ::1/128 md5\n"

  private func postgres(_ conf: String, _ hba: String, _ files: [String: String] = [:]) throws -> [String] {
    let all = files.merging([
      "/etc/postgresql/15/main/postgresql.conf": conf, "/etc/postgresql/15/main/pg_hba.conf": Self.hba + hba,
    ]) { $1 }
    return try tlsEndpoints(["postgresql.service"], all).map(words)
  }

  private static let open = "listen_addresses = '*'\n"

  @Test(arguments: [
    // Debian's cluster listens on localhost.
    ("ssl = on\n", "", "required TLSv1.2 TLSv1.3 local"),
    (open + "ssl = on\n", "host all all 10.0.0.0/8 scram-sha-256\n", "optional TLSv1.2 TLSv1.3"),
    (open + "ssl = on\n", "hostssl all all 0.0.0.0/0 scram-sha-256\n", "required TLSv1.2 TLSv1.3"),
    (
      open + "ssl = on\n", "hostnossl all all all reject\nhost all all 10.0.0.0/8 md5\n",
      "required TLSv1.2 TLSv1.3"
    ),
    (
      open + "ssl = on\n", "hostnossl all \\\n all all reject\nhost all all 10.0.0.0/8 md5\n",
      "required TLSv1.2 TLSv1.3"
    ),
    // The line that refuses comes too late.
    (
      open + "ssl = on\n", "host all all 10.0.0.0/8 md5\nhostnossl all all all reject\n",
      "optional TLSv1.2 TLSv1.3"
    ),
    (open + "ssl = off\n", "host all all 10.0.0.0 255.0.0.0 md5\n", "none"),
    (open, "host all all all md5\n", "none"),
    // Nobody gets in from the network.
    (open + "ssl = off\n", "", "none local"),
    (
      open + "ssl = on # TLSv1\nssl_min_protocol_version = 'TLSv1'\n", "hostssl all all all md5\n",
      "required TLSv1.2 TLSv1.3"
    ),
    (
      open + "ssl = on\nssl_min_protocol_version = 'TLSv1'\nssl_ciphers = 'HIGH:!aNULL:@SECLEVEL=0'\n",
      "hostssl all all all md5\n", "required TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3"
    ),
  ])
  func postgresql(_ conf: String, _ hba: String, _ expected: String) throws {
    #expect(try postgres(conf, hba) == ["postgresql main \(expected)"])
  }

  @Test func postgresqlIncludesAndAlterSystem() throws {
    let files = [
      "/etc/postgresql/15/main/conf.d/a.conf": "ssl = on\nlisten_addresses = '*'\n",
      "/etc/postgresql/15/main/conf.d/b.conf": "ssl_min_protocol_version = TLSv1.3\n",
    ]
    let conf = "ssl = off\ninclude_dir = 'conf.d'\n"
    #expect(try postgres(conf, "hostssl all all all md5\n", files) == ["postgresql main required TLSv1.3"])
    let auto = ["/var/lib/postgresql/15/main/postgresql.auto.conf": "ssl = 'off'\n"]
    #expect(
      try postgres(conf, "host all all all md5\n", files.merging(auto) { $1 }) == ["postgresql main none"])
    #expect(try postgres(conf, "", ["/etc/postgresql/15/main/start.conf": "disabled\n"]).isEmpty)
    let loop = try bootedGaps(["/etc/postgresql/15/main/postgresql.conf": "include 'postgresql.conf'\n"])
    #expect(loop == ["postgresql"])
  }

  private func bootedGaps(_ files: [String: String]) throws -> [String] {
    let guest = bootable(files)
    guest.addStarted("postgresql.service", "[Service]\n")
    return Array(try guest.model(TLSServices.self).gaps.keys)
  }

  private func mysql(_ files: [String: String], version: String? = "1:10.11.14-0") throws -> [String] {
    var packages = bookworm
    packages["mariadb-server"] = version
    return try tlsEndpoints(["mariadb.service"], files, packages: packages).map(words)
  }

  @Test(arguments: [
    ("", "none"), ("bind-address = 127.0.0.1\n", "none local"),
    ("ssl-cert = /c\nssl-key = /k\n", "optional TLSv1.2 TLSv1.3"),
    ("ssl_cert = /c\nrequire-secure-transport = on\n", "required TLSv1.2 TLSv1.3"),
    ("ssl_cert = /c\nrequire_secure_transport\n", "required TLSv1.2 TLSv1.3"),
    ("ssl_cert = /c\nskip-ssl\n", "none"), ("ssl_cert = /c\ntls_version = TLSv1.3\n", "optional TLSv1.3"),
    ("skip-networking\n", "none local"), ("ssl_cert = /c\nskip-ssl\nssl=1\n", "optional TLSv1.2 TLSv1.3"),
    ("ssl_cert = /c\ndisable-ssl\n", "none"),
    ("ssl_cert = /c\nrequire-secure=1\n", "required TLSv1.2 TLSv1.3"),
    (
      "ssl_cert = /c\ntls_version = TLSv1.1,TLSv1.3\nssl_cipher = ALL:@SECLEVEL=0\n",
      "optional TLSv1.1 TLSv1.3 weak"
    ),
    ("ssl_cert = /c\n[mariadb-10.5]\nskip-ssl\n", "optional TLSv1.2 TLSv1.3"),
    ("ssl_cert = /c\n[mariadb-10.11]\nskip-ssl\n", "none"),
    ("ssl_cert = /c\n!include /opt/own.cnf\n", "required TLSv1.2 TLSv1.3"),
  ])
  func mariaDB(_ text: String, _ expected: String) throws {
    #expect(
      try mysql([
        "/etc/mysql/my.cnf": "[client]\nssl_cert=/x\n[mysqld]\n\(text)",
        "/opt/own.cnf": "[server]\nrequire_secure_transport = on\n",
      ]) == ["mysqld \(expected)"])
  }

  @Test func mysqlOrderAndDefaults() throws {
    let files = [
      "/etc/mysql/my.cnf": "!includedir /etc/mysql/conf.d/\n!includedir /etc/mysql/mariadb.conf.d/\n",
      "/etc/mysql/conf.d/a.cnf": "[mysqld]\nrequire_secure_transport = ON\nssl_cert=/c\n",
      "/etc/mysql/mariadb.conf.d/50-server.cnf": "[mariadbd]\nrequire_secure_transport = OFF\n",
    ]
    #expect(try mysql(files) == ["mysqld optional TLSv1.2 TLSv1.3"])
    #expect(
      try mysql(["/etc/mysql/my.cnf": ""], version: "1:11.8.2-1") == ["mysqld optional TLSv1.2 TLSv1.3"])
    #expect(try mysql(["/etc/mysql/my.cnf": ""], version: nil) == ["mysqld optional TLSv1.2 TLSv1.3"])
  }

  @Test(arguments: [
    ("bind 127.0.0.1 -::1\n", ["redis port none local"]), ("bind 0.0.0.0\n", ["redis port none"]),
    // Protected mode answers the loopback interface alone.
    ("", ["redis port none local"]), ("protected-mode no\n", ["redis port none"]),
    ("requirepass x\n", ["redis port none"]),
    ("bind *\nport 0\ntls-port 6379\n", ["redis tls-port required TLSv1.2 TLSv1.3"]),
    (
      "bind *\nport 0\ntls-port 6379\ntls-protocols \"TLSv1 TLSv1.2\"\ntls-ciphers HIGH:!aNULL:@SECLEVEL=0\n",
      ["redis tls-port required TLSv1.0 TLSv1.2"]
    ),
    (
      "bind *\nport 0\ntls-port 6379\ntls-protocols \"\"\n", ["redis tls-port required TLSv1.2 TLSv1.3"]
    ),
    ("bind *\ntls-port 6380\ninclude /etc/redis/more.conf\n", ["redis tls-port required TLSv1.3"]),
  ])
  func redis(_ text: String, _ expected: [String]) throws {
    let files = ["/etc/redis/redis.conf": text, "/etc/redis/more.conf": "port 0\ntls-protocols TLSv1.3\n"]
    #expect(try tlsEndpoints(["redis-server.service"], files).map(words) == expected)
  }

  @Test(arguments: [
    ("", "none", false), ("local_enable=YES\n", "none", true),
    ("local_enable=YES\nssl_enable=YES\n", "required TLSv1.2 TLSv1.3", false),
    ("local_enable=YES\nssl_enable=YES\nforce_local_logins_ssl=NO\n", "optional TLSv1.2 TLSv1.3", true),
    ("ssl_enable=YES\nimplicit_ssl=YES\nforce_local_logins_ssl=NO\n", "required TLSv1.2 TLSv1.3", false),
    (
      "ssl_enable=YES\nssl_ciphers=HIGH:!aNULL:@SECLEVEL=0\nssl_tlsv1_1=NO\n",
      "required TLSv1.0 TLSv1.2 TLSv1.3", false
    ),
  ])
  func vsftpd(_ text: String, _ expected: String, _ inClear: Bool) throws {
    let ends = try tlsEndpoints(["vsftpd.service"], ["/etc/vsftpd.conf": "listen=YES\n" + text])
    #expect(ends.map(words) == ["vsftpd \(expected)"])
    #expect((ends.first?.secretsInClear?.value ?? false) == inClear)
  }

  @Test func proftpd() throws {
    let files = [
      "/etc/proftpd/proftpd.conf":
        "Include /etc/proftpd/modules.conf\nInclude /etc/proftpd/conf.d/\n<VirtualHost b>\n</VirtualHost>\n",
      "/etc/proftpd/modules.conf": "LoadModule mod_tls.c\n",
      "/etc/proftpd/conf.d/tls.conf":
        "<IfModule mod_tls.c>\nTLSEngine on\nTLSRequired on\nTLSProtocol TLSv1.3\n</IfModule>\n<IfModule mod_x.c>\nTLSEngine off\n</IfModule>\n",
    ]
    let ends = try tlsEndpoints(["proftpd.service"], files)
    #expect(ends.map(words) == ["proftpd required TLSv1.3", "proftpd b none"])
    let global = [
      "/etc/proftpd/proftpd.conf":
        "<Global>\nTLSEngine on\n</Global>\n<VirtualHost b>\nTLSRequired on\n</VirtualHost>\n"
    ]
    let states = try tlsEndpoints(["proftpd.service"], global).map { $0.use.value }
    #expect(states == [.optional, .required])
  }

  /// The versions of openssl.cnf hold for daemons that turn single versions off; all tried.
  @Test func boundsOfTheLibrary() throws {
    let files = [
      "/etc/ssl/openssl.cnf":
        "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\nMinProtocol = TLSv1.3\n",
      "/etc/redis/redis.conf": "bind *\nport 0\ntls-port 6379\n",
      "/etc/mysql/my.cnf": "[mysqld]\nssl_cert = /c\n",
      "/etc/proftpd/proftpd.conf": "TLSEngine on\n",
      "/etc/postgresql/15/main/postgresql.conf": "ssl = on\nlisten_addresses = '*'\n",
      "/etc/postgresql/15/main/pg_hba.conf": "hostssl all all all md5\n",
    ]
    let units = ["redis-server.service", "mariadb.service", "proftpd.service", "postgresql.service"]
    #expect(
      try tlsEndpoints(units, files).map(words).sorted() == [
        "mysqld optional TLSv1.3", "postgresql main required TLSv1.2 TLSv1.3", "proftpd optional TLSv1.3",
        "redis tls-port required TLSv1.3",
      ])
  }

  /// All tried on 1.3.8.
  @Test(arguments: [
    ("TLSEngine on\nTLSProtocol TLSv1.3\nTLSProtocol TLSv1.2\n", "optional TLSv1.3"),
    ("TLSEngine on\nTLSProtocol TLSv1.2\n<Global>\nTLSProtocol TLSv1.3\n</Global>\n", "optional TLSv1.2"),
    ("<Global>\nTLSProtocol TLSv1.3\n</Global>\nTLSEngine on\n", "optional TLSv1.3"),
    (
      "TLSEngine on\nTLSOptions NoSessionReuseRequired\nTLSOptions UseImplicitSSL\n",
      "required TLSv1.2 TLSv1.3"
    ),
    ("TLSEngine on\nTLSCipherSuite HIGH:@SECLEVEL=0\n", "optional TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3 weak"),
  ])
  func proftpdOrder(_ text: String, _ expected: String) throws {
    let ends = try tlsEndpoints(["proftpd.service"], ["/etc/proftpd/proftpd.conf": text])
    #expect(ends.map(words) == ["proftpd \(expected)"])
  }

  @Test(arguments: [
    ("", "ldap:///", "debian", ["slapd ldap:389 none"]),
    // Tried: continued lines and includes.
    (
      "TLSCertificateFile /c\nTLSCipherSuite\n  NORMAL:-VERS-ALL:+VERS-TLS1.2\n", "ldaps:///", "debian",
      ["slapd ldaps:636 required TLSv1.2"]
    ),
    (
      "include /opt/tls.conf\nTLSCertificateFile /c\n", "ldap:///", "debian",
      ["slapd ldap:389 required TLSv1.2"]
    ),
    (
      "TLSCertificateFile /c\n", "ldap:///", "debian",
      ["slapd ldap:389 optional TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3"]
    ),
    // GnuTLS ignores TLSProtocolMin (slapd.conf(5)) and takes a priority string.
    (
      "TLSCertificateFile /c\nTLSProtocolMin 3.3\n", "ldaps:///", "debian",
      ["slapd ldaps:636 required TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3"]
    ),
    (
      "TLSCertificateFile /c\nTLSCipherSuite SECURE256:-VERS-ALL:+VERS-TLS1.3\n", "ldaps:///", "debian",
      ["slapd ldaps:636 required TLSv1.3"]
    ),
    (
      "TLSCertificateFile /c\nTLSProtocolMin 3.4\n", "ldaps:///", "rocky",
      ["slapd ldaps:636 required TLSv1.3"]
    ),
    (
      "TLSCertificateFile /c\nsecurity ssf=128\nTLSProtocolMin 3.3\n", "ldap:///", "rocky",
      ["slapd ldap:389 required TLSv1.2 TLSv1.3"]
    ),
    ("", "ldapi:///", "debian", []), ("", "ldap://127.0.0.1/", "debian", ["slapd ldap:389 none local"]),
  ])
  func slapd(_ text: String, _ urls: String, _ id: String, _ expected: [String]) throws {
    let files = [
      "/etc/ldap/slapd.conf": text, "/etc/default/slapd": "SLAPD_SERVICES=\"\(urls)\"\n",
      "/opt/tls.conf": "TLSCipherSuite NORMAL:-VERS-ALL:+VERS-TLS1.2\nsecurity ssf=128\n",
    ]
    let ends = try tlsEndpoints(
      ["slapd.service"], files, id: id,
      exec: "/usr/sbin/slapd -h $SLAPD_SERVICES\nEnvironmentFile=/etc/default/slapd")
    #expect(ends.map(words) == expected)
  }

  @Test func slapdConfigDatabase() throws {
    let files = [
      "/etc/ldap/slapd.d/cn=config.ldif":
        "dn: cn=config\nolcTLSCertificateFile: /c\nolcSecurity: tls=1\nolcTLSCipherSuite: NORMAL:-VERS-TLS1.0:\n -VERS-TLS1.1\n",
      "/etc/ldap/slapd.conf": "TLSCipherSuite NORMAL\n",
    ]
    let ends = try tlsEndpoints(["slapd.service"], files)
    #expect(ends.map(words) == ["slapd ldap:389 required TLSv1.2 TLSv1.3"])
    #expect(ends.first?.use.origin.path == "/etc/ldap/slapd.d/cn=config.ldif")
  }

  @Test(arguments: [
    (#"{"hosts": ["unix:///var/run/docker.sock"]}"#, "", []), ("", "-H fd://", []),
    (#"{"hosts": ["tcp://0.0.0.0:2375"]}"#, "", ["docker tcp:2375 none"]),
    (#"{"hosts": ["tcp://127.0.0.1:2375"]}"#, "", ["docker tcp:2375 none local"]),
    (
      #"{"tlsverify": true, "hosts": ["tcp://0.0.0.0:2376"]}"#, "",
      ["docker tcp:2376 required TLSv1.2 TLSv1.3"]
    ),
    ("", "-H fd:// -H tcp://0.0.0.0:2375", ["docker tcp:2375 none"]),
    ("", "--host=tcp://0.0.0.0 --tlsverify", ["docker tcp:2376 required TLSv1.2 TLSv1.3"]),
    (
      #"{"insecure-registries": ["r.example:5000", "127.0.0.0/8"]}"#, "",
      ["docker registry r.example:5000 none"]
    ),
  ])
  func docker(_ json: String, _ options: String, _ expected: [String]) throws {
    let files = ["/etc/docker/daemon.json": json]
    #expect(
      try tlsEndpoints(["docker.service"], files, exec: "/usr/bin/dockerd \(options)").map(words) == expected)
  }

  @Test(arguments: [
    ("", "", []), ("listen_tcp = 1\n", "", []),
    ("listen_tcp = 1\nlisten_tls = 0\n", "--listen", ["libvirtd tcp none"]),
    ("", "--listen", ["libvirtd tls required TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3"]),
    (
      "tls_priority = \"NORMAL:-VERS-TLS1.0:-VERS-TLS1.1\"\n", "--listen",
      ["libvirtd tls required TLSv1.2 TLSv1.3"]
    ),
  ])
  func libvirt(_ text: String, _ options: String, _ expected: [String]) throws {
    let files = ["/etc/libvirt/libvirtd.conf": text]
    #expect(
      try tlsEndpoints(["libvirtd.service"], files, exec: "/usr/sbin/libvirtd \(options)").map(words)
        == expected)
  }

  /// Tried: the first of two lines counts.
  @Test func libvirtTakesTheFirstLine() throws {
    let text = "tls_priority = \"NORMAL:-VERS-ALL:+VERS-TLS1.3\" # x\ntls_priority = \"NORMAL\"\n"
    let ends = try tlsEndpoints(
      ["libvirtd.service"], ["/etc/libvirt/libvirtd.conf": text], exec: "/usr/sbin/libvirtd --listen")
    #expect(ends.map(words) == ["libvirtd tls required TLSv1.3"])
    #expect(ends.first?.certificate?.value == "/etc/pki/libvirt/servercert.pem")
  }

  /// All tried on 8.2302: driver, mode and authentication of the module, the input and the global settings.
  @Test(arguments: [
    ("module(load=\"imtcp\")\n", "", "none"),
    ("module(load=\"imtcp\" StreamDriver.Mode=\"1\")\n", "", "required TLSv1.2 TLSv1.3"),
    (
      "module(\n load=\"imtcp\"\n StreamDriver.Mode=\"1\"\n StreamDriver.AuthMode=\"anon\"\n)\n", "",
      "required TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3 weak"
    ),
    (
      "module(load=\"imtcp\" StreamDriver.Mode=\"1\" StreamDriver.Name=\"gtls\" StreamDriver.AuthMode=\"anon\")\n",
      "", "required TLSv1.0 TLSv1.1 TLSv1.2 weak"
    ),
    (
      "module(load=\"imtcp\" StreamDriver.Mode=\"1\" gnutlsPriorityString=\"MinProtocol=TLSv1.3\")\n", "",
      "required TLSv1.3"
    ),
    ("module(load=\"imtcp\")\n", " StreamDriver.Mode=\"1\"", "required TLSv1.2 TLSv1.3"),
    ("module(load=\"imtcp\" StreamDriver.Mode=\"1\")\n", " StreamDriver.Mode=\"0\"", "none"),
  ])
  func rsyslogDrivers(_ module: String, _ input: String, _ expected: String) throws {
    let text =
      module
      + "input(type=\"imtcp\" port=\"6514\"\(input))\nglobal(defaultNetstreamDriver=\"ossl\")\n*.* /x\n"
    #expect(
      try tlsEndpoints(["rsyslog.service"], ["/etc/rsyslog.conf": text]).map(words)
        == ["rsyslog imtcp 6514 \(expected)"])
  }

  @Test func rsyslog() throws {
    let plain = [
      "/etc/rsyslog.conf":
        "module(load=\"imudp\")\ninput(type=\"imudp\" port=\"514\")\n*.* @@log.example:514\n"
    ]
    #expect(
      try tlsEndpoints(["rsyslog.service"], plain).map(words) == [
        "rsyslog imudp 514 none", "rsyslog to log.example none",
      ])
    let secure = [
      "/etc/rsyslog.conf": """
      module(load="imtcp" StreamDriver.Name="ossl" StreamDriver.Mode="1")
      input(type="imtcp" port="6514")
      action(type="omfwd" target="log.example" protocol="tcp" StreamDriver="gtls" StreamDriverMode="1" StreamDriverAuthMode="x509/name")
      """
    ]
    #expect(
      try tlsEndpoints(["rsyslog.service"], secure).map(words) == [
        "rsyslog imtcp 6514 required TLSv1.2 TLSv1.3",
        "rsyslog to log.example required TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3",
      ])
  }
}
