import Evidence
import Facts

/// Judges how the kernel that boots was built.
public struct KernelConfigKind: CheckKind {
  public static let name = "kernel_config"
  public static let summary = """
    Reads /boot/config-VERSION of the kernel that the default entry boots; a symbol that is not set or not known to \
    that kernel has the value n.
    """
  public static let parameters: [ParameterSpecification] =
    [.init("symbol", .text, required: true, "the symbol, e.g. CONFIG_STRICT_KERNEL_RWX")]
    + Comparison.parameters

  private let symbol: String
  private let comparison: Comparison

  public init(_ parameters: Parameters) throws(ParameterError) {
    symbol = try parameters.required("symbol")
    comparison = try Comparison(parameters)
  }

  public var plan: CollectionPlan { CollectionPlan([KernelConfiguration.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let value = try facts.model(KernelConfiguration.self).value(of: symbol)
    return [
      Outcome(
        comparison.holds(for: value.value) ? .pass : .fail, subject: symbol,
        expected: "\(symbol) \(comparison.words)", actual: value.value == "n" ? "not set" : value.value,
        evidence: value.evidenceLines)
    ]
  }
}
