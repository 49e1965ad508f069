import TestSupport
import Testing

@testable import Facts

/// PostgreSQL. Rows of the same kind are tried on 15 and 17 by scripts/compare-tls.
@Suite struct PostgreSQLTLSTests {
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

  private static let hostssl = "hostssl all all all scram-sha-256\n"
  private static let low = "ssl_min_protocol_version = TLSv1\nssl_ciphers = 'HIGH:!aNULL:@SECLEVEL=0'\n"
  private static let old = "TLSv1.0 TLSv1.1 TLSv1.2 TLSv1.3"

  private static func files(
    _ conf: String, _ hba: String = hostssl, _ more: [String: String] = [:], cluster: String = "main"
  ) -> [String: String] {
    more.merging([
      "/etc/postgresql/15/\(cluster)/postgresql.conf": "listen_addresses = '*'\nssl = on\n\(conf)",
      "/etc/postgresql/15/\(cluster)/pg_hba.conf": hba,
    ]) { $1 }
  }

  @Test(arguments: [
    TLSRow(
      "inherited", files("", "host all all all scram-sha-256\n"),
      "postgresql main optional TLSv1.2 TLSv1.3, use pg_hba.conf:1, versions default, suites default"),
    TLSRow(
      "overridden", files(low + "ssl_min_protocol_version = 'TLSv1.3'\n"),
      "postgresql main required TLSv1.3, use pg_hba.conf:1, versions postgresql.conf:5, suites postgresql.conf:4"
    ),
    TLSRow(
      "overridden by ALTER SYSTEM",
      files(
        "ssl_min_protocol_version = TLSv1.3\n", hostssl,
        ["/var/lib/postgresql/15/main/postgresql.auto.conf": "# x\n\(low)"]),
      "postgresql main required \(old), use pg_hba.conf:1, versions postgresql.auto.conf:3, suites postgresql.auto.conf:3"
    ),
    TLSRow(
      "in an include",
      files("include_dir = 'conf.d'\n", hostssl, ["/etc/postgresql/15/main/conf.d/1.conf": low]),
      "postgresql main required \(old), use pg_hba.conf:1, versions 1.conf:2, suites 1.conf:2"),
    // A server has one configuration for all its addresses; Debian's clusters are servers of their own.
    TLSRow(
      "in a second cluster",
      files("ssl_min_protocol_version = TLSv1.3\n").merging(files(low, cluster: "old")) { $1 },
      "postgresql main required TLSv1.3, use pg_hba.conf:1, versions postgresql.conf:3, suites default",
      "postgresql old required \(old), use pg_hba.conf:1, versions postgresql.conf:4, suites postgresql.conf:4"
    ),
  ])
  func truth(_ row: TLSRow) throws { try row.check(["postgresql.service"]) }

  @Test(arguments: [
    ("", "secp256r1 | 2048"), ("ssl_ecdh_curve = 'secp384r1'\n", "secp384r1 | 2048"),
    // No list, and no names of NIST.
    ("ssl_ecdh_curve = 'P-384'\n", "? | 2048"), ("ssl_ecdh_curve = 'prime256v1:secp384r1'\n", "? | 2048"),
    ("ssl_dh_params_file = '/dh3072'\n", "secp256r1 | 3072"),
    ("ssl_dh_params_file = 'dh'\n", "secp256r1 | 2048"),
    ("ssl_dh_params_file = '/dh1024'\nssl_ciphers = 'HIGH:@SECLEVEL=0'\n", "secp256r1 | ?"),
    ("ssl_dh_params_file = '/absent'\n", "secp256r1 | ?"), ("ssl_dh_params_file = ''\n", "secp256r1 | 2048"),
    // The curve is too weak for the level: neither ECDHE nor TLS 1.3 is left.
    ("ssl_ecdh_curve = 'prime192v1'\n", "no group | 2048"),
    ("ssl_groups = 'X25519:P-256'\n", "x25519, secp256r1 | 2048"),
  ])
  func keyExchange(_ conf: String, _ expected: String) throws {
    let files = [
      "/etc/postgresql/15/main/postgresql.conf": "ssl = on\nlisten_addresses = '*'\n" + conf,
      "/etc/postgresql/15/main/pg_hba.conf": "host all all all scram-sha-256\n",
      "/var/lib/postgresql/15/main/dh": dh(2048), "/dh3072": dh(3072), "/dh1024": dh(1024),
    ]
    #expect(try exchangeTold("postgresql.service", files) == expected)
  }
}
