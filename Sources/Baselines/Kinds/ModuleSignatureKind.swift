import Evidence
import Facts

/// Judges whether the kernel takes signed modules alone, and whether modules are signed.
public struct ModuleSignatureKind: CheckKind {
  public static let name = "module_signature"
  public static let summary = """
    Reads the kernel's configuration and command line for what makes it refuse unsigned modules, and looks for \
    signatures at the ends of modules: all that did not come with the kernel, and some of those that did.
    """
  public static let parameters: [ParameterSpecification] = [
    .init("enforced", .boolean, "the kernel that boots refuses modules without a valid signature"),
    .init(
      "signed", .choice(["all", "added"]),
      "every module that was looked at has a signature, or every one outside the kernel's own folder"),
  ]

  private let asksEnforcement: Bool
  private let scope: String?

  public init(_ parameters: Parameters) throws(ParameterError) {
    asksEnforcement = parameters.has("enforced")
    scope = parameters.text("signed")
    if parameters.boolean("enforced") == false {
      throw ParameterError("enforced", "'enforced' can only be true")
    }
    if !asksEnforcement, scope == nil { throw ParameterError(nil, "one of enforced, signed is missing") }
  }

  public var plan: CollectionPlan {
    CollectionPlan(
      [KernelConfiguration.self, KernelLockdown.self] + (scope == nil ? [] : [ModuleSignatures.self]))
  }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    var outcomes: [Outcome] = []
    if asksEnforcement { outcomes.append(judge(try ModuleSignatures.enforcement(facts))) }
    if let scope {
      let modules = try facts.model(ModuleSignatures.self).modules
      outcomes += judge(modules.filter { scope == "all" || $0.isAdded })
    }
    return outcomes
  }

  private func judge(_ enforcement: ModuleSignatures.Enforcement) -> Outcome {
    func outcome(_ verdict: Outcome.Verdict, _ actual: String, _ origin: Origin) -> Outcome {
      Outcome(
        verdict, subject: "module signatures", expected: "modules without a valid signature are refused",
        actual: actual, evidence: [EvidenceLine(origin)])
    }
    switch enforcement {
    case .always(let origin): return outcome(.pass, "refused", origin)
    case .never(let origin): return outcome(.fail, "loaded all the same", origin)
    case .withSecureBoot(let origin):
      let words = "refused only where the firmware enforces Secure Boot, which the image does not tell"
      return outcome(.undecided(reason: words), words, origin)
    }
  }

  private func judge(_ modules: [ModuleSignatures.Module]) -> [Outcome] {
    let expected = "signed"
    var findings = CappedOutcomes()
    var unknown = CappedOutcomes()
    for module in modules {
      let path = module.file.path
      if let reason = module.problem {
        unknown.add(
          Outcome(.undecided(reason: reason), subject: path, expected: expected, actual: reason))
      } else if module.record?.isSigned == false {
        findings.add(
          Outcome(
            .fail, subject: path, expected: expected, actual: "no signature",
            evidence: [EvidenceLine(path: path, text: "no mark of a signature at its end", origin: "module")])
        )
      }
    }
    let outcomes = findings.all(subject: "kernel modules") + unknown.outcomes
    guard outcomes.isEmpty else { return outcomes }
    let issuers = Set(modules.compactMap { $0.record?.issuer }).sorted().prefix(3).joined(separator: ", ")
    let words = "\(modules.count) looked at" + (issuers.isEmpty ? "" : ", key of \(issuers)")
    return [Outcome(.pass, subject: "kernel modules", expected: expected, actual: words)]
  }
}
