import Evidence
import Facts

/// Judges login prompts on consoles.
public struct ConsoleLoginKind: CheckKind {
  public static let name = "console_login"
  public static let summary =
    "Reads the prompts that a boot starts on virtual terminals and serial lines: whom they let in without a password, "
    + "and whether there is one on a serial line."
  public static let parameters: [ParameterSpecification] = [
    .init("automatic", .boolean, "false: nobody is logged in without a password"),
    .init("serial", .boolean, "false: no prompt on a serial line or a hypervisor's console"),
  ]

  private let forbidsAutomatic: Bool
  private let forbidsSerial: Bool

  public init(_ parameters: Parameters) throws(ParameterError) {
    forbidsAutomatic = parameters.boolean("automatic") == false
    forbidsSerial = parameters.boolean("serial") == false
    for key in ["automatic", "serial"] where parameters.boolean(key) == true {
      throw ParameterError(key, "it can only be asked not to be")
    }
    if !forbidsAutomatic, !forbidsSerial {
      throw ParameterError(nil, "one of automatic: false, serial: false is missing")
    }
  }

  public var plan: CollectionPlan { CollectionPlan([ConsoleLogins.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let consoles = try facts.model(ConsoleLogins.self).consoles
    var findings = CappedOutcomes()
    for console in consoles {
      let subject = console.terminal == "any" ? "any virtual terminal" : console.terminal
      if forbidsAutomatic, let user = console.automatic {
        findings.add(
          Outcome(
            .fail, subject: subject, expected: "asks for a password", actual: "logs in \(user.value) unasked",
            evidence: user.evidenceLines))
      }
      if forbidsSerial, console.isSerial, console.isStarted {
        findings.add(
          Outcome(
            .fail, subject: subject, expected: "no prompt on a serial line", actual: "a prompt is started",
            evidence: [.init(console.origin)]))
      }
    }
    if findings.isEmpty {
      return [
        Outcome(
          .pass, subject: "consoles",
          expected: forbidsAutomatic ? "every prompt asks for a password" : "no prompt on a serial line",
          actual: consoles.isEmpty ? "no prompt" : "\(consoles.count) prompts")
      ]
    }
    return findings.all(subject: "consoles")
  }

  public var fix: Fix? { nil }
}
