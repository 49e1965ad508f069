import Crypto
import CryptoExtras

/// Whether a certificate's own key has signed it, for the algorithms that swift-crypto checks: RSA from 1024 to 8192 bits
/// with PKCS#1 v1.5, ECDSA on P-256, P-384 and P-521, each with SHA-1 or SHA-2, and Ed25519.
struct SelfSignatureCheck {
  var signed: ArraySlice<UInt8>
  var signature: ArraySlice<UInt8>
  var algorithm: SignatureAlgorithm
  var key: CertificateKey
  /// The SubjectPublicKeyInfo.
  var publicKey: ArraySlice<UInt8>

  /// Nil where it cannot be checked.
  var isValid: Bool? {
    if algorithm.name == "ED25519" { return edwards }
    switch algorithm.digest {
    case "SHA1": return isValid(Insecure.SHA1.hash(data: signed))
    case "SHA256": return isValid(Crypto.SHA256.hash(data: signed))
    case "SHA384": return isValid(SHA384.hash(data: signed))
    case "SHA512": return isValid(SHA512.hash(data: signed))
    default: return nil
    }
  }

  private func isValid(_ digest: some Digest) -> Bool? {
    if algorithm.name.hasSuffix("WithRSAEncryption") { return rsa(digest) }
    if algorithm.name.hasPrefix("ecdsa-with-") { return elliptic(digest) }
    return nil
  }

  private func rsa(_ digest: some Digest) -> Bool? {
    guard (1024...8192).contains(key.bits ?? 0),
      let key = try? _RSA.Signing.PublicKey(unsafeDERRepresentation: Array(publicKey))
    else { return nil }
    let signature = _RSA.Signing.RSASignature(rawRepresentation: Array(signature))
    return key.isValidSignature(signature, for: digest, padding: .insecurePKCS1v1_5)
  }

  private func elliptic(_ digest: some Digest) -> Bool? {
    let info = Array(publicKey)
    let signature = Array(signature)
    switch key.curve {
    case "prime256v1":
      guard let key = try? P256.Signing.PublicKey(derRepresentation: info) else { return nil }
      guard let signature = try? P256.Signing.ECDSASignature(derRepresentation: signature) else {
        return false
      }
      return key.isValidSignature(signature, for: digest)
    case "secp384r1":
      guard let key = try? P384.Signing.PublicKey(derRepresentation: info) else { return nil }
      guard let signature = try? P384.Signing.ECDSASignature(derRepresentation: signature) else {
        return false
      }
      return key.isValidSignature(signature, for: digest)
    case "secp521r1":
      guard let key = try? P521.Signing.PublicKey(derRepresentation: info) else { return nil }
      guard let signature = try? P521.Signing.ECDSASignature(derRepresentation: signature) else {
        return false
      }
      return key.isValidSignature(signature, for: digest)
    default: return nil
    }
  }

  private var edwards: Bool? {
    // The key is the last 32 bytes of its SubjectPublicKeyInfo (RFC 8410 section 4).
    guard publicKey.count == 44,
      let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey.suffix(32))
    else { return nil }
    return key.isValidSignature(signature, for: signed)
  }
}
