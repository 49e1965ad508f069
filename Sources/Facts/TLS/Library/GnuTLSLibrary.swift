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
  /// NORMAL, SECURE*, LEGACY and PERFORMANCE have TLS 1.0 and later and neither 3DES, RC4 nor suites without
  /// authentication (gnutls-cli --list, 3.7.9).
  func offer(_ priority: Effective<String>?) -> TLSOffer {
    let text =
      priority ?? defaultPriority
      ?? Effective("NORMAL", origin: .compiledDefault("GnuTLS: priority NORMAL, gnutls_priority_init(3)"))
    var reader = PriorityReader()
    reader.read(text.value, self, depth: 0)
    let kept = reader.versions.filter { disabledVersions[$0] == nil }
    let refused = reader.versions.subtracting(kept)
    let ciphers = reader.classes.filter { !disabledCiphers.contains($0.key) }.sorted { $0.key < $1.key }
    return TLSOffer(
      protocols: .known(Effective(kept, origin: text.origin, shadowed: [])),
      ciphers: .value(ciphers.map { TLSCipher($0.key, [$0.value]) }, text.origin),
      refused: refused.isEmpty ? nil : "\(Self.path) disables \(refused.words)")
  }
}

/// Reads a priority string: what is added and removed counts in its order.
private struct PriorityReader {
  var versions: Set<TLSVersion> = []
  /// Weak algorithms that are on, with their class.
  var classes: [String: String] = [:]

  private static let weak = [
    "3DES-CBC": "3DES", "ARCFOUR-128": "RC4", "NULL": "NULL", "ANON-DH": "anon", "ANON-ECDH": "anon",
    "MD5": "MD5",
  ]

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
    switch name {
    case "NONE":
      versions = []
      classes = [:]
    case "SUITEB128", "SUITEB192": versions.formUnion([.tls12])
    case "NORMAL", "LEGACY", "PERFORMANCE", "PFS", "SECURE128", "SECURE192", "SECURE256", "SECURE":
      versions.formUnion(TLSVersion.range(from: .tls10))
    default: return
    }
  }

  private mutating func set(_ name: String, isOn: Bool) {
    if name.hasPrefix("VERS-") {
      let some =
        ["VERS-ALL", "VERS-TLS-ALL"].contains(name)
        ? TLSVersion.range(from: .tls10) : Set([TLSVersion(name)].compactMap { $0 })
      if isOn { versions.formUnion(some) } else { versions.subtract(some) }
    } else if let kind = Self.weak[name] {
      classes[name] = isOn ? kind : nil
    } else if name == "CIPHER-ALL", !isOn {
      classes = classes.filter { !["3DES", "RC4", "NULL"].contains($0.value) }
    }
  }
}
