import Evidence
import Facts

/// Judges whether the kernel refuses altered owners, modes and labels of files (EVM).
public struct EVMKind: CheckKind {
  public static let name = "evm"
  public static let summary = """
    Reads how the kernel was built, evm= of the default boot entry, the keys in /etc/keys and whether dracut loads them. \
    It takes no parameter.
    """
  public static let parameters: [ParameterSpecification] = []

  public init(_ parameters: Parameters) throws(ParameterError) {}

  public var plan: CollectionPlan { CollectionPlan([AttributeProtection.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let model = try facts.model(AttributeProtection.self)
    func outcome(_ verdict: Outcome.Verdict, _ actual: String, _ origins: [Origin] = []) -> [Outcome] {
      [
        Outcome(
          verdict, subject: "EVM",
          expected: "a key of EVM is loaded at boot, and altered attributes are refused",
          actual: actual, evidence: origins.map { EvidenceLine($0) })
      ]
    }
    switch model.state {
    case .active(let origins):
      let words = "\(model.labelled.count) of \(model.labelled.all) programs in /usr/bin have security.evm"
      return outcome(.pass, "active; \(words)", origins)
    case .fixing(let origin): return outcome(.fail, "altered attributes are sealed anew", [origin])
    case .inactive(let reason): return outcome(.fail, "not active: \(reason)")
    case .unknown(let reason): return outcome(.undecided(reason: reason), "unknown")
    }
  }
}
