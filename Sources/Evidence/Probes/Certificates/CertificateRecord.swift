/// What an X.509 certificate (RFC 5280) says, as far as anybody judges it.
public struct CertificateDetails: Codable, Hashable, Sendable {
  /// Whether the certificate's own key has signed it.
  public enum SelfSignature: String, Codable, Sendable {
    /// Issuer and subject differ, or the key identifiers say that another key of the same name has signed.
    case none
    /// The signature was checked.
    case verified
    /// By name and key identifiers alone: the algorithm is none that can be checked here.
    case byName = "by-name"
    /// Issuer and subject are the same, but the key has not signed: another key of that name has.
    case otherKey = "other-key"
  }

  /// SHA-256 of the whole certificate in lower-case hexadecimal.
  public var fingerprint: String
  /// SHA-256 of its SubjectPublicKeyInfo, as `SecretFinding.publicKey`.
  public var publicKey: String
  /// Names as RFC 4514 writes them, the most special part first; at most 512 characters.
  public var subject: String
  public var issuer: String
  /// In upper-case hexadecimal, as OpenSSL writes it; negative with `-`.
  public var serial: String
  /// Seconds since 1970-01-01 UTC; nil if it is no date of RFC 5280, which no program accepts.
  public var notBefore: Int64?
  public var notAfter: Int64?
  public var key: CertificateKey
  /// The algorithm by OpenSSL's name, or as numbers: `sha256WithRSAEncryption`, `rsassaPss`.
  public var signature: String
  /// Its digest: `SHA256`; nil where the algorithm has one of its own or is unknown.
  public var signatureDigest: String?
  /// basicConstraints: cA.
  public var isAuthority: Bool
  public var selfSignature: SelfSignature
  /// By the names of RFC 5280: `digitalSignature`, `keyCertSign`; nil without the extension, which means all.
  public var keyUsage: [String]?
  /// `serverAuth`, or numbers; at most 8.
  public var extendedKeyUsage: [String]
  /// subjectAltName, `DNS:a.example`, `IP:192.0.2.1`; at most 8.
  public var names: [String]

  public var isSelfSigned: Bool { selfSignature == .verified || selfSignature == .byName }
}

/// The key that a certificate is about.
public struct CertificateKey: Codable, Hashable, Sendable {
  public enum Algorithm: String, Codable, Sendable {
    case rsa = "RSA"
    case dsa = "DSA"
    case elliptic = "EC"
    case edwards = "Edwards"
    /// ML-DSA (FIPS 204).
    case postQuantum = "post-quantum"
    case other
  }

  public var algorithm: Algorithm
  /// For people: `RSA key, 2048 bits`, `EC key, secp224r1`.
  public var words: String
  /// Of the modulus, the prime, or the curve's order; nil where it is not known.
  public var bits: Int?
  /// The name of the curve; nil for other keys, and for a curve that is unknown or given by its parameters.
  public var curve: String?
  /// A public exponent that makes RSA no encryption: 0, 1, or even.
  public var hasBrokenExponent = false
}

/// The certificates of one file.
public struct CertificateFile: Codable, Hashable, Sendable {
  /// One certificate in the file.
  public struct Place: Codable, Hashable, Sendable {
    public var fingerprint: String
    /// Of the line that begins it in PEM, counted from 1.
    public var line: Int?
  }

  /// In the order of the file; the first 1000.
  public var places: [Place] = []
  /// What is known of those that no earlier file held.
  public var details: [CertificateDetails] = []
  /// Certificates beyond those, which nobody has looked at.
  public var further = 0
  /// What calls itself a certificate and is none.
  public var damaged = 0
  /// Whether it is a container whose certificates a password hides.
  public var isEncrypted = false

  var isEmpty: Bool { places.isEmpty && further == 0 && damaged == 0 && !isEncrypted }
}
