import TestSupport
import Testing

@testable import Facts

@Suite struct CleartextChannelsTests {
  private func channels(
    _ units: [String], _ files: [String: String], exec: String = "/x", packages: [String: String] = [:]
  ) throws -> [String] {
    let guest = bootable(files.merging(["/etc/os-release": "ID=debian\n"]) { $1 })
    guest.setPackages(packages)
    guest.filesystem.addFile(
      "/usr/lib/systemd/system-generators/systemd-fstab-generator", "ELF", mode: 0o755)
    for unit in units { guest.addStarted(unit, "[Service]\nExecStart=\(exec)\n") }
    let model = try guest.model(CleartextChannels.self)
    #expect(model.gaps.isEmpty)
    return model.channels.map { "\($0.name): \($0.subject)" }.sorted()
  }

  @Test(arguments: [
    ("telnet stream tcp nowait root /usr/sbin/telnetd telnetd\n", ["telnet: inetd tcp/23"]),
    ("127.0.0.1:telnet stream tcp nowait root /x x\n", []), ("#telnet stream tcp nowait root /x x\n", []),
    (
      "shell stream tcp nowait root /x x\nftp stream tcp nowait root /x x\n",
      ["ftp: inetd tcp/21", "rsh: inetd shell"]
    ),
  ])
  func inetd(_ text: String, _ expected: [String]) throws {
    #expect(try channels(["inetd.service"], ["/etc/inetd.conf": text]) == expected)
  }

  @Test(arguments: [
    ("disable = no\n", ["telnet: xinetd telnet"]), ("disable = yes\n", []), ("bind = 127.0.0.1\n", []),
  ])
  func xinetd(_ text: String, _ expected: [String]) throws {
    let files = ["/etc/xinetd.d/telnet": "service telnet\n{\n\(text)}\n"]
    #expect(try channels(["xinetd.service"], files) == expected)
    #expect(try channels([], files) == [])
  }

  @Test func socketsCount() throws {
    let guest = bootable()
    guest.addStarted("telnet.socket", "[Socket]\nListenStream=23\nAccept=true\n", by: "sockets.target")
    guest.addStarted("rsync.service", "[Service]\nExecStart=/x\n")
    let names = try guest.model(CleartextChannels.self).channels.map(\.subject).sorted()
    #expect(names == ["rsyncd tcp/873", "telnet tcp/23"])
  }

  @Test(arguments: [
    ("/srv 10.0.0.0/8(rw,sec=krb5p)\n", []), ("/srv 10.0.0.0/8(rw)\n", ["nfs: /srv"]), ("/srv\n", []),
    ("/srv *\n", ["nfs: /srv"]),
    ("/srv *(sec=krb5p:sys)\n", ["nfs: /srv"]), ("/srv -sec=krb5p a(rw) b(ro)\n", []),
    ("/srv -sec=krb5p a(rw,sec=sys)\n", ["nfs: /srv"]), ("\"/a b\" *(ro)\n", ["nfs: /a b"]),
    ("/srv localhost(rw)\n", []),
    ("/srv a(sec=krb5p) \\\n b(rw)\n", ["nfs: /srv"]), ("/srv *(rw,xprtsec=mtls)\n", []),
    ("/srv *(xprtsec=none:tls)\n", ["nfs: /srv"]),
  ])
  func exports(_ text: String, _ expected: [String]) throws {
    #expect(try channels(["nfs-server.service"], ["/etc/exports": text]) == expected)
    #expect(try channels([], ["/etc/exports": text]) == [])
  }

  @Test(arguments: [
    ("nas:/x /m nfs defaults", ["nfs-mount: /m"]), ("nas:/x /m nfs4 sec=krb5p", []),
    ("nas:/x /m nfs xprtsec=tls", []),
    ("//nas/x /m cifs credentials=/c", ["cifs-mount: /m"]), ("//nas/x /m cifs seal,vers=3.1.1", []),
    ("//nas/x /m cifs seal,vers=1.0", ["smb1: /m"]), ("/dev/sda1 /m ext4 defaults", []),
  ])
  func mounts(_ line: String, _ expected: [String]) throws {
    let files = [
      "/etc/fstab": line + " 0 0\n", "/usr/lib/systemd/system/remote-fs.target": "[Unit]\n",
      "/etc/systemd/system/multi-user.target.wants/remote-fs.target":
        "-> /usr/lib/systemd/system/remote-fs.target",
    ]
    #expect(try channels([], files) == expected)
  }

