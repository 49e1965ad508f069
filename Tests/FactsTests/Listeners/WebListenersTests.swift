import Evidence
import TestSupport
import Testing

@testable import Facts

/// Where web servers, proxies and Docker listen.
@Suite struct WebListenersTests {
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

  /// No configuration is not the same as no address.
  @Test(arguments: [
    ("nginx.service", "/x"), ("apache2.service", "/x"), ("dovecot.service", "/x"), ("named.service", "/x"),
    ("proftpd.service", "/x"), ("haproxy.service", "/x"),
    ("nginx.service", "/usr/sbin/nginx -c /opt/nginx.conf"),
    ("named.service", "/usr/sbin/named -c /opt/named.conf"),
  ])
  func aConfigurationThatIsNotKnownIsAGap(_ unit: String, _ exec: String) {
    let files =
      exec == "/x"
      ? [:]
      : ["/etc/nginx/nginx.conf": "http { server { listen 80; } }\n", "/etc/named.conf": "options { };\n"]
    #expect(throws: EvidenceGap.self) { try sockets(unit, files, exec: exec) }
  }

  @Test func aCommandThatNamesTheUsualFileIsFollowed() throws {
    let files = ["/etc/named.conf": "options { listen-on-v6 { none; }; };\n"]
    let exec = "/usr/sbin/named -u named -c ${NAMEDCONF}\nEnvironment=NAMEDCONF=/etc/named.conf"
    #expect(try listens("named.service", files, exec: exec) == ["udp *:53", "tcp *:53"])
  }

  @Test func nginxIncludesFromOtherFolders() throws {
    let files = [
      "/etc/nginx/nginx.conf": "http { include /srv/*.conf; } stream { server { listen 53 udp; } }\n",
      "/srv/a.conf": "server { server_name x; }\n",
    ]
    #expect(try listens("nginx.service", files) == ["tcp *:80", "udp *:53"])
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
}
