import DiskImages
import Evidence
import Facts

/// What the guest would say to other machines without encryption.
public struct CleartextKind: CheckKind {
  public static let name = "cleartext"
  public static let summary = """
    Gathers what the next boot would speak in clear: servers, shares, mounts, clients and resolvers, as their \
    configuration has it.
    """
  public static let parameters: [ParameterSpecification] = [
    .init(
      "protocols", .textList, required: true,
      "what must not be spoken: \(CleartextChannels.protocols.joined(separator: ", "))"),
    .init("except", .textList, "patterns of subjects that may: a mount point, `rsyslog to loghost`"),
  ]

  private let protocols: [String]
  private let exceptions: [String]

  public init(_ parameters: Parameters) throws(ParameterError) {
    protocols = parameters.list("protocols")
    exceptions = parameters.list("except")
    if protocols.isEmpty { throw ParameterError("protocols", "'protocols' is empty") }
    if let wrong = protocols.first(where: { !CleartextChannels.protocols.contains($0) }) {
      throw ParameterError(
        "protocols", "'\(wrong)' is none of \(CleartextChannels.protocols.joined(separator: ", "))")
    }
  }

  public var plan: CollectionPlan { CollectionPlan([CleartextChannels.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let model = try facts.model(CleartextChannels.self)
    let expected = "nothing of \(protocols.joined(separator: ", ")) in clear"
    var findings = CappedOutcomes()
    for channel in model.channels
    where protocols.contains(channel.name)
      && !exceptions.contains(where: { fnmatch(pattern: $0, channel.subject) })
    {
      findings.add(
        Outcome(
          .fail, subject: channel.subject, expected: expected, actual: "\(channel.name): \(channel.words)",
          evidence: [EvidenceLine(channel.origin)]))
    }
    var gaps: [Outcome] = []
    var seen: Set<EvidenceGap> = []
    for name in protocols {
      guard let gap = model.gaps[name], seen.insert(gap).inserted else { continue }
      gaps.append(
        Outcome(.undecided(reason: gap.description), subject: name, expected: expected, actual: gap.reason))
    }
    return findings.all(subject: "clear text") + gaps
  }
}
