import DiskImages
import Evidence
import Facts

/// Certificates in files of the guest, the keys that belong to them, and the roots that its programs trust.
public struct CertificateKind: CheckKind {
  public static let name = "certificate"
  public static let summary =
    "Judges the certificates in files of the guest by their dates, keys and signatures, the private keys that belong to "
    + "them, and the roots that were added to those of the distribution."
  public static let parameters: [ParameterSpecification] = [
    .init("not", .textList, required: true, "what no certificate may be: \(questionNames)"),
    .init(
      "where", .choice(["servers", "trust_anchors", "any"]),
      "which certificates: of services and users (unless given), roots that were added to the distribution's, or both"
    ),
    .init("within_days", .integer, "for expiring: days from the date of the judgement on; 30 unless given"),
    .init(
      "max_days", .integer,
      "for bad_validity: days that a certificate of no authority may be valid; 3660 unless given"),
    .init("groups", .textList, "for key_readable_by_group: groups that may read keys"),
    .init("exclude", .textList, "patterns of paths that are left out, with what lies below them"),
  ]

  /// What can be asked.
  enum Question: String, CaseIterable {
    case expired
    case notYetValid = "not_yet_valid"
    case expiring
    case badValidity = "bad_validity"
    case weakKey = "weak_key"
    case weakSignature = "weak_signature"
    case selfSigned = "self_signed"
    case authorityKey = "ca_key"
    case keyReadableByGroup = "key_readable_by_group"
    case sharedKey = "key_shared"
    case extraAnchor = "extra_anchor"
    case distrustedAnchor = "distrusted_anchor"

    /// In words, as what is required.
    var requirement: String {
      switch self {
      case .expired: "not expired"
      case .notYetValid: "valid already"
      case .expiring: "not about to expire"
      case .badValidity: "valid for a time that makes sense"
      case .weakKey: "a strong key"
      case .weakSignature: "a strong signature"
      case .selfSigned: "signed by an authority"
      case .authorityKey: "no private key of an authority in the image"
      case .keyReadableByGroup: "a private key that no group can read"
      case .sharedKey: "a private key of this image alone"
      case .extraAnchor: "no root but the distribution's"
      case .distrustedAnchor: "no root that was struck out"
      }
    }
  }

  private static let questionNames = Question.allCases.map(\.rawValue).joined(separator: ", ")
  private static let gapLimit = 20

  private let questions: Set<Question>
  private let judge: CertificateJudge
  private let roles: Set<Certificates.Role>
  private let groups: Set<String>
  private let exclude: PathPatterns

  public init(_ parameters: Parameters) throws(ParameterError) {
    let questions = Set<Question>(try parameters.cases("not"))
    if questions.isEmpty { throw ParameterError("not", "'not' names nothing") }
    for (key, question) in [
      ("within_days", Question.expiring), ("max_days", .badValidity), ("groups", .keyReadableByGroup),
    ] where parameters.has(key) && !questions.contains(question) {
      throw ParameterError(key, "'\(key)' goes with '\(question.rawValue)'")
    }
    for key in ["within_days", "max_days"] {
      if let days = parameters.integer(key), !(1...36_525).contains(days) {
        throw ParameterError(key, "'\(key)' is between 1 and 36525")
      }
    }
    self.questions = questions
    judge = CertificateJudge(
      questions: questions, warningDays: Int64(parameters.integer("within_days") ?? 30),
      longestDays: Int64(parameters.integer("max_days") ?? 3660))
    roles =
      switch parameters.text("where") {
      case "trust_anchors": [.anchor]
      case "any": [.anchor, .snakeoil, .other]
      default: [.snakeoil, .other]
      }
    groups = Set(parameters.list("groups"))
    exclude = PathPatterns(parameters.list("exclude"))
  }

  private static let ofKeys: Set<Question> = [.sharedKey]
  private static let ofAnchors: Set<Question> = [.extraAnchor, .distrustedAnchor]
  private var asksCertificates: Bool { !questions.subtracting(Self.ofKeys.union(Self.ofAnchors)).isEmpty }
  private var asksAnchors: Bool { !questions.isDisjoint(with: Self.ofAnchors) }

