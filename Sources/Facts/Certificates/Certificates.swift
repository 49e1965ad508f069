import DiskImages
import Evidence

/// The certificates of the guest, each once, with where they lie and which private keys of the image are theirs.
public struct Certificates: FactModel {
  /// What a certificate is there for.
  public enum Role: String, Hashable, Sendable {
    /// A root of the distribution, or one of a bundle of roots that some program brought.
    case shipped
    /// A root that was added; see `TrustAnchors`.
    case anchor
    /// What make-ssl-cert(8) makes when the package ssl-cert is installed.
    case snakeoil
    /// Of a service, a user or an authority that only some program trusts.
    case other
  }

  /// One certificate.
  public struct Certificate: Sendable {
    public var details: CertificateDetails
    public var role: Role
    /// Where it lies; never empty, in the order of the paths.
    public var places: [Place]
    /// Private keys of the image that belong to it; keys that everybody has are left out.
    public var keys: [Secret]
    /// Whether it issues certificates: it may, and says so, or another certificate of the image names it as its issuer.
    ///
    /// `openssl req -x509` sets cA without keyCertSign; a certificate that is nothing but that is a server's.
    public var isAuthority: Bool
  }

  /// Where a certificate lies.
  public struct Place: Hashable, Sendable {
    public var path: String
    /// Counted from 1; nil in binary files.
    public var line: Int?
  }

  public static let needs: [ContentNeed] = TrustAnchors.needs
  public static var probes: [any ContentProbe] { [CertificateProbe(), SecretsProbe()] }

  /// By the path of the first place, then by fingerprint, which names a certificate for good.
  public let certificates: [Certificate]
  /// Files that were not read, or not to their end.
  public let unread: [EvidenceGap]
  /// Files of which a password hides the certificates.
  public let hidden: [String]

  /// A file with more authorities is a bundle of roots.
  private static let bundleSize = 40

  public static func furtherNeeds(_ evidence: Evidence) -> [ContentNeed] { Secrets.furtherNeeds(evidence) }

  public init(_ facts: GuestFacts) throws(EvidenceGap) {
    let found = try facts.model(CertificateFilesFound.self)
    let anchors = try facts.model(TrustAnchors.self)
    let secrets = try facts.model(Secrets.self)
    let extra = Set(anchors.extra.map(\.certificate.fingerprint))
    var keys: [String: [Secret]] = [:]
    for secret in secrets.secrets where secret.testKey == nil {
      if let digest = secret.finding.publicKey { keys[digest, default: []].append(secret) }
    }
    var places: [String: [Place]] = [:]
    var shipped = anchors.shipped
    var gaps = found.unread
    for file in found.files {
      let isBundle = Self.isBundle(file.path, found.certificates(of: file.record))
      for place in file.record.places {
        if isBundle { shipped.insert(place.fingerprint) }
        places[place.fingerprint, default: []].append(Place(path: file.path, line: place.line))
      }
      if let reason = Self.incompleteness(file.record) {
        gaps.append(EvidenceGap(path: file.path, reason: reason))
      }
    }
    let issuers = Set(found.details.values.filter { !$0.isSelfSigned }.map(\.issuer))
    certificates = found.details.compactMap { fingerprint, details in
      guard let places = places[fingerprint] else { return nil }
      let signs = details.isAuthority && details.keyUsage?.contains("keyCertSign") == true
      let role: Role =
        extra.contains(fingerprint)
        ? .anchor
        : shipped.contains(fingerprint)
          ? .shipped : places.contains { $0.path == Self.snakeoil } ? .snakeoil : .other
      return Certificate(
        details: details, role: role, places: places, keys: keys[details.publicKey] ?? [],
        isAuthority: signs || role == .anchor && details.isAuthority || issuers.contains(details.subject))
    }.sorted {
      ($0.places[0].path, $0.places[0].line ?? 0, $0.details.fingerprint)
        < ($1.places[0].path, $1.places[0].line ?? 0, $1.details.fingerprint)
    }
    unread = gaps
    hidden = found.files.filter(\.record.isEncrypted).map(\.path)
  }

  private static let snakeoil = "/etc/ssl/certs/ssl-cert-snakeoil.pem"

  private static func isBundle(_ path: String, _ certificates: [CertificateDetails]) -> Bool {
    if path.hasPrefix("/usr/"), !path.hasPrefix("/usr/local/") { return true }
    return certificates.count { $0.isAuthority && $0.isSelfSigned } >= bundleSize
  }

  private static func incompleteness(_ file: CertificateFile) -> String? {
    if file.further > 0 { return "\(file.further) certificates beyond the limit were not looked at" }
    return file.damaged > 0 ? "\(file.damaged) that should be certificates cannot be read" : nil
  }
}
