import Evidence
import Facts

/// Certification authorities that the guest's programs trust.
public enum AnchorsTopic: KeyedTopic {
  public static let section = DiffReport.SectionName.trust
  public static let name = "anchors"
  public static let title = "trusted certification authorities"
  public static let models: [any FactModel.Type] = [TrustAnchors.self]

  public static func items(_ facts: GuestFacts) throws(EvidenceGap) -> [DiffItem] {
    let anchors: TrustAnchors = try facts.model()
    let unknown = anchors.gaps.map { gap in
      DiffItem("authorities in \(gap.path)", DiffChange.Value("unknown: \(gap.reason)", path: gap.path))
    }
    return unknown
      + anchors.anchors.map { anchor in
        let brought =
          anchor.isShipped
          ? "of the distribution" : anchor.package.map { "of \($0)" } ?? "of the administrator"
        let words = [
          brought, anchor.isEffective ? nil : "not in the store yet",
          anchor.distrust.map { "not to be trusted: \($0)" },
        ]
        return DiffItem(
          named(anchor.certificate),
          DiffChange.Value(words.compactMap { $0 }.joined(separator: ", "), path: anchor.paths.first))
      }
  }

  /// make-ssl-cert(8) makes a certificate for every machine, and programs that trust all of /etc/ssl/certs trust it.
  public static func churn(_ change: DiffChange) -> String? {
    let paths = [change.old?.path, change.new?.path].compactMap { $0 }
    return paths.allSatisfy { $0.hasSuffix("/ssl-cert-snakeoil.pem") } && !paths.isEmpty
      ? "identity of the machine" : nil
  }
}

/// How changes name a certificate.
func named(_ certificate: CertificateDetails) -> String {
  "\(certificate.subject) sha256:\(certificate.fingerprint.prefix(16))"
}
