import DiskImages
import Evidence

/// What the probe has found, by certificate instead of by file.
struct CertificateFilesFound: FactModel {
  static let needs: [ContentNeed] = []
  static var probes: [any ContentProbe] { [CertificateProbe()] }

  /// By fingerprint.
  let details: [String: CertificateDetails]
  /// In the order of the paths.
  let files: [(path: String, entry: FileEntry, record: CertificateFile)]
  /// Files that were not looked at, or not to their end.
  let unread: [EvidenceGap]

  init(_ facts: GuestFacts) throws(EvidenceGap) {
    let evidence = facts.evidence
    let answer = try evidence.answer(of: CertificateProbe.self)
    var details: [String: CertificateDetails] = [:]
    for record in answer.records.values {
      for certificate in record.details { details[certificate.fingerprint] = certificate }
    }
    self.details = details
    files = answer.records.compactMap { id, record in
      evidence.index.entry(id: id).map { (path: $0.path, entry: $0, record: record) }
    }.sorted { $0.path < $1.path }
    unread =
      answer.unread.compactMap { id, reason in
        evidence.index.entry(id: id).map { EvidenceGap(path: $0.path, reason: reason) }
      }.sorted { $0.path < $1.path }
      + evidence.index.gaps.filter { !Secrets.isElsewhere($0) }.map {
        EvidenceGap(path: $0.path, reason: $0.reason)
      }
  }

  /// The certificates of a file, each once.
  func certificates(of record: CertificateFile) -> [CertificateDetails] {
    var seen: Set<String> = []
    return record.places.compactMap { place in
      seen.insert(place.fingerprint).inserted ? details[place.fingerprint] : nil
    }
  }
}
