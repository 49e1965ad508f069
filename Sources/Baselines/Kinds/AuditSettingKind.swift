import Evidence
import Facts

/// Judges a switch of the kernel's audit system as the guest's rules leave it.
public struct AuditSettingKind: CheckKind {
  public static let name = "audit_setting"
  public static let summary = """
    Carries out the audit rules of the next boot line by line and compares what they leave a switch of the kernel's \
    audit system at: enabled (2 is locked), failure_mode, backlog_limit and others.
    """
  public static let parameters: [ParameterSpecification] =
    [
      .init(
        "setting", .choice(AuditSetting.allCases.map(\.rawValue)), required: true,
        "the switch: -e, -f, -b, --backlog_wait_time, -r, --loginuid-immutable of auditctl(8)")
    ] + Comparison.parameters

  private let setting: AuditSetting
  private let comparison: Comparison

  public init(_ parameters: Parameters) throws(ParameterError) {
    guard let setting = AuditSetting(rawValue: try parameters.required("setting")) else {
      throw ParameterError("setting", "no such switch")
    }
    self.setting = setting
    comparison = try Comparison(parameters)
  }

  public var plan: CollectionPlan { CollectionPlan([AuditRules.self]) }

  public func evaluate(_ facts: GuestFacts) throws(EvidenceGap) -> [Outcome] {
    let rules = try facts.model(AuditRules.self)
    let value = rules.setting(setting)
    let note = value.origin.kind == .compiledDefault ? " (default)" : ""
    var evidence = value.evidenceLines
    if let stop = rules.stop { evidence.append(AuditRuleKind.line(for: stop)) }
    return [
      Outcome(
        comparison.holds(for: String(value.value)) ? .pass : .fail, subject: setting.rawValue,
        expected: "\(setting.rawValue) \(comparison.words)",
        actual: "\(setting.rawValue) \(value.value)\(note)",
        evidence: evidence)
    ]
  }

  public var fix: Fix? {
    guard let term = comparison.terms.first, let value = term.operands.first, comparison.terms.count == 1,
      [.equals, .isIn, .atLeast].contains(term.operator)
    else { return nil }
    switch setting {
    case .enabled: return AuditRuleKind.fix(["-e \(value)"], file: "99-finalize.rules")
    case .failureMode: return AuditRuleKind.fix(["-f \(value)"], file: "99-finalize.rules")
    case .backlogLimit: return AuditRuleKind.fix(["-b \(value)"], file: "99-finalize.rules")
    case .backlogWaitTime:
      return AuditRuleKind.fix(["--backlog_wait_time \(value)"], file: "01-settings.rules")
    case .rateLimit: return AuditRuleKind.fix(["-r \(value)"], file: "01-settings.rules")
    case .loginUIDImmutable: return AuditRuleKind.fix(["--loginuid-immutable"], file: "01-settings.rules")
    }
  }
}
