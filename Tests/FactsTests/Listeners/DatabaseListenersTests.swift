import Evidence
import TestSupport
import Testing

@testable import Facts

/// Where databases and directories listen.
@Suite struct DatabaseListenersTests {
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
}
