import Evidence
import Facts

/// Judges whether the kernel measures files or refuses altered ones (IMA).
public struct IMAKind: CheckKind {
  public static let name = "ima"
  public static let summary = """
    Reads /etc/ima/ima-policy, ima_policy= and ima_appraise= of the default boot entry, and how the kernel was built.
    """
  public static let parameters: [ParameterSpecification] = [
    .init(
      "does", .choice(["measure", "appraise", "either"]), required: true,
      "measure: digests go into the TPM; appraise: altered files are not opened")
  ]

  private let wanted: String

  public init(_ parameters: Parameters) throws(ParameterError) { wanted = try parameters.required("does") }

  public var plan: CollectionPlan { CollectionPlan([IntegrityMeasurement.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let model = try facts.model(IntegrityMeasurement.self)
    let appraises = model.appraising.isEmpty || model.appraisalObstacle != nil ? [] : model.appraising
    let (origins, words): ([Origin], String) =
      switch wanted {
      case "measure": (model.measuring, "files are measured")
      case "appraise": (appraises, "altered files are refused")
      default:
        (appraises + model.measuring, appraises.isEmpty ? "files are measured" : "altered files are refused")
      }
    let expected =
      switch wanted {
      case "measure": "a policy that measures files"
      case "appraise": "a policy that refuses altered files"
      default: "a policy that measures files or refuses altered ones"
      }
    if !origins.isEmpty {
      return [
        Outcome(
          .pass, subject: "IMA", expected: expected, actual: words,
          evidence: origins.prefix(4).map { EvidenceLine($0) })
      ]
    }
    let obstacle = wanted == "measure" ? nil : model.appraisalObstacle
    let actual = obstacle.map { "altered files are only reported: \($0.text ?? "")" } ?? "no policy"
    return [
      Outcome(
        .fail, subject: "IMA", expected: expected, actual: actual,
        evidence: obstacle.map { [EvidenceLine($0)] } ?? [])
    ]
  }
}
