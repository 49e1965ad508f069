/// A list of algorithms that sshd and ssh negotiate.
public enum SSHAlgorithms: Sendable, Hashable {
  case ciphers, macs, hostKeys, signatures
  /// Since 10.0 ssh offers finite fields by itself, and sshd does not (release notes of OpenSSH 10.0).
  case keyExchange(isClient: Bool)

  /// What a release offers without configuration, in its order (myproposal.h, sshd_config(5)).
  ///
  /// Debian's and Ubuntu's builds change nothing here but that bookworm's updates added the second name of
  /// the sntrup761 exchange.
  func compiledDefault(_ version: OpenSSHVersion) -> [String] {
    switch self {
    case .ciphers: Self.ciphers(version)
    case .macs: Self.codes
    case .keyExchange(let isClient):
      Self.keyExchange(version) + (isClient && version >= .init(10, 0) ? Self.finiteFields : [])
    case .hostKeys: Self.hostKeys(version)
    case .signatures: Self.signatures(version)
    }
  }

  /// Applies what the administrator wrote to the compiled default (`kex_assemble_names` in kex.c): `+`
  /// appends, `-` removes, `^` puts first, anything else replaces.
  ///
  /// - Returns: nil where the release refuses the text: it knows all names but those that are to be removed
  ///   (`ciphers_valid`, `mac_valid`, `kex_names_valid`, `sshkey_names_valid2`).
  func assemble(_ text: String, _ version: OpenSSHVersion) -> [String]? {
    let defaults = compiledDefault(version)
    let names = text.drop { "+-^".contains($0) }.split(separator: ",").map(String.init)
    if text.first == "-" {
      return defaults.filter { name in !names.contains { matchesPattern(name, $0) } }
    }
    if names.contains(where: { !knows($0, version) }) { return nil }
    let result: [String]
    switch text.first {
    case "+": result = defaults + names
    case "^": result = names + defaults
    default: result = names
    }
    var seen: Set<String> = []
    return result.flatMap { expand($0, version) }.filter { seen.insert($0).inserted }
  }

  /// Releases whose algorithms are known here.
  private static let releases = OpenSSHVersion(7, 6)...OpenSSHVersion(10, 2)

  private func knows(_ name: String, _ version: OpenSSHVersion) -> Bool {
    guard Self.releases.contains(version) else { return true }
    switch self {
    case .ciphers: return Self.allCiphers.contains(name)
    case .macs: return Self.allCodes.contains(name)
    case .keyExchange: return Self.allKeyExchanges.contains(name) || name.hasPrefix("gss-")
    case .hostKeys, .signatures: return !expand(name, version).isEmpty
    }
  }

  /// Types of keys may be written as patterns, which stand for all that the release knows, in its order.
  private func expand(_ name: String, _ version: OpenSSHVersion) -> [String] {
    guard self == .hostKeys || self == .signatures, Self.releases.contains(version) else { return [name] }
    return Self.allKeys(version).filter { matchesPattern($0, name) }
  }

  /// `ssh -Q cipher`, and what earlier releases had.
  private static let allCiphers: Set<String> = [
    "3des-cbc", "aes128-cbc", "aes192-cbc", "aes256-cbc", "rijndael-cbc@lysator.liu.se", "aes128-ctr",
    "aes192-ctr", "aes256-ctr", "aes128-gcm@openssh.com", "aes256-gcm@openssh.com",
    "chacha20-poly1305@openssh.com",
  ]

  /// `ssh -Q mac`.
  private static let allCodes: Set<String> = Set(
    codes + ["hmac-sha1-96", "hmac-md5", "hmac-md5-96"].flatMap { [$0, "\($0)-etm@openssh.com"] })

  /// `ssh -Q kex`, what earlier releases had, and what Red Hat's builds add.
  private static let allKeyExchanges: Set<String> = Set(
    keyExchange(.init(10, 0)) + finiteFields + [
      "diffie-hellman-group1-sha1", "diffie-hellman-group14-sha1", "diffie-hellman-group-exchange-sha1",
      "sntrup4591761x25519-sha512@tinyssh.org", "mlkem768nistp256-sha256", "mlkem1024nistp384-sha384",
    ])

  /// `ssh -Q key-sig`: sshkey.c, keyimpls.
  private static func allKeys(_ version: OpenSSHVersion) -> [String] {
    func pair(_ name: String) -> [String] {
      let stem = name.hasSuffix("@openssh.com") ? String(name.dropLast("@openssh.com".count)) : name
      return [name, "\(stem)-cert-v01@openssh.com"]
    }
    let hasTokens = version >= .init(8, 2)
    let curves = ["ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"].flatMap(pair)
    return pair("ssh-ed25519") + (hasTokens ? pair("sk-ssh-ed25519@openssh.com") : []) + curves
      + (hasTokens ? pair("sk-ecdsa-sha2-nistp256@openssh.com") : [])
      + (version >= .init(8, 4) ? ["webauthn-sk-ecdsa-sha2-nistp256@openssh.com"] : [])
      // Release notes of 10.0: support of DSA is removed.
      + (version < .init(10, 0) ? pair("ssh-dss") : []) + pair("ssh-rsa") + pair("rsa-sha2-256")
      + pair("rsa-sha2-512")
  }

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

  private static let finiteFields = [
    "diffie-hellman-group-exchange-sha256", "diffie-hellman-group16-sha512",
    "diffie-hellman-group18-sha512", "diffie-hellman-group14-sha256",
  ]

  private static func keyExchange(_ version: OpenSSHVersion) -> [String] {
    let curves = [
      "curve25519-sha256", "curve25519-sha256@libssh.org", "ecdh-sha2-nistp256", "ecdh-sha2-nistp384",
      "ecdh-sha2-nistp521",
    ]
    let groups = finiteFields
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
