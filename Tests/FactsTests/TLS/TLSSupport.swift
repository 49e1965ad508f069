import Evidence
import TestSupport
import Testing

@testable import Facts

/// Packages of Debian 12: OpenSSL 3.0, which refuses TLS below 1.2 above security level 0.
let bookworm = [
  "libssl3": "3.0.19-1~deb12u2", "nginx": "1.22.1-9+deb12u11", "apache2-bin": "2.4.71-1~deb12u1",
  "haproxy": "2.6.12-1+deb12u4", "postfix": "3.7.11-0+deb12u1", "dovecot-core": "1:2.3.19.1+dfsg1-2.1",
  "mariadb-server": "1:10.11.14-0+deb12u2",
]

/// A guest with systemd that starts a unit, and the ends of its services.
func tlsEndpoints(
  _ units: [String], _ files: [String: String], packages: [String: String] = bookworm, id: String = "debian",
  exec: String = "/x"
) throws -> [TLSEndpoint] {
  let guest = bootable(files.merging(["/etc/os-release": "ID=\(id)\n"]) { old, _ in old })
  guest.setPackages(packages)
  for unit in units {
    guest.addStarted(
      unit, unit.hasSuffix("socket") ? "[Socket]\nListenStream=1\n" : "[Service]\nExecStart=\(exec)\n")
  }
  let model = try guest.model(TLSServices.self)
  #expect(model.gaps.isEmpty)
  return model.endpoints.filter { $0.role != .system }
}

/// `nginx a:443 required TLSv1.2 TLSv1.3`, with a star where weak suites can be negotiated.
func words(_ end: TLSEndpoint) -> String {
  let versions = end.protocols.effective?.value.sorted().map(\.description) ?? ["?"]
  let weak = end.ciphers.effective?.value.contains { !$0.classes.isDisjoint(with: TLSCipher.broken) } ?? false
  let parts = [end.subject, end.use.value.rawValue] + versions + (weak ? ["weak"] : [])
  return (parts + (end.isOnNetwork ? [] : ["local"])).joined(separator: " ")
}
