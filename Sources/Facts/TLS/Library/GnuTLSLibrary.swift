import DiskImages
import Evidence

/// GnuTLS as a guest has it, with the system's file of overrides (gnutls manual, "System-wide configuration of the
/// library").
public struct GnuTLSLibrary: FactModel {
  private static let path = "/etc/gnutls/config"
  public static let needs: [ContentNeed] = [
    ContentNeed(path), "/etc/crypto-policies/back-ends/gnutls.config", "/etc/gnutls/default-priorities",
  ]

  /// Versions and algorithms that no program can turn on.
  let disabledVersions: [TLSVersion: Origin]
  let disabledCiphers: Set<String>
  /// Priority strings by name, for `@SYSTEM`.
  let priorities: [String: Effective<String>]
  /// What NORMAL stands for where the file says so.
  let defaultPriority: Effective<String>?

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    var versions: [TLSVersion: Origin] = [:]
    var enabled: Set<TLSVersion> = []
    var isAllowlist = false
    var ciphers: Set<String> = []
    var priorities: [String: Effective<String>] = [:]
    var preferred: Effective<String>?
    if let file = try facts.evidence.text(at: Self.path) {
      for item in IniFormat.parse(file) {
        let origin = Origin(
          path: file.path, line: item.line, kind: .explicit, text: "\(item.key) = \(item.value)")
        switch (item.section.lowercased(), item.key.lowercased()) {
        case ("global", "override-mode"): isAllowlist = item.value.lowercased() == "allowlist"
        case ("overrides", "disabled-version"):
          if let version = TLSVersion(item.value) { versions[version] = origin }
        case ("overrides", "enabled-version"):
          if let version = TLSVersion(item.value) { enabled.insert(version) }
        case ("overrides", "tls-disabled-cipher"): ciphers.insert(item.value.uppercased())
        case ("overrides", "default-priority-string"): preferred = Effective(item.value, origin: origin)
        case ("priorities", _): priorities[item.key] = Effective(item.value, origin: origin)
        default: continue
        }
      }
      if isAllowlist {
        let origin = Origin(path: file.path, kind: .explicit, text: "override-mode = allowlist")
        for version in TLSVersion.allCases where !enabled.contains(version) { versions[version] = origin }
      }
    }
    disabledVersions = versions
    disabledCiphers = ciphers
    self.priorities = priorities
    defaultPriority = preferred
  }

  /// What a peer could negotiate with a program of the given priority string; nil for the library's default.
  ///
  /// Suites are told by the algorithms that make them up, as `gnutls-cli --list` names them. Those without
  /// authentication take credentials of their own (gnutls_anon_allocate_server_credentials(3)), which no daemon sets
  /// that is known here: they are left out.
  func offer(_ priority: Effective<String>?) -> TLSOffer {
    let text =
      priority ?? defaultPriority
      ?? Effective("NORMAL", origin: .compiledDefault("GnuTLS: priority NORMAL, gnutls_priority_init(3)"))
    var reader = PriorityReader()
    reader.read(text.value, self, depth: 0)
    let allowed = reader.versions.filter { disabledVersions[$0] == nil }
    let refused = reader.versions.subtracting(allowed)
    // Without a suite that they know, nobody gets the older versions.
    let kept = reader.hasOldSuites(without: disabledCiphers) ? allowed : allowed.filter { $0 >= .tls12 }
    let isOld = kept.contains { $0 < .tls13 }
    let ciphers = isOld ? reader.suites(without: disabledCiphers) : []
    return TLSOffer(
      protocols: .known(Effective(kept, origin: text.origin, shadowed: [])),
      ciphers: .value(ciphers, text.origin),
      refused: refused.isEmpty ? nil : "\(Self.path) disables \(refused.words)")
  }
}

/// Reads a priority string: what is added and removed counts in its order.
private struct PriorityReader {
  var versions: Set<TLSVersion> = []
  /// Ciphers, digests and key exchanges that are on.
  private var algorithms: Set<String> = []

