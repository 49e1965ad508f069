import DiskImages
import Evidence
import Facts

/// What could be negotiated with the services of a guest, and by its clients.
public struct TLSKind: CheckKind {
  public static let name = "tls"
  public static let summary = """
    Resolves what each daemon that the boot starts makes of TLS, by its configuration with all includes and by what \
    the library refuses, and judges versions, cipher suites, clear text and the check of certificates.
    """
  public static let parameters: [ParameterSpecification] = [
    .init(
      "services", .textList,
      "whose ends are judged: `any` (default), or names: \(TLSServices.names.joined(separator: ", "))"),
    .init("except", .textList, "patterns of ends that are not judged, e.g. `nginx *:80`"),
    .init(
      "role", .choice(["any", "listener", "client", "system"]), "which ends; `any` by default, without system"
    ),
    .init("min_protocol", .text, "the oldest version that may be negotiated, e.g. TLSv1.2"),
    .init(
      "forbid_ciphers", .textList,
      "classes of suites that may not be negotiated: \(classes.joined(separator: ", ")); `broken` stands for the first \(TLSCipher.broken.count)"
    ),
    .init(
      "groups", .textList,
      "the groups of key exchange that may be negotiated, and no others: names of IANA such as x25519, secp256r1, ffdhe3072"
    ),
    .init(
      "forbid_groups", .textList,
      "groups that may not be negotiated; `weak` stands for all below \(TLSGroup.weakBelow) bits of security"),
    .init(
      "min_dh_bits", .integer,
      "the shortest prime that a server may use for DHE with TLS 1.2 and below, where a peer can get DHE at all"
    ),
    .init(
      "required", .boolean,
      "true: what is on the network speaks TLS and nothing else, or only redirects to it"),
    .init("no_secrets_in_clear", .boolean, "true: no password is taken or sent without TLS"),
    .init(
      "verified", .boolean,
      "true: clients of the network are asked for a certificate, and servers' are checked"),
    .init("opportunistic", .boolean, "true: also mail between servers, where the alternative is clear text"),
  ]

  private static let classes = TLSCipher.broken + ["SEED", "CBC", "SHA1", "kRSA", "DSS"]

  private let services: Set<String>
  private let exceptions: [String]
  private let role: TLSEndpoint.Role?
  private let minimum: TLSVersion?
  private let forbidden: [String]
  private let allowedGroups: Set<TLSGroup>?
  private let forbiddenGroups: Set<TLSGroup>
  private let bansWeakGroups: Bool
  private let minimumBits: Int?
  private let isRequired: Bool
  private let guardsSecrets: Bool
  private let isVerified: Bool
  private let isStrict: Bool

  public init(_ parameters: Parameters) throws(ParameterError) {
    let names = parameters.list("services").filter { $0 != "any" }
    if let wrong = names.first(where: { !TLSServices.names.contains($0) }) {
      throw ParameterError("services", "'\(wrong)' is none of \(TLSServices.names.joined(separator: ", "))")
    }
    services = Set(names)
    exceptions = parameters.list("except")
    role = parameters.text("role").flatMap(TLSEndpoint.Role.init)
    minimum = try parameters.text("min_protocol").map { text throws(ParameterError) in
      guard let version = TLSVersion(text) else {
        throw ParameterError("min_protocol", "'\(text)' is no version such as TLSv1.2")
      }
      return version
    }
    let given = parameters.list("forbid_ciphers")
    if let wrong = given.first(where: { $0 != "broken" && !Self.classes.contains($0) }) {
      throw ParameterError("forbid_ciphers", "'\(wrong)' is none of \(Self.classes.joined(separator: ", "))")
    }
    forbidden = given.flatMap { $0 == "broken" ? TLSCipher.broken : [$0] }
    allowedGroups = parameters.has("groups") ? try Self.groups("groups", parameters.list("groups")) : nil
    let groups = parameters.list("forbid_groups")
    bansWeakGroups = groups.contains("weak")
    forbiddenGroups = try Self.groups("forbid_groups", groups.filter { $0 != "weak" })
    minimumBits = parameters.integer("min_dh_bits")
    isRequired = parameters.boolean("required") ?? false
    guardsSecrets = parameters.boolean("no_secrets_in_clear") ?? false
    isVerified = parameters.boolean("verified") ?? false
    isStrict = parameters.boolean("opportunistic") ?? false
    let asks = [
      minimum != nil, !forbidden.isEmpty, allowedGroups != nil, !groups.isEmpty, minimumBits != nil,
      isRequired, guardsSecrets, isVerified,
    ]
    if !asks.contains(true) {
      throw ParameterError(
        nil,
        "one of min_protocol, forbid_ciphers, groups, forbid_groups, min_dh_bits, required, no_secrets_in_clear, verified is missing"
      )
    }
  }

