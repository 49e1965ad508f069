import Evidence
import Facts

/// Whether a file matches a signature that the user gives. Answers only where the collection has looked.
public struct SignatureKind: CheckKind {
  public static let name = "signature"
  public static let summary =
    "Judges what looking for signatures has brought. Needs a collection with --yara or --clamav: use it with "
    + "`when: {asked: signatures}`."
  public static let parameters: [ParameterSpecification] = [
    .init("exclude", .textList, "patterns of paths that are left out, with what lies below them")
  ]

  private let exclude: PathPatterns

  public init(_ parameters: Parameters) throws(ParameterError) {
    exclude = PathPatterns(parameters.list("exclude"))
  }

  public var plan: CollectionPlan { CollectionPlan([SignatureMatches.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let model = try facts.model(SignatureMatches.self)
    var outcomes = model.matches.filter { !exclude.matchOrHold($0.path) }.map { match in
      Outcome(
        .fail, subject: match.path, expected: "no match", actual: match.signatures.joined(separator: ", "),
        evidence: [EvidenceLine(path: match.path, text: "matches", origin: "looked at while collecting")])
    }
    if let first = model.unread.first {
      let more = model.unread.count > 1 ? ", and \(model.unread.count - 1) more" : ""
      outcomes.append(
        Outcome(
          .undecided(reason: "\(first.path): \(first.reason)\(more)"),
          subject: "files that were not looked at",
          expected: "no match", actual: "\(model.unread.count) not looked at"))
    }
    if outcomes.isEmpty {
      outcomes.append(Outcome(.pass, subject: "files", expected: "no match", actual: "none"))
    }
    return outcomes
  }
}
