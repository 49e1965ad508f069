import Evidence
import Facts

/// Judges whether the kernel verifies the content of a file system at every read.
public struct VerityKind: CheckKind {
  public static let name = "verity"
  public static let summary = """
    Reads roothash=, usrhash= and dm-mod.create= of the default boot entry, /etc/veritytab, ostree's composefs and the \
    hash trees on the disks. Whether the digests fit the disk is not looked at.
    """
  public static let parameters: [ParameterSpecification] = [
    .init("of", .choice(["root", "usr", "any"]), required: true, "the file system that has to be verified")
  ]

  private let wanted: String

  public init(_ parameters: Parameters) throws(ParameterError) { wanted = try parameters.required("of") }

  public var plan: CollectionPlan { CollectionPlan([VerifiedFilesystems.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let model = try facts.model(VerifiedFilesystems.self)
    let all = model.volumes
    // What lies in / covers /usr as well.
    let volumes = all.filter { volume in
      switch wanted {
      case "any": true
      case "usr": volume.place == .usr || volume.place == .root
      default: volume.place == .root
      }
    }
    let good = volumes.first { $0.obstacle == nil }
    let shown = good ?? volumes.first
    return [
      Outcome(
        good == nil ? .fail : .pass, subject: wanted == "any" ? "file systems" : wanted,
        expected: "content that the kernel verifies (dm-verity or fs-verity)",
        actual: good.map { "verified by \($0.name)" } ?? shown?.obstacle ?? Self.nothing(model),
        evidence: shown.map { [EvidenceLine($0.origin)] } ?? [])
    ]
  }

  private static func nothing(_ model: VerifiedFilesystems) -> String {
    let trees = model.trees.prefix(4).map { "\($0.device) (\($0.header.algorithm))" }
    if trees.isEmpty { return "nothing verifies it" }
    return "nothing verifies it; no boot entry names the hash tree on \(trees.joined(separator: ", "))"
  }
}
