/// The registry of check kinds.
public enum CheckKinds {
  /// Every kind; a new one adds a line.
  public static let all: [any CheckKind.Type] = [
    AccountKind.self,
    AideKind.self,
    AntivirusKind.self,
    AppArmorKind.self,
    AptConfigKind.self,
    ArchitectureKind.self,
    AuditConfigKind.self,
    AuditRuleKind.self,
    AuditSettingKind.self,
    AutomaticUpdatesKind.self,
    BannerKind.self,
    BootPasswordKind.self,
    CloudInitKind.self,
    ConfigKind.self,
    ContentKind.self,
    CronKind.self,
    DconfKind.self,
    EnvironmentKind.self,
    FileKind.self,
    FileScanKind.self,
    FirewallKind.self,
    GroupKind.self,
    KernelArgKind.self,
    KernelConfigKind.self,
    KernelModuleKind.self,
    LimitsKind.self,
    ListenerKind.self,
    LoggingKind.self,
    LoginDefsKind.self,
    LogrotateKind.self,
    MailAliasKind.self,
    MountKind.self,
    NameResolutionKind.self,
    PackageKind.self,
    PamKind.self,
    PasswordHashKind.self,
    RepoKind.self,
    RsyslogKind.self,
    SELinuxKind.self,
    SshClientKind.self,
    SshdKind.self,
    StartedUnitsKind.self,
    SudoersKind.self,
    SupportKind.self,
    SysctlKind.self,
    TimeSyncKind.self,
    UnitKind.self,
    UnitSandboxKind.self,
  ]

  /// The kind with the given name.
  public static func named(_ name: String) -> (any CheckKind.Type)? { byName[name] }

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
}
