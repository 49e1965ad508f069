import Evidence

/// All rules by which guests are compared, within a section in the order in which they are shown.
public enum DiffTopics {
  /// A new one adds a line.
  public static let all: [any DiffTopic.Type] = [
    VerdictsTopic.self,
    SetIDTopic.self,
    CapabilitiesTopic.self,
    SudoersTopic.self,
    AccountsTopic.self,
    GroupsTopic.self,
    AuthorizedKeysTopic.self,
    WritableTopic.self,
    UnownedTopic.self,
    ListenersTopic.self,
    UnitsTopic.self,
    FirewallTopic.self,
    KernelArgumentsTopic.self,
    KernelModulesTopic.self,
    CronJobsTopic.self,
    SshdTopic.self,
    SshClientTopic.self,
    PamTopic.self,
    SudoersDefaultsTopic.self,
    SysctlTopic.self,
    LoginDefinitionsTopic.self,
    AuditRulesTopic.self,
    TimeTopic.self,
    AptConfigurationTopic.self,
    OtherSettingsTopic.self,
    PackagesTopic.self,
    VendorsTopic.self,
    AdvisoriesTopic.self,
    UnownedProgramsTopic.self,
    AlteredProgramsTopic.self,
    HardeningTopic.self,
    RepositoriesTopic.self,
    KeyFilesTopic.self,
    AnchorsTopic.self,
    CertificatesTopic.self,
    MountsTopic.self,
    DevicesTopic.self,
    FilesTopic.self,
    SizeTopic.self,
  ]

  /// Topics that are compared only if the user asks, since they are long.
  public static let onRequest: [any DiffTopic.Type] = [FileListTopic.self]

  /// What has to be collected to compare everything.
  public static var plan: CollectionPlan {
    var plan = CollectionPlan()
    for topic in all { plan.formUnion(topic.plan) }
    return plan
  }

  /// Words for `--fail-on-change`.
  public static var names: [String] {
    DiffReport.SectionName.allCases.map(\.rawValue) + all.map { $0.name }
  }
}
