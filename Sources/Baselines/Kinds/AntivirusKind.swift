import DiskImages
import Evidence
import Facts

/// Judges whether a malware scanner is there, runs, and knows recent malware.
public struct AntivirusKind: CheckKind {
  public static let name = "antivirus"
  public static let summary =
    "Looks for ClamAV and other known malware scanners, what starts them and their updates, and how "
    + "old their signatures are as of the scan."
  public static let parameters: [ParameterSpecification] = [
    .init(
      "state", .choice(["present", "enabled", "updated", "current"]), required: true,
      "present: installed; enabled: a daemon or schedule scans; updated: signatures are fetched; "
        + "current: they are recent"
    ),
    .init("max_age_days", .integer, "with current: how old signatures may be, in days; 14 unless given"),
  ]

  private let state: String
  private let maxAgeDays: Int

  public init(_ parameters: Parameters) throws(ParameterError) {
    state = try parameters.required("state")
    maxAgeDays = parameters.integer("max_age_days") ?? 14
    if maxAgeDays < 0 { throw ParameterError("max_age_days", "a number of days is not negative") }
  }

  public var plan: CollectionPlan { CollectionPlan([MalwareScanners.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let scanners = try facts.model(MalwareScanners.self).scanners
    guard !scanners.isEmpty else {
      return [
        Outcome(.fail, subject: "malware scanner", expected: expected, actual: "none of the known scanners")
      ]
    }
    let answers = scanners.map { judge($0, asOf: facts.asOf) }
    // One scanner that does its work is enough.
    if let pass = answers.first(where: { $0.verdict == .pass }) { return [pass] }
    return answers
  }

  private var expected: String {
    switch state {
    case "enabled": "a malware scanner that runs"
    case "updated": "signatures that are updated"
    case "current": "signatures at most \(maxAgeDays) days old"
    default: "a malware scanner"
    }
  }

  private func judge(_ scanner: MalwareScanners.Scanner, asOf: Int64) -> Outcome {
    func outcome(_ verdict: Outcome.Verdict, _ actual: String, _ evidence: [EvidenceLine] = []) -> Outcome {
      Outcome(verdict, subject: scanner.name, expected: expected, actual: actual, evidence: evidence)
    }
    switch state {
    case "enabled":
      guard let origin = scanner.activation else {
        return outcome(.fail, "neither a daemon nor a schedule starts it")
      }
      return outcome(.pass, origin.path ?? "started", [EvidenceLine(origin)])
    case "updated":
      if let origin = scanner.updater {
        return outcome(.pass, origin.path ?? "updated", [EvidenceLine(origin)])
      }
      // Commercial agents fetch by themselves while they run.
      if !scanner.knowsSignatures, let origin = scanner.activation {
        return outcome(.pass, "its agent runs and fetches by itself", [EvidenceLine(origin)])
      }
      return outcome(.fail, "nothing fetches new signatures")
    case "current":
      return age(scanner, asOf: asOf)
    default: return outcome(.pass, scanner.program)
    }
  }

  private func age(_ scanner: MalwareScanners.Scanner, asOf: Int64) -> Outcome {
    guard scanner.knowsSignatures else {
      return Outcome(
        .undecided(reason: "it is not known where \(scanner.name) keeps its signatures"),
        subject: scanner.name,
        expected: expected, actual: "unknown")
    }
    guard let signatures = scanner.signatures else {
      return Outcome(.fail, subject: scanner.name, expected: expected, actual: "no signatures in the image")
    }
    let days = max(0, (asOf - signatures.modified) / 86_400)
    return Outcome(
      days <= Int64(maxAgeDays) ? .pass : .fail, subject: scanner.name, expected: expected,
      actual: "\(days) days old",
      evidence: [
        EvidenceLine(
          path: signatures.path, text: "written \(days) days before the scan", origin: "on the disk")
      ])
  }
}
