import TestSupport
import Testing

@testable import Facts

/// MySQL and MariaDB. Rows of the same kind are tried on 10.11 and 11.8 by scripts/compare-tls.
@Suite struct MySQLTLSTests {
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

  private static let low = "tls_version = TLSv1.1,TLSv1.2\nssl_cipher = HIGH:!aNULL:@SECLEVEL=0\n"

  private static func files(_ text: String, _ more: [String: String] = [:]) -> [String: String] {
    more.merging(["/etc/mysql/my.cnf": "[mysqld]\nssl_cert = /c\n\(text)"]) { $1 }
  }

  @Test(arguments: [
    TLSRow(
      "inherited", files("", ["/etc/my.cnf": "[server]\n\(low)"]),
      "mysqld optional TLSv1.1 TLSv1.2, use default, versions my.cnf:3, suites my.cnf:3"),
    TLSRow(
      "overridden", files(low + "[mariadb-10.11]\ntls_version = TLSv1.3\nrequire_secure_transport\n"),
      "mysqld required TLSv1.3, use my.cnf:7, versions my.cnf:6, suites my.cnf:4"),
    TLSRow(
      "overridden by the command", files(low),
      exec: "/usr/sbin/mariadbd $MYSQLD_OPTS\nEnvironment=\"MYSQLD_OPTS=--tls-version=TLSv1.3 --skip-ssl=0\"",
      "mysqld optional TLSv1.3, use default, versions mariadb.service:3, suites my.cnf:4"),
    TLSRow(
      "in an include", files("!includedir /etc/mysql/d\n", ["/etc/mysql/d/1.cnf": "[mariadbd]\n\(low)"]),
      "mysqld optional TLSv1.1 TLSv1.2, use default, versions 1.cnf:3, suites 1.cnf:3"),
    // One server has one configuration; a group with a suffix is for one of several servers (mariadb@.service).
    TLSRow(
      "for one instance", files("[mysqld.b]\n\(low)"),
      exec: "/usr/sbin/mariadbd $MULTI\nEnvironment='MULTI=--defaults-group-suffix=.%I'",
      units: ["mariadb@a.service", "mariadb@b.service"],
      "mysqld a optional TLSv1.2 TLSv1.3, use default, versions default, suites default",
      "mysqld b optional TLSv1.1 TLSv1.2, use default, versions my.cnf:5, suites my.cnf:5"),
  ])
  func truth(_ row: TLSRow) throws { try row.check(["mariadb.service"]) }

  @Test func filesOfTheCommand() throws {
    let files = [
      "/etc/mysql/my.cnf": "[mysqld]\nskip-ssl\n", "/etc/my.b.cnf": "[mysqld]\nssl_cert = /c\n",
    ]
    let ends = try tlsEndpoints(["mariadb.service"], files, exec: "/x --defaults-file=/etc/my.b.cnf")
    #expect(ends.map(words) == ["mysqld optional TLSv1.2 TLSv1.3"])
    let extra = try tlsEndpoints(["mariadb.service"], files, exec: "/x --defaults-extra-file=/etc/my.b.cnf")
    #expect(extra.map(words) == ["mysqld none"])
  }
}
