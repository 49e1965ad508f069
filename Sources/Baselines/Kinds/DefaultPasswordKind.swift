import Evidence
import Facts

/// Whether an account has a password that everybody knows. Answers only where the collection has tried.
public struct DefaultPasswordKind: CheckKind {
  public static let name = "default_password"
  public static let summary =
    "Judges what trying default passwords has brought. Needs a collection with --try-default-passwords: use it with "
    + "`when: {asked: default-passwords}`."
  public static let parameters: [ParameterSpecification] = [
    .init("exclude", .textList, "names of accounts that are left out")
  ]

  private let exclude: Set<String>

  public init(_ parameters: Parameters) throws(ParameterError) { exclude = Set(parameters.list("exclude")) }

  /// Trying costs time, so that the user alone asks for it.
  public var plan: CollectionPlan { CollectionPlan([DefaultPasswordAccounts.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let model = try facts.model(DefaultPasswordAccounts.self)
    var objections = Objections(expected: "none of the known default passwords")
    for account in model.accounts where !exclude.contains(account.name) {
      objections.judged += 1
      let evidence = [EvidenceLine(path: account.path, text: account.name, origin: "tried at collection")]
      switch account.answer {
      case .known:
        objections.add(account.name, actual: "one of the known default passwords", evidence: evidence)
      case .other: continue
      case .untried(let reason):
        objections.add(
          account.name, .undecided(reason: "\(account.name): \(reason)"), actual: "not tried",
          evidence: evidence)
      }
    }
    return objections.outcomes(passing: "accounts", "tried: \(objections.judged)")
  }
}
