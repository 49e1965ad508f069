import Evidence
import Facts

/// The system-wide policy of crypto-policies(7) that Red Hat's distributions have.
public struct CryptoPolicyKind: CheckKind {
  public static let name = "crypto_policy"
  public static let summary =
    "Reads the system-wide policy for cryptography: what was chosen, and what was last applied to the programs."
  public static let parameters: [ParameterSpecification] = [
    .init("allowed", .textList, "names of policies one of which has to be set, e.g. DEFAULT, FUTURE, FIPS"),
    .init("forbidden", .textList, "names of policies and of modules that must not be set, e.g. LEGACY, SHA1"),
  ]

  private let allowed: [String]
  private let forbidden: [String]

  public init(_ parameters: Parameters) throws(ParameterError) {
    allowed = parameters.list("allowed").map { $0.uppercased() }
    forbidden = parameters.list("forbidden").map { $0.uppercased() }
    if allowed.isEmpty && forbidden.isEmpty {
      throw ParameterError(nil, "'allowed' or 'forbidden' is missing")
    }
  }

  public var plan: CollectionPlan { CollectionPlan([CryptoPolicy.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    guard let policy = try facts.model(CryptoPolicy.self).effective else { return [] }
    let parts = policy.value.split(separator: ":").map(String.init)
    let isAllowed = allowed.isEmpty || parts.first.map(allowed.contains) == true
    let wrong = parts.filter(forbidden.contains)
    let words =
      allowed.isEmpty ? "none of \(forbidden.joined(separator: ", "))" : allowed.joined(separator: " or ")
    return [
      Outcome(
        isAllowed && wrong.isEmpty ? .pass : .fail, subject: "crypto-policies", expected: words,
        actual: policy.value, evidence: policy.evidenceLines)
    ]
  }

  public var fix: Fix? {
    guard let first = allowed.first ?? (forbidden.contains("DEFAULT") ? nil : "DEFAULT") else { return nil }
    let word = Fix.shellWord(first)
    return Fix(
      shell: "update-crypto-policies --set \(word)",
      ansible: "ansible.builtin.command:\n  cmd: update-crypto-policies --set \(word)")
  }
}
