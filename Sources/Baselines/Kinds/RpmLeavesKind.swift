import Evidence
import Facts

/// Lists packages of rpm that no other needs, in one answer.
public struct RpmLeavesKind: CheckKind {
  public static let name = "rpm_leaves"
  public static let summary =
    "Lists the packages of rpm that no other installed package requires or recommends, in one finding: what was asked "
    + "for once, and what was left."
  public static let parameters: [ParameterSpecification] = [
    .init("allow", .textList, "names or patterns of packages that are asked for")
  ]

  private let allowed: NamePatterns

  public init(_ parameters: Parameters) throws(ParameterError) {
    allowed = NamePatterns(parameters.list("allow"))
  }

  public var plan: CollectionPlan { CollectionPlan([RpmLeaves.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let items = try facts.model(RpmLeaves.self).items.filter { !allowed.match(Array($0.name.utf8)[...]) }
    let expected = "each package is needed by another, or asked for"
    if items.isEmpty {
      return [Outcome(.pass, subject: "packages", expected: expected, actual: "no such package")]
    }
    let total = items.reduce(Int64(0)) { $0 &+ $1.size }
    let names = items.prefix(20).map(\.name).joined(separator: ", ") + (items.count > 20 ? " …" : "")
    return [
      Outcome(
        .fail, subject: "packages", expected: expected,
        actual: "\(items.count) that no other needs, \(sizeWords(total)): \(names)",
        evidence: items.prefix(100).map {
          EvidenceLine(text: "\($0.name), \(sizeWords($0.size))", origin: "the database of rpm")
        })
    ]
  }

  public var fix: Fix? { nil }
}