  private static func groups(_ parameter: String, _ names: [String]) throws(ParameterError) -> Set<TLSGroup> {
    var groups: Set<TLSGroup> = []
    for name in names {
      guard let group = TLSGroup.named(name) else {
        throw ParameterError(parameter, "'\(name)' is none of \(TLSGroup.names.joined(separator: ", "))")
      }
      groups.insert(group)
    }
    return groups
  }

  public var plan: CollectionPlan { CollectionPlan([TLSServices.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let all = try facts.model(TLSServices.self)
    var outcomes: [Outcome] = []
    for end in all.endpoints where isAsked(end) {
      if let minimum { outcomes += versions(end, minimum) }
      if !forbidden.isEmpty { outcomes += ciphers(end) }
      if allowedGroups != nil || bansWeakGroups || !forbiddenGroups.isEmpty { outcomes += groups(end) }
      if let minimumBits { outcomes += finiteField(end, minimumBits) }
      if isRequired { outcomes += use(end) }
      if guardsSecrets { outcomes += secrets(end) }
      if isVerified { outcomes += verification(end) }
    }
    for (service, gap) in all.gaps.sorted(by: { $0.key < $1.key })
    where services.isEmpty || services.contains(service) {
      outcomes.append(
        Outcome(
          .undecided(reason: gap.description), subject: service, expected: "its configuration can be read",
          actual: gap.reason))
    }
    return outcomes
  }

  private func isAsked(_ end: TLSEndpoint) -> Bool {
    if let role { if end.role != role { return false } } else if end.role == .system { return false }
    if !services.isEmpty, !services.contains(end.service) { return false }
    return !exceptions.contains { fnmatch(pattern: $0, end.subject) }
  }

  private func versions(_ end: TLSEndpoint, _ minimum: TLSVersion) -> [Outcome] {
    guard end.speaksTLS, isStrict || !end.isOpportunistic else { return [] }
    let expected = "\(minimum) or later"
    guard case .known(let protocols) = end.protocols else { return [unknown(end, expected, end.protocols)] }
    let weak = protocols.value.filter { $0 < minimum }
    var actual = protocols.value.words
    if let refused = end.refused { actual += "; \(refused)" }
    return [
      Outcome(
        weak.isEmpty ? .pass : .fail, subject: end.subject, expected: expected, actual: actual,
        evidence: protocols.evidenceLines)
    ]
  }

  private func ciphers(_ end: TLSEndpoint) -> [Outcome] {
    guard end.speaksTLS, isStrict || !end.isOpportunistic else { return [] }
    let expected = "no suites of \(forbidden.joined(separator: ", "))"
    guard case .known(let ciphers) = end.ciphers else { return [unknown(end, expected, end.ciphers)] }
    let weak = ciphers.value.filter { !$0.classes.isDisjoint(with: forbidden) }
    let names = weak.prefix(4).map(\.name).joined(separator: ", ")
    let more = weak.count > 4 ? " and \(weak.count - 4) more" : ""
    return [
      Outcome(
        weak.isEmpty ? .pass : .fail, subject: end.subject, expected: expected,
        actual: weak.isEmpty ? "none of them" : names + more, evidence: ciphers.evidenceLines)
    ]
  }

  private func groups(_ end: TLSEndpoint) -> [Outcome] {
    guard end.speaksTLS, isStrict || !end.isOpportunistic else { return [] }
    var parts: [String] = []
    if let allowedGroups {
      parts.append("no groups but " + allowedGroups.map(\.name).sorted().joined(separator: ", "))
    }
    if bansWeakGroups { parts.append("no groups below \(TLSGroup.weakBelow) bits of security") }
    if !forbiddenGroups.isEmpty {
      parts.append("not " + forbiddenGroups.map(\.name).sorted().joined(separator: ", "))
    }
    let expected = parts.joined(separator: "; ")
    guard case .known(let groups) = end.groups else { return [unknown(end, expected, end.groups)] }
    let wrong = groups.value.filter { group in
      forbiddenGroups.contains(group) || bansWeakGroups && group.bits < TLSGroup.weakBelow
        || allowedGroups.map { !$0.contains(group) } ?? false
    }
    return [
      Outcome(
        wrong.isEmpty ? .pass : .fail, subject: end.subject, expected: expected,
        actual: wrong.isEmpty ? groups.value.words : wrong.words, evidence: groups.evidenceLines)
    ]
  }

  private func finiteField(_ end: TLSEndpoint, _ minimum: Int) -> [Outcome] {
    guard end.speaksTLS, end.role == .listener, isStrict || !end.isOpportunistic else { return [] }
    let expected = "DHE with \(minimum) bits or more, or none"
    guard case .known(let field) = end.finiteField else { return [unknown(end, expected, end.finiteField)] }
    let holds = field.value.bits.map { $0 >= minimum } ?? true
    return [
      Outcome(
        holds ? .pass : .fail, subject: end.subject, expected: expected, actual: field.value.words,
        evidence: field.evidenceLines)
    ]
  }

  private func unknown<Value>(_ end: TLSEndpoint, _ expected: String, _ answer: TLSAnswer<Value>) -> Outcome {
    let reason = if case .unknown(let gap) = answer { gap.description } else { "" }
    return Outcome(
      .undecided(reason: reason), subject: end.subject, expected: expected, actual: "not known",
      evidence: end.use.evidenceLines)
  }

  private func use(_ end: TLSEndpoint) -> [Outcome] {
    guard end.isOnNetwork, isStrict || !end.isOpportunistic else { return [] }
    let words =
      switch end.use.value {
      case .none: "no TLS"
      case .redirects: "only redirects to TLS"
      case .optional: "TLS may be left out"
      case .required: "TLS always"
      }
    let holds = end.use.value == .required || end.use.value == .redirects
    return [
      Outcome(
        holds ? .pass : .fail, subject: end.subject, expected: "TLS always", actual: words,
        evidence: end.use.evidenceLines)
    ]
  }

  private func secrets(_ end: TLSEndpoint) -> [Outcome] {
    guard end.isOnNetwork, let inClear = end.secretsInClear else { return [] }
    let actual = inClear.value ? "passwords may pass without TLS" : "passwords pass within TLS alone"
    return [
      Outcome(
        inClear.value ? .fail : .pass, subject: end.subject, expected: "passwords pass within TLS alone",
        actual: actual, evidence: inClear.evidenceLines)
    ]
  }

  private func verification(_ end: TLSEndpoint) -> [Outcome] {
    guard end.isOnNetwork, end.speaksTLS, isStrict || !end.isOpportunistic else { return [] }
    let mode = end.verification
    let off = ["none", "off", "no", "0", "optional_no_ca", "never", "allow", "anon", "encrypt", "may", ""]
    // libvirtd's setting says the contrary: 1 turns the check off.
    let isInverted = end.service == "libvirtd"
    let holds = mode.map { isInverted ? $0.value != "1" : !off.contains($0.value.lowercased()) } ?? false
    return [
      Outcome(
        holds ? .pass : .fail, subject: end.subject, expected: "the other end's certificate is verified",
        actual: mode.map { "verification: \($0.value)" } ?? "not configured",
        evidence: mode?.evidenceLines ?? [])
    ]
  }
}
