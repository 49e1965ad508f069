import Evidence
import Facts

/// Judges what the system's configuration makes of ssh, the client.
public struct SshClientKind: CheckKind {
  public static let name = "ssh_client"
  public static let summary = """
    Resolves the system's ssh_config as ssh does (first value wins, Include in place, Host and Match blocks, \
    the release's compiled defaults) and compares an option's value.
    """
  public static let parameters: [ParameterSpecification] =
    [
      .init("option", .text, required: true, "a keyword of ssh_config(5)"),
      .init(
        "context", .choice(["global", "every"]),
        "`global`: hosts that only `Host *` selects; `every` (default): also each Host and Match block"),
    ] + Comparison.parameters

  private let option: String
  private let isEverywhere: Bool
  private let comparison: Comparison

  public init(_ parameters: Parameters) throws(ParameterError) {
    option = try parameters.required("option")
    isEverywhere = parameters.text("context") != "global"
    comparison = try Comparison(parameters, ignoresCase: true)
  }

  public var plan: CollectionPlan { CollectionPlan([SshClientConfiguration.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    var answers = try facts.model(SshClientConfiguration.self).answers(option)
    if !isEverywhere { answers = Array(answers.prefix(1)) }
    let failures = answers.filter { !comparison.holds(forList: $0.value.value) }
    return (failures.isEmpty ? Array(answers.prefix(1)) : failures).map { answer in
      let value = answer.value.value.isEmpty ? "nothing" : answer.value.value.joined(separator: ",")
      let place = answer.context.map { " in \($0)" } ?? ""
      return Outcome(
        failures.isEmpty ? .pass : .fail, subject: option + place,
        expected: "\(option) \(comparison.words)", actual: "\(option) \(value)",
        evidence: answer.value.evidenceLines)
    }
  }
}