  @Test(arguments: [
    ("", ["smb: samba"]), ("server min protocol = NT1\n", ["smb1: samba", "smb: samba"].sorted()),
    ("server smb encrypt = required\n", []), ("SMB Encrypt = mandatory\nmin protocol = SMB3\n", []),
    ("server min protocol = NT1\nserver min protocol = SMB2\nsmb encrypt=desired\n", ["smb: samba"]),
    ("; server min protocol = NT1\nserver smb encrypt = required\n[x]\nserver min protocol = NT1\n", []),
  ])
  func samba(_ text: String, _ expected: [String]) throws {
    let files = ["/etc/samba/smb.conf": "[global]\n\(text)"]
    #expect(try channels(["smbd.service"], files, packages: ["samba": "2:4.17.12"]) == expected)
  }

  @Test func oldSambaSpeaksTheFirstVersion() throws {
    let found = try channels(
      ["smbd.service"], ["/etc/samba/smb.conf": ""], packages: ["samba": "2:4.9.5+dfsg-5"])
    #expect(found.contains("smb1: samba"))
  }

  @Test(arguments: [
    // Debian's file: a community, but the loopback interface alone.
    ("agentaddress 127.0.0.1,[::1]\nrocommunity public default -V systemonly\n", []),
    ("rocommunity public\n", ["snmp: snmpd rocommunity"]),
    ("rwcommunity secret 10.0.0.1\n", ["snmp: snmpd rwcommunity"]),
    ("rocommunity public localhost\n", []), ("rouser admin authpriv\n", []),
    ("com2sec x default public\n", ["snmp: snmpd com2sec"]),
  ])
  func snmp(_ text: String, _ expected: [String]) throws {
    #expect(try channels(["snmpd.service"], ["/etc/snmp/snmpd.conf": text]) == expected)
  }

  @Test func communitiesStayOutOfReports() throws {
    let guest = bootable(["/etc/snmp/snmpd.conf": "rocommunity s3cret\n"])
    guest.addStarted("snmpd.service", "[Service]\n")
    let channels = try guest.model(CleartextChannels.self).channels
    #expect(channels.count == 1 && !"\(channels)".contains("s3cret"))
  }

  @Test(arguments: [
    ("/usr/bin/x11vnc -rfbauth /x", ["vnc: v.service"]), ("/usr/bin/x11vnc -localhost", []),
    ("/usr/bin/x11vnc -ssl SAVE", []),
    ("/usr/bin/vncserver -localhost no :1", ["vnc: v.service"]), ("/usr/bin/vncserver -localhost yes :1", []),
    ("/usr/bin/Xvnc -SecurityTypes X509Vnc,TLSVnc :1", []),
    ("/usr/bin/Xvnc -SecurityTypes=X509Vnc,VncAuth :1", ["vnc: v.service"]),
    ("/usr/bin/Xorg :0 -listen tcp", ["x11: v.service"]), ("/usr/bin/Xorg :0 -nolisten tcp", []),
  ])
  func displays(_ exec: String, _ expected: [String]) throws {
    #expect(try channels(["v.service"], [:], exec: exec) == expected)
  }

  @Test func displayManagers() throws {
    let files = [
      "/etc/lightdm/lightdm.conf": "[Seat:*]\nxserver-allow-tcp=true\n",
      "/etc/gdm3/daemon.conf": "[security]\nDisallowTCP=false\n",
    ]
    #expect(try channels(["lightdm.service"], files) == ["x11: lightdm.service"])
    #expect(try channels(["gdm3.service"], files) == ["x11: gdm3.service"])
  }

  @Test(arguments: [
    ("uri ldap://ds.example/\n", ["ldap: /etc/nslcd.conf"]), ("uri ldap://ds.example/\nssl start_tls\n", []),
    ("uri ldaps://ds.example/\n", []), ("uri ldap://127.0.0.1/\n", []),
    ("uri ldap://ds.example/\nssl start_tls\ntls_reqcert never\n", ["ldap: /etc/nslcd.conf"]),
  ])
  func nslcd(_ text: String, _ expected: [String]) throws {
    #expect(try channels(["nslcd.service"], ["/etc/nslcd.conf": text]) == expected)
    #expect(try channels([], ["/etc/nslcd.conf": text]) == [])
  }

  @Test(arguments: [
    ("ldap_uri = ldap://a, ldaps://b\n", ["ldap: sssd d"]),
    ("ldap_uri = ldap://a\nldap_id_use_start_tls = true\n", []),
    ("ldap_uri = ldaps://a\n", []), ("ldap_uri = ldap://a\nldap_sasl_mech = GSSAPI\n", []),
    (
      "ldap_uri = ldap://a\nldap_id_use_start_tls = true\nldap_auth_disable_tls_never_use_in_production = true\n",
      ["ldap: sssd d"]
    ),
  ])
  func sssd(_ text: String, _ expected: [String]) throws {
    #expect(try channels(["sssd.service"], ["/etc/sssd/sssd.conf": "[domain/d]\n\(text)"]) == expected)
  }

