import DiskImages
import Evidence

/// Whether a guest has what a level of support asks for.
enum SupportNeeds {
  static let needs: [ContentNeed] = AptSources.needs + PackageRepositories.needs

  /// What the guest has.
  struct Standing: Hashable {
    var isAvailable: Bool
    var shownBy: String?

    static let free = Standing(isAvailable: true)
    static let absent = Standing(isAvailable: false)

    static func shown(by place: String?) -> Standing {
      place.map { Standing(isAvailable: true, shownBy: $0) } ?? absent
    }
  }

  /// What a purchase leaves no trace of counts as not there.
  static func standing(of level: SupportLevel, id: String, _ facts: GuestFacts) throws(EvidenceGap)
    -> Standing
  {
    switch (id, level) {
    case ("rhel", .regular): try redHatSubscription(facts)
    case (_, .regular): .free
    case ("debian", .lts): .shown(by: try debianSecuritySuite(facts))
    case (_, .lts): .free
    case ("debian", .paid): .shown(by: try aptSource(facts) { $0.uri.contains("/extended-lts") })
    case ("ubuntu", .subscription): .shown(by: try ubuntuPro(facts))
    case ("rhel", .paid): .shown(by: try repository(facts) { $0.contains("-els-") })
    case ("sles", .paid): .shown(by: try longTermServicePack(facts))
    default: .absent
    }
  }

  /// Since Debian 7 the long-term team uploads to the suite of the security archive (wiki.debian.org/LTS/Using).
  private static func debianSecuritySuite(_ facts: GuestFacts) throws(EvidenceGap) -> String? {
    let system: OSRelease = try facts.model()
    return try aptSource(facts) { source in
      ["-security", "/updates"].contains { ending in
        guard source.suite.hasSuffix(ending) else { return false }
        let base = String(source.suite.dropLast(ending.count))
        return system.versionCodename == nil || base == system.versionCodename
          || ["stable", "oldstable", "oldoldstable"].contains(base)
      }
    }
  }

  private static func aptSource(
    _ facts: GuestFacts, _ isSuch: (AptSource) -> Bool
  ) throws(EvidenceGap) -> String? {
    let sources: AptSources = try facts.model()
    return sources.entries.first { $0.isEnabled && $0.type == "deb" && isSuch($0) }.map { place($0.origin) }
  }

  /// The token of `pro attach`, or the archive that it enables (`pro help esm-infra`).
  private static func ubuntuPro(_ facts: GuestFacts) throws(EvidenceGap) -> String? {
    let token = "/var/lib/ubuntu-advantage/private/machine-token.json"
    if try facts.evidence.entry(at: token) != nil { return token }
    return try aptSource(facts) { $0.uri.contains("esm.ubuntu.com") }
  }

  /// An image is registered when its machine first boots, and must not hold an identity before: support is not denied
  /// to one that has none, but it is said.
  private static func redHatSubscription(_ facts: GuestFacts) throws(EvidenceGap) -> Standing {
    let identity = "/etc/pki/consumer/cert.pem"
    if try facts.evidence.entry(at: identity) != nil { return .shown(by: identity) }
    if let entitlement = try facts.evidence.entries(matching: "/etc/pki/entitlement/*.pem").first {
      return .shown(by: entitlement.path)
    }
    if let cloud = try repository(facts, { $0.contains("rhui") }) { return .shown(by: cloud) }
    return Standing(isAvailable: true, shownBy: "not registered yet: updates come once the machine is")
  }

  /// SUSE's product file of LTSS, or its repositories.
  private static func longTermServicePack(_ facts: GuestFacts) throws(EvidenceGap) -> String? {
    let products = try facts.evidence.entries(matching: "/etc/products.d/*.prod")
    if let product = products.first(where: { $0.name.lowercased().contains("ltss") }) { return product.path }
    return try repository(facts) { $0.contains("ltss") }
  }

  /// The first enabled repository whose name, in lower case, is such.
  private static func repository(
    _ facts: GuestFacts, _ isSuch: (String) -> Bool
  ) throws(EvidenceGap) -> String? {
    let repositories: PackageRepositories = try facts.model()
    return repositories.enabled.first { isSuch($0.id.lowercased()) }.map { place($0.origin) }
  }

  private static func place(_ origin: Origin) -> String {
    (origin.path ?? "") + (origin.line.map { ":\($0)" } ?? "")
  }
}
