import Binaries
import DiskImages

/// An Authenticode signature of a PE file (Microsoft, "Windows Authenticode Portable Executable Signature Format").
struct Authenticode {
  private static let indirectData: [UInt8] = [0x2b, 6, 1, 4, 1, 0x82, 0x37, 2, 1, 4]

  let data: SignedData
  /// What was signed, without tag and length.
  private let content: ArraySlice<UInt8>
  /// Nil for one that is not known.
  let algorithm: DigestAlgorithm?
  /// The digest that the file had when it was signed.
  let digest: ArraySlice<UInt8>

  /// Reads the content of an entry of the certificate table; nil if it is no such signature.
  init?(_ bytes: [UInt8]) {
    guard let data = SignedData(bytes[...]), data.contentType.elementsEqual(Self.indirectData),
      let content = data.content, content.tag == DERElement.sequence
    else { return nil }
    let parts = content.children(limit: 2)
    guard parts.count == 2 else { return nil }
    let info = parts[1].children(limit: 2)
    guard info.count == 2, let name = info[0].children(limit: 1).first,
      info[1].tag == DERElement.octetString
    else { return nil }
    self.data = data
    self.content = content.content
    algorithm = DigestAlgorithm(identifier: name.content)
    digest = info[1].content
  }

  /// - Parameter digests: those of the file, by algorithm.
  func signature(_ digests: [DigestAlgorithm: [UInt8]]) -> BootSignature {
    let signer = data.signerCertificate
    let others = data.certificates.filter { !$0.whole.elementsEqual(signer?.whole ?? []) }
    return BootSignature(
      algorithm: algorithm?.rawValue ?? "unknown", signer: signer?.summary,
      issuer: signer?.summary.issuer ?? data.signer.issuer,
      certificates: ([signer].compactMap(\.self) + others).map(\.summary), state: state(digests))
  }

  private func state(_ digests: [DigestAlgorithm: [UInt8]]) -> BootSignature.State {
    guard let algorithm, let own = digests[algorithm] else {
      return .unknown("its digest algorithm is not known")
    }
    guard digest.elementsEqual(own) else { return .altered("the file is not the one that was signed") }
    return data.state(signedContent: content)
  }
}

extension BootSignature {
  /// An entry of the certificate table that is no signature that could be read.
  static func unreadable(_ reason: String) -> BootSignature {
    BootSignature(algorithm: "unknown", issuer: "", certificates: [], state: .unknown(reason))
  }
}
