/// A list of algorithms that sshd and ssh negotiate.
public enum SSHAlgorithms: Sendable, Hashable {
  case ciphers, macs, keyExchange, hostKeys, signatures

  /// What a release offers without configuration, in its order (myproposal.h, sshd_config(5)).
  ///
  /// Debian's and Ubuntu's builds change nothing here but that bookworm's updates added the second name of
  /// the sntrup761 exchange.
  func compiledDefault(_ version: OpenSSHVersion) -> [String] {
    switch self {
    case .ciphers: Self.ciphers(version)
    case .macs: Self.codes
    case .keyExchange: Self.keyExchange(version)
    case .hostKeys: Self.hostKeys(version)
    case .signatures: Self.signatures(version)
    }
  }

  /// Applies what the administrator wrote to the compiled default (`kex_assemble_names` in kex.c): `+`
  /// appends, `-` removes, `^` puts first, anything else replaces.
  func assemble(_ text: String, _ version: OpenSSHVersion) -> [String] {
    let defaults = compiledDefault(version)
    let names = text.drop { "+-^".contains($0) }.split(separator: ",").map(String.init)
    let result: [String]
    switch text.first {
    case "+": result = defaults + names
    case "-":
      return defaults.filter { name in !names.contains { matchesPattern(name, $0) } }
    case "^": result = names + defaults
    default: result = names
    }
    var seen: Set<String> = []
    return result.flatMap { expand($0, version) }.filter { seen.insert($0).inserted }
  }

  /// Key types may be written as patterns, which stand for all that the release knows.
  private func expand(_ name: String, _ version: OpenSSHVersion) -> [String] {
    guard name.contains("*") || name.contains("?") else { return [name] }
    let known = compiledDefault(version) + (self == .hostKeys || self == .signatures ? Self.legacyKeys : [])
    let matching = known.filter { matchesPattern($0, name) }
    return matching.isEmpty ? [name] : matching
  }

  private static let legacyKeys = [
    "ssh-rsa-cert-v01@openssh.com", "ssh-dss-cert-v01@openssh.com", "ssh-rsa", "ssh-dss",
    "webauthn-sk-ecdsa-sha2-nistp256@openssh.com",
  ]

  private static func ciphers(_ version: OpenSSHVersion) -> [String] {
    let counter = ["aes128-ctr", "aes192-ctr", "aes256-ctr"]
    let galois = ["aes128-gcm@openssh.com", "aes256-gcm@openssh.com"]
    let chacha = ["chacha20-poly1305@openssh.com"]
    return version >= .init(10, 0) ? chacha + galois + counter : chacha + counter + galois
  }

  private static let codes = [
    "umac-64-etm@openssh.com", "umac-128-etm@openssh.com", "hmac-sha2-256-etm@openssh.com",
    "hmac-sha2-512-etm@openssh.com", "hmac-sha1-etm@openssh.com", "umac-64@openssh.com",
    "umac-128@openssh.com", "hmac-sha2-256", "hmac-sha2-512", "hmac-sha1",
  ]

  private static func keyExchange(_ version: OpenSSHVersion) -> [String] {
    let curves = [
      "curve25519-sha256", "curve25519-sha256@libssh.org", "ecdh-sha2-nistp256", "ecdh-sha2-nistp384",
      "ecdh-sha2-nistp521",
    ]
    let groups = [
      "diffie-hellman-group-exchange-sha256", "diffie-hellman-group16-sha512",
      "diffie-hellman-group18-sha512", "diffie-hellman-group14-sha256",
    ]
    let renamed = version.hasFinalHybridName ? ["sntrup761x25519-sha512"] : []
    let prime = renamed + ["sntrup761x25519-sha512@openssh.com"]
    return switch version {
    case ..<OpenSSHVersion(8, 2): curves + groups + ["diffie-hellman-group14-sha1"]
    case ..<OpenSSHVersion(8, 9): curves + groups
    case ..<OpenSSHVersion(9, 0): curves + prime + groups
    case ..<OpenSSHVersion(9, 9): prime + curves + groups
    case ..<OpenSSHVersion(10, 0):
      ["sntrup761x25519-sha512"] + prime + ["mlkem768x25519-sha256"] + curves + groups
    default: ["mlkem768x25519-sha256", "sntrup761x25519-sha512"] + prime + curves
    }
  }

  private static func hostKeys(_ version: OpenSSHVersion) -> [String] {
    let withRSA = version < OpenSSHVersion(8, 8)
    let certificates = signatures(version).filter { $0 != "ssh-rsa" }.map { name in
      name.hasSuffix("@openssh.com")
        ? name.replacing("@openssh.com", with: "-cert-v01@openssh.com") : "\(name)-cert-v01@openssh.com"
    }
    let plain = signatures(version).filter { $0 != "ssh-rsa" }
    return certificates + (withRSA ? ["ssh-rsa-cert-v01@openssh.com"] : [])
      + plain + (withRSA ? ["ssh-rsa"] : [])
  }

  private static func signatures(_ version: OpenSSHVersion) -> [String] {
    let curves = ["ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"]
    let rsa = ["rsa-sha2-512", "rsa-sha2-256"]
    let token = "sk-ecdsa-sha2-nistp256@openssh.com"
    return switch version {
    case ..<OpenSSHVersion(8, 2): curves + ["ssh-ed25519"] + rsa + ["ssh-rsa"]
    case ..<OpenSSHVersion(8, 5): curves + [token, "ssh-ed25519", "sk-ssh-ed25519@openssh.com"] + rsa
    default: ["ssh-ed25519"] + curves + ["sk-ssh-ed25519@openssh.com", token] + rsa
    }
  }
}
