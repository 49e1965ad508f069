import Evidence
import Facts

/// Judges whether the boot is recorded in the TPM and secrets are bound to it.
public struct MeasuredBootKind: CheckKind {
  public static let name = "measured_boot"
  public static let summary = """
    Looks for systemd's stub in unified kernel images with a signature of expected values, the units that measure the \
    phases of the boot, and volumes that crypttab or Clevis opens with the TPM.
    """
  public static let parameters: [ParameterSpecification] = [
    .init(
      "pieces", .textList, required: true,
      "which have to be there: \(MeasuredBoot.Piece.allCases.map(\.rawValue).joined(separator: ", "))")
  ]

  private let wanted: [MeasuredBoot.Piece]

  public init(_ parameters: Parameters) throws(ParameterError) {
    wanted = try parameters.cases("pieces")
    if wanted.isEmpty { throw ParameterError("pieces", "'pieces' names nothing") }
  }

  public var plan: CollectionPlan { CollectionPlan([MeasuredBoot.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let found = try facts.model(MeasuredBoot.self).pieces
    // Without the stub the units for the phases do nothing, which is no second finding.
    let judged = wanted.filter { $0 != .phases || !wanted.contains(.stub) || found[.stub] != nil }
    return judged.map { piece in
      let places = found[piece] ?? []
      return Outcome(
        places.isEmpty ? .fail : .pass, subject: piece.rawValue, expected: Self.words(piece),
        actual: places.isEmpty ? "none found" : "found", evidence: places.prefix(4).map { EvidenceLine($0) })
    }
  }

  private static func words(_ piece: MeasuredBoot.Piece) -> String {
    switch piece {
    case .stub: "a unified kernel image, whose stub measures what it starts"
    case .phases: "phases of the boot go into the TPM"
    case .signedPolicy: "a signature of the values that the TPM will have"
    case .unlock: "a volume that the TPM opens"
    case .volumeKey: "the key of a volume goes into the TPM"
    }
  }
}
