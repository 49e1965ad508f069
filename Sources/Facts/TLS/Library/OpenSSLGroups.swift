import Evidence

/// The groups of OpenSSL's lists (SSL_CTX_set1_curves(3)).
extension OpenSSLLibrary {
  /// The groups of programs that set none: those of openssl.cnf, or else the library's.
  ///
  /// What the library does not take in openssl.cnf counts for nothing (ssl/ssl_mcnf.c, ssl_do_config for the system).
  var systemGroups: Effective<[TLSGroup]> {
    var groups = Effective(
      compiledGroups, origin: .compiledDefault("OpenSSL \(releaseWords), ssl/t1_lib.c: default groups"))
    let names = ["groups", "curves", "ecdhparameters"]
    let set = names.compactMap { name in commands[name].map { (name, $0) } }
    for (name, value) in set.sorted(by: { ($0.1.origin.line ?? 0) < ($1.1.origin.line ?? 0) }) {
      guard let named = self.groups(of: name, value.value) else { continue }
      groups.shadowed.insert(.init(value: groups.value, origin: groups.origin), at: 0)
      (groups.value, groups.origin) = (named, value.origin)
    }
    return groups
  }

  /// What a command means (SSL_CONF_cmd(3)): nil where the library does not take it, or where it changes nothing.
  func groups(of command: String, _ text: String) -> [TLSGroup]? {
    switch command.lowercased() {
    case "groups", "curves": return groups(text)
    case "ecdhparameters":
      let isAutomatic = ["automatic", "auto", "+automatic"].contains(text.lowercased())
      return isAutomatic || text.contains(":") ? nil : groups(text)
    default: return nil
    }
  }

  /// What a program told the library by a list; where the library does not take it, the answer is unknown, since
  /// programs do not start then.
  func choice(_ list: Effective<String>) -> TLSAnswer<[TLSGroup]> {
    guard let groups = groups(list.value) else {
      return .unknown(
        EvidenceGap(
          path: list.origin.path ?? "",
          reason: "OpenSSL \(releaseWords) does not take the groups '\(list.value.prefix(100))'"))
    }
    return .known(Effective(groups, origin: list.origin))
  }

  /// The groups of a list in their order; nil where the library refuses the list as a whole, which one name that it
  /// does not know is enough for.
  ///
  /// Since 3.3 `?` before a name makes it optional. Since 3.5 names may be in small letters and stand twice, `/` and
  /// `*` tell key shares, `-` takes away, DEFAULT stands for the library's own. Tried on 3.0.19 and 3.5.9.
  func groups(_ list: String) -> [TLSGroup]? {
    let isNew = isAtLeast(3, 5)
    if list.isEmpty { return isNew ? compiledGroups : nil }
    let parts = list.split(omittingEmptySubsequences: false) { $0 == ":" || isNew && $0 == "/" }
    guard parts.count <= 200 else { return nil }
    var groups: [TLSGroup] = []
    for part in parts {
      let word = part.trimmingBlanks()
      let signs = word.prefix { "?*-".contains($0) }
      let name = word.dropFirst(signs.count)
      guard !name.isEmpty, signs.isEmpty || isAtLeast(3, 3) && signs == "?" || isNew else { return nil }
      if isNew, name.uppercased() == "DEFAULT" {
        groups += compiledGroups.filter { !groups.contains($0) }
        continue
      }
      guard let group = known(name) else {
        if signs.contains("?") || signs.contains("-") { continue }
        return nil
      }
      if signs.contains("-") {
        groups.removeAll { $0 == group }
      } else if !groups.contains(group) {
        groups.append(group)
      } else if !isNew {
        return nil
      }
    }
    return groups
  }

  /// The group of one name, where the release has it.
  func known(_ name: Substring) -> TLSGroup? {
    let found = isAtLeast(3, 5) ? TLSGroup.named(name) : TLSGroup.exactly(name)
    guard let group = found, isAtLeast(group.since.first ?? 0, group.since.dropFirst().first ?? 0) else {
      return nil
    }
    // Before the providers the names are those of objects (crypto/objects) and NIST's.
    let ofProviders: Set<Substring> = ["x25519", "x448", "secp256r1", "secp192r1"]
    return !isAtLeast(3, 0) && ofProviders.contains(name) ? nil : group
  }

  private var releaseWords: String { release?.map(String.init).joined(separator: ".") ?? "1.1" }

  /// ssl/t1_lib.c: eccurves_auto of 1.0.2, eccurves_default of 1.1, supported_groups_default of 3.0,
  /// TLS_DEFAULT_GROUP_LIST of 3.5.
  private var compiledGroups: [TLSGroup] {
    let list =
      if isAtLeast(3, 5) {
        "X25519MLKEM768 x25519 secp256r1 x448 secp384r1 secp521r1 ffdhe2048 ffdhe3072"
      } else if isAtLeast(3, 0) {
        "x25519 secp256r1 x448 secp521r1 secp384r1 ffdhe2048 ffdhe3072 ffdhe4096 ffdhe6144 ffdhe8192"
      } else if isAtLeast(1, 1) {
        "x25519 secp256r1 x448 secp521r1 secp384r1"
      } else {
        """
        secp521r1 brainpoolP512r1 brainpoolP384r1 secp384r1 brainpoolP256r1 secp256k1 secp256r1 sect571r1 \
        sect571k1 sect409k1 sect409r1 sect283k1 sect283r1
        """
      }
    return list.split(separator: " ").compactMap { TLSGroup.exactly($0) }
  }
}
