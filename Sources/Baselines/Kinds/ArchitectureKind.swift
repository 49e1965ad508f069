import DiskImages
import Evidence
import Facts

/// Judges for which processors the guest is made.
public struct ArchitectureKind: CheckKind {
  public static let name = "architecture"
  public static let summary =
    "Reads the native architecture from the package database and the kernels' build configuration."
  public static let parameters: [ParameterSpecification] = [
    .init(
      "requires", .choice(["64_bit", "nx"]), required: true,
      "64_bit: programs and kernels are made for 64 bits; nx: the kernel can mark pages not "
        + "executable, on 32-bit x86 by PAE")
  ]

  private let requires64Bit: Bool

  public init(_ parameters: Parameters) throws(ParameterError) {
    requires64Bit = try parameters.required("requires") == "64_bit"
  }

  public var plan: CollectionPlan { CollectionPlan([GuestArchitecture.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let model = try facts.model(GuestArchitecture.self)
    guard let native = model.native, let is64Bit = model.is64Bit, let is32BitX86 = model.is32BitX86 else {
      throw EvidenceGap(path: "/var/lib/dpkg/arch", reason: "no package database names the architecture")
    }
    let expected = requires64Bit ? "programs and kernels for 64 bits" : "a kernel with PAE on 32-bit x86"
    if !requires64Bit, !is32BitX86 {
      return [
        Outcome(
          .pass, subject: "architecture", expected: expected, actual: native.value,
          evidence: native.evidenceLines)
      ]
    }
    if requires64Bit, !is64Bit {
      return [
        Outcome(
          .fail, subject: "architecture", expected: expected, actual: native.value,
          evidence: native.evidenceLines)
      ]
    }
    let lacking = model.kernels.filter { requires64Bit ? !$0.is64Bit : !$0.hasPAE && !$0.is64Bit }
    if lacking.isEmpty {
      return [
        Outcome(
          .pass, subject: "architecture", expected: expected, actual: native.value,
          evidence: native.evidenceLines)
      ]
    }
    return lacking.map { kernel in
      Outcome(
        .fail, subject: kernel.path, expected: expected, actual: requires64Bit ? "a 32-bit kernel" : "no PAE",
        evidence: [
          EvidenceLine(
            path: kernel.path, text: requires64Bit ? "CONFIG_64BIT" : "CONFIG_X86_PAE", origin: "not set")
        ])
    }
  }
}
