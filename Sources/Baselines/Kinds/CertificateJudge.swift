import Evidence
import Facts

/// What is wrong with one certificate.
struct CertificateJudge {
  var questions: Set<CertificateKind.Question>
  var warningDays: Int64
  var longestDays: Int64

  /// An objection, or what cannot be told.
  struct Verdict {
    var words: String
    var isUndecided = false
  }

  /// - Parameter uses: the services that show the certificate.
  func judge(
    _ certificate: Certificates.Certificate, shownBy uses: [ServiceCertificates.Use] = [], asOf: Int64
  ) -> [Verdict] {
    let all: [(CertificateKind.Question, () -> Verdict?)] = [
      (.expired, { expired(certificate.details, asOf) }),
      (.notYetValid, { notYetValid(certificate.details, asOf) }),
      (.expiring, { expiring(certificate.details, asOf) }),
      (.badValidity, { badValidity(certificate) }),
      (.weakKey, { weakKey(certificate.details.key) }),
      (.weakSignature, { weakSignature(certificate.details) }),
      (.selfSigned, { selfSigned(certificate, uses) }),
    ]
    return all.compactMap { question, answer in questions.contains(question) ? answer() : nil }
  }

  /// The last second of notAfter belongs to the validity (RFC 5280 section 4.1.2.5).
  private func expired(_ details: CertificateDetails, _ asOf: Int64) -> Verdict? {
    guard let end = details.notAfter, end < asOf else { return nil }
    return Verdict(words: "expired on \(CertificateTime.day(end))")
  }

  private func notYetValid(_ details: CertificateDetails, _ asOf: Int64) -> Verdict? {
    guard let start = details.notBefore, start > asOf else { return nil }
    return Verdict(words: "valid from \(CertificateTime.day(start)) on")
  }

  private func expiring(_ details: CertificateDetails, _ asOf: Int64) -> Verdict? {
    guard let end = details.notAfter, end >= asOf, end - asOf <= warningDays * 86_400 else { return nil }
    return Verdict(
      words: "expires on \(CertificateTime.day(end)), \((end - asOf) / 86_400) days from the judgement")
  }

  /// Dates that no program reads, an end before the start, or more days than a server's certificate should have.
  /// Authorities live long, and what make-ssl-cert makes has ten years.
  private func badValidity(_ certificate: Certificates.Certificate) -> Verdict? {
    let details = certificate.details
    guard let start = details.notBefore, let end = details.notAfter else {
      return Verdict(words: "a date that no program can read")
    }
    if end < start {
      return Verdict(
        words: "ends on \(CertificateTime.day(end)), before it starts on \(CertificateTime.day(start))")
    }
    let days = (end - start) / 86_400
    if days <= longestDays || certificate.isAuthority || certificate.role != .other { return nil }
    return Verdict(words: "valid for \(days) days")
  }

  /// NIST SP 800-57 part 1 revision 5, table 2, and SP 800-131A revision 2: less than 112 bits of security are
  /// disallowed, which are RSA below 2048 bits and curves below 224; DSA must not sign any more (FIPS 186-5).
  private func weakKey(_ key: CertificateKey) -> Verdict? {
    switch key.algorithm {
    case .rsa: key.bits ?? 0 < 2048 || key.hasBrokenExponent ? Verdict(words: key.words) : nil
    case .dsa: Verdict(words: key.words)
    case .elliptic: key.bits ?? 0 < 224 ? Verdict(words: key.words) : nil
    case .edwards, .postQuantum: nil
    case .other: Verdict(words: "\(key.words), whose strength is not known here", isUndecided: true)
    }
  }

  /// Digests for which different messages of the same digest can be made. Nobody checks the signature by which a root
  /// signs itself: it is trusted because it lies there.
  private func weakSignature(_ details: CertificateDetails) -> Verdict? {
    guard !details.isSelfSigned, let digest = details.signatureDigest,
      ["MD2", "MD4", "MD5", "SHA1"].contains(digest)
    else { return nil }
    return Verdict(
      words: "signed with \(details.signature)" + (details.signature == "rsassaPss" ? ", \(digest)" : ""))
  }

  /// A certificate that some service shows to other machines; of the rest, one whose key lies in the image or that
  /// names a server. Authorities sign themselves by nature, and between mail servers nobody checks.
  private func selfSigned(
    _ certificate: Certificates.Certificate, _ uses: [ServiceCertificates.Use]
  ) -> Verdict? {
    let details = certificate.details
    guard details.isSelfSigned else { return nil }
    let isShown = uses.contains { $0.isOnNetwork && !$0.isOpportunistic }
    let isServer =
      !certificate.keys.isEmpty || details.extendedKeyUsage.contains("serverAuth")
      || details.names.contains { $0.hasPrefix("DNS:") || $0.hasPrefix("IP:") }
    guard isShown || isServer && !certificate.isAuthority && certificate.role == .other else { return nil }
    return Verdict(
      words: details.selfSignature == .verified
        ? "self-signed" : "self-signed by its names; the signature could not be checked")
  }
}