  /// What makes a suite more than just a good one.
  private static let weak = [
    "3DES-CBC": "3DES", "ARCFOUR-128": "RC4", "NULL": "NULL", "MD5": "MD5", "RSA": "kRSA", "SHA1": "SHA1",
  ]
  private static let usual: Set<String> = ["AES-128-CBC", "AES-256-CBC", "SHA1", "RSA"]
  /// `gnutls-cli --list --priority …` of 3.7.9: what of the above each word has.
  private static let keywords: [String: Set<String>] = [
    "NORMAL": usual, "LEGACY": usual, "PERFORMANCE": usual, "SECURE128": usual, "SECURE": usual,
    "PFS": usual.subtracting(["RSA"]), "SECURE192": ["AES-256-CBC", "RSA"],
    "SECURE256": ["AES-256-CBC", "RSA"], "SUITEB128": [], "SUITEB192": [],
  ]

  /// Whether there is a suite that versions before TLS 1.2 have: their digests are SHA-1 and MD5.
  func hasOldSuites(without disabled: Set<String>) -> Bool {
    let kept = algorithms.subtracting(disabled)
    return !kept.isDisjoint(with: ["SHA1", "MD5"])
      && kept.contains { $0.hasSuffix("-CBC") || $0 == "NULL" || $0 == "ARCFOUR-128" }
  }

  /// One entry for each algorithm that has a class.
  func suites(without disabled: Set<String>) -> [TLSCipher] {
    let kept = algorithms.subtracting(disabled)
    let blocks = kept.filter { $0.hasSuffix("-CBC") }
    let digests: Set<String> = ["SHA1", "SHA256", "SHA384", "MD5"]
    return kept.sorted().compactMap { name in
      // A cipher of blocks takes a digest, and the digest such a cipher.
      if digests.contains(name), blocks.isEmpty, !kept.contains("NULL"), !kept.contains("ARCFOUR-128") {
        return nil
      }
      if blocks.contains(name), kept.isDisjoint(with: digests) { return nil }
      let classes = Set([Self.weak[name], blocks.contains(name) ? "CBC" : nil].compactMap(\.self))
      return classes.isEmpty ? nil : TLSCipher(name, classes)
    }
  }

  mutating func read(_ text: String, _ library: GnuTLSLibrary, depth: Int) {
    guard depth < 4 else { return }
    for word in text.split(whereSeparator: { $0 == ":" || $0 == " " }).prefix(500) {
      let name = String(word.drop { "+-!@".contains($0) })
      let upper = name.uppercased()
      switch word.first {
      case "+": set(upper, isOn: true)
      case "-", "!": set(upper, isOn: false)
      case "@":
        let parts = name.split(separator: ",").map(String.init)
        for part in parts {
          guard let system = library.priorities[part] else { continue }
          read(system.value, library, depth: depth + 1)
          break
        }
      default: start(upper)
      }
    }
  }

  private mutating func start(_ name: String) {
    if name == "NONE" {
      versions = []
      algorithms = []
    } else if let known = Self.keywords[name] {
      versions.formUnion(name.hasPrefix("SUITEB") ? [.tls12] : TLSVersion.range(from: .tls10))
      algorithms.formUnion(known)
    }
  }

  private mutating func set(_ name: String, isOn: Bool) {
    if name.hasPrefix("VERS-") {
      let some =
        ["VERS-ALL", "VERS-TLS-ALL"].contains(name)
        ? TLSVersion.range(from: .tls10) : Set([TLSVersion(name)].compactMap { $0 })
      if isOn { versions.formUnion(some) } else { versions.subtract(some) }
    } else if ["CIPHER-ALL", "MAC-ALL", "KX-ALL"].contains(name) {
      let all = Self.usual.filter { Self.group($0) == name }
      if isOn { algorithms.formUnion(all) } else { algorithms = algorithms.filter { Self.group($0) != name } }
    } else if isOn {
      algorithms.insert(name)
    } else {
      algorithms.remove(name)
    }
  }

  private static func group(_ name: String) -> String {
    if name == "RSA" { return "KX-ALL" }
    return ["SHA1", "SHA256", "SHA384", "MD5"].contains(name) ? "MAC-ALL" : "CIPHER-ALL"
  }
}
