import DiskImages
import Evidence

/// The system-wide policy of Red Hat's crypto-policies (crypto-policies(7)).
public struct CryptoPolicy: FactModel {
  public static let needs: [ContentNeed] = [
    "/etc/crypto-policies/config", "/etc/crypto-policies/state/current",
  ]

  /// What was chosen, e.g. `DEFAULT:NO-SHA1`; nil where the guest has no such policy.
  public let configured: Effective<String>?
  /// What update-crypto-policies last applied to the programs' files; nil where nothing says so.
  public let applied: Effective<String>?

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    configured = try Self.word("/etc/crypto-policies/config", facts.evidence)
    applied = try Self.word("/etc/crypto-policies/state/current", facts.evidence)
  }

  /// What programs see: the applied policy, where it is known.
  public var effective: Effective<String>? {
    guard var policy = applied ?? configured else { return nil }
    if applied != nil, let configured {
      policy.shadowed = [.init(value: configured.value, origin: configured.origin)]
    }
    return policy
  }

  private static func word(_ path: String, _ evidence: Evidence) throws(EvidenceGap) -> Effective<String>? {
    guard let file = try evidence.text(at: path) else { return nil }
    guard let line = ConfigurationLine.read(file).last else { return nil }
    return Effective(line.text.uppercased(), origin: line.origin)
  }
}