  public var plan: CollectionPlan {
    var models: [any FactModel.Type] = []
    if asksCertificates { models += [Certificates.self, ServiceCertificates.self] as [any FactModel.Type] }
    if asksAnchors { models.append(TrustAnchors.self) }
    if questions.contains(.sharedKey) || asksCertificates { models.append(Secrets.self) }
    if questions.contains(.keyReadableByGroup) { models.append(Accounts.self) }
    return CollectionPlan(models)
  }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let requirements = Question.allCases.filter(questions.contains).map(\.requirement)
    var objections = Objections(expected: requirements.joined(separator: ", "))
    if asksCertificates { try judgeCertificates(facts, &objections) }
    if questions.contains(.sharedKey) { try judgeSharedKeys(facts, &objections) }
    if asksAnchors { try judgeAnchors(facts, &objections) }
    return objections.outcomes(passing: "certificates of the guest", "nothing to object to")
  }

  private func judgeCertificates(_ facts: GuestFacts, _ objections: inout Objections) throws(EvidenceGap) {
    let model = try facts.model(Certificates.self)
    let services = ShownCertificates(facts, model)
    for certificate in model.certificates where roles.contains(certificate.role) {
      let places = certificate.places.filter { !exclude.matchOrHold($0.path) }
      guard let place = places.first else { continue }
      let shown = services.uses(of: certificate)
      for verdict in judge.judge(certificate, shownBy: shown, asOf: facts.asOf) {
        let words = "\(Self.words(certificate.details)): \(verdict.words)" + ShownCertificates.words(shown)
        let result: Outcome.Verdict = verdict.isUndecided ? .undecided(reason: words) : .fail
        objections.add(
          place.path, result, actual: words,
          evidence: places.prefix(3).map { Self.evidence($0, certificate) }
            + shown.prefix(3).map {
              EvidenceLine(
                path: $0.origin.path ?? "", line: $0.origin.line, text: $0.origin.text ?? $0.subject,
                origin: "used by \($0.subject)")
            })
      }
      try judgeKeys(of: certificate, facts, &objections)
    }
    var gaps = model.unread
    // One question names what a password hides: the others would say the same.
    if questions.contains(.expired) {
      gaps += model.hidden.map { EvidenceGap(path: $0, reason: "a password hides its certificates") }
    }
    add(gaps, &objections)
  }

  private func judgeKeys(
    of certificate: Certificates.Certificate, _ facts: GuestFacts, _ objections: inout Objections
  ) throws(EvidenceGap) {
    for key in certificate.keys where !exclude.matchOrHold(key.path) {
      let evidence = [
        EvidenceLine(path: key.path, line: key.finding.line, text: key.finding.words, origin: "private key"),
        Self.evidence(certificate.places[0], certificate),
      ]
      if questions.contains(.authorityKey), certificate.isAuthority {
        objections.add(
          key.path,
          actual: "the private key of the authority \(certificate.details.subject)"
            + (key.finding.isEncrypted == true ? ", with a passphrase" : ""), evidence: evidence)
      }
      if questions.contains(.keyReadableByGroup), key.finding.isEncrypted != true,
        let (group, members) = try KeyReaders(facts).readers(of: key.path), !groups.contains(group)
      {
        objections.add(
          key.path,
          actual: "the group \(group) can read the key of \(certificate.details.subject): "
            + members.prefix(5).joined(separator: ", ") + (members.count > 5 ? " …" : ""), evidence: evidence)
      }
    }
  }

  private func judgeSharedKeys(_ facts: GuestFacts, _ objections: inout Objections) throws(EvidenceGap) {
    let secrets = try facts.model(Secrets.self)
    guard let others = facts.supplied(PrivateKeysInRun.self) else { return }
    for secret in secrets.secrets where secret.testKey == nil && !exclude.matchOrHold(secret.path) {
      guard let other = secret.finding.publicKey.flatMap(others.place) else { continue }
      objections.add(
        secret.path, actual: "\(other.image) has the same key in \(other.path)",
        evidence: [
          EvidenceLine(
            path: secret.path, line: secret.finding.line, text: secret.finding.words, origin: "private key")
        ])
    }
  }

  private func judgeAnchors(_ facts: GuestFacts, _ objections: inout Objections) throws(EvidenceGap) {
    let model = try facts.model(TrustAnchors.self)
    for anchor in model.anchors {
      let isExtra = questions.contains(.extraAnchor) && !anchor.isShipped
      let isDistrusted = questions.contains(.distrustedAnchor) && anchor.distrust != nil
      guard isExtra || isDistrusted, let path = anchor.paths.first(where: { !exclude.matchOrHold($0) }) else {
        continue
      }
      var words = [Self.words(anchor.certificate)]
      if let package = anchor.package { words.append("brought by the package \(package)") }
      if !anchor.isEffective { words.append("trusted from the next update of the store on") }
      if let distrust = anchor.distrust { words.append(distrust) }
      // A bundle holds many roots: each is a subject of its own.
      let isBundle = TrustAnchorPlaces.isBundle(path)
      objections.add(
        isBundle ? "\(path): \(anchor.certificate.subject)" : path, actual: words.joined(separator: ", "),
        evidence: anchor.paths.prefix(3).map {
          EvidenceLine(path: $0, text: "SHA-256 \(anchor.certificate.fingerprint)", origin: "trust anchor")
        })
    }
    add(model.gaps, &objections)
  }

  private func add(_ gaps: [EvidenceGap], _ objections: inout Objections) {
    let gaps = gaps.filter { !exclude.matchOrHold($0.path) }
    for gap in gaps.prefix(Self.gapLimit) {
      objections.add(
        gap.path, .undecided(reason: "\(gap.path): \(gap.reason)"), actual: "not read: \(gap.reason)")
    }
    if gaps.count > Self.gapLimit {
      let reason = "\(gaps.count - Self.gapLimit) more files were not read"
      objections.add("/", .undecided(reason: reason), actual: reason)
    }
  }

  private static func words(_ details: CertificateDetails) -> String {
    details.subject.isEmpty ? details.names.first ?? "certificate \(details.serial)" : details.subject
  }

  private static func evidence(_ place: Certificates.Place, _ certificate: Certificates.Certificate)
    -> EvidenceLine
  {
    let details = certificate.details
    let dates = [details.notBefore, details.notAfter].map { $0.map(CertificateTime.day) ?? "no date" }
    return EvidenceLine(
      path: place.path, line: place.line,
      text: "\(details.key.words); \(details.signature); \(dates.joined(separator: " to ")); "
        + "SHA-256 \(details.fingerprint)", origin: "certificate")
  }
}

/// Places of roots.
private enum TrustAnchorPlaces {
  /// Whether the file is one that a tool has put together.
  static func isBundle(_ path: String) -> Bool {
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/ssl/cert.pem", "/etc/pki/tls/certs/ca-bundle.crt"].contains(
      path)
      || path.contains("/extracted/") || path.hasSuffix("/cacerts")
      || path.hasPrefix("/var/lib/ca-certificates/")
  }
}
