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
    let text = unit.hasSuffix("socket") ? "[Socket]\nListenStream=1\n" : "[Service]\nExecStart=\(exec)\n"
    guest.addStarted(unit, text)
    // The template of an instance.
    if let at = unit.firstIndex(of: "@") {
      guest.filesystem.addFile("/usr/lib/systemd/system/\(unit[...at]).service", text)
    }
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

/// The words of an end, and where its use of TLS, its versions and its suites are decided: the file's name with the line,
/// or `default`.
func told(_ end: TLSEndpoint) -> String {
  func place(_ origin: Origin?) -> String {
    guard let path = origin?.path else { return "default" }
    return (path.split(separator: "/").last.map(String.init) ?? path) + (origin?.line.map { ":\($0)" } ?? "")
  }
  var text = "\(words(end)), use \(place(end.use.origin))"
  if end.speaksTLS {
    text += ", versions \(place(end.protocols.effective?.origin))"
    text += ", suites \(place(end.ciphers.effective?.origin))"
  }
  return text
}

/// A row of a daemon's truth table: where the weak setting stands, and what comes of it.
struct TLSRow: Sendable, CustomTestStringConvertible {
  var name: String
  var files: [String: String]
  /// The command of the units, and further lines of theirs.
  var exec: String?
  var units: [String]?
  var expected: [String]

  init(
    _ name: String, _ files: [String: String], exec: String? = nil, units: [String]? = nil,
    _ expected: String...
  ) {
    (self.name, self.files, self.exec, self.units, self.expected) = (name, files, exec, units, expected)
  }

  var testDescription: String { name }

  /// Compares what the daemon's ends are.
  func check(
    _ usual: [String], packages: [String: String] = bookworm, id: String = "debian",
    exec usualExec: String = "/x"
  ) throws {
    let ends = try tlsEndpoints(
      units ?? usual, files, packages: packages, id: id, exec: exec ?? usualExec)
    #expect(ends.map(told) == expected)
  }
}

/// `groups | DHE` of the last end of a daemon: the groups of key exchange, and the length of the prime.
func exchangeTold(
  _ unit: String, _ files: [String: String], packages: [String: String] = bookworm, id: String = "debian"
) throws -> String {
  let end = try #require(try tlsEndpoints([unit], files, packages: packages, id: id).last)
  return exchangeTold(end)
}

/// `groups | DHE` of an end.
func exchangeTold(_ end: TLSEndpoint) -> String {
  let groups = end.groups.effective?.value.words ?? "?"
  let field =
    switch end.finiteField {
    case .known(let field): field.value.bits.map(String.init) ?? "none"
    case .unknown: "?"
    }
  return "\(groups) | \(field)"
}

/// What programs have of groups that set none.
enum Groups {
  static let curves = "x25519, secp256r1, x448, secp521r1, secp384r1"
  /// OpenSSL 3.0.
  static let usual = "\(curves), ffdhe2048, ffdhe3072, ffdhe4096, ffdhe6144, ffdhe8192"
  /// Postfix.
  static let mail = "x25519, x448, secp256r1, secp521r1, secp384r1"
  static let gnuTLS =
    "secp256r1, secp384r1, secp521r1, x25519, x448, ffdhe2048, ffdhe3072, ffdhe4096, ffdhe6144, ffdhe8192"
}
