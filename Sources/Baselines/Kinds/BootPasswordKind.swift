import Evidence
import Facts

/// Judges whether the boot menu can be changed without a password.
public struct BootPasswordKind: CheckKind {
  public static let name = "boot_password"
  public static let summary = """
    Reads GRUB's scripts for a superuser with a hashed password, or systemd-boot's loader.conf for an editor that is \
    turned off.
    """
  public static let parameters: [ParameterSpecification] = []

  public init(_ parameters: Parameters) throws(ParameterError) {}

  public var plan: CollectionPlan { CollectionPlan([BootPassword.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let (verdict, actual, places): (Outcome.Verdict, String, [Origin]) =
      switch try facts.model(BootPassword.self).state {
      case .set(let user, let origin): (.pass, "set for \(user)", [origin])
      case .weak(let words, let origin): (.fail, words, [origin])
      case .missing(let words, let origins): (.fail, words, origins)
      }
    return [
      Outcome(
        verdict, subject: "boot loader", expected: "a superuser with a password as PBKDF2 hash",
        actual: actual,
        evidence: places.map { EvidenceLine($0) })
    ]
  }
}
