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
  let disabledGroups: Set<String>
  /// Priority strings by name, for `@SYSTEM`.
  let priorities: [String: Effective<String>]
  /// What NORMAL stands for where the file says so.
  let defaultPriority: Effective<String>?

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    var versions: [TLSVersion: Origin] = [:]
    var enabled: Set<TLSVersion> = []
    var isAllowlist = false
    var ciphers: Set<String> = []
    var groups: Set<String> = []
    var enabledGroups: Set<String> = []
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
        case ("overrides", "disabled-curve"):
          if let group = TLSGroup.named(item.value) { groups.insert(group.name) }
        case ("overrides", "enabled-curve"):
          if let group = TLSGroup.named(item.value) { enabledGroups.insert(group.name) }
        case ("overrides", "default-priority-string"): preferred = Effective(item.value, origin: origin)
        case ("priorities", _): priorities[item.key] = Effective(item.value, origin: origin)
        default: continue
        }
      }
      if isAllowlist {
        let origin = Origin(path: file.path, kind: .explicit, text: "override-mode = allowlist")
        for version in TLSVersion.allCases where !enabled.contains(version) { versions[version] = origin }
        groups.formUnion(TLSGroup.names.filter { !enabledGroups.contains($0) })
      }
    }
    disabledVersions = versions
    disabledCiphers = ciphers
    disabledGroups = groups
    self.priorities = priorities
    defaultPriority = preferred
  }

  /// What a peer could negotiate with a program of the given priority string; nil for the library's default.
  ///
  /// Suites are told by the algorithms that make them up, as `gnutls-cli --list` names them. Those without
  /// authentication take credentials of their own (gnutls_anon_allocate_server_credentials(3)), which no daemon sets
  /// that is known here: they are left out.
  ///
  /// - Parameter field: what a server tells the library of parameters for DHE.
  func offer(_ priority: Effective<String>?, field: GnuTLSField = .negotiated) -> TLSOffer {
    let text =
      priority ?? defaultPriority
      ?? Effective("NORMAL", origin: .compiledDefault("GnuTLS: priority NORMAL, gnutls_priority_init(3)"))
    var reader = PriorityReader()
    reader.read(text.value, self, depth: 0)
    let allowed = reader.versions.filter { disabledVersions[$0] == nil }
    let refused = reader.versions.subtracting(allowed)
    // Without a suite that they know, nobody gets the older versions.
    var kept = reader.hasOldSuites(without: disabledCiphers) ? allowed : allowed.filter { $0 >= .tls12 }
    let groups = reader.groups.filter {
      !disabledGroups.contains($0.name) && ($0.fieldBits ?? .max) >= field.leastBits
    }
    if !groups.contains(where: \.isOfTLS13) { kept.remove(.tls13) }
    let isOld = kept.contains { $0 < .tls13 }
    let isNew = kept.contains(.tls13)
    let usable = groups.filter { group in
      let exchanges = group.name.hasPrefix("ffdhe") ? ["DHE-RSA", "DHE-DSS"] : ["ECDHE-RSA", "ECDHE-ECDSA"]
      return isNew && group.isOfTLS13 || isOld && exchanges.contains(where: reader.exchanges.contains)
    }
    let hasDHE = isOld && reader.exchanges.contains("DHE-RSA")
    let ciphers = isOld ? reader.suites(without: disabledCiphers) : []
    return TLSOffer(
      protocols: .known(Effective(kept, origin: text.origin, shadowed: [])),
      ciphers: .value(ciphers, text.origin),
      refused: refused.isEmpty ? nil : "\(Self.path) disables \(refused.words)",
      groups: .value(usable, text.origin),
      finiteField: hasDHE
        ? field.answer(groups, text.origin) : .value(.none("no suite with it"), text.origin))
  }
}

/// What a server tells GnuTLS of parameters for DHE; 3.6 and later take groups of RFC 7919 in place of others. Tried on
/// 3.7.9.
enum GnuTLSField {
  /// Nothing: who names no group of RFC 7919 gets no DHE.
  case negotiated
  /// gnutls_certificate_set_known_dh_params(3), by default the smallest group that the priorities have.
  case smallest
  /// The same for a strength, of which the length of a prime is given.
  case bits(Int, Origin)
  case none(Origin)
  case unknown(EvidenceGap)

  /// No shorter group is taken then.
  fileprivate var leastBits: Int { if case .bits(let bits, _) = self { Self.known(bits) } else { 0 } }

  /// The length of the group for the strength of a prime.
  private static func known(_ bits: Int) -> Int { bits < 3072 ? 2048 : bits < 8192 ? 3072 : 8192 }

