import Evidence
import Facts

/// Judges AppArmor: whether the next boot loads profiles, and what they do.
public struct AppArmorKind: CheckKind {
  public static let name = "apparmor"
  public static let summary = """
    Reads the profiles that the next boot loads with their flags, disable and force-complain links, and whether \
    anything loads them. Whether the kernel has AppArmor is for kernel_arg and kernel_config to ask.
    """
  public static let parameters: [ParameterSpecification] = [
    .init("enabled", .boolean, "the loader is installed and the next boot starts it"),
    .init(
      "profiles", .choice(["enforce", "enforce_or_complain"]),
      "there are profiles, and every one is in one of these modes; a profile that kills counts as enforced"),
  ]

  private let asksEnabled: Bool
  private let modes: Set<AppArmorProfile.Mode>
  private let words: String

  public init(_ parameters: Parameters) throws(ParameterError) {
    asksEnabled = parameters.has("enabled")
    if asksEnabled, parameters.boolean("enabled") == false {
      throw ParameterError("enabled", "'enabled' can only be true")
    }
    switch parameters.text("profiles") {
    case "enforce":
      modes = [.enforce, .kill]
      words = "enforce mode"
    case "enforce_or_complain":
      modes = [.enforce, .kill, .complain]
      words = "enforce or complain mode"
    default:
      modes = []
      words = ""
    }
    if !asksEnabled, modes.isEmpty { throw ParameterError(nil, "one of enabled, profiles is missing") }
  }

  public var plan: CollectionPlan { CollectionPlan([AppArmorPolicy.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let policy = try facts.model(AppArmorPolicy.self)
    var outcomes: [Outcome] = []
    if asksEnabled {
      outcomes.append(
        Outcome(
          policy.start == nil ? .fail : .pass, subject: "apparmor.service",
          expected: "profiles loaded at boot",
          actual: policy.obstacle ?? "loaded at boot", evidence: policy.start.map { [EvidenceLine($0)] } ?? []
        ))
    }
    guard !modes.isEmpty else { return outcomes }
    if policy.profiles.isEmpty {
      outcomes.append(
        Outcome(
          .fail, subject: "profiles", expected: "profiles in \(words)", actual: "no profile is loaded",
          evidence: policy.disabled.prefix(8).map { EvidenceLine($0, note: "disabled") }))
    }
    outcomes += policy.profiles.map { profile in
      Outcome(
        modes.contains(profile.mode) ? .pass : .fail, subject: profile.name, expected: words,
        actual: profile.mode.rawValue, evidence: [EvidenceLine(profile.origin)])
    }
    return outcomes
  }
}
