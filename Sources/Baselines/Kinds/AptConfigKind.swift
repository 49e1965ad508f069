import Evidence
import Facts

/// An option of apt as it would hold.
public struct AptConfigKind: CheckKind {
  public static let name = "apt_config"
  public static let summary = "Merges apt.conf.d and apt.conf and compares the value of an option."
  public static let parameters: [ParameterSpecification] =
    [
      .init(
        "option", .text, required: true, "the option with its scopes, e.g. `APT::Get::AllowUnauthenticated`"),
      .init("default", .text, "the value where nobody sets it; known for the options that matter to safety"),
    ] + Comparison.parameters

  private let option: String
  private let fallback: String?
  private let comparison: Comparison

  public init(_ parameters: Parameters) throws(ParameterError) {
    option = try parameters.required("option")
    fallback = parameters.text("default") ?? Self.defaults[option.lowercased()]
    comparison = try Comparison(parameters, ignoresCase: true)
  }

  /// apt.conf(5), apt-secure(8), apt.systemd.daily.
  private static let defaults = [
    "apt::get::allowunauthenticated": "false", "acquire::allowinsecurerepositories": "false",
    "acquire::allowweakrepositories": "false", "acquire::allowdowngradetoinsecurerepositories": "false",
    "acquire::https::verify-peer": "true", "acquire::https::verify-host": "true",
    "acquire::check-valid-until": "true",
    "apt::install-recommends": "true", "apt::periodic::enable": "1", "apt::periodic::unattended-upgrade": "0",
    "apt::periodic::update-package-lists": "0", "apt::sandbox::seccomp": "false",
  ]

  public var plan: CollectionPlan { CollectionPlan([AptConfiguration.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let configuration: AptConfiguration = try facts.model()
    let expected = "\(option) \(comparison.words)"
    if let effective = configuration.value(option) {
      return [
        Outcome(
          comparison.holds(for: Self.canonical(effective.value, comparison)) ? .pass : .fail, subject: option,
          expected: expected, actual: effective.value, evidence: effective.evidenceLines)
      ]
    }
    guard let fallback else {
      return [Outcome(.fail, subject: option, expected: expected, actual: "not set")]
    }
    return [
      Outcome(
        comparison.holds(for: Self.canonical(fallback, comparison)) ? .pass : .fail, subject: option,
        expected: expected, actual: "\(fallback) (compiled default)",
        evidence: [.init(.compiledDefault("apt.conf(5)"))])
    ]
  }

  /// In the spelling of the requirement, if both are a yes or a no.
  private static func canonical(_ value: String, _ comparison: Comparison) -> String {
    guard let flag = AptConfiguration.boolean(value) else { return value }
    let operands = comparison.terms.flatMap(\.operands)
    return operands.first { AptConfiguration.boolean($0) == flag } ?? value
  }

  public var fix: Fix? {
    guard comparison.terms.count == 1, comparison.terms[0].operator == .equals else { return nil }
    let line = "\(option) \"\(comparison.terms[0].operands[0])\";"
    // Sorts behind what packages and people put there.
    let path = "/etc/apt/apt.conf.d/zz-hardening"
    return Fix(
      shell: "grep -qxF \(Fix.shellWord(line)) \(path) 2>/dev/null || echo \(Fix.shellWord(line)) >> \(path)",
      ansible:
        "ansible.builtin.lineinfile:\n  path: \(path)\n  create: true\n  mode: \"0644\"\n  line: \(Fix.yamlText(line))"
    )
  }
}