  fileprivate func answer(_ groups: [TLSGroup], _ origin: Origin) -> TLSAnswer<TLSFiniteField> {
    switch self {
    case .negotiated: .value(.none("no parameters are set beside the groups"), origin)
    case .smallest: .value(.bits(groups.compactMap(\.fieldBits).min() ?? 2048), origin)
    case .bits(let bits, let origin): .value(.bits(Self.known(bits)), origin)
    case .none(let origin): .value(.none("no parameters are set"), origin)
    case .unknown(let gap): .unknown(gap)
    }
  }

  /// The parameters of a file, of which the length alone counts.
  init(_ file: Effective<String>, _ context: TLSContext) {
    switch context.parameters(file).value {
    case .parameters(let given): self = .bits(given.bits, file.origin)
    case .unknown(let gap): self = .unknown(gap)
    case .none, .automatic: self = .none(file.origin)
    }
  }
}

/// Reads a priority string: what is added and removed counts in its order.
private struct PriorityReader {
  var versions: Set<TLSVersion> = []
  /// Groups in their order.
  private(set) var groups: [TLSGroup] = []
  /// Key exchanges with ephemeral keys.
  private(set) var exchanges: Set<String> = []
  /// Ciphers, digests and key exchanges that are on.
  private var algorithms: Set<String> = []

  /// Groups of NORMAL since 3.6; X448 came with 3.6.12.
  private static let curves = ["secp256r1", "secp384r1", "secp521r1", "x25519", "x448"]
  private static let fields = ["ffdhe2048", "ffdhe3072", "ffdhe4096", "ffdhe6144", "ffdhe8192"]
  private static let ephemeral: Set<String> = ["ECDHE-ECDSA", "ECDHE-RSA", "DHE-RSA"]
  private static let strongGroups = ["secp384r1", "secp521r1", "ffdhe8192"]
  /// Groups of the words that do not have all, by `gnutls-cli --list --priority …` of 3.7.9.
  private static let keywordGroups = [
    "SECURE192": strongGroups, "SECURE256": strongGroups, "SUITEB128": ["secp256r1", "secp384r1"],
    "SUITEB192": ["secp384r1"],
  ]

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
      groups = []
      exchanges = []
    } else if let known = Self.keywords[name] {
      versions.formUnion(name.hasPrefix("SUITEB") ? [.tls12] : TLSVersion.range(from: .tls10))
      algorithms.formUnion(known)
      change(Self.keywordGroups[name] ?? Self.curves + Self.fields, isOn: true)
      exchanges.formUnion(name.hasPrefix("SUITEB") ? ["ECDHE-ECDSA"] : Self.ephemeral)
    }
  }

  private mutating func set(_ name: String, isOn: Bool) {
    if name.hasPrefix("VERS-") {
      let some =
        ["VERS-ALL", "VERS-TLS-ALL"].contains(name)
        ? TLSVersion.range(from: .tls10) : Set([TLSVersion(name)].compactMap { $0 })
      if isOn { versions.formUnion(some) } else { versions.subtract(some) }
    } else if name.hasPrefix("GROUP-") || name.hasPrefix("CURVE-") {
      change(Self.groups(of: name), isOn: isOn)
    } else if ["CIPHER-ALL", "MAC-ALL", "KX-ALL"].contains(name) {
      if name == "KX-ALL" { exchanges = isOn ? exchanges.union(Self.ephemeral) : [] }
      let all = Self.usual.filter { Self.group($0) == name }
      if isOn { algorithms.formUnion(all) } else { algorithms = algorithms.filter { Self.group($0) != name } }
    } else if name.contains("DHE-") {
      if isOn { exchanges.insert(name) } else { exchanges.remove(name) }
    } else if isOn {
      algorithms.insert(name)
    } else {
      algorithms.remove(name)
    }
  }

  private static func groups(of name: String) -> [String] {
    switch name {
    case "GROUP-ALL", "CURVE-ALL": curves + fields
    case "GROUP-EC-ALL": curves
    case "GROUP-DH-ALL": fields
    default: [String(name.dropFirst(6))]
    }
  }

  private mutating func change(_ names: [String], isOn: Bool) {
    for group in names.compactMap({ TLSGroup.named($0) }) {
      if !isOn { groups.removeAll { $0 == group } } else if !groups.contains(group) { groups.append(group) }
    }
  }

  private static func group(_ name: String) -> String {
    if name == "RSA" { return "KX-ALL" }
    return ["SHA1", "SHA256", "SHA384", "MD5"].contains(name) ? "MAC-ALL" : "CIPHER-ALL"
  }
}
