import DiskImages
import Evidence
import Facts

/// Judges kernels that do not boot.
public struct OldKernelsKind: CheckKind {
  public static let name = "old_kernels"
  public static let summary =
    "Lists kernels with their initial ramdisks and modules that the boot loader does not start by itself, with the "
    + "space that they take."
  public static let parameters: [ParameterSpecification] = [
    .init("keep", .integer, "how many of the newest may stay beside the one that boots; none unless given")
  ]

  private let keep: Int

  public init(_ parameters: Parameters) throws(ParameterError) {
    keep = parameters.integer("keep") ?? 0
    if keep < 0 { throw ParameterError("keep", "a number below zero") }
  }

  public var plan: CollectionPlan { CollectionPlan([InstalledKernels.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let kernels = try facts.model(InstalledKernels.self).kernels
    let booting = kernels.first { $0.boots }?.release
    let expected =
      booting.map { "only \($0), which boots\(keep > 0 ? ", and \(keep) more" : "")" } ?? "no kernel"
    var findings = CappedOutcomes()
    var kept = 0
    for kernel in kernels where !kernel.boots {
      if kernel.hasImage, kept < keep {
        kept += 1
        continue
      }
      var tally = SpaceTally()
      for file in kernel.files { tally.add(file) }
      for directory in kernel.modules {
        for entry in directory.subtree where entry.type != .directory { tally.add(entry) }
      }
      if tally.isEmpty { continue }
      findings.add(
        Outcome(
          .fail, subject: "kernel \(kernel.release)", expected: expected,
          actual: kernel.hasImage ? tally.words : "\(tally.words), without a kernel", evidence: tally.evidence
        ))
    }
    if findings.isEmpty {
      return [Outcome(.pass, subject: "kernels", expected: expected, actual: booting ?? "no kernel")]
    }
    return findings.all(subject: "kernels")
  }

  public var fix: Fix? { nil }
}
