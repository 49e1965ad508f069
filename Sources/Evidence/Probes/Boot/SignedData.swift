import Binaries
import Crypto
import CryptoExtras
import DiskImages

/// A `SignedData` of PKCS#7 (RFC 2315, 9.1; RFC 5652, 5.1), of which the first signer counts.
struct SignedData {
  var certificates: [SigningCertificate]
  /// Type and content of what is signed; the content is nil where it lies elsewhere.
  var contentType: ArraySlice<UInt8>
  var content: DERElement?
  var signer: Signer

  /// `SignerInfo`.
  struct Signer {
    var issuerName: ArraySlice<UInt8>?
    var issuer: String
    var serial: ArraySlice<UInt8>?
    var keyIdentifier: ArraySlice<UInt8>?
    var digestAlgorithm: ArraySlice<UInt8>
    /// `[0] IMPLICIT SET OF Attribute`.
    var attributes: DERElement?
    var signatureAlgorithm: ArraySlice<UInt8>
    var signature: ArraySlice<UInt8>
  }

  static let signedData: [UInt8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2]
  private static let messageDigest: [UInt8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 4]
  private static let certificateLimit = 32

  /// Reads a `ContentInfo` with signed data; nil if it is none. What follows it is padding.
  init?(_ bytes: ArraySlice<UInt8>) {
    var reader = DERReader(bytes)
    guard let outer = reader.next(), outer.tag == DERElement.sequence else { return nil }
    let parts = outer.children(limit: 2)
    guard parts.count == 2, parts[0].content.elementsEqual(Self.signedData), parts[1].tag == 0xa0,
      let data = parts[1].children(limit: 1).first, data.tag == DERElement.sequence
    else { return nil }
    let fields = data.children(limit: 8)
    guard fields.count >= 4, fields[0].tag == DERElement.integer, fields[1].tag == 0x31,
      fields[2].tag == DERElement.sequence, let signers = fields.last, signers.tag == 0x31,
      let signer = signers.children(limit: 1).first.flatMap(Signer.init)
    else { return nil }
    let content = fields[2].children(limit: 2)
    guard let type = content.first else { return nil }
    contentType = type.content
    self.content = content.dropFirst().first?.children(limit: 1).first
    certificates =
      fields.first { $0.tag == 0xa0 }?.children(limit: Self.certificateLimit)
      .compactMap(SigningCertificate.init) ?? []
    self.signer = signer
  }

  /// The certificate whose key signed.
  var signerCertificate: SigningCertificate? {
    certificates.first { certificate in
      if let issuer = signer.issuerName, let serial = signer.serial {
        return certificate.issuerName.elementsEqual(issuer) && certificate.serial.elementsEqual(serial)
      }
      guard let wanted = signer.keyIdentifier, let own = certificate.subjectKeyIdentifier else {
        return false
      }
      return own.elementsEqual(wanted)
    }
  }

  /// Whether the signer's key signed the content.
  ///
  /// - Parameter signedContent: the content's bytes, without tag and length.
  func state(signedContent: ArraySlice<UInt8>) -> BootSignature.State {
    guard let algorithm = DigestAlgorithm(identifier: signer.digestAlgorithm) else {
      return .unknown("its digest algorithm is not known")
    }
    var signed = Array(signedContent)
    if let attributes = signer.attributes {
      guard let expected = attribute(Self.messageDigest, in: attributes) else {
        return .altered("the signed attributes name no digest")
      }
      guard expected.content.elementsEqual(algorithm.digest(signedContent)) else {
        return .altered("the signed digest was exchanged")
      }
      // Signed is the set with the tag of its own (RFC 2315, 9.3).
      signed = [0x31] + attributes.whole.dropFirst()
    }
    guard let certificate = signerCertificate else {
      return .unknown("the signer's certificate is not in the signature")
    }
    return verify(signed, algorithm, certificate)
  }

  private func verify(
    _ signed: [UInt8], _ algorithm: DigestAlgorithm, _ certificate: SigningCertificate
  ) -> BootSignature.State {
    guard RSASignatureAlgorithm.isKnown(signer.signatureAlgorithm),
      let key = try? _RSA.Signing.PublicKey(unsafeDERRepresentation: Array(certificate.publicKey))
    else { return .unknown("signatures of this kind of key are not read") }
    let signature = _RSA.Signing.RSASignature(rawRepresentation: Array(signer.signature))
    func holds(_ digest: some Digest) -> Bool {
      key.isValidSignature(signature, for: digest, padding: .insecurePKCS1v1_5)
    }
    let isValid: Bool
    switch algorithm {
    case .sha256: isValid = holds(Crypto.SHA256.hash(data: signed))
    case .sha384: isValid = holds(Crypto.SHA384.hash(data: signed))
    case .sha512: isValid = holds(Crypto.SHA512.hash(data: signed))
    case .md5, .sha1: return .unknown("signatures with \(algorithm.rawValue) are not read")
    }
    return isValid ? .intact : .altered("the key of the certificate did not make the signature")
  }

  private func attribute(_ name: [UInt8], in attributes: DERElement) -> DERElement? {
    for attribute in attributes.children(limit: 32) {
      let parts = attribute.children(limit: 2)
      guard parts.count == 2, parts[0].content.elementsEqual(name) else { continue }
      return parts[1].children(limit: 1).first
    }
    return nil
  }
}

extension SignedData.Signer {
  /// Reads a `SignerInfo` (RFC 2315, 9.2; RFC 5652, 5.3).
  init?(_ element: DERElement) {
    var fields = element.children(limit: 8)[...]
    guard fields.popFirst()?.tag == DERElement.integer, let identity = fields.popFirst() else { return nil }
    issuer = ""
    switch identity.tag {
    case DERElement.sequence:
      let parts = identity.children(limit: 2)
      guard parts.count == 2 else { return nil }
      issuerName = parts[0].whole
      issuer = DERName.words(parts[0])
      serial = parts[1].content
    case 0x80: keyIdentifier = identity.content
    default: return nil
    }
    guard let digest = fields.popFirst()?.children(limit: 2).first else { return nil }
    digestAlgorithm = digest.content
    if fields.first?.tag == 0xa0 { attributes = fields.popFirst() }
    guard let algorithm = fields.popFirst()?.children(limit: 2).first, let signature = fields.popFirst(),
      signature.tag == DERElement.octetString
    else { return nil }
    signatureAlgorithm = algorithm.content
    self.signature = signature.content
  }
}

/// Algorithms of RSA with the padding of PKCS #1 v1.5.
private enum RSASignatureAlgorithm {
  private static let prefix: [UInt8] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1]

  /// `rsaEncryption`, or together with SHA-256, SHA-384, SHA-512.
  static func isKnown(_ identifier: ArraySlice<UInt8>) -> Bool {
    identifier.dropLast().elementsEqual(prefix) && [1, 11, 12, 13].contains(identifier.last)
  }
}

extension DigestAlgorithm {
  /// By its object identifier.
  init?(identifier: ArraySlice<UInt8>) {
    switch Array(identifier) {
    case [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 5]: self = .md5
    case [0x2b, 0x0e, 3, 2, 0x1a]: self = .sha1
    case [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1]: self = .sha256
    case [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 2]: self = .sha384
    case [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3]: self = .sha512
    default: return nil
    }
  }

  func digest(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var running = RunningDigest(self)
    bytes.withUnsafeBytes { running.update($0) }
    return running.finalize()
  }
}
