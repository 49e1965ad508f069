import Evidence
import Facts

/// Judges whether a key lets in everybody who has read a public project's files.
public struct KnownKeyKind: CheckKind {
  public static let name = "known_key"
  public static let summary =
    "Compares the keys of authorized_keys files with published ones, Vagrant's, by their fingerprints."
  public static let parameters: [ParameterSpecification] = []

  public init(_ parameters: Parameters) throws(ParameterError) {}

  public var plan: CollectionPlan { CollectionPlan([KnownLoginKeys.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let keys: KnownLoginKeys = try facts.model()
    let expected = "no key whose private half is published"
    if keys.found.isEmpty {
      let actual = keys.count == 0 ? "no key" : "\(keys.count) keys, none of them published"
      return [Outcome(.pass, subject: "authorized_keys", expected: expected, actual: actual)]
    }
    var findings = CappedOutcomes()
    for key in keys.found {
      findings.add(
        Outcome(
          .fail, subject: key.origin.path ?? "authorized_keys", expected: expected, actual: key.name,
          evidence: [.init(key.origin)]))
    }
    return findings.all(subject: "authorized_keys")
  }

  public var fix: Fix? { nil }
}
