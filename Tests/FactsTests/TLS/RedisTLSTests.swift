import TestSupport
import Testing

@testable import Facts

/// Redis. Rows of the same kind are tried on 7.0 and 8.0 by scripts/compare-tls.
@Suite struct RedisTLSTests {
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

  private static let low = "tls-protocols \"TLSv1.1 TLSv1.2\"\ntls-ciphers HIGH:!aNULL:@SECLEVEL=0\n"
  private static let base = "bind *\nport 0\ntls-port 6380\n"

  @Test(arguments: [
    // From the library: redis turns versions off and leaves the level to openssl.cnf.
    TLSRow(
      "inherited",
      [
        "/etc/redis/redis.conf": base + "tls-protocols \"TLSv1 TLSv1.2\"\n",
        "/etc/ssl/openssl.cnf":
          "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\nCipherString = HIGH:!aNULL:@SECLEVEL=0\n",
      ],
      "redis tls-port required TLSv1.0 TLSv1.2, use redis.conf:3, versions openssl.cnf:7, suites openssl.cnf:7"
    ),
    TLSRow(
      "overridden", ["/etc/redis/redis.conf": base + low + "tls-protocols TLSv1.3\n"],
      "redis tls-port required TLSv1.3, use redis.conf:3, versions redis.conf:6, suites redis.conf:5"),
    TLSRow(
      "in an include",
      [
        "/etc/redis/redis.conf": base + "tls-protocols TLSv1.3\ninclude /etc/redis/more.conf\n",
        "/etc/redis/more.conf": low,
      ],
      "redis tls-port required TLSv1.1 TLSv1.2, use redis.conf:3, versions more.conf:2, suites more.conf:2"),
    // One server has one port for TLS; instances have files of their own (redis-server@.service).
    TLSRow(
      "in one instance",
      [
        "/etc/redis/redis-a.conf": base + "tls-protocols TLSv1.3\n", "/etc/redis/redis-b.conf": base + low,
        "/etc/redis/redis.conf": "port 1\n",
      ], exec: "/usr/bin/redis-server /etc/redis/redis-%i.conf --supervised systemd",
      units: ["redis-server@a.service", "redis-server@b.service"],
      "redis a tls-port required TLSv1.3, use redis-a.conf:3, versions redis-a.conf:4, suites default",
      "redis b tls-port required TLSv1.1 TLSv1.2, use redis-b.conf:3, versions redis-b.conf:5, suites redis-b.conf:5"
    ),
  ])
  func truth(_ row: TLSRow) throws { try row.check(["redis-server.service"]) }

  @Test func optionsOfTheCommand() throws {
    let exec = "/x /etc/redis/redis.conf --port 0 --tls-port 6380 --bind 10.0.0.1 127.0.0.1"
    let ends = try tlsEndpoints(
      ["redis-server.service"], ["/etc/redis/redis.conf": "bind 127.0.0.1\n"], exec: exec)
    #expect(
      ends.map(told) == [
        "redis tls-port required TLSv1.2 TLSv1.3, use redis-server.service:2, versions default, suites default"
      ])
  }

  @Test(arguments: [
    ("", "\(Groups.usual) | 2048"), ("tls-dh-params-file /dh3072\n", "\(Groups.usual) | 3072"),
    ("tls-dh-params-file /absent\n", "\(Groups.usual) | ?"),
    ("tls-dh-params-file /dh1024\ntls-ciphers HIGH:@SECLEVEL=1\n", "\(Groups.usual) | 1024"),
    ("tls-dh-params-file /dh1024\n", "\(Groups.usual) | ?"),
  ])
  func keyExchange(_ text: String, _ expected: String) throws {
    let files = [
      "/etc/redis/redis.conf": "port 0\ntls-port 6379\n" + text, "/dh3072": dh(3072), "/dh1024": dh(1024),
    ]
    #expect(try exchangeTold("redis-server.service", files) == expected)
  }

  @Test func parametersOfAnInstance() throws {
    let files = [
      "/etc/redis/redis-a.conf": "port 0\ntls-port 1\ninclude /srv/a\n",
      "/srv/a": "tls-dh-params-file /dh3072\n",
      "/dh3072": dh(3072),
    ]
    let ends = try tlsEndpoints(["redis-server@a.service"], files, exec: "/x /etc/redis/redis-%i.conf")
    #expect(ends.map(exchangeTold) == ["\(Groups.usual) | 3072"])
  }
}