  @Test func logs() throws {
    let files = [
      "/etc/rsyslog.conf": "*.* @log.example\nmodule(load=\"imudp\")\ninput(type=\"imudp\" port=\"514\")\n"
    ]
    #expect(
      try channels(["rsyslog.service"], files) == [
        "syslog-server: rsyslog imudp 514", "syslog: rsyslog to log.example",
      ])
    let upload = ["/etc/systemd/journal-upload.conf": "[Upload]\nURL=http://log.example:19532\n"]
    #expect(try channels(["systemd-journal-upload.service"], upload) == ["syslog: journal-upload"])
    let ng = [
      "/etc/syslog-ng/syslog-ng.conf":
        "destination d_net { tcp(\"10.0.0.1\" port(514)); };\ndestination d_tls { network(\"a\" transport(\"tls\")); };\n"
    ]
    #expect(try channels(["syslog-ng.service"], ng) == ["syslog: syslog-ng d_net"])
  }

  @Test(arguments: [
    ("", ["dns: systemd-resolved"]), ("DNSOverTLS=yes\n", []),
    ("DNSOverTLS=opportunistic\n", ["dns: systemd-resolved"]),
  ])
  func resolved(_ text: String, _ expected: [String]) throws {
    let files = ["/etc/systemd/resolved.conf": "[Resolve]\nLLMNR=no\n\(text)"]
    #expect(try channels(["systemd-resolved.service"], files) == expected)
  }

  @Test func resolvConf() throws {
    #expect(try channels([], ["/etc/resolv.conf": "nameserver 9.9.9.9\n"]) == ["dns: /etc/resolv.conf"])
    #expect(try channels([], ["/etc/resolv.conf": "nameserver 127.0.0.1\n"]) == [])
  }

  @Test(arguments: [
    ("server a.example nts iburst\n", []), ("server a.example nts\npool b.example iburst\n", ["ntp: chrony"]),
  ])
  func chrony(_ text: String, _ expected: [String]) throws {
    #expect(try channels(["chrony.service"], ["/etc/chrony/chrony.conf": text]) == expected)
  }

  @Test(arguments: [
    ("network.host: 0.0.0.0\n", ["elasticsearch: elasticsearch"]), ("", []),
    ("network.host: 127.0.0.1\n", []),
    ("network.host: 0.0.0.0\nxpack.security.http.ssl.enabled: true\n", []),
    (
      "network:\n  host: 0.0.0.0\nxpack.security.http.ssl:\n  enabled: false\n",
      ["elasticsearch: elasticsearch"]
    ),
  ])
  func elasticsearch(_ text: String, _ expected: [String]) throws {
    let files = ["/etc/elasticsearch/elasticsearch.yml": "cluster.name: a\n" + text]
    #expect(try channels(["elasticsearch.service"], files) == expected)
  }

  @Test(arguments: [
    ("net:\n  bindIp: 0.0.0.0\n", ["mongodb: mongod"]), ("net:\n  port: 1\n", []),
    ("net:\n  bindIpAll: true\n  tls:\n    mode: requireTLS\n", []), ("net:\n  bindIp: 127.0.0.1\n", []),
  ])
  func mongodb(_ text: String, _ expected: [String]) throws {
    #expect(try channels(["mongod.service"], ["/etc/mongod.conf": text]) == expected)
  }

  @Test func aFileThatCannotBeReadIsAGapOfItsProtocols() throws {
    let guest = bootable()
    guest.addStarted("nfs-server.service", "[Service]\n")
    guest.filesystem.addFile("/etc/exports", .tooLarge(size: 1 << 40))
    let model = try guest.model(CleartextChannels.self)
    #expect(Set(model.gaps.keys) == ["nfs", "smb", "smb1"])
  }

  @Test(arguments: ["bookworm", "trixie"])
  func stockTrees(_ name: String) throws {
    guard let facts = try realTree(name, [CleartextChannels.self, TLSServices.self]) else { return }
    let found = try facts.model(CleartextChannels.self).channels.map { "\($0.name): \($0.subject)" }
    let ends = try facts.model(TLSServices.self).endpoints.map(words)
    print(name, found, ends)
    #expect(ends == ["openssl system defaults required TLSv1.2 TLSv1.3", "nginx default:80 none"])
    #expect(found.allSatisfy { $0.hasPrefix("dns:") || $0.hasPrefix("ntp:") })
  }
}
