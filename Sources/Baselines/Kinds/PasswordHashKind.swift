import DiskImages
import Evidence
import Facts

/// How the passwords of accounts and groups are hashed (crypt(5)).
public struct PasswordHashKind: CheckKind {
  public static let name = "password_hash"
  public static let summary =
    "Judges scheme and cost of every password hash in shadow, passwd, gshadow and group; locked ones included."
  public static let parameters: [ParameterSpecification] = [
    .init("allow_schemes", .textList, "schemes by the names of crypt(5): yescrypt, bcrypt, sha512crypt …"),
    .init(
      "min_rounds",
      .mapping(costed.map { .init($0.rawValue, .integer, "least cost of \($0.rawValue), in its own unit") }),
      "least cost by scheme: rounds of sha512crypt and sha256crypt, binary logarithm for bcrypt and yescrypt"),
    .init("locked", .boolean, "whether hashes of locked accounts are judged; yes if not given"),
  ]

  private static let costed: [CryptHash.Scheme] = [
    .yescrypt, .gostYescrypt, .scrypt, .bcrypt, .sha512crypt, .sha256crypt, .sha1crypt, .sunMD5,
  ]

  private let schemes: Set<CryptHash.Scheme>?
  private let rounds: [CryptHash.Scheme: Int]
  private let judgesLocked: Bool

  public init(_ parameters: Parameters) throws(ParameterError) {
    let schemes = Set<CryptHash.Scheme>(try parameters.cases("allow_schemes"))
    var rounds: [CryptHash.Scheme: Int] = [:]
    let mapping = parameters.mapping("min_rounds")
    for scheme in Self.costed { rounds[scheme] = mapping?.integer(scheme.rawValue) }
    self.schemes = parameters.has("allow_schemes") ? schemes : nil
    self.rounds = rounds
    judgesLocked = parameters.boolean("locked") ?? true
    if self.schemes == nil, rounds.isEmpty {
      throw ParameterError(nil, "one of 'allow_schemes' and 'min_rounds' is missing")
    }
  }

  public var plan: CollectionPlan { CollectionPlan([Accounts.self]) }

  private var expected: String {
    let allowed = schemes.map { $0.map(\.rawValue).sorted().joined(separator: ", ") }
    let least = rounds.sorted { $0.key.rawValue < $1.key.rawValue }.map {
      "\($0.key.rawValue) at least \($0.value)"
    }
    return ([allowed.map { "hashed with one of \($0)" }].compactMap { $0 } + least).joined(separator: "; ")
  }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let accounts = try facts.model(Accounts.self)
    var objections = Objections(expected: expected)
    for account in accounts.accounts {
      let state = try accounts.password(of: account)
      judge(state, account.name, accounts.passwordOrigin(of: account), &objections)
    }
    for group in accounts.groups {
      let state = (try? accounts.password(of: group)) ?? .unusable
      judge(state, "group \(group.name)", accounts.origin(of: group), &objections)
    }
    return objections.outcomes(passing: "password hashes", "judged: \(objections.judged)")
  }

  private func judge(
    _ state: PasswordState, _ subject: String, _ origin: Origin, _ objections: inout Objections
  ) {
    guard let hash = state.hash else { return }
    if case .locked = state, !judgesLocked { return }
    objections.judged += 1
    let isAllowed = schemes?.contains(hash.scheme) ?? true
    let isDear = rounds[hash.scheme].map { (hash.cost ?? 0) >= $0 } ?? true
    if isAllowed, isDear { return }
    objections.add(subject, actual: state.words, evidence: [EvidenceLine(origin)])
  }
}
