import Evidence
import Facts

/// Judges SELinux's configuration: mode, policy, booleans.
public struct SELinuxKind: CheckKind {
  public static let name = "selinux"
  public static let summary = """
    Reads /etc/selinux/config as libselinux does, whether the policy that it names is installed, and the booleans \
    that are set. The kernel's command line, which can switch SELinux off, is for kernel_arg to ask.
    """
  public static let parameters: [ParameterSpecification] = [
    .init("mode", .textList, "enforcing, permissive or disabled; without a policy to load it is disabled"),
    .init("policy", .textList, "the policy is one of these"),
    .init("boolean", .text, "a boolean of the policy"),
    .init("value", .boolean, "what the boolean is set to; true unless given"),
  ]

  private let modes: [String]
  private let policies: [String]
  private let boolean: String?
  private let value: Bool

  public init(_ parameters: Parameters) throws(ParameterError) {
    modes = parameters.list("mode")
    for mode in modes where !["enforcing", "permissive", "disabled"].contains(mode) {
      throw ParameterError("mode", "'\(mode)' is no mode")
    }
    policies = parameters.list("policy")
    boolean = parameters.text("boolean")
    value = parameters.boolean("value") ?? true
    if modes.isEmpty, policies.isEmpty, boolean == nil {
      throw ParameterError(nil, "one of mode, policy, boolean is missing")
    }
    if boolean == nil, parameters.has("value") { throw ParameterError("value", "'value' needs 'boolean'") }
  }

  public var plan: CollectionPlan { CollectionPlan([SELinuxConfiguration.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let configuration = try facts.model(SELinuxConfiguration.self)
    var outcomes: [Outcome] = []
    if !modes.isEmpty {
      let mode = configuration.effectiveMode
      let note = configuration.policyFile == nil ? " (no policy is installed)" : ""
      outcomes.append(
        Outcome(
          modes.contains(mode) ? .pass : .fail, subject: "mode",
          expected: "SELinux " + modes.joined(separator: " or "), actual: "SELinux \(mode)\(note)",
          evidence: configuration.mode.evidenceLines))
    }
    if !policies.isEmpty {
      outcomes.append(
        Outcome(
          policies.contains(configuration.policy.value) ? .pass : .fail, subject: "policy",
          expected: policies.joined(separator: " or "), actual: configuration.policy.value,
          evidence: configuration.policy.evidenceLines))
    }
    if let boolean { outcomes.append(try judge(boolean, configuration)) }
    return outcomes
  }

  private func judge(_ boolean: String, _ configuration: SELinuxConfiguration) throws(EvidenceGap) -> Outcome
  {
    let expected = "\(boolean) \(value ? "on" : "off")"
    if configuration.effectiveMode == "disabled" {
      return Outcome(
        .fail, subject: boolean, expected: expected, actual: "SELinux is disabled",
        evidence: configuration.mode.evidenceLines)
    }
    let set = try configuration.boolean(boolean)
    return Outcome(
      set.value == value ? .pass : .fail, subject: boolean, expected: expected,
      actual: "\(boolean) \(set.value ? "on" : "off")", evidence: set.evidenceLines)
  }

  public var fix: Fix? {
    let file = "/etc/selinux/config"
    if modes.count == 1, policies.isEmpty, boolean == nil {
      return Fix(
        shell: "sed -i -E 's/^SELINUX=.*/SELINUX=\(modes[0])/' \(file)",
        ansible: """
          ansible.builtin.lineinfile:
            path: \(file)
            regexp: '^SELINUX='
            line: 'SELINUX=\(modes[0])'
          """)
    }
    guard let boolean, modes.isEmpty, policies.isEmpty else { return nil }
    return Fix(
      shell: "semanage boolean -N -m --\(value ? "on" : "off") \(boolean)",
      ansible: """
        ansible.posix.seboolean:
          name: \(boolean)
          state: \(value)
          persistent: true
        """)
  }
}
