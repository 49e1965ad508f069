/// A secret that lies in a guest: what it is and where, never what it says.
public struct SecretFinding: Codable, Hashable, Sendable {
  /// What was found.
  public enum Kind: String, Codable, Hashable, Sendable, CaseIterable {
    /// The secret half of a key pair, or a symmetric key of a tunnel.
    case privateKey = "private-key"
    /// A container of keys: PKCS#12, Java, Kerberos, KeePass.
    case keyStore = "key-store"
    /// Secret keys of OpenPGP.
    case pgpKey = "pgp-key"
    case cloudCredentials = "cloud-credentials"
    /// Container and package registries.
    case registryCredentials = "registry-credentials"
    case gitCredentials = "git-credentials"
    /// A token whose form its issuer has published.
    case token
    /// A password or another secret in a configuration file.
    case password
    case wifi = "wifi-password"
    /// Passwords in the answers of an unattended installation.
    case unattended = "unattended-answers"
    /// Passwords in what was handed to cloud-init.
    case cloudInit = "cloud-init-password"
    case mountCredentials = "mount-credentials"
    case bootPassword = "boot-password"
    case vncPassword = "vnc-password"
  }

  public var kind: Kind
  /// Counted from 1; nil for a file that as a whole is the secret.
  public var line: Int?
  /// In words: `RSA key, 2048 bits`, `GitHub token`. No part of the secret.
  public var words: String
  /// Nil where it makes no difference or the form does not tell.
  public var isEncrypted: Bool?
  /// The public half: SHA-256 of its SubjectPublicKeyInfo (RFC 5280) in hexadecimal.
  public var publicKey: String?

  /// Describes a secret.
  public init(
    _ kind: Kind, line: Int? = nil, words: String, isEncrypted: Bool? = nil, publicKey: String? = nil
  ) {
    self.kind = kind
    self.line = line
    self.words = words
    self.isEncrypted = isEncrypted
    self.publicKey = publicKey
  }
}

/// What the search has found in one file.
public struct SecretRecord: Codable, Hashable, Sendable {
  public var findings: [SecretFinding]
  /// The public keys of the certificates in the file, as in `SecretFinding.publicKey`; the first eight.
  public var certificates: [String]
  /// How many secrets beyond `findings` the file holds.
  public var further: Int

  /// Collects what is known of a file.
  public init(findings: [SecretFinding] = [], certificates: [String] = [], further: Int = 0) {
    self.findings = findings
    self.certificates = certificates
    self.further = further
  }
}

/// Collects what detectors find in one file, with a bound.
struct SecretFindings {
  static let limit = 50

  private(set) var record = SecretRecord()
  private var seen: Set<SecretFinding> = []

  var isEmpty: Bool { record.findings.isEmpty && record.certificates.isEmpty }

  mutating func add(_ finding: SecretFinding) {
    if record.findings.count >= Self.limit {
      record.further += 1
    } else if seen.insert(finding).inserted {
      record.findings.append(finding)
    }
  }

  mutating func add(certificate: String) {
    if record.certificates.count < 8 { record.certificates.append(certificate) }
  }

  /// The record with its findings in the order of the lines.
  func sorted() -> SecretRecord {
    var record = record
    record.findings.sort {
      ($0.line ?? 0, $0.kind.rawValue, $0.words) < ($1.line ?? 0, $1.kind.rawValue, $1.words)
    }
    return record
  }
}
