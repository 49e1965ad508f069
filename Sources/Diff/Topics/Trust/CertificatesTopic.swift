import Evidence
import Facts

/// Certificates of services, users and authorities of single programs, by the place where they lie.
public enum CertificatesTopic: KeyedTopic {
  public static let section = DiffReport.SectionName.trust
  public static let name = "certificates"
  public static let title = "certificates of services"
  public static let models: [any FactModel.Type] = [Certificates.self]

  public static func items(_ facts: GuestFacts) throws(EvidenceGap) -> [DiffItem] {
    try facts.model(Certificates.self).certificates.filter { [.other, .snakeoil].contains($0.role) }
      .flatMap { certificate in
        certificate.places.map { place in
          DiffItem(
            place.path, DiffChange.Value(named(certificate.details), path: place.path, line: place.line))
        }
      }
  }

  /// make-ssl-cert(8) makes one for every machine.
  public static func churn(_ change: DiffChange) -> String? {
    change.subject.hasSuffix("/ssl-cert-snakeoil.pem") ? "identity of the machine" : nil
  }
}
