import Evidence
import Facts

/// Judges how far the kernel closes itself even to root.
public struct LockdownKind: CheckKind {
  public static let name = "lockdown"
  public static let summary = """
    Reads lockdown= of the default boot entry and how the kernel was built. Where it locks down only under firmware \
    that enforces Secure Boot, which the image does not tell, the answer is undecided.
    """
  public static let parameters: [ParameterSpecification] = [
    .init(
      "at_least", .choice(["integrity", "confidentiality"]), required: true,
      "integrity: the running kernel cannot be changed; confidentiality: nor can secrets be read out of it")
  ]

  private let least: KernelLockdown.Level

  public init(_ parameters: Parameters) throws(ParameterError) {
    least = try parameters.required("at_least") == "integrity" ? .integrity : .confidentiality
  }

  public var plan: CollectionPlan { CollectionPlan([KernelLockdown.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let lockdown = try facts.model(KernelLockdown.self)
    let level = lockdown.level
    func outcome(_ verdict: Outcome.Verdict, _ actual: String, _ more: [EvidenceLine] = []) -> [Outcome] {
      [
        Outcome(
          verdict, subject: "lockdown", expected: "lockdown at \(least.name) or above", actual: actual,
          evidence: more + level.evidenceLines)
      ]
    }
    if level.value >= least { return outcome(.pass, level.value.name) }
    if least == .integrity, let origin = lockdown.withSecureBoot {
      let words = "locked down only where the firmware enforces Secure Boot, which the image does not tell"
      return outcome(.undecided(reason: words), words, [EvidenceLine(origin)])
    }
    return outcome(.fail, level.value.name)
  }

  public var fix: Fix? { nil }
}
