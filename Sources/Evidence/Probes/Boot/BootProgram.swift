import Binaries

/// What is known of a file that takes part in booting.
public struct BootProgram: Codable, Sendable, Hashable {
  /// What the file is, as far as firmware or a boot loader would start it.
  public enum Form: String, Codable, Sendable, Hashable {
    /// A PE file.
    case program
    /// Compressed as a whole, as kernels for arm64 can be: what is signed lies within.
    case compressed
    /// Nothing that firmware starts, such as a kernel without an EFI stub.
    case other
  }

  /// A line of `.sbat`: a component and its generation, which shim compares with the revoked ones.
  public struct Component: Codable, Sendable, Hashable {
    public var name: String
    public var generation: Int
  }

  public var form: Form
  /// Nil unless it is a PE file.
  public var machine: PEMachine?
  /// The Authenticode digest, SHA-256 in hexadecimal: what lists of revoked programs name. Nil if it is no PE file.
  public var digest: String?
  /// Nil if there is no `.sbat`.
  public var sbat: [Component]?
  /// Names of sections: a unified kernel image has `.linux` and `.initrd`.
  public var sections: [String] = []
  /// In the order of the certificate table; empty if the file is not signed.
  public var signatures: [BootSignature] = []

  /// A file of the form; of a program everything else is set later.
  init(form: Form) { self.form = form }
}

/// A signature of a boot program.
public struct BootSignature: Codable, Sendable, Hashable {
  /// Whether the file is what was signed. It says nothing about whether a machine trusts the signer.
  public enum State: Codable, Sendable, Hashable {
    case intact
    /// The content or the signature was changed after the signing; in words.
    case altered(String)
    /// It cannot be told; in words.
    case unknown(String)
  }

  /// As `DigestAlgorithm`, or the object identifier of another one.
  public var algorithm: String
  /// Whose key made the signature; nil if the certificate is not in the signature.
  public var signer: BootCertificate?
  /// Name of the signer's issuer, also where the certificate is not there.
  public var issuer: String
  /// Every certificate that comes with the signature, the signer's first.
  public var certificates: [BootCertificate]
  public var state: State
}

/// A certificate that comes with a signature.
public struct BootCertificate: Codable, Sendable, Hashable {
  /// The common name, or without one the whole name.
  public var subject: String
  public var issuer: String
  /// Seconds since 1970-01-01 UTC; nil if it cannot be read.
  public var notBefore: Int64?
  public var notAfter: Int64?
  /// SHA-256 of the certificate, in hexadecimal.
  public var digest: String
  /// SHA-256 of the part that is signed (`TBSCertificate`), by which lists of revoked certificates name it.
  public var bodyDigest: String
  /// SHA-256 of the issuer's name as it is written.
  public var issuerDigest: String
}
