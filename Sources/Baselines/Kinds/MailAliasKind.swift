import Evidence
import Facts

/// Whether mail to a local name is passed on to somebody.
public struct MailAliasKind: CheckKind {
  public static let name = "mail_alias"
  public static let summary = "Reads the file of mail aliases: to whom does mail to a local name go?"
  public static let parameters: [ParameterSpecification] =
    [.init("name", .text, required: true, "the local name, e.g. `root`")] + Comparison.parameters

  private let name: String
  private let comparison: Comparison?

  public init(_ parameters: Parameters) throws(ParameterError) {
    name = try parameters.required("name")
    comparison = try Comparison(optional: parameters)
  }

  public var plan: CollectionPlan { CollectionPlan([MailAliases.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let aliases: MailAliases = try facts.model()
    let expected =
      comparison.map { "mail to \(name) goes to \($0.words)" } ?? "mail to \(name) goes to somebody else"
    guard let found = aliases.destinations(of: name) else {
      let actual = aliases.path.map { "no alias in \($0)" } ?? "no file of aliases"
      return [Outcome(.fail, subject: name, expected: expected, actual: actual)]
    }
    let holds = comparison?.holds(forList: found.value) ?? !found.value.allSatisfy { $0 == name }
    return [
      Outcome(
        holds ? .pass : .fail, subject: name, expected: expected, actual: found.value.joined(separator: ", "),
        evidence: found.evidenceLines)
    ]
  }
}
